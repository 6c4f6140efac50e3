import type { TestContext } from 'node:test';
import Fastify, { type FastifyInstance } from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { registerLineageIngest } from '#api/lineage-ingest.ts';
import { registerQuarantine } from '#api/quarantine.ts';
import { createTelemetry, type Telemetry } from '#collector/telemetry.ts';
import { Ingest } from '#ingest/ingest.ts';
import type { Database } from '#store/database.ts';

export interface IngestApp {
  readonly app: FastifyInstance;
  readonly telemetry: Telemetry;
}

/** The ingest routes on a database of the test's, without listening. */
export async function ingestApp(
  t: TestContext,
  database: Database,
  options: { queueBytes?: number; bodyBytes?: number } = {},
): Promise<IngestApp> {
  const telemetry = createTelemetry({ level: 'silent', pretty: false });
  const app = Fastify();
  answerProblems(app);
  const ingest = new Ingest({
    database,
    now: () => new Date('2026-02-01T00:00:00Z'),
    ...(options.queueBytes !== undefined && { queueBytes: options.queueBytes }),
    onQuarantine: ({ reason }) => telemetry.metrics.quarantined.inc({ reason }),
  });
  const { bodyBytes = 32 * 1024 * 1024 } = options;
  registerLineageIngest(app, { ingest, metrics: telemetry.metrics, bodyBytes });
  registerQuarantine(app, { database, ingest, bodyBytes });
  await app.ready();
  t.after(() => app.close());
  return { app, telemetry };
}
