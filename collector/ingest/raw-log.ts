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
import { SegmentNeeds } from './segment-needs.ts';
import { cut } from './segment.ts';

export interface RawLogPage {
  /** Events of the page in the order of their storing. `body` throws when the segment cannot be read. */
  readonly events: readonly { readonly id: string; readonly body: () => Uint8Array }[];
  /** Events of the page whose segment retention has dropped. */
  readonly expired: number;
  /** The sequence number that the page reaches: less than was asked for when its events are large. */
  readonly upTo: number;
}

const PAGE_BYTES = 32 * 1024 * 1024;

/** Reads the raw log page by page; each segment is read and decompressed once, also where two pages share it. */
export class RawLogReader {
  /** Segments of the last page, decompressed when first asked for. */
  #segments = new Map<number, () => Uint8Array>();

  readonly #beside = new SegmentNeeds();
  readonly #pageBytes: number;

  /** @param pageBytes of events in one page, before compression; one larger event makes a page by itself. */
  constructor(pageBytes = PAGE_BYTES) {
    this.#pageBytes = pageBytes;
  }

  /** Events with after < sequence <= most, or fewer where they are large. */
  async read(connection: Queryable, after: number, most: number): Promise<RawLogPage> {
    const all = await connection.rows<StoredEvent>(readRawEvents(after, most));
    const stored = all.slice(0, fitting(all, this.#pageBytes));
    const upTo = stored.length < all.length ? (stored.at(-1)?.sequence ?? most) : most;
    const inHand = this.#segments;
    const wanted = new Set(stored.map((event) => event.segment));
    this.#segments = new Map([...inHand].filter(([id]) => wanted.has(id)));
    const read = readSegments(after, upTo, [...this.#segments.keys()]);
    const segments = await connection.rows<StoredSegment>(read);
    const { dictionaries, passages } = await this.#beside.load(connection, segments);
    for (const segment of segments) {
      this.#segments.set(
        segment.id,
        once(() => unpack(segment.codec, segment.body, dictionaries, passages)),
      );
    }
    const events = stored.flatMap((event) => {
      const bytes = this.#segments.get(event.segment);
      return bytes ? [{ id: event.id, body: () => cut(bytes(), event) }] : [];
    });
    return { events, expired: stored.length - events.length, upTo };
  }
}

/** How many of the events have no more than so many bytes together; one at least. */
function fitting(events: readonly StoredEvent[], most: number): number {
  let bytes = 0;
  const first = events.findIndex(({ length }) => (bytes += length) > most);
  return first < 0 ? events.length : Math.max(first, 1);
}

/** The bytes of one stored event as received; null when there is no such event, `expired` when only its bytes are gone. */
export async function readRawBody(connection: Queryable, id: string): Promise<Uint8Array | 'expired' | null> {
  const [event] = await connection.rows<StoredEventWithSegment>(readRawEvent(id));
  if (!event) return null;
  if (event.codec === null || event.body === null) return 'expired';
  const { codec, body } = event;
  const { dictionaries, passages } = await new SegmentNeeds().load(connection, [{ codec, body }]);
  return cut(unpack(codec, body, dictionaries, passages), event);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
