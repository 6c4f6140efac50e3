import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grainedTarget } from '#adapters/starrocks/grained-target.ts';
import { starRocksGate } from './gate.ts';

test('the grain of the contract stands in the target where the key means something else', () => {
  const cases = [
    ['gold.t', 'dt=2026-01-01', 'day', 'gold.t'],
    ['gold.t', 'dt=2026-01', 'month', 'gold.t'],
    ['gold.t', 'dt=2026-01-01', 'month', 'gold.t?grain=month'],
    ['gold.t?by=replace', 'dt=2026-01-01T05', 'day', 'gold.t?by=replace&grain=day'],
    ['gold.t?grain=week', 'dt=2026-01-05', 'month', 'gold.t?grain=week'],
    ['gold.t?by=routine_load', 'dt=2026-01-01', 'month', 'gold.t?by=routine_load'],
    ['gold.t', 'id=7', 'day', 'gold.t'],
    ['gold.t', 'dt=2026-01-01/region=eu', 'month', 'gold.t'],
    ['gold.t', '', 'month', 'gold.t'],
    ['gold.t', 'dt=2026-01-01', null, 'gold.t'],
  ] as const;
  for (const [target, partition, grain, expected] of cases)
    assert.equal(grainedTarget(target, { partition, grain }), expected, `${target} ${partition} ${grain}`);
});

test('a partition that is not there yet is made as long as the contract says', async (t) => {
  const gate = await starRocksGate(t, null, '', 'month');
  const row = await gate.evaluate(gate.stage('first', [10]));
  assert.equal(row.target, 'gold.orders?grain=month');
  assert.equal((await gate.publish(row)).state, 'published');
  const formal = gate.server.frontEnd.tables.get('gold.orders')?.formal;
  assert.deepEqual(
    [...(formal ?? [])].map(([name, { value }]) => [name, value]),
    [['p202601', '[types: [DATE]; keys: [2026-01-01]; ..types: [DATE]; keys: [2026-02-01]; )']],
  );
});
