import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Problem } from '#collector/problems.ts';
import type { Database } from '#store/database.ts';
import { migrationStatus } from '#store/migrate.ts';
import { hasTrigrams } from '#store/search-index.ts';
import { serviceStatus, type ServiceStatusRow } from '#store/service-status.ts';
import { ServiceStatus } from './schema/service-status.ts';

/** What was configured, as far as it may be shown to whoever may read. */
export interface ShownSettings {
  readonly version: string;
  readonly keys: boolean;
  readonly embedded: boolean;
  readonly queueLimitBytes: number | null;
  readonly kafka: { readonly topics: readonly string[]; readonly groupId: string } | null;
  readonly warehouses: readonly { readonly name: string; readonly kind: string; readonly watched: boolean }[];
  readonly alerting: { readonly channels: readonly string[]; readonly url: string | null } | null;
  readonly contractsFolder: boolean;
  readonly retention: ServiceStatus['retention'];
}

export interface ServiceStatusServices {
  readonly database: Database;
  readonly settings: ShownSettings;
  /** What this process has not stored yet. */
  readonly queue: () => { readonly events: number; readonly bytes: number };
  readonly now: () => Date;
}

/** What an administrator of the store runs, so that search tolerates typing errors. */
export const TRIGRAM_MEND =
  'create extension pg_trgm schema assay; create index search_word_trigrams on assay.search_word using gin (word assay.gin_trgm_ops)';

/** GET /api/v2/status: how the service does, and what it was told to do. */
export function registerServiceStatus(app: FastifyInstance, services: ServiceStatusServices): void {
  const { database, settings, queue, now } = services;
  const startedAt = now().toISOString();
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .get('/api/v2/status', { schema: { response: { 200: ServiceStatus } } }, async () => {
      const at = now();
      const [[row], [trigrams], migration] = await Promise.all([
        database.rows<ServiceStatusRow>(serviceStatus(at)),
        database.rows<{ present: boolean }>(hasTrigrams()),
        migrationStatus(database),
      ]);
      if (!row)
        throw new Problem('store_unavailable', 'The store tells nothing of itself; try again in a moment.');
      const { events, bytes } = queue();
      const typoTolerant = trigrams?.present ?? false;
      return {
        version: settings.version,
        node: process.versions.node,
        startedAt,
        readAt: at.toISOString(),
        keys: settings.keys,
        store: {
          embedded: settings.embedded,
          postgres: row.postgres,
          bytes: row.bytes,
          migration: row.migration,
          problem:
            migration.problem ??
            (migration.current
              ? null
              : `Migrations are missing: ${migration.pending.join(', ')}; run "assay migrate".`),
        },
        intake: {
          queuedEvents: events,
          queuedBytes: bytes,
          queueLimitBytes: settings.queueLimitBytes,
          lastStoredAt: row.last_event_at?.toISOString() ?? null,
          kafka: settings.kafka && { topics: [...settings.kafka.topics], groupId: settings.kafka.groupId },
        },
        waiting: {
          monitor: row.monitor,
          gate: row.gate,
          search: row.search,
          deliveries: row.deliveries,
          quarantine: row.quarantined,
        },
        search: { entries: row.search_entries, typoTolerant, mend: typoTolerant ? null : TRIGRAM_MEND },
        warehouses: [...settings.warehouses],
        alerting: settings.alerting && {
          channels: [...settings.alerting.channels],
          url: settings.alerting.url,
        },
        contractsFolder: settings.contractsFolder,
        retention: settings.retention,
      };
    });
}
