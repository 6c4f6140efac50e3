import { contentId, type Uuid } from '#model/ids.ts';
import type { Queryable } from '#store/database.ts';
import { keepPassages, sumPassages, weightOf, type PassageSum } from '#store/raw-passages.ts';
import { pack } from './codec.ts';
import type { ReceivedEvent } from './envelope.ts';
import type { KeptPassage, Passage } from './passage.ts';

/** A piece of an event that a passage says. */
export interface KeptOmission {
  readonly start: number;
  readonly end: number;
  readonly passage: KeptPassage;
}

/** A segment refers to a passage that is not there, or not for long enough: what this process knew of the store is no longer so. */
export class PassagesMissing extends Error {}

const DAY = 86_400_000;
/** Shorter ones compress to little more than a reference. */
const SHORTEST = 128;
/** Only what so many runs have said is kept: what each run says anew must not fill the table. */
const RUNS = 2;
const KEPT_FOR = 60 * DAY;
const RENEWED_BEFORE = 20 * DAY;
/** Compressing so many holds up an event for a millisecond or two. */
const AT_ONCE = 32;
/** Further ones are offered again when they come again. */
const MOST_WAITING = 4096;

/**
 * What the raw log keeps once of what events say again and again. Passages are stored beside the batches, and
 * a batch refers only to those that were committed before it; each looks whether they still are (`verify`),
 * because a server that was restored to an earlier time has forgotten some, and gives their numbers to others.
 */
export class KeptPassages {
  readonly #database: Queryable;
  readonly #now: () => Date;
  /** Another one as soon as nothing that was known counts any more. */
  #knowledge = {};
  readonly #waiting: Passage[] = [];
  #keeping: Promise<void> | null = null;

  constructor(database: Queryable, now: () => Date) {
    this.#database = database;
    this.#now = now;
  }

  /** What a segment that is received now need not hold of an event. */
  omissions({ id, raw, recurrences }: ReceivedEvent, receivedAt: Date): KeptOmission[] {
    const at = receivedAt.getTime();
    const run = raw.run?.runId ?? id;
    const omitted: KeptOmission[] = [];
    for (const { start, passage } of recurrences) {
      if (passage.lastRun !== run) {
        passage.lastRun = run;
        passage.runs += 1;
      }
      const { kept } = passage;
      const isKept = kept !== null && kept.by === this.#knowledge && kept.until >= at;
      if (!isKept || kept.until - at < RENEWED_BEFORE) this.#offer(passage);
      if (isKept) omitted.push({ start, end: start + passage.text.length, passage: kept });
    }
    return omitted;
  }

  /** Throws PassagesMissing unless all these (each given once) may be referred to by what is received now. */
  async verify(
    connection: Queryable,
    passages: readonly Pick<KeptPassage, 'number' | 'weight'>[],
    receivedAt: Date,
  ): Promise<void> {
    if (passages.length === 0) return;
    const numbers = passages.map(({ number }) => number);
    const weight = passages.reduce((sum, passage) => sum + passage.weight, 0);
    const [found] = await connection.rows<PassageSum>(sumPassages(numbers, receivedAt));
    if (found?.kept !== passages.length || found.weight !== weight) throw new PassagesMissing();
  }

  /** From now on nothing counts as kept. */
  forget(): void {
    this.#knowledge = {};
    this.#waiting.length = 0;
  }

  /** Resolves when what was offered has been stored, or could not be. */
  async settled(): Promise<void> {
    await this.#keeping;
  }

  #offer(passage: Passage): void {
    if (passage.runs < RUNS || passage.text.length < SHORTEST) return;
    if (passage.offeredTo === this.#knowledge || this.#waiting.length >= MOST_WAITING) return;
    passage.offeredTo = this.#knowledge;
    this.#waiting.push(passage);
    this.#keeping ??= this.#keep().finally(() => (this.#keeping = null));
  }

  async #keep(): Promise<void> {
    while (this.#waiting.length > 0) {
      const by = this.#knowledge;
      const passages = this.#waiting.splice(0, AT_ONCE);
      try {
        await this.#store(passages, by);
      } catch {
        // Their events hold them each, meanwhile.
        return;
      } finally {
        // They may be offered again, when they come again or are to be renewed.
        for (const passage of passages) passage.offeredTo = null;
      }
    }
  }

  async #store(passages: readonly Passage[], by: object): Promise<void> {
    const until = new Date(this.#now().getTime() + KEPT_FOR);
    const byHash = new Map<Uuid, Passage[]>();
    for (const passage of passages) {
      const hash = contentId(passage.text.bytes());
      byHash.set(hash, [...(byHash.get(hash) ?? []), passage]);
    }
    // In one order everywhere, so that two collectors with the same passages do not wait in a circle.
    const rows = [...byHash]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([hash, [passage]]) => ({ hash, ...pack((passage as Passage).text.bytes()) }));
    const stored = await this.#database.rows<{ id: number; hash: Uuid }>(keepPassages(rows, until));
    for (const { id, hash } of stored)
      for (const passage of byHash.get(hash) ?? [])
        passage.kept = { by, number: id, weight: weightOf(id, hash), until: until.getTime() };
  }
}
