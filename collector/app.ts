import { randomUUID } from 'node:crypto';
import { embeddedDatabases, openWarehouses } from '#adapters/open-warehouses.ts';
import { repairPublications } from '#gate/ledger.ts';
import type { GateServices } from '#gate/services.ts';
import { DictionaryKeeper } from '#ingest/dictionary.ts';
import { Ingest, type IngestOptions } from '#ingest/ingest.ts';
import { Monitor } from '#monitor/monitor.ts';
import { exclusionsOf, type ExclusionRow } from '#store/exclusions.ts';
import { openStore, type Store } from '#store/open-store.ts';
import type { Config } from './config.ts';
import { startHousekeeping } from './housekeeping.ts';
import { openKafka } from './kafka.ts';
import { listen } from './listen.ts';
import { ProducerLabels } from './producer-labels.ts';
import { buildServer } from './server.ts';
import { createTelemetry, type Telemetry } from './telemetry.ts';

/** A running Assay. */
export interface Collector {
  /** Where it listens, with the port that was really taken. */
  readonly url: string;
  readonly store: Store;
  readonly gate: GateServices;
  readonly monitor: Monitor;
  readonly telemetry: Telemetry;
  /** Finishes what was accepted, then lets go of port, store and warehouses. */
  close(): Promise<void>;
}

export interface StartOptions {
  /** Readable log lines for a terminal. */
  readonly pretty?: boolean;
  readonly now?: () => Date;
  /** Told in a sentence what the store does while it starts. */
  readonly onStep?: (text: string) => void;
}

/** Composes and starts everything, in this order; what fails leaves nothing running behind. */
export async function startCollector(config: Config, options: StartOptions = {}): Promise<Collector> {
  const now = options.now ?? (() => new Date());
  const telemetry = createTelemetry({ level: config.logLevel, pretty: options.pretty ?? false });
  const { log, metrics } = telemetry;
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closers.splice(0).toReversed()) await step();
  };
  try {
    const store = await openStore({
      databaseUrl: config.databaseUrl,
      dataDir: config.dataDir,
      log: options.onStep ?? ((text) => log.info(text)),
    });
    closers.push(() => store.close());
    const { database, embedded } = store;
    const warehouses = openWarehouses(config.warehouses, (name) => embedded?.url(name) ?? null);
    for (const name of embeddedDatabases(config.warehouses)) await embedded?.createDatabase(name);
    closers.push(
      async () => void (await Promise.all([...warehouses.values()].map((warehouse) => warehouse.close()))),
    );
    const gate: GateServices = {
      database,
      warehouses,
      newId: randomUUID,
      naming: config.naming,
      onDecision: (decision) => metrics.decisions.inc({ decision }),
      onSettled: (outcome) => metrics.publications.inc({ outcome }),
    };
    const dictionaries = new DictionaryKeeper();
    const producers = new ProducerLabels();
    await producers.load(database);
    const onQuarantine: IngestOptions['onQuarantine'] = ({ reason, producer }) =>
      metrics.quarantined.inc({ reason, producer: producers.labelOf(producer) });
    const ingest = new Ingest({
      database: store.writer,
      now,
      queueBytes: config.queueBytes,
      dictionary: (at) => dictionaries.current(at),
      naming: config.naming,
      onBatch: ({ events, seconds }) => {
        metrics.batchEvents.observe(events);
        metrics.batchSeconds.observe(seconds);
        monitor.wake();
      },
      onQuarantine,
    });
    const monitor = new Monitor({
      busy: () => ingest.isBusy,
      database,
      now,
      excludedOf: async (ids) => byDataset(await database.rows<ExclusionRow>(exclusionsOf(ids))),
      onVerdicts: (findings) =>
        findings.forEach(({ verdict }) => metrics.verdicts.inc({ status: verdict.status })),
      onError: (error) =>
        log.error({ err: error }, 'the monitor could not look at what changed; it tries again'),
    });

    const kafka =
      config.kafka &&
      (await openKafka({ settings: config.kafka, ingest, database, now, telemetry, onQuarantine }));
    const app = await buildServer({ config, database, ingest, gate, telemetry });

    await repairPublications(gate, now());
    const housekeeping = startHousekeeping({
      gate,
      days: config.retentionDays,
      bytes: config.retentionBytes,
      quarantineDays: config.quarantineDays,
      now,
      log,
      metrics,
      dictionaries,
    });
    closers.push(() => housekeeping.stop());
    monitor.start();
    closers.push(() => monitor.stop());
    closers.push(() => ingest.drain());
    const url = await listen(app, config.host, config.port);
    closers.push(() => app.close());
    kafka?.start();
    closers.push(async () => kafka?.stop());
    return { url, store, gate, monitor, telemetry, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function byDataset(rows: readonly ExclusionRow[]): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  for (const row of rows) {
    const partitions = found.get(row.dataset_id) ?? new Map<string, string>();
    found.set(row.dataset_id, partitions.set(row.partition, row.excluded));
  }
  return found;
}
