/** A value as it stood at some place in an earlier event. */
export interface Remembered {
  readonly bytes: Buffer;
  /** SHA-256, made when first asked for. */
  digest: string | null;
  /** What a reader made of it (normalise/facet-reader.ts), and which reader; null until then. */
  derived: { readonly reader: unknown; readonly value: unknown } | null;
  /** What is known of it as a facet that is kept to be shown (normalise/read-shown-facets.ts). */
  shown: unknown;
}

/** The last few values at one place: what a job says at its start and at its end differs, and both recur. */
interface Place {
  readonly values: Remembered[];
  /** How often in a row none of them stood there. */
  misses: number;
}

const VALUES = 3;
/** After so many misses in a row a place is given a new value only now and then: its values do not recur. */
const PATIENCE = 8;
const NOW_AND_THEN = 32;
const MOST_BYTES = 64 * 1024 * 1024;

/** The last values of one owner's facets, by facet key. */
export class RecurringPlaces {
  readonly #budget: { bytes: number };
  readonly #places = new Map<string, Place>();

  constructor(budget: { bytes: number }) {
    this.#budget = budget;
  }

  /** What is remembered by this key, if the text goes on with exactly that. */
  find(key: string, text: Buffer, at: number): Remembered | null {
    const place = this.#places.get(key);
    if (place === undefined) return null;
    for (const known of place.values) {
      const length = known.bytes.length;
      // One byte first: most values that changed are told by their length.
      if (text[at + length - 1] !== 0x7d) continue;
      if (text.compare(known.bytes, 0, length, at, at + length) !== 0) continue;
      place.misses = 0;
      return known;
    }
    return null;
  }

  /** Remembers a sound value. Only objects: where one ends does not depend on what follows. */
  remember(key: string, text: Buffer, start: number, end: number): Remembered | null {
    if (text[start] !== 0x7b) return null;
    let place = this.#places.get(key);
    if (place === undefined) this.#places.set(key, (place = { values: [], misses: 0 }));
    place.misses += 1;
    if (place.misses > PATIENCE && place.misses % NOW_AND_THEN !== 0) return null;
    const value = remembered(text, start, end);
    const oldest = place.values.length < VALUES ? undefined : place.values.shift();
    place.values.push(value);
    this.#budget.bytes += value.bytes.length - (oldest?.bytes.length ?? 0);
    return value;
  }
}

/** In memory of its own: a piece of Node's shared slabs would keep the whole slab. */
function remembered(text: Buffer, start: number, end: number): Remembered {
  const bytes = Buffer.allocUnsafeSlow(end - start);
  text.copy(bytes, 0, start, end);
  return { bytes, digest: null, derived: null, shown: null };
}

const LONGEST_CONTENT = 512;
/** A value that comes so often in a row at its place is one that recurs; a run's own parent comes but twice. */
const OFTEN = 3;

/**
 * Remembers small values by their content, wherever they stand: the nominal time of a day, the engine of
 * a cluster. Direct-mapped, so bounded by construction; a newcomer takes the place of whoever held it once
 * it has come often enough.
 */
export class RecurringContents {
  readonly #values: (Remembered | undefined)[];
  /** Hash of the last newcomer at each place, and how often it came. */
  readonly #newcomers: Int32Array;
  readonly #times: Uint8Array;
  readonly #mask: number;

  /** @param bits there are 2^bits places, of 512 bytes at most each. */
  constructor(bits: number) {
    this.#values = Array.from({ length: 2 ** bits });
    this.#newcomers = new Int32Array(2 ** bits);
    this.#times = new Uint8Array(2 ** bits);
    this.#mask = 2 ** bits - 1;
  }

  /** The value text[start, end) as remembered; null for large ones and for those that have not come often. */
  of(text: Buffer, start: number, end: number): Remembered | null {
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
    return (this.#values[place] = remembered(text, start, end));
  }
}

/**
 * Remembers the bytes of facets by their owner (a dataset, a job) and key: a table's schema is nearly
 * always the same as last time. Comparing bytes costs a fraction of scanning them, and what was scanned
 * once needs it no more. Bounded in bytes; when full it starts afresh.
 */
export class RecurringSlices {
  #owners = new Map<string, RecurringPlaces>();
  #budget = { bytes: 0 };

  of(owner: string): RecurringPlaces {
    if (this.#budget.bytes > MOST_BYTES || this.#owners.size >= 500_000) {
      this.#owners = new Map();
      this.#budget = { bytes: 0 };
    }
    let places = this.#owners.get(owner);
    if (places === undefined) this.#owners.set(owner, (places = new RecurringPlaces(this.#budget)));
    return places;
  }
}
