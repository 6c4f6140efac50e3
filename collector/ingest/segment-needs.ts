import type { Queryable } from '#store/database.ts';
import { readDictionaries, type RawDictionary } from '#store/raw-dictionaries.ts';
import { readPassages, type StoredPassage } from '#store/raw-passages.ts';
import type { StoredSegment } from '#store/raw-events.ts';
import { needsOf, unpack } from './codec.ts';

type Bodies = ReadonlyMap<number, Uint8Array>;

const MOST_BYTES = 64 * 1024 * 1024;

/** What segments of the raw log need beside themselves, by number; read once for the segments that follow each other. */
export class SegmentNeeds {
  readonly #dictionaries = new Map<number, Uint8Array>();
  #passages = new Map<number, Uint8Array>();
  #bytes = 0;

  /** All that these need. A damaged segment needs nothing: unpacking it tells the fault. */
  async load(
    connection: Queryable,
    segments: readonly Pick<StoredSegment, 'codec' | 'body'>[],
  ): Promise<{ readonly dictionaries: Bodies; readonly passages: Bodies }> {
    const needs = segments.map(({ codec, body }) => orNothing(() => needsOf(codec, body)));
    if (this.#bytes > MOST_BYTES) {
      // Another map: segments that are in hand go on with theirs.
      this.#passages = new Map();
      this.#bytes = 0;
    }
    const dictionaries = missing(
      needs.flatMap(({ dictionary }) => dictionary ?? []),
      this.#dictionaries,
    );
    if (dictionaries.length > 0)
      for (const { id, body } of await connection.rows<RawDictionary>(readDictionaries(dictionaries)))
        this.#dictionaries.set(id, body);
    const passages = missing(
      needs.flatMap((need) => need.passages),
      this.#passages,
    );
    if (passages.length > 0)
      for (const { id, codec, body } of await connection.rows<StoredPassage>(readPassages(passages))) {
        const bytes = unpack(codec, body);
        this.#passages.set(id, bytes);
        this.#bytes += bytes.byteLength;
      }
    return { dictionaries: this.#dictionaries, passages: this.#passages };
  }
}

function missing(wanted: readonly number[], known: Bodies): number[] {
  return [...new Set(wanted)].filter((id) => !known.has(id));
}

function orNothing(read: () => ReturnType<typeof needsOf>): ReturnType<typeof needsOf> {
  try {
    return read();
  } catch {
    return { dictionary: null, passages: [] };
  }
}
