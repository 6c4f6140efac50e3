import type { Uuid } from '#model/ids.ts';
import type { QuarantineEntry } from '#store/quarantine.ts';
import { pack } from './codec.ts';
import type { EnvelopeProblem } from './envelope.ts';

/** What is known of an event that could not be accepted. */
export interface RejectedEvent {
  readonly id: Uuid;
  readonly bytes: Uint8Array;
  readonly receivedAt: Date;
  readonly source: QuarantineEntry['source'];
  readonly producer: string | null;
  readonly reason: string;
  readonly problems: readonly EnvelopeProblem[];
}

/** Bytes of the beginning that can be searched. */
const EXCERPT = 16_384;
const MOST_PROBLEMS = 100;
const LONGEST_TEXT = 2000;

/** Makes the entry that quarantine keeps: the bytes as they came, and beside them what people look for. */
export function quarantineEntry({ bytes, producer, problems, ...event }: RejectedEvent): QuarantineEntry {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, EXCERPT));
  return {
    ...event,
    producer: producer === null ? null : storable(producer.slice(0, LONGEST_TEXT)),
    problems: problems.slice(0, MOST_PROBLEMS).map(({ pointer, detail }) => ({
      pointer: storable(pointer.slice(0, LONGEST_TEXT)),
      detail: storable(detail.slice(0, LONGEST_TEXT)),
    })),
    size: bytes.byteLength,
    excerpt: storable(head.toString('utf8')),
    ...pack(bytes),
  };
}

/** Postgres' text holds no U+0000, which a broken event may carry anywhere, nor half a surrogate pair. */
function storable(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed();
}
