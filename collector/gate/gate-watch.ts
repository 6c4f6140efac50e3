import { expireEvaluations } from '#store/waiting.ts';
import { lookAtFeeds, type BreakerReport } from './breaker.ts';
import { ContractBook } from './contract-book.ts';
import type { GateServices } from './services.ts';
import { evaluateStagedRuns } from './staged-runs.ts';
import { EVALUATION_DAYS } from './evaluation-terms.ts';
import { noteOverdue, readWaiting } from './waiting.ts';

export interface GateWatchOptions {
  readonly gate: GateServices;
  readonly now: () => Date;
  /** Told each minute how many partitions wait at the gate, and how many of them longer than their sla. */
  readonly onWaiting?: (counts: { readonly waiting: number; readonly overdue: number }) => void;
  /** Told after each look at the loads that feed tables by themselves. */
  readonly onFeeds?: (report: BreakerReport) => void;
  readonly onError?: (error: unknown) => void;
  /** Milliseconds between looks when nobody wakes it. */
  readonly pause?: number;
}

const PAUSE = 30_000;
/** After a look it rests at least so long, and so many times as long as it worked: ingest comes first. */
const REST = 1000;
const REST_TIMES = 4;
const WAITING_EVERY = 60_000;
/** Loads that feed tables are asked for at most so often. */
const FEEDS_EVERY = 15_000;
/** Where something could not be done: a cluster that is away keeps a look waiting. */
const FEEDS_AFTER_FAULT = 60_000;
const DAY = 86_400_000;

/**
 * Looks after the gate by itself: evaluates what completed runs wrote to staging where a contract asks for that,
 * ends evaluations that nobody published in time, notes what is held for too long, and pauses loads that feed what
 * is broken. Any number of collectors may
 * run one. Everything follows from what is stored, so a look that was missed is made up for by the next.
 */
export class GateWatch {
  readonly #options: GateWatchOptions;
  readonly #book = new ContractBook();
  #waitingAt = Number.NEGATIVE_INFINITY;
  #feedsAt = Number.NEGATIVE_INFINITY;
  #stopped = false;
  #woken = false;
  #end: () => void = () => {};
  #loop: Promise<void> | null = null;

  constructor(options: GateWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Events were stored: look soon. */
  wake(): void {
    this.#woken = true;
    this.#end();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#end();
    await this.#loop;
  }

  /** One look. */
  async look(): Promise<void> {
    const { gate, now } = this.#options;
    while ((await evaluateStagedRuns(gate, this.#book, now())) > 0 && !this.#stopped);
    if (now().getTime() >= this.#feedsAt) {
      const report = await lookAtFeeds(gate, this.#book, now());
      this.#feedsAt = now().getTime() + (report.faults.length > 0 ? FEEDS_AFTER_FAULT : FEEDS_EVERY);
      this.#options.onFeeds?.(report);
    }
    if (now().getTime() - this.#waitingAt < WAITING_EVERY) return;
    this.#waitingAt = now().getTime();
    await gate.database.execute(expireEvaluations(new Date(now().getTime() - EVALUATION_DAYS * DAY), now()));
    const waiting = await readWaiting(gate, this.#book, now());
    await noteOverdue(gate, waiting, now());
    const overdue = waiting.filter(({ overdueSeconds }) => overdueSeconds !== null).length;
    this.#options.onWaiting?.({ waiting: waiting.length, overdue });
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const begin = performance.now();
      this.#woken = false;
      try {
        await this.look();
      } catch (error) {
        this.#options.onError?.(error);
      }
      await this.#sleep(Math.max(REST, (performance.now() - begin) * REST_TIMES), false);
      await this.#sleep(this.#options.pause ?? PAUSE, true);
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
