import { contentId } from '#model/ids.ts';
import type { Deliver, Delivery } from '#model/event-stream.ts';
import type { Database } from '#store/database.ts';
import { keepInQuarantine } from '#store/quarantine.ts';
import { QueueFull } from './batcher.ts';
import type { Ingest, IngestOptions, IngestOutcome } from './ingest.ts';
import { OPEN_BRACE, OPEN_BRACKET } from './json-bytes.ts';
import { splitJsonArray } from './json-text.ts';
import { quarantineEntry } from './quarantine-entry.ts';
import { isFaultOfData } from './store-faults.ts';

export interface StreamIntakeOptions {
  readonly ingest: Pick<Ingest, 'receive'>;
  readonly database: Pick<Database, 'execute'>;
  readonly now: () => Date;
  /** Told of each event, for metrics; `skipped` is a message without one. */
  readonly onEvent: (event: {
    readonly outcome: IngestOutcome['status'] | 'duplicate' | 'skipped' | 'refused';
    readonly bytes: number;
    readonly warnings: number;
  }) => void;
  /** Told when an event is put aside here. */
  readonly onQuarantine: NonNullable<IngestOptions['onQuarantine']>;
}

/** Events of one array under way at a time. */
const SLICE = 256;

/**
 * Takes in the messages of a stream: one event each, or an array of them. Whatever is wrong with a message ends
 * in quarantine, so that it never stops its partition; only the store's own trouble holds it.
 */
export function streamIntake(options: StreamIntakeOptions): Deliver {
  return async (value) => {
    const events = value === null ? [] : eventsOf(bodyOf(value));
    if (events.length === 0) options.onEvent({ outcome: 'skipped', bytes: 0, warnings: 0 });
    for (let index = 0; index < events.length; index += SLICE) {
      const slice = events.slice(index, index + SLICE);
      const deliveries = await Promise.all(slice.map((event) => receive(event, options)));
      const failed = deliveries.find(({ status }) => status !== 'settled');
      // The whole message comes again; of what was stored by then, nothing is stored twice.
      if (failed) return failed;
    }
    return { status: 'settled' };
  };
}

async function receive(bytes: Uint8Array, options: StreamIntakeOptions): Promise<Delivery> {
  try {
    const outcome = await options.ingest.receive(bytes, 'kafka');
    const isDuplicate = outcome.status === 'accepted' && outcome.duplicate;
    options.onEvent({
      outcome: isDuplicate ? 'duplicate' : outcome.status,
      bytes: bytes.byteLength,
      warnings: outcome.status === 'accepted' ? outcome.warnings : 0,
    });
    return { status: 'settled' };
  } catch (error) {
    if (error instanceof QueueFull) return { status: 'busy' };
    if (isFaultOfData(error)) return setAside(bytes, error, options);
    options.onEvent({ outcome: 'refused', bytes: bytes.byteLength, warnings: 0 });
    return unavailable(error);
  }
}

/** An event on which reading itself failed: ingest has no place for it, and it would come again for ever. */
async function setAside(
  bytes: Uint8Array,
  error: unknown,
  { database, now, onEvent, onQuarantine }: StreamIntakeOptions,
): Promise<Delivery> {
  const reason = 'unreadable';
  try {
    const detail = error instanceof Error ? error.message : String(error);
    await database.execute(
      keepInQuarantine(
        quarantineEntry({
          id: contentId(bytes),
          bytes,
          receivedAt: now(),
          source: 'kafka',
          producer: null,
          reason,
          problems: [{ pointer: '', detail }],
        }),
      ),
    );
  } catch (fault) {
    return unavailable(fault);
  }
  onEvent({ outcome: 'quarantined', bytes: bytes.byteLength, warnings: 0 });
  onQuarantine({ reason, producer: null });
  return { status: 'settled' };
}

function unavailable(error: unknown): Delivery {
  const why = error instanceof Error ? error.message : String(error);
  return { status: 'unavailable', reason: `The store does not take events: ${why}` };
}

/** The elements of an array; a broken array is one event, which quarantine shall keep whole. */
function eventsOf(body: Uint8Array): readonly Uint8Array[] {
  if (body.length === 0) return [];
  return (body[0] === OPEN_BRACKET ? splitJsonArray(body) : null) ?? [body];
}

/**
 * The JSON of a message, without what some producers put around it: white space, a byte order mark, or the five
 * bytes by which Confluent's JSON serialiser names a schema (0 and a number; no JSON text begins with 0).
 */
function bodyOf(value: Uint8Array): Uint8Array {
  let start = 0;
  const isFramed = value[0] === 0 && (value[5] === OPEN_BRACE || value[5] === OPEN_BRACKET);
  if (isFramed) start = 5;
  else if (value[0] === 0xef && value[1] === 0xbb && value[2] === 0xbf) start = 3;
  while (start < value.length && isSpace(value[start])) start += 1;
  return value.subarray(start);
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
