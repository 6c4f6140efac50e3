import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { NO_INCIDENTS } from '#alerting/no-incidents.ts';
import { readAlerting } from '#collector/alerting-config.ts';
import { openKafka } from '#collector/kafka.ts';
import { openAlerting } from '#collector/open-alerting.ts';
import { openObjectives } from '#collector/open-objectives.ts';
import { createTelemetry, type Telemetry } from '#collector/telemetry.ts';
import { Ingest } from '#ingest/ingest.ts';
import { testDatabase } from '#test/support/database.ts';

/** The telemetry of an Assay with alerting and Kafka that was used a little. Nothing is connected. */
export async function usedTelemetry(t: TestContext): Promise<Telemetry> {
  const database = await testDatabase(t);
  const telemetry = createTelemetry({ level: 'silent', pretty: false });
  const now = (): Date => new Date();
  const { config } = readAlerting(
    {
      channels: { hook: { kind: 'webhook', url: 'https://example.com', heartbeat: 'never' } },
      default: { to: ['hook'] },
    },
    '.',
  );
  assert.ok(config);
  const alerting = openAlerting({ config, database, source: NO_INCIDENTS, now, telemetry });
  await alerting.start();
  await alerting.stop();
  openObjectives({ database, now, calendar: () => null, telemetry, onBroken: () => {} });
  await openKafka({
    settings: {
      brokers: ['127.0.0.1:1'],
      topics: ['openlineage'],
      groupId: 'assay',
      fromBeginning: true,
      ssl: null,
      sasl: null,
    },
    ingest: new Ingest({ database, now }),
    database,
    now,
    telemetry,
    onQuarantine: () => {},
  });
  const { metrics } = telemetry;
  metrics.events.refused += 1;
  metrics.httpSeconds.tally({ method: 'GET', route: '/healthz', status: '200' }).observe(0.01);
  return telemetry;
}
