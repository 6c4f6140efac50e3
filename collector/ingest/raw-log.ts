import type { Queryable } from '#store/database.ts';
import {
  readRawEvent,
  readRawEvents,
  readSegments,
  type StoredEvent,
  type StoredEventWithSegment,
  type StoredSegment,
} from '#store/raw-events.ts';
import { unpack } from './codec.ts';
import { cut } from './segment.ts';

export interface RawLogPage {
  /** Events of the page in the order of their storing. `body` throws when the segment cannot be read. */
  readonly events: readonly { readonly id: string; readonly body: () => Uint8Array }[];
  /** Events of the page whose segment retention has dropped. */
  readonly expired: number;
}

/** Reads the raw log page by page; each segment is read and decompressed once, also where two pages share it. */
export class RawLogReader {
  /** Segments of the last page, decompressed when first asked for. */
  #segments = new Map<number, () => Uint8Array>();

  /** Events with after < sequence <= upTo. */
  async read(connection: Queryable, after: number, upTo: number): Promise<RawLogPage> {
    const stored = await connection.rows<StoredEvent>(readRawEvents(after, upTo));
    const inHand = this.#segments;
    const wanted = new Set(stored.map((event) => event.segment));
    this.#segments = new Map([...inHand].filter(([id]) => wanted.has(id)));
    const read = readSegments(after, upTo, [...this.#segments.keys()]);
    for (const segment of await connection.rows<StoredSegment>(read)) {
      this.#segments.set(
        segment.id,
        once(() => unpack(segment.codec, segment.body)),
      );
    }
    const events = stored.flatMap((event) => {
      const bytes = this.#segments.get(event.segment);
      return bytes ? [{ id: event.id, body: () => cut(bytes(), event) }] : [];
    });
    return { events, expired: stored.length - events.length };
  }
}

/** The bytes of one stored event as received; null when there is no such event, `expired` when only its bytes are gone. */
export async function readRawBody(connection: Queryable, id: string): Promise<Uint8Array | 'expired' | null> {
  const [event] = await connection.rows<StoredEventWithSegment>(readRawEvent(id));
  if (!event) return null;
  if (event.codec === null || event.body === null) return 'expired';
  return cut(unpack(event.codec, event.body), event);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
