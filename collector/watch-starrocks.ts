import { randomUUID } from 'node:crypto';
import { Counter } from 'prom-client';
import type { WarehouseSettings } from '#adapters/open-warehouses.ts';
import { decodeState, encodeState } from '#adapters/starrocks/loads/watch-state.ts';
import { watchStarRocks, type Watch, type WatchStore } from '#adapters/starrocks/loads/watch.ts';
import type { EventStore } from '#ingest/ingest.ts';
import type { Database } from '#store/database.ts';
import { saveWatch, takeWatch, type WatchStateRow } from '#store/watch-states.ts';
import type { Telemetry } from './telemetry.ts';

export interface WatchServices {
  readonly warehouses: Readonly<Record<string, WarehouseSettings>>;
  readonly ingest: Pick<EventStore, 'receive'>;
  readonly database: Database;
  readonly now: () => Date;
  readonly telemetry: Telemetry;
}

/** A look takes seconds; who is silent for so long has ended. */
const TAKEN_MS = 5 * 60_000;
/** Events of one look that are under way at a time. */
const SLICE = 256;

/** The watchers of the configured clusters: their events go the way of all events. They begin with `start`. */
export function openStarRocksWatches(services: WatchServices): Watch[] {
  const { warehouses, ingest, now, telemetry } = services;
  const watched = Object.values(warehouses).flatMap((one) =>
    one.kind === 'starrocks' && one.watch !== undefined ? [one] : [],
  );
  if (watched.length === 0) return [];
  const { log, registry } = telemetry;
  const findings = new Counter({
    name: 'assay_starrocks_findings_total',
    help: 'What the watcher of StarRocks found: changes without a load, purged loads, missed tasks',
    labelNames: ['kind'],
    registers: [registry],
  });
  const store = postgresStore(services);
  return watched.map((settings) =>
    watchStarRocks({
      settings,
      store,
      now: () => now().getTime(),
      async emit(events) {
        for (let from = 0; from < events.length; from += SLICE)
          await Promise.all(
            events
              .slice(from, from + SLICE)
              .map((event) => ingest.receive(Buffer.from(JSON.stringify(event)), 'http')),
          );
      },
      onFinding({ kind, message }) {
        findings.inc({ kind });
        log.warn({ cluster: settings.cluster, kind }, message);
      },
      onFault: (database, error) =>
        log.warn({ cluster: settings.cluster, database, reason: error.message }, 'StarRocks was not read'),
    }),
  );
}

/** States in our Postgres: of several collectors one watches a database, and another goes on where it ended. */
export function postgresStore({ database, now }: Pick<WatchServices, 'database' | 'now'>): WatchStore {
  const holder = randomUUID();
  const until = (at: Date): Date => new Date(at.getTime() + TAKEN_MS);
  return {
    async take(source) {
      const at = now();
      const [row] = await database.rows<WatchStateRow>(takeWatch(source, holder, at, until(at)));
      if (row === undefined) return 'busy';
      return row.state === null ? null : decodeState(row.state);
    },
    async save(source, state) {
      const at = now();
      const saved = await database.execute(saveWatch(source, holder, encodeState(state), at, until(at)));
      if (saved !== 1) throw new Error(`Another collector watches ${source} now.`);
    },
  };
}
