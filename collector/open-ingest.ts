import { setFlagsFromString } from 'node:v8';
import { DictionaryKeeper } from '#ingest/dictionary.ts';
import { IngestThread } from '#ingest/ingest-thread.ts';
import type { IngestOptions } from '#ingest/ingest.ts';
import type { Store } from '#store/open-store.ts';
import type { Config } from './config.ts';
import { ProducerLabels } from './producer-labels.ts';
import type { IngestWorkerSettings } from './ingest-worker.ts';
import type { Metrics } from './telemetry.ts';

/** V8 divides it by three: semi-spaces of 32 MB. Smaller ones are collected while most of what is in them is under way. */
const YOUNG_MEGABYTES = 96;

/**
 * For the whole process, from here on. Pretenuring: V8 sees in the first burst that nearly all of an event's
 * objects outlive a collection, and makes them old objects for ever after; each then waits for a collection of
 * the whole heap. Semi-spaces: the start script's limit is for the main thread, and would be the thread's too.
 */
const HEAP_FLAGS = ['--no-allocation-site-pretenuring', '--max-semi-space-size=0'];

export interface IngestServices {
  readonly config: Pick<Config, 'queueBytes' | 'namingSettings'>;
  readonly store: Pick<Store, 'database' | 'url'>;
  readonly now: () => Date;
  readonly metrics: Metrics;
  /** Told after each batch that is stored. */
  readonly onStored: () => void;
  /** Told of each event that was put aside. */
  readonly onPutAside?: () => void;
  /** Told when the thread of ingest ended by itself. */
  readonly onLoss: (error: unknown) => void;
}

export interface OpenIngest {
  readonly ingest: IngestThread;
  /** To be tended now and again. */
  readonly dictionaries: DictionaryKeeper;
  /** Counts what is put aside, also by those who do so beside `ingest`. */
  readonly onQuarantine: NonNullable<IngestOptions['onQuarantine']>;
}

/** Composes the write path, in a thread of its own, with its metrics. */
export async function openIngest(services: IngestServices): Promise<OpenIngest> {
  const { config, store, now, metrics, onStored } = services;
  for (const flag of HEAP_FLAGS) setFlagsFromString(flag);
  const dictionaries = new DictionaryKeeper();
  const producers = new ProducerLabels();
  await producers.load(store.database);
  const onQuarantine: OpenIngest['onQuarantine'] = ({ reason, producer }) => {
    metrics.quarantined.inc({ reason, producer: producers.labelOf(producer) });
    services.onPutAside?.();
  };
  const ingest = new IngestThread({
    program: new URL('./ingest-worker.ts', import.meta.url),
    settings: { url: store.url, naming: config.namingSettings } satisfies IngestWorkerSettings,
    now,
    queueBytes: config.queueBytes,
    youngMegabytes: YOUNG_MEGABYTES,
    dictionary: (at) => dictionaries.current(at),
    onBatch: ({ events, seconds }) => {
      metrics.batchEvents.observe(events);
      metrics.batchSeconds.observe(seconds);
      onStored();
    },
    onQuarantine,
    onLoss: services.onLoss,
  });
  return { ingest, dictionaries, onQuarantine };
}
