import type { ShownSettings } from '#api/service-status.ts';
import type { Config } from './config.ts';

export const VERSION = '0.1.0';

/** What of the configuration GET /api/v2/status shows: names and numbers, no address that could hold a password. */
export function shownSettings(config: Partial<Config>): ShownSettings {
  return {
    version: VERSION,
    keys: config.keys !== null && config.keys !== undefined,
    embedded: !config.databaseUrl,
    queueLimitBytes: config.queueBytes ?? null,
    kafka: config.kafka ? { topics: config.kafka.topics, groupId: config.kafka.groupId } : null,
    warehouses: Object.entries(config.warehouses ?? {}).map(([name, one]) => ({
      name,
      kind: one.kind,
      watched: one.kind === 'starrocks' && one.watch !== undefined && one.watch !== null,
    })),
    alerting: config.alerting
      ? { channels: [...config.alerting.channels.keys()].sort(), url: config.alerting.url }
      : null,
    contractsFolder: typeof config.contractsFolder === 'string',
    retention: {
      events: config.retentionDays ?? null,
      eventBytes: config.retentionBytes ?? null,
      quarantine: config.quarantineDays ?? null,
      statistics: config.statisticsDays ?? null,
    },
  };
}
