import { constants, zstdCompressSync } from 'node:zlib';
import type { Database } from '#store/database.ts';
import {
  addDictionary,
  dropDictionaries,
  newestDictionary,
  type RawDictionary,
} from '#store/raw-dictionaries.ts';
import { drawnSequence } from '#store/shadow-model.ts';
import type { Dictionary } from './codec.ts';
import { RawLogReader } from './raw-log.ts';

const KILOBYTE = 1024;
const SIZE = 16 * KILOBYTE;
/** Of one event: its beginning names what it is about. */
const OF_ONE = 4 * KILOBYTE;
/** An event that compresses to less than this share by what is there already adds nothing. */
const FORETOLD = 0.12;
const SAMPLES = 256;
const FEWEST_SAMPLES = 32;
const DAY = 86_400_000;
/** A dictionary that was not seen to be the newest for so long is not written with: it may be about to go. */
const TRUSTED = 3 * 3_600_000;

/**
 * Makes a dictionary out of events, the newest last: the beginnings of those that the others do not foretell. Any
 * bytes can be one (RFC 8878, section 5, raw content); a trained one was measured at 7 % less, and Node has no trainer.
 */
export function makeDictionary(events: readonly Uint8Array[]): Buffer {
  const params = { [constants.ZSTD_c_compressionLevel]: 1 };
  let dictionary = Buffer.alloc(0);
  for (const event of events.toReversed()) {
    if (dictionary.length >= SIZE) break;
    const head = event.subarray(0, Math.min(OF_ONE, SIZE - dictionary.length));
    const packed = zstdCompressSync(head, { params, ...(dictionary.length > 0 && { dictionary }) });
    if (packed.length > head.length * FORETOLD) dictionary = Buffer.concat([head, dictionary]);
  }
  return dictionary;
}

/** Keeps the dictionary that this collector compresses small batches by: one for all collectors, anew each day. */
export class DictionaryKeeper {
  #current: Dictionary | null = null;
  #seenAt = Number.NEGATIVE_INFINITY;

  /** The one to write with; null when there is none, or none that was looked at lately. */
  current(now: Date): Dictionary | null {
    return now.getTime() - this.#seenAt < TRUSTED ? this.#current : null;
  }

  /** Looks for the newest, makes another when that is a day old, and deletes those that no segment needs. To be done hourly. */
  async tend(database: Database, now: Date): Promise<void> {
    let newest = await this.#read(database);
    if (!newest || now.getTime() - newest.made_at.getTime() >= DAY) {
      const body = await sampled(database);
      if (body) {
        await database.execute(addDictionary(body, now, newest?.id ?? null));
        newest = await this.#read(database);
      }
    }
    this.#current = newest ? { id: newest.id, body: newest.body } : null;
    this.#seenAt = now.getTime();
    await database.execute(dropDictionaries());
  }

  async #read(database: Database): Promise<RawDictionary | undefined> {
    return (await database.rows<RawDictionary>(newestDictionary()))[0];
  }
}

/** A dictionary of the newest events; null while there are too few. */
async function sampled(database: Database): Promise<Buffer | null> {
  const [drawn] = await database.rows<{ sequence: number }>(drawnSequence());
  const last = drawn?.sequence ?? 0;
  const { events } = await new RawLogReader().read(database, last - SAMPLES, last);
  return events.length < FEWEST_SAMPLES ? null : makeDictionary(events.map(({ body }) => body()));
}
