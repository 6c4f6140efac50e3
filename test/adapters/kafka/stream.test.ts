import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Admin, ConsumerRunConfig, EachBatchPayload } from 'kafkajs';
import type { StreamAdmin, StreamClient, StreamConsumer } from '#adapters/kafka/client.ts';
import type { KafkaSettings } from '#adapters/kafka/settings.ts';
import { kafkaStream } from '#adapters/kafka/stream.ts';
import type { Delivery, EventStream } from '#model/event-stream.ts';

const SETTINGS: KafkaSettings = {
  brokers: ['127.0.0.1:9092'],
  topics: ['openlineage'],
  groupId: 'assay',
  fromBeginning: true,
  ssl: null,
  sasl: null,
};

const EVENTS = {
  CRASH: 'consumer.crash',
  HEARTBEAT: 'consumer.heartbeat',
  REBALANCING: 'consumer.rebalancing',
  GROUP_JOIN: 'consumer.group_join',
} as const;

/** One life of a consumer, in which the test plays the brokers. */
class FakeConsumer {
  readonly calls: string[] = [];
  readonly #listeners = new Map<string, ((event: { payload: unknown }) => void)[]>();
  config: ConsumerRunConfig | undefined;
  connectFault: Error | null = null;

  emit(name: string, payload: unknown = {}): void {
    for (const listener of this.#listeners.get(name) ?? []) listener({ payload });
  }

  asConsumer(): StreamConsumer {
    const consumer = {
      events: EVENTS,
      connect: async () => {
        this.calls.push('connect');
        if (this.connectFault) throw this.connectFault;
      },
      subscribe: async (what: object) => void this.calls.push(`subscribe ${JSON.stringify(what)}`),
      run: async (config: ConsumerRunConfig) => {
        this.calls.push('run');
        this.config = config;
      },
      disconnect: async () => void this.calls.push('disconnect'),
      on: (name: string, listener: (event: { payload: unknown }) => void) => {
        this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
        return () => {};
      },
    };
    return consumer as unknown as StreamConsumer;
  }

  /** Hands a batch over as kafkajs does. */
  batch(offsets: readonly number[], end: number, partition = 0) {
    const seen = { resolved: [] as string[], paused: 0, resumed: 0 };
    const payload = {
      batch: {
        topic: 'openlineage',
        partition,
        highWatermark: String(end),
        messages: offsets.map((offset) => ({ offset: String(offset), value: Buffer.from(`m${offset}`) })),
        lastOffset: () => String(offsets.at(-1)),
      },
      resolveOffset: (offset: string) => void seen.resolved.push(offset),
      heartbeat: async () => {},
      commitOffsetsIfNecessary: async () => {},
      isRunning: () => true,
      isStale: () => false,
      pause: () => {
        seen.paused += 1;
        return () => void (seen.resumed += 1);
      },
    } as unknown as EachBatchPayload;
    return { seen, done: this.config?.eachBatch?.(payload) ?? Promise.reject(new Error('not running')) };
  }
}

interface Setup {
  readonly stream: EventStream;
  /** Consumers made so far. */
  readonly lives: FakeConsumer[];
  readonly admin: { calls: string[]; offsets: Awaited<ReturnType<Admin['fetchOffsets']>> };
  readonly log: string[];
  /** Lets all pauses of these milliseconds end. */
  readonly pass: (milliseconds: number) => Promise<void>;
  readonly settle: () => Promise<void>;
}

function setUp(
  t: TestContext,
  options: {
    settings?: KafkaSettings;
    deliver?: () => Promise<Delivery>;
    prepare?: (life: FakeConsumer) => void;
  } = {},
): Setup {
  const lives: FakeConsumer[] = [];
  const log: string[] = [];
  const sleepers: { milliseconds: number; wake: () => void }[] = [];
  const admin: Setup['admin'] = { calls: [], offsets: [] };
  const write = (_: object, text: string): void => void log.push(text);
  const asAdmin = {
    connect: async () => void admin.calls.push('connect'),
    disconnect: async () => void admin.calls.push('disconnect'),
    fetchOffsets: async () => admin.offsets,
    fetchTopicOffsets: async () => [
      { partition: 0, offset: '50', high: '50', low: '10' },
      { partition: 1, offset: '7', high: '7', low: '0' },
    ],
    setOffsets: async (what: object) => void admin.calls.push(`setOffsets ${JSON.stringify(what)}`),
  } satisfies StreamAdmin;
  const client = (): StreamClient => {
    const life = new FakeConsumer();
    options.prepare?.(life);
    lives.push(life);
    return { consumer: () => life.asConsumer(), admin: () => asAdmin };
  };
  const stream = kafkaStream({
    settings: options.settings ?? SETTINGS,
    connect: client,
    deliver: options.deliver ?? (async () => ({ status: 'settled' })),
    log: { debug: write, info: write, warn: write },
    delay: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        signal.addEventListener('abort', () => resolve());
        sleepers.push({ milliseconds, wake: resolve });
      }),
  });
  t.after(() => stream.stop());
  const settle = async (): Promise<void> => {
    for (let turns = 0; turns < 20; turns += 1) await turn();
  };
  return {
    stream,
    lives,
    admin,
    log,
    settle,
    async pass(milliseconds) {
      const due = sleepers.filter((sleeper) => sleeper.milliseconds === milliseconds);
      sleepers.splice(0, sleepers.length, ...sleepers.filter((sleeper) => !due.includes(sleeper)));
      for (const { wake } of due) wake();
      await settle();
    },
  };
}

const join = (life: FakeConsumer | undefined, partitions: readonly number[] = [0, 1]): void =>
  life?.emit(EVENTS.GROUP_JOIN, { memberAssignment: { openlineage: partitions } });

describe('the stream from Kafka', () => {
  test('joins, reads from the earliest message that is left, and leaves when it is stopped', async (t) => {
    const { stream, lives, settle } = setUp(t);
    assert.equal(stream.status().state, 'connecting');
    stream.start();
    await settle();
    const [life] = lives;
    join(life);
    assert.deepEqual(stream.status(), {
      state: 'consuming',
      detail: null,
      partitions: 2,
      held: 0,
      restarts: 0,
    });
    assert.equal(life?.config?.eachBatchAutoResolve, false);
    await stream.stop();
    assert.deepEqual(life?.calls, [
      'connect',
      'subscribe {"topics":["openlineage"],"fromBeginning":true}',
      'run',
      'disconnect',
    ]);
    assert.equal(stream.status().state, 'stopped');
  });

  test('brokers that are away are tried again, later each time, and told of', async (t) => {
    const { stream, lives, log, pass, settle } = setUp(t, {
      prepare: (life) => (life.connectFault = new Error('connect ECONNREFUSED 127.0.0.1:9092')),
    });
    stream.start();
    await settle();
    assert.equal(stream.status().state, 'failing');
    assert.equal(stream.status().detail, 'connect ECONNREFUSED 127.0.0.1:9092');
    await pass(1000);
    assert.equal(lives.length, 2);
    await pass(1000);
    assert.equal(lives.length, 2);
    await pass(2000);
    assert.equal(lives.length, 3);
    assert.equal(stream.status().restarts, 3);
    assert.deepEqual(lives[0]?.calls, ['connect', 'disconnect']);
    assert.match(log.join('\n'), /events from Kafka are not read; the next attempt is in 4 s/);
  });

  test('a consumer that crashes is replaced, whatever kafkajs thinks of the error', async (t) => {
    const { stream, lives, pass, settle } = setUp(t);
    stream.start();
    await settle();
    join(lives[0]);
    lives[0]?.emit(EVENTS.CRASH, { error: new TypeError('Cannot read properties of undefined') });
    await settle();
    assert.equal(stream.status().state, 'failing');
    assert.equal(lives[0]?.calls.at(-1), 'disconnect');
    await pass(1000);
    join(lives[1]);
    assert.equal(stream.status().state, 'consuming');
  });

  test('a consumer that falls silent is replaced', async (t) => {
    const { stream, lives, pass, settle } = setUp(t);
    stream.start();
    await settle();
    join(lives[0]);
    lives[0]?.emit(EVENTS.HEARTBEAT);
    await pass(90_000);
    assert.equal(stream.status().state, 'consuming');
    await pass(90_000);
    assert.equal(stream.status().detail, 'The Kafka consumer has not been heard of for 90 s.');
  });

  test('a member that joins after it was told to leave gets no message stored', async (t) => {
    const { stream, lives, settle } = setUp(t);
    stream.start();
    await settle();
    join(lives[0]);
    await stream.stop();
    await assert.rejects(lives[0]?.batch([1], 2).done ?? Promise.resolve(), /told to end/);
  });

  test('a partition waits while the store is away, longer each time, and goes on where it stopped', async (t) => {
    let isAway = true;
    const { stream, lives, pass, settle } = setUp(t, {
      deliver: async () =>
        isAway ? { status: 'unavailable', reason: 'The store is away.' } : { status: 'settled' },
    });
    stream.start();
    await settle();
    const [life] = lives;
    assert.ok(life);
    join(life);
    for (const wait of [500, 1000]) {
      const { seen, done } = life.batch([10, 11], 12);
      await done;
      assert.deepEqual(seen, { resolved: [], paused: 1, resumed: 0 });
      assert.equal(stream.status().state, 'waiting');
      assert.equal(stream.status().detail, 'The store is away.');
      assert.equal(stream.status().held, 1);
      await pass(wait);
      assert.equal(seen.resumed, 1);
      assert.equal(stream.status().state, 'consuming');
    }
    isAway = false;
    const { seen, done } = life.batch([10, 11], 12);
    await done;
    assert.deepEqual(seen, { resolved: ['10', '11'], paused: 0, resumed: 0 });
    isAway = true;
    const again = life.batch([12], 13);
    await again.done;
    await pass(500);
    assert.equal(again.seen.resumed, 1, 'the first wait is short again');
  });

  test('while the group is rebalanced it is not consuming, and partitions taken away have no lag here', async (t) => {
    const { stream, lives, settle } = setUp(t);
    stream.start();
    await settle();
    const [life] = lives;
    join(life);
    await life?.batch([10, 11], 50, 0).done;
    await life?.batch([5], 7, 1).done;
    assert.deepEqual(stream.lag(), [
      { topic: 'openlineage', partition: 0, messages: 38 },
      { topic: 'openlineage', partition: 1, messages: 1 },
    ]);
    life?.emit(EVENTS.REBALANCING);
    assert.equal(stream.status().state, 'connecting');
    join(life, [1]);
    assert.equal(stream.status().state, 'consuming');
    assert.deepEqual(stream.lag(), [{ topic: 'openlineage', partition: 1, messages: 1 }]);
  });

  test('the lag is asked from the brokers when partitions are assigned, and now and then', async (t) => {
    const { stream, lives, admin, pass, settle } = setUp(t);
    admin.offsets = [
      {
        topic: 'openlineage',
        partitions: [
          { partition: 0, offset: '-1', metadata: null },
          { partition: 1, offset: '4', metadata: null },
        ],
      },
    ];
    stream.start();
    await settle();
    join(lives[0]);
    assert.deepEqual(stream.lag(), []);
    await settle();
    assert.deepEqual(stream.lag(), [
      { topic: 'openlineage', partition: 0, messages: 40 },
      { topic: 'openlineage', partition: 1, messages: 3 },
    ]);
    admin.offsets = [{ topic: 'openlineage', partitions: [{ partition: 0, offset: '49', metadata: null }] }];
    await pass(15_000);
    assert.deepEqual(stream.lag(), [
      { topic: 'openlineage', partition: 0, messages: 1 },
      { topic: 'openlineage', partition: 1, messages: 3 },
    ]);
  });

  test('from_beginning: false lets a new group begin at the end, and leaves one that has read alone', async (t) => {
    for (const [offset, told] of [
      ['-1', true],
      ['3', false],
    ] as const) {
      const { stream, admin, settle } = setUp(t, { settings: { ...SETTINGS, fromBeginning: false } });
      admin.offsets = [
        {
          topic: 'openlineage',
          partitions: [
            { partition: 0, offset: '-1', metadata: null },
            { partition: 1, offset, metadata: null },
          ],
        },
      ];
      stream.start();
      await settle();
      const set =
        'setOffsets {"groupId":"assay","topic":"openlineage","partitions":[{"partition":0,"offset":"50"},{"partition":1,"offset":"7"}]}';
      assert.equal(admin.calls.includes(set), told);
    }
  });
});
