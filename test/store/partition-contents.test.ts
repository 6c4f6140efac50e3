import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datasetId, derivedId } from '#model/ids.ts';
import {
  contentOf,
  contentsUpTo,
  putContents,
  type ContentRow,
  type StatedContent,
} from '#store/partition-contents.ts';
import { deleteOldStatistics } from '#store/partition-statistics.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';

const ORDERS = datasetId('n', 'orders');
const SHOP_ORDERS = datasetId('n', 'shop.orders');

function content(partition: string, rows: number, more: Partial<StatedContent> = {}): StatedContent {
  return {
    datasetId: ORDERS,
    partition,
    version: derivedId('version', partition, String(rows)),
    statedAt: new Date('2026-01-05T00:00:00Z'),
    rows,
    content: { checksum: rows.toString(16).padStart(32, '0'), keys: [1n, 2n ** 59n + BigInt(rows)] },
    ...more,
  };
}

test('the content of a partition comes with those before it in its series, the oldest first', async (t) => {
  const database = await testDatabase(t);
  await database.execute(
    sql`insert into dataset_group (dataset_id, canonical_id) values (${ORDERS}, ${ORDERS}), (${SHOP_ORDERS}, ${ORDERS})`,
  );
  await database.execute(
    putContents([
      content('dt=2026-01-01/region=eu', 1),
      content('dt=2026-01-02/region=eu', 2, { datasetId: SHOP_ORDERS }),
      content('dt=2026-01-02/region=us', 20),
      content('dt=2026-01-03/region=eu', 3, { content: { checksum: null, keys: null } }),
      content('dt=2026-01-04/region=eu', 4),
    ]),
  );
  const read = async (day: string, limit: number): Promise<ReturnType<typeof contentOf>[]> => {
    const asked = { datasetId: ORDERS, partition: `dt=${day}/region=eu`, pattern: 'dt=%/region=eu' };
    return (await database.rows<ContentRow>(contentsUpTo([asked], limit))).map(contentOf);
  };
  assert.deepEqual(await read('2026-01-03', 14), [
    {
      partition: 'dt=2026-01-01/region=eu',
      rows: 1,
      checksum: `${'0'.repeat(31)}1`,
      keys: [1n, 2n ** 59n + 1n],
    },
    {
      partition: 'dt=2026-01-02/region=eu',
      rows: 2,
      checksum: `${'0'.repeat(31)}2`,
      keys: [1n, 2n ** 59n + 2n],
    },
    { partition: 'dt=2026-01-03/region=eu', rows: 3 },
  ]);
  assert.deepEqual(
    (await read('2026-01-04', 1)).map(({ rows }) => rows),
    [3, 4],
  );
});

test('what was stated last counts, and old contents go with old statistics', async (t) => {
  const database = await testDatabase(t);
  const late = content('dt=2026-01-01', 7, { statedAt: new Date('2026-01-06T00:00:00Z') });
  for (const one of [content('dt=2026-01-01', 5), late, content('dt=2026-01-01', 6)])
    await database.execute(putContents([one]));
  await database.execute(putContents([]));
  const rows = async (): Promise<number[]> =>
    (
      await database.rows<ContentRow>(
        contentsUpTo([{ datasetId: ORDERS, partition: 'dt=2026-01-01', pattern: 'dt=%' }], 14),
      )
    ).map((row) => row.row_count);
  assert.deepEqual(await rows(), [7]);
  await database.rows(deleteOldStatistics(new Date('2026-01-06T00:00:00Z'), new Date(0), 100));
  assert.deepEqual(await rows(), [7]);
  await database.rows(deleteOldStatistics(new Date('2026-01-07T00:00:00Z'), new Date(0), 100));
  assert.deepEqual(await rows(), []);
});
