import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { kafkaClient } from '#adapters/kafka/client.ts';
import type { KafkaSettings } from '#adapters/kafka/settings.ts';
import { kafkaStream } from '#adapters/kafka/stream.ts';
import type { EventStream } from '#model/event-stream.ts';
import { scratchFolder, type RunningAssay } from '#test/support/assay-process.ts';
import { emptyDatabase } from '#test/support/database.ts';
import { jarsPart, pythonPart } from '#test/support/installed-parts.ts';
import { KAFKA_POM, startKafkaBroker, type KafkaBroker } from '#test/support/kafka-broker.ts';
import { runProgram } from '#test/support/run-program.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';
import {
  COMPRESSIONS,
  produceByJava,
  produceByKafkajs,
  produceByLibrdkafka,
  type Compression,
} from './kafka/producers.ts';
import {
  assertStored,
  makeTopic,
  metric,
  PARTITIONS,
  readingAssay,
  rows,
  sum,
  uncommitted,
  until,
  untilRead,
} from './kafka/reading.ts';

// A real broker (Kafka 4.1, one node), real producers of each kind, and Assay as a process.

const jars = jarsPart(KAFKA_POM);
const python = pythonPart('test/real/kafka/requirements.txt');
const LIMIT = { timeout: 240_000 };
/** Of all together. */
const WHOLE = { timeout: 900_000 };

/** Event n of a sender: a run's START and COMPLETE behind each other. */
function eventOf(sender: number, n: number): string {
  const run = `${String(sender).padStart(2, '0')}${String(n >> 1).padStart(10, '0')}`;
  return sampleEvent({
    runId: `018cc251-f400-7000-8000-${run}`,
    type: n % 2 === 0 ? 'START' : 'COMPLETE',
    time: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
    job: `job ${(n >> 1) % 50}`,
    outputs: [outputWithRows(`table ${(n >> 1) % 50}`, n)],
  }).toString();
}

const eventsOf = (sender: number, count: number): string[] =>
  Array.from({ length: count }, (_, n) => eventOf(sender, n));

async function pythonTransport(t: TestContext, broker: KafkaBroker): Promise<void> {
  const topic = 'python';
  await makeTopic(broker, topic);
  const database = await emptyDatabase(t);
  const assay = await readingAssay(t, broker, topic, database);
  const transport = {
    type: 'kafka',
    topic,
    config: { 'bootstrap.servers': broker.plain, acks: 'all' },
  };
  const args = [join(import.meta.dirname, 'clients/emit.py'), JSON.stringify(transport), '200'];
  const { code, output } = await runProgram(join(python.bin, 'python'), args);
  assert.equal(code, 0, output);
  await untilRead(broker, topic, assay);
  const [counts] = await rows(
    database,
    `select (select count(*)::integer from assay.raw_event) as events,
        (select count(*)::integer from assay.quarantine) as quarantined,
        (select count(*)::integer from assay_model.run where state = 'COMPLETED') as completed,
        (select count(*)::integer from assay_model.run where state = 'FAILED') as failed`,
  );
  // 200 runs of START and COMPLETE, or FAIL for every fifth, with a dataset's and a job's event.
  assert.deepEqual(counts, { events: 402, quarantined: 0, completed: 160, failed: 40 });
}

async function killed(t: TestContext, broker: KafkaBroker): Promise<void> {
  const EACH = 2000;
  const codecs = Object.keys(COMPRESSIONS) as Compression[];
  const topic = 'killed';
  await makeTopic(broker, topic);
  const database = await emptyDatabase(t);
  let assay = await readingAssay(t, broker, topic, database);
  const loads = codecs.map((_, sender) => eventsOf(sender, EACH));
  const rdkafka = codecs.map((_, sender) => eventsOf(10 + sender, 300));
  // The compressions that Java frames in its own way.
  const java = (['snappy', 'lz4'] as const).map((compression, sender) => ({
    compression,
    events: eventsOf(20 + sender, 300),
  }));
  const poison = ['not json', '{"eventTime":"never"}', '{"cut":', '\u0000\u0001', '[{"a":1},'];

  // Java's producer gives up too early for what follows.
  for (const { compression, events } of java)
    await produceByJava(jars.folder, { broker: broker.plain, topic, compression }, events);

  let acknowledged = 0;
  const total = EACH * codecs.length;
  const collectorKilled = Promise.withResolvers<void>();
  const producing = Promise.all([
    ...codecs.map((compression, sender) =>
      produceByKafkajs(broker.plain, topic, compression, loads[sender] ?? [], {
        pause: 20,
        onAcknowledged: (messages) => {
          acknowledged += messages;
          // Some are left for when the collector is gone.
          return acknowledged < total * 0.7 ? undefined : collectorKilled.promise;
        },
      }),
    ),
    ...codecs.map((compression, index) =>
      produceByLibrdkafka(
        join(python.bin, 'python'),
        scratchFolder(t),
        { broker: broker.plain, topic, compression },
        rdkafka[index] ?? [],
      ).then((messages) => assert.equal(messages, 300)),
    ),
    produceByKafkajs(broker.plain, topic, 'gzip', [...poison, null, '', ...poison]),
  ]);

  await until(
    'a quarter is acknowledged',
    async () => acknowledged,
    (seen) => seen >= total / 4,
  );
  await broker.kill();
  assert.ok(acknowledged < total / 2, `${acknowledged} were acknowledged when the broker was killed`);
  await broker.start();
  // It reads again after the broker came back, and is in the midst of it when it is killed.
  const before = sum(await metric(assay, 'assay_kafka_events_total'));
  await until(
    'it reads on',
    () => metric(assay, 'assay_kafka_events_total'),
    (seen) => sum(seen) > before + 500,
  );
  const gone = once(assay.process, 'exit');
  assay.process.kill('SIGKILL');
  await gone;
  collectorKilled.resolve();
  assay = await readingAssay(t, broker, topic, database);
  await producing;

  await untilRead(broker, topic, assay);
  await assertStored(database, [...loads, ...rdkafka, ...java.map(({ events }) => events)].flat());
  const quarantined = await rows<{ source: string; reason: string }>(
    database,
    'select source, reason from assay.quarantine',
  );
  assert.equal(quarantined.length, poison.length);
  assert.ok(quarantined.every(({ source }) => source === 'kafka'));
  const [runs] = await rows(
    database,
    `select count(*)::integer as runs, count(*) filter (where state = 'COMPLETED')::integer as completed from assay_model.run`,
  );
  const expected = (total + 300 * (codecs.length + java.length)) / 2;
  assert.deepEqual(runs, { runs: expected, completed: expected });
}

/** A line to a database that can be cut. */
async function cuttableLine(
  t: TestContext,
  url: string,
): Promise<{ url: string; cut(): void; mend(): void }> {
  const { hostname, port, searchParams } = new URL(url);
  // The tests' server listens on a socket file where it can.
  const folder = searchParams.get('host');
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((inward) => {
    if (isCut) {
      inward.destroy();
      return;
    }
    const outward = folder ? connect(join(folder, `.s.PGSQL.${port}`)) : connect(Number(port), hostname);
    for (const [from, to] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      open.add(from);
      from
        .on('error', () => {})
        .on('close', () => {
          open.delete(from);
          to.destroy();
        });
      from.pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    isCut = true;
    for (const socket of open) socket.destroy();
  };
  t.after(() => {
    cut();
    server.close();
  });
  const line = new URL(url);
  line.hostname = '127.0.0.1';
  line.search = '';
  line.port = String((server.address() as AddressInfo).port);
  return { url: line.href, cut, mend: () => (isCut = false) };
}

async function twoCollectors(t: TestContext, broker: KafkaBroker): Promise<void> {
  const topic = 'shared';
  await makeTopic(broker, topic);
  const database = await emptyDatabase(t);
  const line = await cuttableLine(t, database);
  const first = await readingAssay(t, broker, topic, line.url);
  const second = await readingAssay(t, broker, topic, line.url);
  const assigned = async (assay: RunningAssay): Promise<number> =>
    (await metric(assay, 'assay_kafka_partitions')).get('state="assigned"') ?? 0;
  await until(
    'each has its half',
    () => Promise.all([assigned(first), assigned(second)]),
    ([a, b]) => a === PARTITIONS / 2 && b === PARTITIONS / 2,
  );
  const events = eventsOf(0, 3000);
  await produceByKafkajs(broker.plain, topic, 'zstd', events.slice(0, 1000));
  await untilRead(broker, topic, first, second);

  line.cut();
  await produceByKafkajs(broker.plain, topic, 'lz4', events.slice(1000, 2000));
  await until(
    'partitions are held',
    async () => [await held(first), await held(second)],
    ([a = 0, b = 0]) => a > 0 && b > 0,
  );
  assert.equal(await uncommitted(broker, topic), 1000);
  line.mend();
  await untilRead(broker, topic, first, second);

  // One leaves in the midst of the load: its partitions go to the other.
  const producing = produceByKafkajs(broker.plain, topic, 'gzip', events.slice(2000), { pause: 10 });
  await sleep(200);
  await second.stop();
  await producing;
  await untilRead(broker, topic, first);
  await assertStored(database, events);
}

async function held(assay: RunningAssay): Promise<number> {
  // /metrics counts in the store as well, which is away.
  try {
    return (await metric(assay, 'assay_kafka_partitions')).get('state="held"') ?? 0;
  } catch {
    return 0;
  }
}

/** A stream in this process, and what it delivered. */
function streamOf(t: TestContext, settings: KafkaSettings): { stream: EventStream; values: string[] } {
  const log = { debug: () => {}, info: () => {}, warn: () => {} };
  const values: string[] = [];
  const stream = kafkaStream({
    settings,
    log,
    connect: () => kafkaClient(settings, log),
    deliver: async (value) => {
      values.push(Buffer.from(value ?? []).toString());
      return { status: 'settled' };
    },
  });
  stream.start();
  t.after(() => stream.stop());
  return { stream, values };
}

async function secured(t: TestContext, broker: KafkaBroker): Promise<void> {
  const topic = 'secured';
  await makeTopic(broker, topic);
  await produceByKafkajs(broker.plain, topic, 'none', ['a', 'b', 'c']);
  const settings = (
    mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512',
    password: string,
  ): KafkaSettings => ({
    brokers: [broker.secured],
    topics: [topic],
    groupId: `${mechanism}-${password.length}`,
    fromBeginning: true,
    ssl: { ca: broker.ca, cert: null, key: null },
    sasl: { mechanism, username: broker.account.username, password },
  });
  for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const)
    await t.test(mechanism, async (t) => {
      const { values } = streamOf(t, settings(mechanism, broker.account.password));
      await until(
        'all is read',
        async () => values,
        (seen) => seen.length === 3,
      );
      assert.deepEqual(values.toSorted(), ['a', 'b', 'c']);
      const wrong = streamOf(t, settings(mechanism, 'not-the-secret'));
      const { detail } = await until(
        'it fails',
        async () => wrong.stream.status(),
        ({ state }) => state === 'failing',
      );
      assert.match(detail ?? '', /authentication/i);
      assert.doesNotMatch(detail ?? '', /not-the-secret/);
    });
  await t.test('an authority that did not sign the certificate is not trusted', async (t) => {
    const { stream } = streamOf(t, {
      ...settings('plain', broker.account.password),
      groupId: 'untrusting',
      ssl: { ca: null, cert: null, key: null },
    });
    const { detail } = await until(
      'it fails',
      async () => stream.status(),
      ({ state }) => state === 'failing',
    );
    assert.match(detail ?? '', /certificate/i);
  });
}

async function fromTheEnd(t: TestContext, broker: KafkaBroker): Promise<void> {
  const topic = 'late';
  await makeTopic(broker, topic, 2);
  await produceByKafkajs(broker.plain, topic, 'none', ['old 1', 'old 2', 'old 3']);
  const settings: KafkaSettings = {
    brokers: [broker.plain],
    topics: [topic],
    groupId: 'late',
    fromBeginning: false,
    ssl: null,
    sasl: null,
  };
  const first = streamOf(t, settings);
  await until(
    'it reads',
    async () => first.stream.status(),
    ({ state }) => state === 'consuming',
  );
  await produceByKafkajs(broker.plain, topic, 'none', ['new 1', 'new 2']);
  await until(
    'new ones are read',
    async () => first.values,
    (seen) => seen.length === 2,
  );
  await first.stream.stop();
  await produceByKafkajs(broker.plain, topic, 'none', ['meanwhile 1', 'meanwhile 2']);
  const second = streamOf(t, settings);
  await until(
    'those in between are read',
    async () => second.values,
    (seen) => seen.length === 2,
  );
  assert.deepEqual(first.values.toSorted(), ['new 1', 'new 2']);
  assert.deepEqual(second.values.toSorted(), ['meanwhile 1', 'meanwhile 2']);
}

test('events from a real broker', { ...WHOLE, skip: jars.missing }, async (t) => {
  const broker = await startKafkaBroker(t, jars.folder);
  const withPython = { ...LIMIT, skip: python.missing };
  await t.test("openlineage-python's Kafka transport: runs and states arrive", withPython, (t) =>
    pythonTransport(t, broker),
  );
  await t.test(
    'two collectors share the partitions; while the store is away nothing is committed; one leaves and nothing is lost',
    LIMIT,
    (t) => twoCollectors(t, broker),
  );
  await t.test('TLS with each SASL mechanism, and a wrong password', LIMIT, (t) => secured(t, broker));
  await t.test('from_beginning: false begins at the end once, and then goes on where it was', LIMIT, (t) =>
    fromTheEnd(t, broker),
  );
  await t.test(
    'each compression of each producer, poison between, broker and collector killed: all acknowledged is stored once',
    withPython,
    (t) => killed(t, broker),
  );
});
