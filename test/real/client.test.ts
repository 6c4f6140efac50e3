import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { buildTransport, OpenLineageClient, type Transport, type TransportConfig } from 'openlineage-client';
import { startAssay } from '#test/support/assay-process.ts';
import { emptyDatabase } from '#test/support/database.ts';
import { jarsPart } from '#test/support/installed-parts.ts';
import { KAFKA_POM, startKafkaBroker } from '#test/support/kafka-broker.ts';
import {
  assertStored,
  makeTopic,
  metric,
  readingAssay,
  rows,
  sum,
  until,
  untilRead,
} from './kafka/reading.ts';

// Our own client sends to Assay as a process, also while that is killed and started again.

const jars = jarsPart(KAFKA_POM);
const LIMIT = { timeout: 120_000 };
const RUNS = 600;
const AT_ONCE = 50;

/** A client, and the bytes of every event that its transport was handed. */
interface RecordingClient {
  readonly client: OpenLineageClient;
  readonly sent: string[];
  /** What it said of losses. */
  readonly warnings: string[];
}

function recordingClient(t: TestContext, config: TransportConfig, strict: boolean): RecordingClient {
  const sent: string[] = [];
  const warnings: string[] = [];
  const logger = { warn: (message: string) => warnings.push(message) };
  const inner = buildTransport(config, { logger, strict });
  const transport: Transport = {
    kind: inner.kind,
    emit(event) {
      sent.push(JSON.stringify(event));
      return inner.emit(event);
    },
    flush: async () => inner.flush?.(),
    close: () => inner.close(),
  };
  const client = new OpenLineageClient({ transport, strict, logger, namespace: 'shop', env: {} });
  t.after(() => client.close(0));
  return { client, sent, warnings };
}

/** One run after the other by each of some senders; every tenth run fails. */
async function sendRuns({ client }: RecordingClient, from: number, to: number): Promise<void> {
  let next = from;
  const sender = async (): Promise<void> => {
    while (next < to) await sendRun(client, next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
}

async function sendRun(client: OpenLineageClient, n: number): Promise<void> {
  const work = client.run({ job: { name: `load ${n % 20}` } }, (run) => {
    run.input({ namespace: 's3://lake', name: `bronze/${n % 20}` });
    const output = run.output({ namespace: 's3://lake', name: `silver/${n % 20}` });
    output.partition({ n: String(n) }).statistics({ rowCount: n + 1 });
    if (n % 10 === 9) throw new Error(`run ${n} is bad`);
  });
  if (n % 10 === 9) await assert.rejects(work, /is bad/);
  else await work;
}

/** Every event is stored once, and the model says what the runs did. */
async function everythingIsStored(database: string, { sent, warnings }: RecordingClient): Promise<void> {
  assert.deepEqual(warnings, []);
  assert.equal(sent.length, RUNS * 2);
  await assertStored(database, sent);
  const [counts] = await rows(
    database,
    `select (select count(*)::integer from assay.quarantine) as quarantined,
        (select count(*)::integer from assay_model.run where state = 'COMPLETED') as completed,
        (select count(*)::integer from assay_model.run where state = 'FAILED') as failed,
        (select count(*)::integer from assay_model.run_dataset where role = 1 and partition like 'n=%') as partitions`,
  );
  assert.deepEqual(counts, {
    quarantined: 0,
    completed: RUNS * 0.9,
    failed: RUNS * 0.1,
    partitions: RUNS,
  });
}

for (const strict of [false, true])
  test(`http${strict ? ', strict' : ''}: everything is stored once`, LIMIT, async (t) => {
    const database = await emptyDatabase(t);
    const { url } = await startAssay(t, { DATABASE_URL: database });
    const sending = recordingClient(t, { type: 'http', url }, strict);
    await sendRuns(sending, 0, RUNS);
    await sending.client.close();
    await everythingIsStored(database, sending);
  });

for (const strict of [false, true])
  test(
    `batch_http${strict ? ', strict' : ''}: the collector is killed and started again, everything is stored once`,
    LIMIT,
    async (t) => {
      const database = await emptyDatabase(t);
      const first = await startAssay(t, { DATABASE_URL: database });
      const { port } = new URL(first.url);
      const config = {
        type: 'batch_http',
        url: first.url,
        flush_interval: 0.02,
        max_batch_size: 40,
      } as const;
      const sending = recordingClient(t, config, strict);

      const sendingHalf = sendRuns(sending, 0, RUNS / 2);
      await until(
        'something is stored',
        () => metric(first, 'assay_ingest_events_total'),
        (seen) => sum(seen) > RUNS / 5,
      );
      const gone = once(first.process, 'exit');
      first.process.kill('SIGKILL');
      await gone;
      const sendingRest = sendRuns(sending, RUNS / 2, RUNS);
      await startAssay(t, { DATABASE_URL: database, ASSAY_PORT: port });
      await Promise.all([sendingHalf, sendingRest]);
      await sending.client.close();
      await everythingIsStored(database, sending);
    },
  );

test('kafka: a real broker, and Assay that reads it', { ...LIMIT, skip: jars.missing }, async (t) => {
  const broker = await startKafkaBroker(t, jars.folder);
  for (const strict of [false, true])
    await t.test(`${strict ? 'strict' : 'not strict'}: everything is stored once`, async (t) => {
      const topic = strict ? 'strict' : 'queued';
      await makeTopic(broker, topic);
      const database = await emptyDatabase(t);
      const assay = await readingAssay(t, broker, topic, database);
      const config = { type: 'kafka', topic, config: { 'bootstrap.servers': broker.plain } } as const;
      const sending = recordingClient(t, config, strict);
      await sendRuns(sending, 0, RUNS);
      await sending.client.close();
      await untilRead(broker, topic, assay);
      await everythingIsStored(database, sending);
    });
});
