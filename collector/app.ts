import { randomUUID } from 'node:crypto';
import { embeddedDatabases, openWarehouses } from '#adapters/open-warehouses.ts';
import { GateWatch } from '#gate/gate-watch.ts';
import { repairPublications } from '#gate/ledger.ts';
import type { GateServices } from '#gate/services.ts';
import type { Monitor } from '#monitor/monitor.ts';
import { openStore, type Store } from '#store/open-store.ts';
import { calendarOf } from './calendar-config.ts';
import { ChangeNotes } from './change-notes.ts';
import type { Config } from './config.ts';
import { ContractFolder } from './contract-folder.ts';
import { startHousekeeping } from './housekeeping.ts';
import { openKafka } from './kafka.ts';
import { listen } from './listen.ts';
import type { Incidents } from './incidents/incidents.ts';
import { openAlerts } from './open-alerting.ts';
import { openGateWebhooks } from './open-gate-webhooks.ts';
import { openIncidents } from './open-incidents.ts';
import { openIngest } from './open-ingest.ts';
import { openMonitor } from './open-monitor.ts';
import { openObjectives } from './open-objectives.ts';
import { openSearch } from './open-search.ts';
import { buildServer } from './server.ts';
import { createTelemetry, type Telemetry } from './telemetry.ts';
import { tellFeeds } from './tell-feeds.ts';
import { openStarRocksWatches } from './watch-starrocks.ts';

/** A running Assay. */
export interface Collector {
  /** Where it listens, with the port that was really taken. */
  readonly url: string;
  readonly store: Store;
  readonly gate: GateServices;
  readonly monitor: Monitor;
  readonly incidents: Incidents;
  readonly telemetry: Telemetry;
  /** Finishes what was accepted, then lets go of port, store and warehouses. */
  close(): Promise<void>;
}

export interface StartOptions {
  /** Readable log lines for a terminal. */
  readonly pretty?: boolean;
  /** Told in a sentence what the store does while it starts. */
  readonly onStep?: (text: string) => void;
}

/** Composes and starts everything, in this order; what fails leaves nothing running behind. */
export async function startCollector(config: Config, options: StartOptions = {}): Promise<Collector> {
  const now = (): Date => new Date();
  const telemetry = createTelemetry({ level: config.logLevel, pretty: options.pretty ?? false });
  const { log, metrics } = telemetry;
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closers.splice(0).toReversed()) await step();
  };
  try {
    const calendar = await calendarOf(config.calendar);
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
    const changes = new ChangeNotes({
      database,
      onError: (err) => log.error({ err }, 'listeners could not be told what changed'),
    });
    const incidents = openIncidents({ database, now, telemetry });
    const alerts = openAlerts({ config, database, now, telemetry });
    const gate: GateServices = {
      database,
      warehouses,
      newId: randomUUID,
      calendar,
      naming: config.naming,
      onDecision: (decision) => {
        metrics.decisions.inc({ decision });
        incidents.wake();
      },
      onSettled: (outcome) => metrics.publications.inc({ outcome }),
      onMeasured: (warehouse, { statements, milliseconds }) => {
        metrics.measureStatements.inc({ warehouse }, statements);
        metrics.measureSeconds.inc({ warehouse }, milliseconds / 1000);
      },
      onProfiled: (warehouse, outcome) => {
        if (outcome.status !== 'success')
          log.warn({ warehouse, reason: outcome.reason }, 'a candidate was measured without its profile');
      },
    };
    const opened = await openIngest({
      config,
      store,
      now,
      metrics,
      onStored: () => {
        changes.add('runs');
        monitor.wake();
        gateWatch.wake();
      },
      onPutAside: () => changes.add('quarantine'),
      onLoss: (err) => log.error({ err }, 'the thread that stores events ended; it is started again'),
    });
    const { ingest, dictionaries, onQuarantine } = opened;
    const monitor = openMonitor({
      database,
      now,
      calendar,
      cost: config.cost,
      busy: () => ingest.isBusy,
      telemetry,
      onFindings: (datasetIds) => changes.add('findings', datasetIds),
      onJudged: (datasetIds) => {
        changes.add('datasets', datasetIds);
        objectives.landed(datasetIds);
        search.changed(datasetIds);
        incidents.wake();
      },
    });
    const objectives = openObjectives({
      database,
      now,
      calendar,
      telemetry,
      onBroken: () => incidents.wake(),
    });
    const search = await openSearch({ database, now, busy: () => ingest.isBusy, telemetry });
    const gateWatch = new GateWatch({
      gate,
      now,
      onFeeds: tellFeeds(telemetry),
      onWaiting: ({ waiting, overdue }) => {
        metrics.gateWaiting.set(waiting);
        metrics.gateOverdue.set(overdue);
        if (overdue > 0) incidents.wake();
      },
      onError: (err) => log.error({ err }, 'the gate could not look at what waits; it tries again'),
    });
    const kafka =
      config.kafka &&
      (await openKafka({ settings: config.kafka, ingest, database, now, telemetry, onQuarantine }));
    const app = await buildServer({
      config,
      database,
      ingest,
      gate,
      telemetry,
      calendar,
      incidentActions: alerts.actions,
      kafka: kafka ? () => kafka.status() : undefined,
    });

    await repairPublications(gate, now());
    const housekeeping = startHousekeeping({
      gate,
      days: config.retentionDays,
      bytes: config.retentionBytes,
      quarantineDays: config.quarantineDays,
      statisticsDays: config.statisticsDays,
      records: config.records,
      now,
      log,
      metrics,
      dictionaries,
    });
    closers.push(() => housekeeping.stop());
    closers.push(() => changes.stop());
    incidents.start();
    closers.push(() => incidents.stop());
    objectives.start();
    closers.push(() => objectives.stop());
    const webhooks = openGateWebhooks({ webhooks: config.gateWebhooks, database, now, telemetry });
    await webhooks.start();
    closers.push(() => webhooks.stop());
    await alerts.start();
    closers.push(() => alerts.stop());
    search.start();
    closers.push(() => search.stop());
    monitor.start();
    closers.push(() => monitor.stop());
    gateWatch.start();
    closers.push(() => gateWatch.stop());
    closers.push(() => ingest.close());
    const contracts =
      config.contractsFolder === null
        ? null
        : new ContractFolder({ folder: config.contractsFolder, gate, now, log });
    await contracts?.start();
    closers.push(async () => contracts?.stop());
    const url = await listen(app, config.host, config.port);
    closers.push(() => app.close());
    kafka?.start();
    closers.push(async () => kafka?.stop());
    const watches = openStarRocksWatches({
      warehouses: config.warehouses,
      ingest,
      database,
      now,
      telemetry,
    });
    for (const watch of watches) watch.start();
    closers.push(async () => void (await Promise.all(watches.map((watch) => watch.stop()))));
    return { url, store, gate, monitor, incidents, telemetry, close };
  } catch (error) {
    await close();
    throw error;
  }
}
