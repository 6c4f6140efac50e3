import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { pushContracts } from '#gate/contracts.ts';
import { Ingest } from '#ingest/ingest.ts';
import { partitionTime } from '#model/partition.ts';
import type { HistoryPoint } from '#model/measurement.ts';
import { judgePartition, type Subject } from '#monitor/judge.ts';
import { Monitor } from '#monitor/monitor.ts';
import { partitionFindings } from '#monitor/partition-findings.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';
import { day, dayKey, ordinaryRows } from './judged-days.ts';

const NOW = new Date('2026-06-01T00:00:00Z');

const subject = (points: readonly HistoryPoint[], tier = 3): Subject => ({
  datasetId: randomUUID(),
  points,
  marks: [],
  standing: 'young',
  calendar: () => null,
  tier,
});

const point = (n: number, facts: Record<string, number>): HistoryPoint => ({
  partition: dayKey(n),
  at: partitionTime(dayKey(n)),
  facts: new Map(Object.entries(facts)),
  excluded: null,
});

test('what matters most alarms sooner: from 4 on where others do from 5 on', () => {
  const points = Array.from({ length: 30 }, (_, n) => point(n, { row_count: ordinaryRows(n) }));
  const said = (factor: number, tier: number) => {
    const rows = Math.round(ordinaryRows(30) * factor);
    const judged = judgePartition(subject([...points, point(30, { row_count: rows })], tier));
    const own = judged.find(({ detector }) => detector === 'adaptive');
    return { status: own?.status, z: Math.abs(own?.score ?? 0) };
  };
  const factors = Array.from({ length: 300 }, (_, step) => 1 - step / 1000);
  const between = factors.filter((factor) => said(factor, 3).z > 4.1 && said(factor, 3).z < 4.9);
  assert.ok(between.length > 0);
  for (const factor of between) {
    assert.equal(said(factor, 3).status, 'notice');
    assert.equal(said(factor, 2).status, 'notice');
    assert.equal(said(factor, 1).status, 'anomalous');
  }
});

describe('rows by group', () => {
  const grouped = (n: number, de: number, fr: number): HistoryPoint =>
    point(n, { row_count: de + fr, "row_count per country: 'DE'": de, "row_count per country: 'FR'": fr });
  const usual = Array.from({ length: 30 }, (_, n) => {
    const rows = ordinaryRows(n);
    return grouped(n, Math.round(rows * 0.6), Math.round(rows * 0.4));
  });

  test('a finding says which group is missing', () => {
    const judged = judgePartition(subject([...usual, grouped(30, 0, Math.round(ordinaryRows(30) * 0.4))]));
    const found = judged.find(({ detector }) => detector === 'adaptive');
    assert.equal(found?.status, 'anomalous');
    assert.match(found?.detection?.where ?? '', /^country=DE explains \d+ % of the missing rows/);
    assert.ok(found?.message.endsWith(found.detection?.where ?? '-'), found?.message);
    const calm = judgePartition(
      subject([
        ...usual,
        grouped(30, Math.round(ordinaryRows(30) * 0.6), Math.round(ordinaryRows(30) * 0.4)),
      ]),
    );
    assert.ok(calm.every(({ detection }) => detection?.where === undefined));
  });

  test('another mix is told, also of as many rows', () => {
    const mixes = (de: number, fr: number) =>
      partitionFindings(subject([...usual, grouped(30, de, fr)])).map(({ metric, status }) => [
        metric,
        status,
      ]);
    assert.deepEqual(mixes(6000, 4000), [['mix(country)', 'normal']]);
    assert.deepEqual(mixes(1000, 9000), [['mix(country)', 'anomalous']]);
  });
});

test('numbers that are distributed otherwise are told, where their quantiles are known', () => {
  const measured = (n: number, shift: number): HistoryPoint =>
    point(n, {
      row_count: 10_000,
      'null_count(amount)': 0,
      'min(amount)': shift,
      'max(amount)': 100 + shift,
      'quantile(amount, 0.25)': 25 + shift,
      'quantile(amount, 0.5)': 50 + shift,
      'quantile(amount, 0.75)': 75 + shift,
    });
  const said = (...shifts: readonly number[]) =>
    partitionFindings(subject(shifts.map((shift, n) => measured(n, shift)))).map(
      ({ metric, status }) => `${metric} ${status}`,
    );
  assert.deepEqual(said(0), ['distribution(amount) learning']);
  assert.deepEqual(said(0, 0, 1), ['distribution(amount) normal']);
  assert.deepEqual(said(0, 0, 60), ['distribution(amount) anomalous']);
  assert.deepEqual(said(60, 0, 0, 0, 0, 0, 0, 60), ['distribution(amount) normal'], 'as a week before');
});

test('the columns that are written are held against the contract', async (t) => {
  const database = await testDatabase(t);
  const ingest = new Ingest({ database, now: () => NOW });
  const monitor = new Monitor({ database, now: () => NOW, excludedOf: async () => new Map() });
  const text = `dataset: t
namespace: postgres://db:5432
version: "1.0.0"
owner: a@example.com
schema:
  - { name: id, type: integer }
  - { name: amount, type: integer }
quality:
  - check: "row_count > 0"
`;
  const gate = { database, warehouses: new Map(), newId: randomUUID };
  await pushContracts(gate, { text, fileName: 't.yaml' }, NOW);
  const send = async (n: number, schema: readonly string[]): Promise<void> => {
    const output = outputWithRows('t', 10, { partition: { dt: day(n) }, schema });
    const runId = `018cc251-f400-7000-8000-${String(n).padStart(12, '0')}`;
    const event = { runId, type: 'COMPLETE', time: `${day(n + 1)}T01:00:00Z`, outputs: [output] };
    await ingest.receive(sampleEvent(event), 'http');
    await monitor.settle();
  };
  await send(0, ['id', 'amount']);
  await send(1, ['id', 'note', 'amount']);
  await send(2, ['id', 'note']);
  const rows = await database.rows(sql`
    select partition, status, finding, message from verdict where detector = 'schema_contract' order by partition`);
  assert.deepEqual(rows, [
    {
      partition: dayKey(1),
      status: 'notice',
      finding: false,
      message: `other columns than its contract says in ${dayKey(1)}: 1 added (note)`,
    },
    {
      partition: dayKey(2),
      status: 'anomalous',
      finding: true,
      message: `other columns than its contract says in ${dayKey(2)}: 1 removed (amount), 1 added (note)`,
    },
  ]);
});
