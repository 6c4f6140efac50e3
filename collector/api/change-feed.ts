import type { Database } from '#store/database.ts';
import { changesSince, MOST_CHANGED_IDS, type ChangeRow, type ChangeTopic } from '#store/changes.ts';

/** Ids by topic; an empty list means any of them. */
export type ChangedIds = ReadonlyMap<ChangeTopic, readonly string[]>;

/** What one look saw. */
export interface ChangeBatch {
  /** Where the next look begins: a client that hands it back misses nothing. */
  readonly position: string;
  /** Null: it is not known what changed, for the place to begin at is too old or not of this store. */
  readonly changed: ChangedIds | null;
}

export interface ChangeListener {
  /** Where it begins, and what it missed. */
  readonly begin: (batch: ChangeBatch) => void;
  /** A later look; it may come before `begin`. */
  readonly tell: (batch: ChangeBatch) => void;
  /** The store did not answer before it began. */
  readonly fail: (error: unknown) => void;
}

export interface ChangeFeedOptions {
  readonly database: Database;
  readonly onError: (error: unknown) => void;
  /** Milliseconds between two looks; a second unless told. */
  readonly every?: number;
}

const SECOND = 1000;
/** Changes are kept for an hour; who was away for longer than this may have missed some. */
const REMEMBERED = 50 * 60 * SECOND;

/**
 * Looks once a second what changed, as long as anybody listens, and tells all listeners: one query, however many they
 * are. A look that fails is made up for by the next.
 */
export class ChangeFeed {
  readonly #options: ChangeFeedOptions;
  readonly #listeners = new Set<ChangeListener['tell']>();
  #position: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #looking = false;

  constructor(options: ChangeFeedOptions) {
    this.#options = options;
  }

  /**
   * Tells of every change from now on, or from a position on that a batch gave; some of them twice. The first batch is
   * told by `begin`. The function that it gives ends it.
   */
  listen(from: string | null, { begin, tell, fail }: ChangeListener): () => void {
    this.#listeners.add(tell);
    const leave = (): void => {
      this.#listeners.delete(tell);
      if (this.#listeners.size > 0) return;
      if (this.#timer) clearTimeout(this.#timer);
      this.#timer = null;
      this.#position = null;
    };
    void this.#begin(from, { begin, tell, fail });
    return leave;
  }

  /** What changed since a position that a batch gave; without one where things stand now. */
  async since(position: string | null): Promise<ChangeBatch> {
    const begin = position === null ? null : readPosition(position);
    const rows = await this.#options.database.rows<ChangeRow>(changesSince(begin?.snapshot ?? null));
    const [first] = rows;
    if (first === undefined) throw new Error('a look for changes gives one row at least');
    const next = `${first.at.getTime()}.${first.snapshot}`;
    if (position === null) return { position: next, changed: new Map() };
    const known = begin !== null && isRemembered(begin, { at: first.at.getTime(), snapshot: first.snapshot });
    return { position: next, changed: known ? gather(rows) : null };
  }

  async #begin(from: string | null, { begin, tell, fail }: ChangeListener): Promise<void> {
    try {
      const batch = await this.since(from);
      if (!this.#listeners.has(tell)) return;
      this.#position ??= batch.position;
      begin(batch);
      this.#plan();
    } catch (error) {
      fail(error);
    }
  }

  /** Looks now and tells everybody. */
  async look(): Promise<void> {
    if (this.#position === null) return;
    const batch = await this.since(this.#position);
    this.#position = batch.position;
    if (batch.changed?.size === 0) return;
    for (const tell of this.#listeners) tell(batch);
  }

  #plan(): void {
    if (this.#timer || this.#looking || this.#listeners.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#looking = true;
      void this.look()
        .catch(this.#options.onError)
        .finally(() => {
          this.#looking = false;
          this.#plan();
        });
    }, this.#options.every ?? SECOND);
  }
}

interface Position {
  readonly at: number;
  readonly snapshot: string;
}

const POSITION =
  /^(?<at>\d{1,15})\.(?<snapshot>(?<low>\d{1,19}):(?<high>\d{1,19}):(?<between>[\d,]{0,4000}))$/;

/** Null when this is nothing that a batch gave. */
function readPosition(text: string): Position | null {
  const { at = '', snapshot = '', low = '', high = '', between = '' } = POSITION.exec(text)?.groups ?? {};
  if (at === '') return null;
  const numbers = [low, ...(between === '' ? [] : between.split(',')), high];
  // Also what PostgreSQL would refuse: numbers out of order.
  const rises = numbers.every(
    (number, index) => number !== '' && (index === 0 || BigInt(numbers[index - 1] ?? 0) <= BigInt(number)),
  );
  return rises && BigInt(low) > 0n && BigInt(high) < 2n ** 63n ? { at: Number(at), snapshot } : null;
}

function isRemembered(begin: Position, now: Position): boolean {
  const highest = (snapshot: string): bigint => BigInt(snapshot.split(':')[1] ?? 0);
  // Of another store, or of this one before it was restored.
  if (highest(begin.snapshot) > highest(now.snapshot)) return false;
  return now.at - begin.at < REMEMBERED;
}

function gather(rows: readonly ChangeRow[]): ChangedIds {
  const changed = new Map<ChangeTopic, readonly string[]>();
  for (const { topic, ids } of rows) if (topic !== null) addIds(changed, topic, ids ?? []);
  return changed;
}

/** Adds what changed to what is known to have changed; "any" swallows the rest. */
export function addIds(
  changed: Map<ChangeTopic, readonly string[]>,
  topic: ChangeTopic,
  ids: readonly string[],
): void {
  const before = changed.get(topic);
  if (before === undefined) return void changed.set(topic, ids.length > MOST_CHANGED_IDS ? [] : ids);
  if (before.length === 0) return;
  const both = ids.length === 0 ? [] : [...new Set([...before, ...ids])];
  changed.set(topic, both.length > MOST_CHANGED_IDS ? [] : both);
}
