import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { keySimilarity, type PartitionContent, staleCopy } from '#detectors/stale-copy.ts';

const K = 256;
/** The bottom-k sketch of the keys `from` up to `to`. */
function keys(from: number, to: number): bigint[] {
  return Array.from({ length: to - from }, (_, key) =>
    createHash('sha256')
      .update(String(from + key))
      .digest()
      .readBigUInt64BE(0),
  )
    .sort((a, b) => (a < b ? -1 : 1))
    .slice(0, K);
}
const day = (number: number, more: Partial<PartitionContent>): PartitionContent => ({
  partition: `d${number}`,
  rows: 1000,
  ...more,
});
/** Every day other orders. */
const orders = Array.from({ length: 6 }, (_, n) =>
  day(n, { checksum: `c${n}`, keys: keys(n * 1000, n * 1000 + 1000) }),
);
const judge = (
  history: readonly PartitionContent[],
  target: PartitionContent,
): ReturnType<typeof staleCopy> => staleCopy(history, target, { label: 'orders' });

describe('by checksum', () => {
  test('yesterday again, or last week', () => {
    assert.deepEqual(judge(orders, day(9, { checksum: 'c5' })), {
      detector: 'stale_copy',
      status: 'anomalous',
      of: 'd5',
      by: 'checksum',
      similarity: null,
      usualSimilarity: null,
      message: 'a stale copy: orders d9 has exactly the rows of d5',
    });
    assert.equal(judge(orders, day(9, { checksum: 'c1' })).of, 'd1');
    assert.equal(judge(orders, day(9, { checksum: 'c9' })).status, 'normal');
  });

  test('a table that hardly changes', () => {
    const still = orders.map((one, n) => ({ ...one, checksum: `c${n >> 1}` }));
    assert.equal(judge(still, day(9, { checksum: 'c2' })).status, 'normal');
  });

  test('the partition itself is not its copy, and nothing is not a copy of nothing', () => {
    assert.equal(judge(orders, day(5, { checksum: 'c5' })).status, 'normal');
    assert.equal(judge(orders, day(9, { checksum: 'c5', rows: 0 })).status, 'no_data');
    assert.equal(judge(orders, day(9, {})).status, 'no_data');
    assert.equal(judge([], day(9, { checksum: 'c5' })).status, 'learning');
  });
});

describe('by keys', () => {
  const unhashed = orders.map(({ partition, rows, keys: own }) => ({
    partition,
    ...(rows && { rows }),
    ...(own && { keys: own }),
  }));

  test('the keys of an earlier day', () => {
    const found = judge(unhashed, day(9, { keys: keys(2000, 3000) }));
    assert.deepEqual([found.status, found.of, found.by, found.similarity], ['anomalous', 'd2', 'keys', 1]);
    assert.equal(
      found.message,
      'a stale copy: 100 % of the keys of orders d9 and d2 are the same, usually 0 %',
    );
    assert.equal(judge(unhashed, day(9, { keys: keys(2500, 3500) })).status, 'normal');
  });

  test('where checksums say that the rows are others it is only worth a notice', () => {
    assert.equal(judge(orders, day(9, { checksum: 'x', keys: keys(2000, 3000) })).status, 'notice');
    assert.equal(judge(unhashed, day(9, { checksum: 'x', keys: keys(2000, 3000) })).status, 'anomalous');
  });

  test('snapshots of the same customers', () => {
    const snapshots = Array.from({ length: 6 }, (_, n) => day(n, { keys: keys(0, 1000 + n) }));
    const found = judge(snapshots, day(9, { keys: keys(0, 1006) }));
    assert.equal(found.status, 'normal');
    assert.match(found.message, /as usual$/);
  });

  test('what is usual is not known yet', () => {
    assert.equal(judge(unhashed.slice(0, 2), day(9, { keys: keys(0, 1000) })).status, 'notice');
  });
});

test('the estimate is near the true similarity', () => {
  // 5 000 shared of 15 000.
  const found = keySimilarity(keys(0, 10_000), keys(5000, 15_000));
  assert.ok(found !== null && Math.abs(found - 1 / 3) < 0.1, String(found));
  assert.equal(keySimilarity(keys(0, 100), keys(0, 100)), 1);
  assert.equal(keySimilarity(keys(0, 10), keys(0, 10)), null, 'ten hashes say nothing');
  assert.equal(keySimilarity(undefined, keys(0, 100)), null);
});
