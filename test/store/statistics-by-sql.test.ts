import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HyperLogLog } from '#model/statistics/hyperloglog.ts';
import { QuantileSketch } from '#model/statistics/quantile-sketch.ts';
import { writeQuantileSketch } from '#model/statistics/quantile-sketch-bytes.ts';
import { sql } from '#store/sql.ts';
import { seededRandom } from '#test/bench/statistics.ts';
import { testDatabase } from '#test/support/database.ts';

// As docs/statistics.md says: a warehouse can make the sketches that we make.
const random = seededRandom(21);
const VALUES = Array.from({ length: 5000 }, (_, index) =>
  index % 10 === 0 ? 0 : Math.round((random() - 0.3) * 10 ** (index % 7)) / 8,
);

test('a HyperLogLog made by PostgreSQL is the one made here', async (t) => {
  const database = await testDatabase(t);
  const rows = await database.rows<{ register: number; rank: number }>(sql`
    select substring(b for 11)::int as register,
           max(case position('1' in substring(b from 12)::text) when 0 then 54
               else position('1' in substring(b from 12)::text) end) as rank
      from unnest(${VALUES.map(String)}::text[]) as v
     cross join lateral (select ('x' || substr(md5(v), 1, 16))::bit(64) as b) hashed
     group by 1`);
  const [made, ours] = [new HyperLogLog(11), new HyperLogLog(11)];
  for (const { register, rank } of rows) made.raise(register, rank);
  for (const value of VALUES) ours.add(String(value));
  assert.ok(rows.length > 500);
  assert.deepEqual(made.registers, ours.registers);
});

test('a quantile sketch made by PostgreSQL is the one made here', async (t) => {
  const database = await testDatabase(t);
  const rows = await database.rows<{ bucket: number | null; negative: boolean; times: number }>(sql`
    select case when v <> 0 then ceil(ln(abs(v)) / ln(1.005::float8 / 0.995::float8)) end as bucket,
           v < 0 as negative, count(*) as times
      from unnest(${VALUES}::float8[]) as v
     group by 1, 2`);
  const [made, ours] = [new QuantileSketch(), new QuantileSketch()];
  for (const { bucket, negative, times } of rows) {
    if (bucket === null) made.addZeros(times);
    else made.addBucket(negative ? 'negative' : 'positive', bucket, 0, times);
  }
  for (const value of VALUES) ours.add(value);
  assert.ok(ours.collapses > 0, 'buckets had to be collapsed');
  assert.deepEqual(writeQuantileSketch(made), writeQuantileSketch(ours));
});
