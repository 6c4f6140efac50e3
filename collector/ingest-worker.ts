import { parentPort, workerData } from 'node:worker_threads';
import type { Dictionary } from '#ingest/codec.ts';
import { Ingest } from '#ingest/ingest.ts';
import {
  ID_LENGTH,
  sendError,
  type FromIngestThread,
  type ThreadAnswer,
  type ToIngestThread,
} from '#ingest/ingest-messages.ts';
import { openWriter } from '#store/open-store.ts';
import { namingRules, type NamingSettings } from './naming-config.ts';

/**
 * The program of the ingest thread: a write path with connections of its own to the store. Told
 * ToIngestThread, it answers FromIngestThread; ends when told to close.
 */
export interface IngestWorkerSettings {
  /** The store's URL. */
  readonly url: string;
  readonly naming: NamingSettings | undefined;
}

const port = parentPort;
if (port === null) throw new Error('collector/ingest-worker.ts is the program of a thread.');
const { url, naming } = workerData as IngestWorkerSettings;
const writer = openWriter(url);
/** Milliseconds of reading at a stretch. */
const MOMENT = 0.25;
const received: Extract<ToIngestThread, { kind: 'events' }>[] = [];
/** Events of the first message that have been read. */
let read = 0;
const blocks = new Map<number, SharedArrayBuffer>();
let dictionary: Dictionary | null = null;
type Report = Writable<FromIngestThread>;
let report: Report | null = null;

const ingest = new Ingest({
  database: writer,
  now: () => new Date(),
  // The other side counts what waits, and refuses.
  queueBytes: Number.MAX_SAFE_INTEGER,
  isMoreAtHand: () => received.length > 0,
  dictionary: () => dictionary,
  naming: namingRules(naming),
  onBatch: (batch) => reported().batches.push(batch),
  onQuarantine: (entry) => reported().quarantined.push(entry),
});

type Writable<T> = T extends readonly (infer E)[]
  ? E[]
  : T extends object
    ? { -readonly [K in keyof T]: Writable<T[K]> }
    : T;

/** What is told in one message: all that became known in this turn of the event loop. */
function reported(): Report {
  if (report !== null) return report;
  setImmediate(() => {
    port?.postMessage(report);
    report = null;
  });
  report = {
    accepted: { numbers: [], ids: '', states: [] },
    numbers: [],
    answers: [],
    batches: [],
    quarantined: [],
  };
  return report;
}

function answer(number: number, given: ThreadAnswer): void {
  const { accepted, numbers, answers } = reported();
  if ('status' in given && given.status === 'accepted') {
    accepted.numbers.push(number);
    accepted.ids += given.id;
    accepted.states.push(2 * given.warnings + (given.duplicate ? 1 : 0));
  } else {
    numbers.push(number);
    answers.push(given);
  }
}

function settle(number: number, given: Promise<ThreadAnswer>): void {
  given.then(
    (outcome) => answer(number, outcome),
    (error: unknown) => answer(number, { error: sendError(error) }),
  );
}

/**
 * Reads events for a moment, then looks whether the store has answered: a transaction that waits for us holds up
 * more than an event that is read later.
 */
function readOn(): void {
  const until = performance.now() + MOMENT;
  for (let message = received[0]; message; message = received[0]) {
    const { first, places, sources, ids } = message;
    while (read < sources.length) {
      if (performance.now() > until) {
        setImmediate(readOn);
        return;
      }
      const id = ids.slice(read * ID_LENGTH, (read + 1) * ID_LENGTH);
      settle(first + read, ingest.receive(bytesAt(places, 3 * read), sources[read] ?? 'http', undefined, id));
      read += 1;
    }
    received.shift();
    read = 0;
  }
}

/** Not a copy: the other side leaves it as it is until it has the answer. */
function bytesAt(places: readonly number[], index: number): Buffer {
  const [block = 0, start = 0, length = 0] = places.slice(index, index + 3);
  const memory = blocks.get(block);
  if (!memory) throw new Error(`There is no block ${block}.`);
  return Buffer.from(memory, start, length);
}

async function close(): Promise<void> {
  await ingest.drain();
  await writer.close();
  port?.close();
}

port.on('message', (message: ToIngestThread) => {
  switch (message.kind) {
    case 'events':
      received.push(message);
      if (received.length === 1) readOn();
      break;
    case 'keep': {
      const { number, bytes, source, reason, detail } = message;
      settle(
        number,
        ingest.keep(bytes, source, reason, detail).then((kept) => ({ kept })),
      );
      break;
    }
    case 'block':
      if (message.memory) blocks.set(message.block, message.memory);
      else blocks.delete(message.block);
      break;
    case 'dictionary':
      dictionary = message.dictionary;
      break;
    case 'close':
      void close();
  }
});
