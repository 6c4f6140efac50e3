import type { Database } from '#store/database.ts';
import { addChanges, MOST_CHANGED_IDS, type Change, type ChangeTopic } from '#store/changes.ts';

export interface ChangeNotesOptions {
  readonly database: Database;
  readonly onError: (error: unknown) => void;
  /** Milliseconds between two writings; a second unless told. */
  readonly every?: number;
}

/**
 * Notes for listeners what changed in tables that are too busy for triggers: put together in memory and written once
 * a second. What is lost by a crash is told by the next change; nothing but pages depends on it.
 */
export class ChangeNotes {
  readonly #options: ChangeNotesOptions;
  readonly #noted = new Map<ChangeTopic, Set<string>>();
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: ChangeNotesOptions) {
    this.#options = options;
  }

  /** @param ids none: any of them. */
  add(topic: ChangeTopic, ids: Iterable<string> = []): void {
    const before = this.#noted.get(topic);
    const given = new Set(ids);
    const both =
      before?.size === 0 || given.size === 0 ? new Set<string>() : new Set([...(before ?? []), ...given]);
    this.#noted.set(topic, both.size > MOST_CHANGED_IDS ? new Set() : both);
    this.#timer ??= setTimeout(() => this.#write(), this.#options.every ?? 1000);
  }

  /** Writes what is left. */
  async stop(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#write();
    await this.#writing;
  }

  #write(): void {
    this.#timer = null;
    const changes: Change[] = [...this.#noted].map(([topic, ids]) => ({ topic, ids: [...ids] }));
    this.#noted.clear();
    if (changes.length === 0) return;
    this.#writing = this.#put(changes, this.#writing);
  }

  async #put(changes: readonly Change[], before: Promise<void>): Promise<void> {
    await before;
    try {
      await this.#options.database.execute(addChanges(changes));
    } catch (error) {
      this.#options.onError(error);
    }
  }
}
