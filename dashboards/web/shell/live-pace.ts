import { isBusy } from './topics.ts';

/** Milliseconds between two readings for what happened, and for what changes with every event. */
export const CALM = 2_000;
export const LEISURE = 15_000;

/** Topics that changed; null: it is not known which. */
export type Changed = ReadonlySet<string> | null;

interface Lane {
  readonly every: number;
  pending: Set<string>;
  last: number;
  timer: ReturnType<typeof setTimeout> | null;
}

/**
 * Hands on what changed, put together: the first at once, the next not before its time. Nothing is handed on while
 * nobody looks; all of it is as soon as somebody does.
 */
export class LivePace {
  readonly #run: (changed: Changed) => void;
  readonly #isSeen: () => boolean;
  readonly #quick = laneOf(CALM);
  readonly #slow = laneOf(LEISURE);
  #unknown = false;

  constructor(run: (changed: Changed) => void, isSeen: () => boolean) {
    this.#run = run;
    this.#isSeen = isSeen;
  }

  /** Something changed. @param topics null: it is not known what */
  note(topics: Iterable<string> | null): void {
    if (topics === null) {
      this.#unknown = true;
      this.#plan(this.#quick);
      return;
    }
    for (const topic of topics) {
      const lane = isBusy(topic) ? this.#slow : this.#quick;
      lane.pending.add(topic);
      this.#plan(lane);
    }
  }

  /** Somebody looks again. */
  look(): void {
    if (this.#unknown || this.#quick.pending.size + this.#slow.pending.size > 0)
      this.#tell([this.#quick, this.#slow]);
  }

  stop(): void {
    for (const lane of [this.#quick, this.#slow]) stopTimer(lane);
  }

  #plan(lane: Lane): void {
    lane.timer ??= setTimeout(
      () => {
        lane.timer = null;
        this.#tell([lane]);
      },
      Math.max(0, lane.last + lane.every - Date.now()),
    );
  }

  #tell(lanes: readonly Lane[]): void {
    if (!this.#isSeen()) return; // kept until somebody looks
    const told = this.#unknown ? [this.#quick, this.#slow] : lanes;
    const changed = new Set(told.flatMap(({ pending }) => [...pending]));
    const unknown = this.#unknown;
    this.#unknown = false;
    for (const lane of told) {
      lane.pending = new Set();
      lane.last = Date.now();
      stopTimer(lane);
    }
    if (unknown || changed.size > 0) this.#run(unknown ? null : changed);
  }
}

function laneOf(every: number): Lane {
  return { every, pending: new Set(), last: Number.NEGATIVE_INFINITY, timer: null };
}

function stopTimer(lane: Lane): void {
  if (lane.timer !== null) clearTimeout(lane.timer);
  lane.timer = null;
}
