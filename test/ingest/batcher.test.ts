import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Batcher, QueueFull } from '#ingest/batcher.ts';

const OPTIONS = { batchItems: 4, batchBytes: 100, queueBytes: 1000 };

describe('the batcher', () => {
  test('gives each item its own result, in batches no larger than told', async () => {
    const sizes: number[] = [];
    const batcher = new Batcher<number, number>(async (items) => {
      sizes.push(items.length);
      await turn();
      return items.map((item) => item * 2);
    }, OPTIONS);
    const results = await Promise.all(Array.from({ length: 50 }, (_, n) => batcher.add(n, 10)));
    assert.deepEqual(
      results,
      Array.from({ length: 50 }, (_, n) => n * 2),
    );
    assert(Math.max(...sizes) <= 4 && sizes.length >= 13);
    assert.deepEqual([batcher.queuedItems, batcher.queuedBytes], [0, 0]);
  });

  test('an item added by the one who has just been answered is never left waiting', async () => {
    const batcher = new Batcher<number, number>(async (items) => items, OPTIONS);
    const chain = async (from: number): Promise<void> => {
      for (let n = 0; n < 300; n += 1) assert.equal(await batcher.add(from + n, 10), from + n);
    };
    await Promise.all([chain(0), chain(1000), chain(2000)]);
    await batcher.drain();
  });

  test('the next batch begins when the one before says so, else when it is done', async () => {
    for (const early of [true, false]) {
      let active = 0;
      let most = 0;
      const batcher = new Batcher<number, number>(async (items, next) => {
        most = Math.max(most, (active += 1));
        await turn();
        if (early) next();
        await turn();
        active -= 1;
        return items;
      }, OPTIONS);
      await Promise.all(Array.from({ length: 100 }, (_, n) => batcher.add(n, 10)));
      assert.equal(most, early ? 2 : 1);
      await batcher.drain();
    }
  });

  test('a batch waits for what is at hand, until it is full by items or by bytes', async () => {
    for (const [bytes, expected] of [
      [10, [4, 4, 2]],
      [50, [2, 2, 2, 2, 2]],
    ] as const) {
      const sizes: number[] = [];
      let left = 10;
      const batcher = new Batcher<number, number>(
        async (items) => {
          sizes.push(items.length);
          return items;
        },
        { ...OPTIONS, isMoreAtHand: () => left > 0 },
      );
      const added: Promise<number>[] = [];
      // One in each turn of the event loop: without waiting, each would go alone.
      while (left > 0) {
        added.push(batcher.add(left, bytes));
        left -= 1;
        await turn();
      }
      await Promise.all(added);
      assert.deepEqual(sizes, expected);
      await batcher.drain();
    }
  });

  test('a batch puts off the next one by what is in it, at most by so much', async () => {
    const begins: number[] = [];
    const batcher = new Batcher<number, number>(
      async (items) => {
        begins.push(performance.now());
        return items;
      },
      { ...OPTIONS, pace: { perItem: 40, most: 90 } },
    );
    for (const items of [2, 1, 3, 1])
      await Promise.all(Array.from({ length: items }, (_, n) => batcher.add(n, 10)));
    const gaps = begins.slice(1).map((at, index) => at - (begins[index] ?? 0));
    // Timers count in whole milliseconds, and a batch begins a moment after it was taken.
    for (const [index, expected] of [80, 40, 90].entries())
      assert((gaps[index] ?? 0) > expected - 5, `${gaps.join(', ')} ms`);
    await batcher.drain();
  });

  test('a full batch is not put off', async () => {
    const sizes: number[] = [];
    const batcher = new Batcher<number, number>(
      async (items) => {
        sizes.push(items.length);
        return items;
      },
      { ...OPTIONS, pace: { perItem: 60_000, most: 60_000 } },
    );
    await batcher.add(0, 10);
    const waits = batcher.add(1, 10);
    await turn();
    await Promise.all([waits, ...[2, 3, 4].map((n) => batcher.add(n, 10))]);
    assert.deepEqual(sizes, [1, 4]);
  });

  test('a batch that fails after it let the next one begin rejects its own items only', async () => {
    const batcher = new Batcher<number, number>(
      async (items, next) => {
        next();
        await turn();
        if (items.includes(1)) throw new Error('no');
        return items;
      },
      { ...OPTIONS, batchItems: 1 },
    );
    const settled = await Promise.allSettled([1, 2, 3].map((n) => batcher.add(n, 10)));
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['rejected', 'fulfilled', 'fulfilled'],
    );
    assert.equal(batcher.queuedBytes, 0);
  });

  test('a failed batch rejects its own items and the next one goes on', async () => {
    const batcher = new Batcher<number, number>(
      async (items) => {
        if (items.includes(1)) throw new Error('no');
        return items;
      },
      { ...OPTIONS, batchItems: 1 },
    );
    const [one, two] = await Promise.allSettled([batcher.add(1, 10), batcher.add(2, 10)]);
    assert.deepEqual([one.status, two.status], ['rejected', 'fulfilled']);
    assert.equal(batcher.queuedBytes, 0);
  });

  test('a full queue refuses at once, an item larger than the queue goes alone', async () => {
    const batcher = new Batcher<number, number>(async (items) => {
      await turn();
      return items;
    }, OPTIONS);
    const large = batcher.add(0, 5000);
    await assert.rejects(batcher.add(1, 10), QueueFull);
    assert.equal(await large, 0);
    assert.equal(await batcher.add(2, 10), 2);
  });

  test('drain waits for what is under way', async () => {
    let done = 0;
    const batcher = new Batcher<number, number>(async (items) => {
      await turn();
      done += items.length;
      return items;
    }, OPTIONS);
    const adding = Array.from({ length: 20 }, (_, n) => batcher.add(n, 10));
    await batcher.drain();
    assert.equal(done, 20);
    await batcher.drain();
    await Promise.all(adding);
  });
});
