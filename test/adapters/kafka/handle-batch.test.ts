import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { handleBatch, type BatchEnd, type BatchPayload } from '#adapters/kafka/handle-batch.ts';
import type { Delivery } from '#model/event-stream.ts';

/** A batch in the hands of a kafkajs that does what the test says. Time passes only when the test beats. */
function scripted(messages: number, firstOffset = 100) {
  const values = Array.from({ length: messages }, (_, index) => Buffer.from(`m${index}`));
  const waiting = new Map<string, ((delivery: Delivery) => void)[]>();
  const stopping = new AbortController();
  const sleepers: { readonly milliseconds: number; readonly wake: () => void }[] = [];
  const state = { resolved: [] as string[], heartbeats: 0, commits: 0, running: true, stale: false };
  let heartbeat = async (): Promise<void> => {};
  const payload: BatchPayload = {
    batch: {
      messages: values.map((value, index) => ({ offset: String(firstOffset + index), value })),
    },
    resolveOffset: (offset) => void state.resolved.push(offset),
    heartbeat: () => {
      state.heartbeats += 1;
      return heartbeat();
    },
    commitOffsetsIfNecessary: async () => void (state.commits += 1),
    isRunning: () => state.running,
    isStale: () => state.stale,
  };
  const end: Promise<BatchEnd> = handleBatch(payload, {
    stopping: stopping.signal,
    delay: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        signal.addEventListener('abort', () => resolve());
        sleepers.push({ milliseconds, wake: resolve });
      }),
    deliver: (value) =>
      new Promise((resolve) => {
        const name = Buffer.from(value ?? []).toString();
        waiting.set(name, [...(waiting.get(name) ?? []), resolve]);
      }),
  });
  end.catch(() => {});
  return {
    state,
    stopping,
    end,
    waiting: (): string[] => [...waiting.keys()],
    async answer(index: number, delivery: Delivery = { status: 'settled' }) {
      const [resolve, ...others] = waiting.get(`m${index}`) ?? [];
      if (others.length > 0) waiting.set(`m${index}`, others);
      else waiting.delete(`m${index}`);
      assert.ok(resolve, `message ${index} was not delivered`);
      resolve(delivery);
      await turn();
    },
    /** Ends all pauses, those of heartbeats too. */
    async beat() {
      for (const { wake } of sleepers.splice(0)) wake();
      await turn();
    },
    failHeartbeats(error: Error) {
      heartbeat = async () => {
        throw error;
      };
    },
  };
}

describe('a batch of Kafka', () => {
  test('offsets move only over what is settled with everything before it', async () => {
    const batch = scripted(4);
    await batch.answer(2);
    await batch.answer(1);
    assert.deepEqual(batch.state.resolved, []);
    await batch.answer(0);
    assert.deepEqual(batch.state.resolved, ['102']);
    await batch.answer(3);
    assert.deepEqual(batch.state.resolved, ['102', '103']);
    assert.deepEqual(await batch.end, { status: 'done' });
  });

  test('no more than 256 messages are under way', async () => {
    const batch = scripted(1000);
    assert.equal(batch.waiting().length, 256);
    await batch.answer(7);
    assert.equal(batch.waiting().length, 256);
    assert.ok(batch.waiting().includes('m256'));
  });

  test('a message for which there is no room is delivered again, and nothing is passed over', async () => {
    const batch = scripted(2);
    await batch.answer(0, { status: 'busy' });
    await batch.answer(1);
    assert.deepEqual(batch.waiting(), []);
    await batch.beat();
    assert.deepEqual(batch.waiting(), ['m0']);
    assert.deepEqual(batch.state.resolved, []);
    await batch.answer(0);
    assert.deepEqual(batch.state.resolved, ['101']);
    assert.deepEqual(await batch.end, { status: 'done' });
  });

  test('when the store is away the batch ends before the first message that is not stored', async () => {
    const batch = scripted(600);
    await batch.answer(0);
    await batch.answer(1, { status: 'unavailable', reason: 'The store is away.' });
    // Those under way may still be stored; no new ones begin.
    for (const name of batch.waiting()) await batch.answer(Number(name.slice(1)));
    assert.deepEqual(batch.waiting(), []);
    assert.deepEqual(await batch.end, { status: 'unavailable', reason: 'The store is away.' });
    assert.deepEqual(batch.state.resolved, ['100']);
  });

  test('heartbeats and commits go on while messages wait', async () => {
    const batch = scripted(1);
    for (let beat = 0; beat < 3; beat += 1) await batch.beat();
    assert.deepEqual([batch.state.heartbeats, batch.state.commits], [3, 3]);
    await batch.answer(0);
    assert.deepEqual(await batch.end, { status: 'done' });
  });

  test('after a revoked partition nothing moves an offset, though messages under way are stored later', async () => {
    const batch = scripted(3);
    await batch.answer(0);
    batch.failHeartbeats(new Error('REBALANCE_IN_PROGRESS'));
    await batch.beat();
    await assert.rejects(batch.end, /REBALANCE_IN_PROGRESS/);
    await batch.answer(1);
    await batch.answer(2);
    assert.deepEqual(batch.state.resolved, ['100']);
  });

  for (const what of ['stopped', 'sought elsewhere', 'told to end'] as const)
    test(`when the consumer is ${what}, no new message begins and those under way are waited for`, async () => {
      const batch = scripted(600);
      if (what === 'stopped') batch.state.running = false;
      else if (what === 'sought elsewhere') batch.state.stale = true;
      else batch.stopping.abort();
      const underWay = batch.waiting();
      assert.equal(underWay.length, 256);
      for (const name of underWay) await batch.answer(Number(name.slice(1)));
      assert.deepEqual(batch.waiting(), []);
      assert.deepEqual(await batch.end, { status: 'left' });
      assert.equal(batch.state.resolved.at(-1), '355');
    });

  test('a store that never answers does not hold the end up', async () => {
    const batch = scripted(2);
    await batch.answer(0);
    batch.stopping.abort();
    for (let beat = 0; beat < 5; beat += 1) await batch.beat();
    assert.deepEqual(await batch.end, { status: 'left' });
    await batch.answer(1);
    assert.deepEqual(batch.state.resolved, ['100']);
  });
});
