import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';

import type { KafkaOptions, KafkaProducer, KafkaRecord, OpenLineageEvent, RunEvent } from '../src/index.ts';
import {
  datasetEvent,
  jobEvent,
  kafkaMessageKey,
  KafkaTransport,
  OpenLineageClient,
  parentRunFacet,
} from '../src/index.ts';
import { readKafkaConfig } from '../src/transport/kafka-config.ts';
import { crc32Partitioner } from '../src/transport/kafka-producer.ts';
import { isolated, recordingLogger, someEvent, temporaryFolder } from './fixtures.ts';

const CONFIG = { 'bootstrap.servers': 'k:9092' };
const RUN = { runId: '018cc251-f400-717f-9d98-c0f82845ea48' };

type Step = 'ok' | Error | (() => Promise<void>);

/** A producer that keeps what it is given and does as its script says, then always succeeds. */
class ScriptedProducer implements KafkaProducer {
  readonly calls: string[] = [];
  readonly records: KafkaRecord[] = [];
  readonly #script: Step[];

  constructor(...script: readonly Step[]) {
    this.#script = [...script];
  }

  async connect(): Promise<void> {
    this.calls.push('connect');
  }

  async send(record: KafkaRecord): Promise<void> {
    this.calls.push('send');
    this.records.push(record);
    const step = this.#script.shift() ?? 'ok';
    if (step instanceof Error) throw step;
    if (step !== 'ok') await step();
  }

  async disconnect(): Promise<void> {
    this.calls.push('disconnect');
  }

  get sent(): readonly (readonly string[])[] {
    return this.records.map(({ messages }) =>
      messages.map(({ value }) => (JSON.parse(value) as RunEvent).job.name),
    );
  }
}

function kafka(producer: KafkaProducer, options: Partial<KafkaOptions> = {}) {
  const logger = recordingLogger();
  const transport = new KafkaTransport({ topic: 'lineage', config: CONFIG, logger, ...options }, producer);
  return { transport, logger };
}

function refusal(message: string): Error {
  return Object.assign(new Error(message), { name: 'KafkaJSProtocolError', retriable: false });
}

/** A step that lasts until it is let go. */
function gate(): { readonly step: Step; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { step: () => opened, open: () => open() };
}

suite('kafka message key', () => {
  const job = { namespace: 'etl', name: 'own' };
  const parent = { run: RUN, job: { namespace: 'air', name: 'dag.task' } };
  const root = { run: RUN, job: { namespace: 'air', name: 'dag' } };
  const childOf = (facet: Parameters<typeof parentRunFacet>[0]): RunEvent => ({
    ...someEvent('own'),
    run: { ...RUN, facets: { parent: parentRunFacet(facet) } },
  });
  const cases: readonly (readonly [what: string, event: OpenLineageEvent, key: string])[] = [
    ['a run without a parent: its job', someEvent('own'), 'run:etl/own'],
    ['a run with a parent: the job of the parent', childOf(parent), 'run:air/dag.task'],
    ['a run with a root: the job of the root', childOf({ ...parent, root }), 'run:air/dag'],
    [
      'a run whose parent has no name: its job',
      childOf({ ...parent, job: { namespace: 'air', name: '' } }),
      'run:etl/own',
    ],
    ['a job event', jobEvent({ job }), 'job:etl/own'],
    [
      'a dataset event',
      datasetEvent({ dataset: { namespace: 's3://lake', name: 'orders' } }),
      'dataset:s3://lake/orders',
    ],
  ];
  for (const [what, event, key] of cases) {
    test(`of ${what}`, async () => {
      assert.equal(kafkaMessageKey(event), key);
      const producer = new ScriptedProducer();
      await kafka(producer).transport.emit(event);
      assert.equal(producer.records[0]?.messages[0]?.key, key);
    });
  }

  test('of everything, when messageKey is configured: that', async () => {
    const producer = new ScriptedProducer();
    await kafka(producer, { messageKey: 'all' }).transport.emit(someEvent());
    assert.equal(producer.records[0]?.messages[0]?.key, 'all');
  });
});

suite('kafka transport', () => {
  test('emit resolves when the brokers have the message; the value is the event as JSON', async () => {
    const { step, open } = gate();
    const producer = new ScriptedProducer(step);
    const { transport } = kafka(producer);
    let isDone = false;
    const emitted = transport.emit(someEvent('größe')).then(() => (isDone = true));
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isDone, false);
    open();
    await emitted;
    assert.deepEqual(producer.calls, ['connect', 'send']);
    const [record] = producer.records;
    assert.equal(record?.topic, 'lineage');
    assert.equal(record.acks, -1);
    assert.deepEqual(JSON.parse(record.messages[0]?.value ?? ''), someEvent('größe'));
    await transport.close();
    assert.deepEqual(producer.calls, ['connect', 'send', 'disconnect']);
  });

  test('what gathers while a request is under way goes out with the next, in the order of emit', async () => {
    const { step, open } = gate();
    const producer = new ScriptedProducer(step);
    const { transport } = kafka(producer);
    const all = ['a', 'b', 'c', 'd'].map((name) => transport.emit(someEvent(name)));
    await new Promise((resolve) => setImmediate(resolve));
    open();
    await Promise.all(all);
    assert.deepEqual(producer.sent, [['a'], ['b', 'c', 'd']]);
  });

  test('a request stays below half a mebibyte', async () => {
    const { step, open } = gate();
    const producer = new ScriptedProducer(step);
    const { transport } = kafka(producer);
    const large = 'x'.repeat(200_000);
    const all = ['a', ...Array.from({ length: 5 }, () => large)].map((name) =>
      transport.emit(someEvent(name)),
    );
    await new Promise((resolve) => setImmediate(resolve));
    open();
    await Promise.all(all);
    assert.deepEqual(
      producer.sent.map((names) => names.length),
      [1, 2, 2, 1],
    );
  });

  test('one message that the brokers refuse does not take the others with it', async () => {
    const { step, open } = gate();
    const tooLarge = refusal('The message is too large');
    const producer = new ScriptedProducer(step, tooLarge, 'ok', tooLarge, 'ok');
    const { transport } = kafka(producer);
    const all = ['first', 'a', 'large', 'c'].map((name) => transport.emit(someEvent(name)));
    await new Promise((resolve) => setImmediate(resolve));
    open();
    const outcomes = await Promise.allSettled(all);
    assert.deepEqual(producer.sent, [['first'], ['a', 'large', 'c'], ['a'], ['large'], ['c']]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(transport.stats, { pending: 0, delivered: 3, lost: 1 });
  });

  test('what cannot be delivered is an error that names the topic; the client logs it', async (t) => {
    const producer = new ScriptedProducer(new Error('Connection error: connect ECONNREFUSED'));
    const { transport, logger } = kafka(producer);
    const client = new OpenLineageClient({ ...isolated(t), logger, transport });
    await client.emit(someEvent());
    assert.deepEqual(logger.warnings, [
      `An event for run ${RUN.runId} was lost: Kafka topic lineage: Connection error: connect ECONNREFUSED`,
    ]);
    await client.emit(someEvent());
    assert.equal(producer.records.length, 2);
    await client.close();
  });

  test('a connection that fails is tried again with the next event', async () => {
    const producer = new ScriptedProducer();
    let tries = 0;
    producer.connect = async () => {
      tries += 1;
      if (tries === 1) throw new Error('no brokers');
    };
    const { transport } = kafka(producer);
    await assert.rejects(transport.emit(someEvent()), /^EmitError: Kafka topic lineage: no brokers$/);
    await transport.emit(someEvent());
    assert.equal(tries, 2);
  });

  test('flush: false does not wait; close of the client does, and losses are logged', async (t) => {
    const { step, open } = gate();
    const producer = new ScriptedProducer(step, new Error('broker gone'));
    const { transport, logger } = kafka(producer, { flush: false });
    const client = new OpenLineageClient({ ...isolated(t), logger, transport });
    await client.emit(someEvent('a'));
    await client.emit(someEvent('b'));
    assert.equal(transport.stats.pending, 2);
    const closed = client.close();
    open();
    assert.equal(await closed, true);
    assert.deepEqual(producer.sent, [['a'], ['b']]);
    assert.match(logger.warnings[0] ?? '', /was lost: Kafka topic lineage: broker gone$/);
  });

  test('connections are given back when nothing was sent for a while, and opened again', async () => {
    const producer = new ScriptedProducer();
    const { transport } = kafka(producer, { config: { ...CONFIG, 'connections.max.idle.ms': 5 } });
    await transport.emit(someEvent());
    while (!producer.calls.includes('disconnect')) await new Promise((resolve) => setTimeout(resolve, 5));
    await transport.emit(someEvent());
    assert.deepEqual(producer.calls, ['connect', 'send', 'disconnect', 'connect', 'send']);
    await transport.close();
  });

  test('is configured as in the Python client, or with the names of the Java one', async (t) => {
    for (const keys of [
      { TOPIC: 'lineage', CONFIG: '{"bootstrap.servers": "127.0.0.1:1"}', MESSAGE_KEY: 'k' },
      { TOPICNAME: 'lineage', PROPERTIES: '{"bootstrap.servers": "127.0.0.1:1"}', MESSAGEKEY: 'k' },
    ]) {
      const variables = Object.entries({ TYPE: 'kafka', ...keys }).map(([key, value]) => [
        `OPENLINEAGE__TRANSPORT__${key}`,
        value,
      ]);
      const env = Object.fromEntries(variables) as Record<string, string>;
      // The real kafkajs: it is loaded, and connects only with the first event.
      const client = OpenLineageClient.fromEnvironment(isolated(t, env));
      assert.ok(client.transport instanceof KafkaTransport);
      assert.equal(client.transport.topic, 'lineage');
      await client.close();
    }
  });
});

suite('kafka configuration', () => {
  test('of librdkafka becomes that of kafkajs', (t) => {
    const ca = join(temporaryFolder(t), 'ca.pem');
    writeFileSync(ca, 'PEM');
    const settings = readKafkaConfig(
      {
        'bootstrap.servers': 'a:9092, b:9092',
        'client.id': 'etl',
        'security.protocol': 'sasl_ssl',
        'sasl.mechanisms': 'SCRAM-SHA-512',
        'sasl.username': 'me',
        'sasl.password': 'pw',
        'ssl.ca.location': ca,
        'compression.type': 'gzip',
        'enable.idempotence': 'true',
        retries: 3,
        'request.timeout.ms': '9000',
        partitioner: 'consistent_random',
        'linger.ms': 5,
      },
      'transport.config',
    );
    assert.deepEqual(settings, {
      client: {
        clientId: 'etl',
        brokers: ['a:9092', 'b:9092'],
        ssl: { ca: 'PEM', rejectUnauthorized: true },
        sasl: { mechanism: 'scram-sha-512', username: 'me', password: 'pw' },
        requestTimeout: 9000,
        retry: { retries: 3 },
      },
      producer: { allowAutoTopicCreation: true, idempotent: true, maxInFlightRequests: 1 },
      acks: -1,
      compression: 1,
      partitioner: 'librdkafka',
      idleMs: 5000,
      unused: ['linger.ms'],
    });
  });

  test('of Java and of kafkajs is taken too', () => {
    const java = readKafkaConfig(
      {
        ...CONFIG,
        'security.protocol': 'SASL_PLAINTEXT',
        'sasl.mechanism': 'PLAIN',
        'sasl.jaas.config': 'org.apache.kafka.PlainLoginModule required username="me" password="p w";',
        acks: '1',
      },
      'p',
    );
    assert.deepEqual(java.client['sasl'], { mechanism: 'plain', username: 'me', password: 'p w' });
    assert.equal(java.acks, 1);
    assert.equal(java.partitioner, 'java');
    const own = readKafkaConfig({ brokers: ['k:1'], ssl: true, clientId: 'x' }, 'p');
    assert.deepEqual(own.client, { clientId: 'x', brokers: ['k:1'], ssl: true, retry: { retries: 8 } });
  });

  const refusals: readonly (readonly [config: unknown, message: RegExp])[] = [
    ['SECRET', /^p must be a mapping/],
    [{}, /^p\["bootstrap\.servers"\] is required\.$/],
    [{ ...CONFIG, 'security.protocol': 'TLS' }, /^p\["security\.protocol"\] must be PLAINTEXT/],
    [{ ...CONFIG, 'security.protocol': 'SASL_SSL' }, /^p\["sasl\.mechanism"\] must be PLAIN/],
    [
      { ...CONFIG, 'security.protocol': 'SASL_SSL', 'sasl.mechanism': 'PLAIN', 'sasl.password': 'SECRET' },
      /^p\["sasl\.username"\] and/,
    ],
    [{ ...CONFIG, 'ssl.keystore.password': 'SECRET' }, /^p\["ssl\.keystore\.password"\] is not supported/],
    [
      { ...CONFIG, 'security.protocol': 'SSL', 'ssl.ca.location': '/no/such' },
      /^p\["ssl\.ca\.location"\] names the file/,
    ],
    [{ ...CONFIG, 'compression.type': 'zstd' }, /^p\["compression\.type"\] can only be none or gzip\.$/],
    [{ ...CONFIG, acks: 2 }, /^p\["acks"\] must be/],
    [{ ...CONFIG, retries: 'many' }, /^p\["retries"\] must be a whole number\.$/],
    [{ ...CONFIG, partitioner: 'random' }, /^p\["partitioner"\] must be/],
  ];
  for (const [config, message] of refusals) {
    test(`refused with a sentence: ${message.source}`, () => {
      assert.throws(
        () => readKafkaConfig(config, 'p'),
        (error: Error) => {
          assert.equal(error.name, 'ConfigurationError');
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /SECRET/);
          return true;
        },
      );
    });
  }

  test('the partitioner of librdkafka is CRC-32 modulo the partitions', () => {
    const choose = crc32Partitioner();
    // The check value of CRC-32 (IEEE 802.3): 123456789 gives cbf43926.
    assert.equal(
      choose({ partitionMetadata: Array.from({ length: 7 }), message: { key: '123456789' } }),
      0xcbf43926 % 7,
    );
  });

  test('keys without a counterpart are reported once', () => {
    const { logger } = kafka(new ScriptedProducer(), { config: { ...CONFIG, 'linger.ms': 5 } });
    assert.deepEqual(logger.warnings, ['transport.config: these keys are not used: linger.ms.']);
  });
});
