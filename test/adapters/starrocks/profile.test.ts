import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { starRocksWarehouse } from '#adapters/starrocks/warehouse.ts';
import type { ProfileRequest } from '#model/profile.ts';
import type { Warehouse } from '#model/ports.ts';
import { HyperLogLog } from '#model/statistics/hyperloglog.ts';
import { QuantileSketch } from '#model/statistics/quantile-sketch.ts';
import { FrontEnd } from '#test/support/starrocks/front-end.ts';
import { frontEndServer, type FrontEndServer } from '#test/support/starrocks/mysql-server.ts';

const COLUMNS = [
  { name: 'id', type: 'bigint' },
  { name: 'amount', type: 'decimal(10,2)' },
  { name: 'country', type: 'varchar(20)' },
  { name: 'at', type: 'datetime' },
  { name: 'extra', type: 'json' },
];
const ROWS = Array.from({ length: 300 }, (_, at) => ({
  id: at + 1,
  amount: at % 10 === 0 ? null : (((at * 37) % 900) - 100) / 4,
  country: ['DE', 'FR', null][at % 3] ?? null,
  at: `2026-01-01 10:00:${String(at % 60).padStart(2, '0')}`,
  extra: '{}',
}));

const REQUEST: ProfileRequest = {
  ref: 'stage.orders',
  where: null,
  columns: ['id', 'amount', 'country', 'at', 'extra'].map((name) => ({ name, source: name, values: true })),
  segments: [{ name: 'country', source: 'country' }],
  mostSegments: 32,
  content: ['id', 'amount', 'country', 'at'],
  keys: ['id'],
  timeLimitMs: 60_000,
};

async function profiling(
  t: TestContext,
): Promise<{ server: FrontEndServer; warehouse: Warehouse; frontEnd: FrontEnd }> {
  const frontEnd = new FrontEnd();
  const table = frontEnd.createTable('stage.orders', false);
  frontEnd.columns.set('stage.orders', COLUMNS);
  frontEnd.write(table, 'orders', JSON.stringify(ROWS));
  const server = await frontEndServer(t, frontEnd);
  const warehouse = starRocksWarehouse({
    name: 's',
    cluster: 'c',
    hosts: [`127.0.0.1:${server.port}`],
    user: 'assay_gate',
    password: '',
    resourceGroup: 'checks',
  });
  t.after(() => warehouse.close());
  return { server, warehouse, frontEnd };
}

test('a partition is summed up by one statement, as Assay itself would do it', async (t) => {
  const { server, warehouse } = await profiling(t);
  const outcome = await warehouse.profile?.(REQUEST);
  assert.ok(outcome?.status === 'success', outcome && 'reason' in outcome ? outcome.reason : 'none');
  const [whole, ...segments] = outcome.value.parts;
  assert.deepEqual(segments.map(({ segment, facts }) => `${segment} ${facts.get('row_count')}`).sort(), [
    'country=DE 100',
    'country=FR 100',
    'country=__HIVE_DEFAULT_PARTITION__ 100',
  ]);
  const amounts = ROWS.flatMap(({ amount }) => amount ?? []);
  const mean = amounts.reduce((sum, one) => sum + one, 0) / amounts.length;
  const near = (metric: string, expected: number): void => {
    const value = whole?.facts.get(metric) ?? Number.NaN;
    assert.ok(Math.abs(value - expected) < 1e-6 * Math.abs(expected), `${metric} ${value} ${expected}`);
  };
  assert.deepEqual(
    [whole?.facts.get('row_count'), whole?.facts.get('null_count(amount)'), whole?.facts.get('max(id)')],
    [300, 30, 300],
  );
  near('sum(amount)', mean * amounts.length);
  near(
    'squared_deviations(amount)',
    amounts.reduce((sum, one) => sum + (one - mean) ** 2, 0),
  );

  const distinct = new HyperLogLog();
  const quantiles = new QuantileSketch();
  for (const amount of amounts) {
    distinct.add(String(amount));
    quantiles.add(amount);
  }
  const sketches = whole?.sketches.get('amount');
  assert.deepEqual(sketches?.distinct?.registers, distinct.registers);
  assert.deepEqual(sketches?.quantiles?.quantile(0.5), quantiles.quantile(0.5));
  const times = new HyperLogLog();
  for (const { at } of ROWS) times.add(`${at.replace(' ', 'T')}.000000Z`);
  assert.deepEqual(whole?.sketches.get('at')?.distinct?.registers, times.registers);
  assert.equal(whole?.facts.has('count(extra)'), false, 'a JSON has no text');

  const asked = server.heard.filter((sql) => sql.startsWith('select '));
  assert.equal(asked.length, 1);
  assert.match(
    asked[0] ?? '',
    /SET_VAR\(query_timeout=60, query_mem_limit=8589934592, enable_rewrite_simple_agg_to_meta_scan=false, resource_group='checks'\)/,
  );
});

test('equal rows have equal checksums whatever their order, and other rows another', async (t) => {
  const { warehouse, frontEnd } = await profiling(t);
  const contentOf = async () => {
    const outcome = await warehouse.profile?.({ ...REQUEST, columns: [], segments: [] });
    assert.ok(outcome?.status === 'success', outcome && 'reason' in outcome ? outcome.reason : 'none');
    return outcome.value.content;
  };
  const rewrite = (rows: readonly object[]): void => {
    const table = frontEnd.tables.get('stage.orders');
    assert.ok(table);
    const only = table.formal.get('orders');
    assert.ok(only);
    only.content = JSON.stringify(rows);
  };
  const first = await contentOf();
  assert.equal(first.keys?.length, 256);
  rewrite(ROWS.toReversed());
  assert.deepEqual(await contentOf(), first);
  rewrite(ROWS.map((row) => (row.id === 7 ? { ...row, amount: 1 } : row)));
  const other = await contentOf();
  assert.notEqual(other.checksum, first.checksum);
  assert.deepEqual(other.keys, first.keys);
  const withJson = await warehouse.profile?.({ ...REQUEST, content: ['id', 'extra'] });
  assert.ok(withJson?.status === 'success');
  assert.equal(withJson.value.content.checksum, null, 'what cannot be read makes no checksum');
});
