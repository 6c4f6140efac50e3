import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { driftOf } from '#monitor/drift.ts';
import { findingId, NOTICES_A_DAY, pagesAmong, withinBudget, type Notice } from '#monitor/notices.ts';
import { openStates, describeState, type Foldable } from '#monitor/open-states.ts';
import { sql } from '#store/sql.ts';
import { listFindings } from '#store/verdicts.ts';
import { testDatabase } from '#test/support/database.ts';
import { day, dayKey, ordinaryRows, watch, writtenDay } from './judged-days.ts';

const now = (): Date => new Date('2026-04-01T00:00:00Z');

test('findings page by how rare they are, and by the tier of their dataset', () => {
  const at = new Date('2026-01-01T00:00:00Z');
  const finding = (dataset: string, p: number | null, z: number | null, rules: readonly string[] = []) => ({
    dataset_id: dataset,
    partition: 'dt=2026-01-01',
    metric: 'row_count',
    detector: 'adaptive',
    p,
    decided_at: at,
    detection: { z, rules },
  });
  const findings = [
    finding('first', 2e-3, 6),
    finding('third', 2e-3, 6),
    finding('rare', 1e-4, 9),
    finding('empty', null, 5, ['empty']),
    finding('schema', null, null),
  ];
  const pages = pagesAmong(findings, new Map([['first', { tier: 1 }]]));
  assert.deepEqual(
    findings.filter((one) => pages.has(findingId(one))).map((one) => one.dataset_id),
    ['first', 'rare', 'empty', 'schema'],
  );
});

describe('a slow drift', () => {
  const points = Array.from({ length: 60 }, (_, n) => ({
    partition: dayKey(n),
    at: new Date(day(n)),
    value: ordinaryRows(n) * 0.96 ** Math.max(0, n - 30),
  }));
  const on = (n: number, stated: Parameters<typeof driftOf>[0]['stated'] = []): string | null =>
    driftOf({ points: points.slice(0, n + 1), stated, calendar: () => null, label: 'row_count' })?.message ??
    null;
  const told = Array.from({ length: 60 }, (_, n) => n).filter((n) => on(n) !== null);

  test('is told once while it goes on, and never before it begins', () => {
    assert.equal(told.length, 1, told.join());
    assert.ok((told[0] ?? 0) > 32 && (told[0] ?? 0) < 50, told.join());
    assert.match(on(told[0] ?? 0) ?? '', /^slowly down: row_count was /);
  });

  test('is none after a new normal', () => {
    const n = told[0] ?? 0;
    const at = new Date(day(n - 8));
    const mark = { id: 'm', kind: 'new_normal', partition: dayKey(n - 8), at, markedAt: at } as const;
    assert.equal(on(n, [mark]), null);
  });
});

describe('notices', () => {
  const notice = (n: number, more: Partial<Notice> = {}): Notice => ({
    dataset_id: 't',
    partition: dayKey(n),
    metric: 'row_count',
    detector: 'adaptive',
    owner: 'ada',
    p: 0.001 * (n + 1),
    decided_at: new Date('2026-01-01T12:00:00Z'),
    ...more,
  });

  test('are the rarest of each owner and day, up to the budget', () => {
    const many = Array.from({ length: 30 }, (_, n) => notice(n));
    const shown = withinBudget(many.toReversed());
    assert.deepEqual(
      shown.map(({ partition }) => partition).toSorted(),
      many.slice(0, NOTICES_A_DAY).map(({ partition }) => partition),
    );
    const others = [
      notice(31, { owner: 'grace', p: 0.015 }),
      notice(32, { p: 0.015, decided_at: new Date('2026-01-02T00:00:00Z') }),
    ];
    assert.equal(withinBudget([...many, ...others]).length, NOTICES_A_DAY + 2);
    assert.deepEqual(withinBudget([notice(1, { p: 0.2 })]), []);
  });
});

describe('alarms in a row', () => {
  const alarm = (n: number, more: Partial<Foldable> = {}): Foldable => ({
    dataset_id: 't',
    partition: dayKey(n),
    metric: 'row_count',
    detector: 'adaptive',
    direction: 'down',
    before: dayKey(n - 1),
    detection: { ratio: 0.6 },
    ...more,
  });

  test('three of one direction are one state that asks for a word; two are two', () => {
    const [state, ...none] = openStates([alarm(9), alarm(8), alarm(7, { before: null })]);
    assert.ok(state);
    assert.deepEqual([none.length, state.earlier.length], [0, 2]);
    assert.equal(
      describeState(state),
      `for 3 partitions, since ${dayKey(7)}, at 0.6 times the expectation: mark ${dayKey(7)} as new-normal, or the partitions as incident`,
    );
    const two = openStates([alarm(9), alarm(8, { before: null })]);
    assert.deepEqual(
      two.map((one) => [one.finding.partition, describeState(one)]),
      [
        [dayKey(9), null],
        [dayKey(8), null],
      ],
    );
  });

  test('another metric, another direction or a quiet day between begins anew', () => {
    const apart = [
      alarm(9, { direction: 'up', before: null }),
      alarm(8, { before: null }),
      alarm(7, { metric: 'avg(x)', before: null }),
      alarm(5, { before: null }),
    ];
    assert.equal(openStates(apart).length, 4);
  });

  test('as stored: what stays down is one finding', async (t) => {
    const database = await testDatabase(t);
    const { ingest, monitor } = watch(database, now);
    for (let n = 0; n < 49; n += 1)
      await ingest.receive(writtenDay({ day: n, rows: ordinaryRows(n) * (n < 45 ? 1 : 0.2) }), 'http');
    await monitor.settle();
    const all = await database.rows<Foldable>(listFindings(100, 'partition'));
    const rows = all.filter(({ metric }) => metric === 'row_count');
    assert.ok(rows.length >= 3, JSON.stringify(rows.map(({ partition }) => partition)));
    const states = openStates(rows);
    assert.deepEqual(
      states.map(({ finding, earlier }) => [finding.partition, earlier.length]),
      [[rows[0]?.partition, rows.length - 1]],
    );
  });
});

test('a verdict says how rare its distance is among metrics of its class', async (t) => {
  const database = await testDatabase(t);
  const { ingest, monitor } = watch(database, now);
  for (let n = 0; n < 45; n += 1)
    await ingest.receive(writtenDay({ day: n, rows: n === 44 ? 3000 : ordinaryRows(n) }), 'http');
  await monitor.settle();
  const rows = await database.rows<{ partition: string; z: number | null; p: number | null }>(sql`
    select partition, score as z, p from verdict where detector = 'adaptive' order by partition`);
  assert.ok(rows.every(({ z, p }) => (z === null) === (p === null)));
  const last = rows.at(-1);
  assert.ok(last?.p !== null && last?.p !== undefined && last.p < 0.01, JSON.stringify(last));
  const [sample] = await database.rows<{ class: string; n: number }>(
    sql`select class, sum(cardinality(scores))::int as n from fleet_sample group by class`,
  );
  assert.deepEqual(sample, { class: 'daily count', n: rows.filter(({ z }) => z !== null).length });
});
