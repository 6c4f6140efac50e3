import { DictionaryKeeper } from '#ingest/dictionary.ts';
import { Ingest, type IngestOptions } from '#ingest/ingest.ts';
import type { Store } from '#store/open-store.ts';
import type { Config } from './config.ts';
import { ProducerLabels } from './producer-labels.ts';
import type { Metrics } from './telemetry.ts';

export interface IngestServices {
  readonly config: Pick<Config, 'queueBytes' | 'naming'>;
  readonly store: Pick<Store, 'database' | 'writer'>;
  readonly now: () => Date;
  readonly metrics: Metrics;
  /** Told after each batch that is stored. */
  readonly onStored: () => void;
  /** Told of each event that was put aside. */
  readonly onPutAside?: () => void;
}

export interface OpenIngest {
  readonly ingest: Ingest;
  /** To be tended now and again. */
  readonly dictionaries: DictionaryKeeper;
  /** Counts what is put aside, also by those who do so beside `ingest`. */
  readonly onQuarantine: NonNullable<IngestOptions['onQuarantine']>;
}

/** Composes the write path with its metrics. */
export async function openIngest(services: IngestServices): Promise<OpenIngest> {
  const { config, store, now, metrics, onStored } = services;
  const dictionaries = new DictionaryKeeper();
  const producers = new ProducerLabels();
  await producers.load(store.database);
  const onQuarantine: OpenIngest['onQuarantine'] = ({ reason, producer }) => {
    metrics.quarantined.inc({ reason, producer: producers.labelOf(producer) });
    services.onPutAside?.();
  };
  const ingest = new Ingest({
    database: store.writer,
    now,
    queueBytes: config.queueBytes,
    dictionary: (at) => dictionaries.current(at),
    naming: config.naming,
    onBatch: ({ events, seconds }) => {
      metrics.batchEvents.observe(events);
      metrics.batchSeconds.observe(seconds);
      onStored();
    },
    onQuarantine,
  });
  return { ingest, dictionaries, onQuarantine };
}
