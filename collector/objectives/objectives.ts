import type { Calendar } from '#model/detection.ts';
import type { Uuid } from '#model/ids.ts';
import type { Database } from '#store/database.ts';
import { nextObjective, wakeObjectives, type JudgedPeriod } from '#store/objectives.ts';
import { evaluateObjectives } from './evaluate.ts';
import { Promises } from './promises.ts';

export interface ObjectivesOptions {
  readonly database: Database;
  readonly now: () => Date;
  readonly calendar?: Calendar;
  /** Told after each batch: how many promises were looked at, and of how many somebody may have to be told. */
  readonly onLook?: (look: {
    readonly looked: number;
    readonly changed: number;
    readonly seconds: number;
  }) => void;
  readonly onError?: (error: unknown) => void;
}

/** Milliseconds between looks at most: contracts may have changed, another collector may have died. */
const PAUSE = 30_000;
const REST = 250;
/** It rests so many times as long as it worked: ten thousand promises due at once do not hold up ingest. */
const REST_TIMES = 2;
/** Datasets that landed and are not looked at yet; of more the schedule takes care. */
const MOST_LANDED = 10_000;

/**
 * Looks after promises in time by a schedule of its own: each is looked at when the clock can change it, also when
 * no event ever comes. Any number of collectors may run one. Everything follows from what is stored, so a look that
 * comes late (the process was down) finds what was so, dated at the deadline.
 */
export class Objectives {
  readonly #options: ObjectivesOptions;
  readonly #promises = new Promises();
  readonly #landed = new Set<Uuid>();
  #stopped = false;
  #woken = false;
  #end: () => void = () => {};
  #loop: Promise<void> | null = null;

  constructor(options: ObjectivesOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Data of these came: what was promised of them may be kept now. */
  landed(datasetIds: Iterable<Uuid>): void {
    for (const id of datasetIds) if (this.#landed.size < MOST_LANDED) this.#landed.add(id);
    if (this.#landed.size === 0) return;
    this.#woken = true;
    this.#end();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#end();
    await this.#loop;
  }

  /** Looks at all that is due for a look. Resolves with how many promises that were. */
  async look(): Promise<number> {
    const { database, now, calendar = () => null, onLook } = this.#options;
    await this.#promises.follow(database, now());
    if (this.#landed.size > 0) {
      const landed = [...this.#landed];
      this.#landed.clear();
      await database.execute(wakeObjectives(landed, now()));
    }
    let looked = 0;
    while (!this.#stopped) {
      const begin = performance.now();
      const judged = await evaluateObjectives(database, now(), calendar);
      if (judged.length === 0) break;
      looked += judged.length;
      const changed = judged.filter(({ periods }) => periods.some(isTold)).length;
      const took = performance.now() - begin;
      onLook?.({ looked: judged.length, changed, seconds: took / 1000 });
      if (this.#loop !== null) await this.#sleep(took * REST_TIMES, false);
    }
    return looked;
  }

  async #run(): Promise<void> {
    const { database, now, onError } = this.#options;
    while (!this.#stopped) {
      this.#woken = false;
      let pause = PAUSE;
      try {
        await this.look();
        const [next] = await database.rows<{ at: Date | null }>(nextObjective());
        if (next?.at) pause = Math.min(PAUSE, Math.max(0, +next.at - +now()));
      } catch (error) {
        onError?.(error);
      }
      await this.#sleep(REST, false);
      await this.#sleep(pause, true);
    }
  }

  /** @param wakes whether news ends it; the end of the service does in any case. */
  async #sleep(milliseconds: number, wakes: boolean): Promise<void> {
    if (this.#stopped || (wakes && this.#woken)) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#end = () => {
        if (!wakes && !this.#stopped) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** It is broken or in danger, or was and is no longer: what is said of it in incidents may change. */
function isTold({ state, missedAlarm, warningAlarm }: JudgedPeriod): boolean {
  return missedAlarm !== null || warningAlarm !== null || state === 'late';
}
