import type { Database } from '#store/database.ts';
import { foldEvidence } from './fold-evidence.ts';
import { gatherEvidence } from './gather.ts';

export interface IncidentsOptions {
  readonly database: Database;
  readonly now: () => Date;
  readonly onError?: (error: unknown) => void;
  /** Told after each pass how many pieces of evidence and incidents changed. */
  readonly onPass?: (pass: {
    readonly facts: number;
    readonly incidents: number;
    readonly seconds: number;
  }) => void;
  /** Milliseconds between passes when nobody wakes it: objectives are missed without any event. */
  readonly pause?: number;
}

const PAUSE = 30_000;
/** Milliseconds after a wake before it looks: what belongs together comes together. */
const GATHER = 1000;
/** It rests so many times as long as it worked: a storm of evidence is folded in few passes. */
const REST = 4;

/**
 * Makes incidents of what is stored: notes new evidence and folds it. Any number of collectors may run one;
 * only one folds at a time. Everything follows from what is stored, so a pass that was missed is made up for
 * by the next.
 */
export class Incidents {
  readonly #options: IncidentsOptions;
  #stopped = false;
  #woken = false;
  #end: () => void = () => {};
  #loop: Promise<void> | null = null;

  constructor(options: IncidentsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Something was found: look soon. */
  wake(): void {
    this.#woken = true;
    this.#end();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#end();
    await this.#loop;
  }

  /** Notes what is new and folds it, once. */
  async pass(): Promise<void> {
    const { database, now, onPass } = this.#options;
    const begin = performance.now();
    const facts = await gatherEvidence(database, now());
    const incidents = (await foldEvidence(database, now())) ?? 0;
    onPass?.({ facts, incidents, seconds: (performance.now() - begin) / 1000 });
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const begin = performance.now();
      this.#woken = false;
      try {
        await this.pass();
      } catch (error) {
        this.#options.onError?.(error);
      }
      const rest = Math.max(GATHER, (performance.now() - begin) * REST);
      await this.#sleep(rest, false);
      if (!this.#woken) await this.#sleep(this.#options.pause ?? PAUSE, true);
      else await this.#sleep(GATHER, false);
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
