import type { RawFacets } from './envelope.ts';
import { CLOSE_BRACE, OPEN_BRACE } from './json-bytes.ts';
import { JsonSlice, type Remembered } from './json-slice.ts';
import { Passage } from './passage.ts';

/** A facet that a scan found. */
export interface FoundFacet {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  /** What is known of it, when it stood in an earlier event. */
  readonly remembered: Remembered | null;
}

/** One owner's facets as they stood in an earlier event, all together and each. */
interface RememberedFacets {
  readonly passage: Passage;
  readonly facets: Readonly<Record<string, JsonSlice>>;
}

/** So many are kept: what a job says at its start and at its end differs, and both recur. */
const KEPT = 3;
/** After so many misses in a row they are remembered only now and then: these do not recur. */
const PATIENCE = 8;
const NOW_AND_THEN = 32;
const MOST_BYTES = 64 * 1024 * 1024;

/** One owner's facets as they were the last few times. */
export class RecurringFacets {
  readonly #budget: { bytes: number };
  readonly #last: RememberedFacets[] = [];
  /** How often in a row they were others. */
  #misses = 0;

  constructor(budget: { bytes: number }) {
    this.#budget = budget;
  }

  /** The facets as remembered, if the text goes on with exactly them. */
  find(text: Buffer, at: number): RememberedFacets | null {
    const known = this.#last.find(({ passage }) => passage.text.standsAt(text, at));
    if (known === undefined) return null;
    this.#misses = 0;
    return known;
  }

  /** One facet as remembered, if the text goes on with exactly that: the others have changed. */
  findFacet(key: string, text: Buffer, at: number): JsonSlice | null {
    // Only objects: where one ends does not depend on what follows.
    if (text[at] !== OPEN_BRACE) return null;
    for (const { facets } of this.#last) {
      const known = Object.hasOwn(facets, key) ? facets[key] : undefined;
      if (known?.standsAt(text, at) === true) return known;
    }
    return null;
  }

  /** Remembers sound facets without white space between tokens; null when it does not pay. */
  remember(text: Buffer, start: number, end: number, found: readonly FoundFacet[]): RememberedFacets | null {
    this.#misses += 1;
    if (this.#misses > PATIENCE && this.#misses % NOW_AND_THEN !== 0) return null;
    const bytes = copied(text, start, end);
    const facets: Record<string, JsonSlice> = {};
    for (const { key, start: from, end: to, remembered } of found) {
      const memory = text[from] === OPEN_BRACE ? (remembered ?? nothingKnown()) : null;
      facets[key] = new JsonSlice(bytes, from - start, to - start, memory);
    }
    const oldest = this.#last.length < KEPT ? undefined : this.#last.shift();
    const remembered = { passage: new Passage(new JsonSlice(bytes, 0, bytes.length, null)), facets };
    this.#last.push(remembered);
    this.#budget.bytes += bytes.length - (oldest?.passage.text.length ?? 0);
    derived.set(facets, {});
    return remembered;
  }
}

const derived = new WeakMap<RawFacets, object>();

/**
 * Where to remember what follows from these facets as a whole: events share them. Undefined when they are no
 * remembered ones. Each caller has members of its own there.
 */
export function derivedFrom(facets: RawFacets): object | undefined {
  return derived.get(facets);
}

function nothingKnown(): Remembered {
  return { digest: null, derived: null, shown: null };
}

/** In memory of its own: a piece of Node's shared slabs would keep the whole slab. */
function copied(text: Buffer, start: number, end: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(end - start);
  text.copy(bytes, 0, start, end);
  return bytes;
}

/** A small value as it stood in several events. */
export interface RecurringContent extends Remembered {
  readonly bytes: Buffer;
}

const LONGEST_CONTENT = 512;
/** A value that comes so often in a row at its place is one that recurs; a run's own parent comes but twice. */
const OFTEN = 3;
/** Of one key: a few engines, the nominal times of a few schedules. */
const EXPECTED = 3;
const MOST_KEYS = 256;

/**
 * Remembers small values by their content, wherever they stand: the nominal time of a day, the engine of
 * a cluster. Direct-mapped, so bounded by construction; a newcomer takes the place of whoever held it once
 * it has come often enough.
 */
export class RecurringContents {
  readonly #values: (RecurringContent | undefined)[];
  /** Hash of the last newcomer at each place, and how often it came. */
  readonly #newcomers: Int32Array;
  readonly #times: Uint8Array;
  readonly #mask: number;
  /** By key the values that stood there last. */
  readonly #expected = new Map<string, RecurringContent[]>();

  /** @param bits there are 2^bits places, of 512 bytes at most each. */
  constructor(bits: number) {
    this.#values = Array.from({ length: 2 ** bits });
    this.#newcomers = new Int32Array(2 ** bits);
    this.#times = new Uint8Array(2 ** bits);
    this.#mask = 2 ** bits - 1;
  }

  /** One of the values expected of the key, if the text goes on with exactly that. */
  find(key: string, text: Buffer, at: number): RecurringContent | null {
    // Only objects: where one ends does not depend on what follows.
    if (text[at] !== OPEN_BRACE) return null;
    for (const content of this.#expected.get(key) ?? []) {
      const end = at + content.bytes.length;
      if (
        text[end - 1] === CLOSE_BRACE &&
        text.compare(content.bytes, 0, content.bytes.length, at, end) === 0
      )
        return content;
    }
    return null;
  }

  /** From now on looks for it at this key before a scan. */
  expect(key: string, content: RecurringContent): void {
    const expected = this.#expected.get(key);
    if (expected === undefined) {
      if (this.#expected.size < MOST_KEYS) this.#expected.set(key, [content]);
      return;
    }
    if (expected.length === EXPECTED) expected.shift();
    expected.push(content);
  }

  /** The value text[start, end) as remembered; null for large ones and for those that have not come often. */
  of(text: Buffer, start: number, end: number): RecurringContent | null {
    if (end - start > LONGEST_CONTENT) return null;
    let hash = 0;
    for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + (text[at] as number)) | 0;
    const place = (hash ^ (hash >>> 15)) & this.#mask;
    const known = this.#values[place];
    if (known !== undefined && known.bytes.compare(text, start, end) === 0) return known;
    if (this.#newcomers[place] !== hash) {
      this.#newcomers[place] = hash;
      this.#times[place] = 1;
      return null;
    }
    const times = (this.#times[place] ?? 0) + 1;
    this.#times[place] = times;
    if (times < OFTEN) return null;
    const content: RecurringContent = { bytes: copied(text, start, end), ...nothingKnown() };
    this.#values[place] = content;
    return content;
  }
}

/**
 * Remembers facets by their owner (a dataset, a job): they are nearly always the same as last time. Comparing
 * bytes costs a fraction of scanning them, and what was scanned once needs it no more. Bounded in bytes; when
 * full it starts afresh.
 */
export class RecurringSlices {
  #owners = new Map<string, RecurringFacets>();
  #budget = { bytes: 0 };

  of(owner: string): RecurringFacets {
    if (this.#budget.bytes > MOST_BYTES || this.#owners.size >= 500_000) {
      this.#owners = new Map();
      this.#budget = { bytes: 0 };
    }
    let facets = this.#owners.get(owner);
    if (facets === undefined) this.#owners.set(owner, (facets = new RecurringFacets(this.#budget)));
    return facets;
  }
}
