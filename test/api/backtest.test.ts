import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test, type TestContext } from 'node:test';
import type { FastifyInstance } from 'fastify';
import type { BacktestAnswer } from '#api/schema/backtest.ts';
import { backtestChart } from '#cli/backtest/chart.ts';
import { buildServer } from '#collector/server.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { Ingest } from '#ingest/ingest.ts';
import { datasetId } from '#model/ids.ts';
import { addNewMark } from '#monitor/marks.ts';
import { dayKey, ordinaryRows, writtenDay } from '#test/monitor/judged-days.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

const NOW = new Date('2026-06-01T00:00:00Z');
const now = (): Date => NOW;
const ID = datasetId('postgres://db:5432', 't');

/** Fifty ordinary days, a half load on day 50, a level that stays at 0.5 from day 56 on. */
async function fixture(t: TestContext): Promise<{ app: FastifyInstance; database: TestDatabase }> {
  const database = await testDatabase(t);
  const ingest = new Ingest({ database, now });
  for (let n = 0; n < 60; n += 1) {
    const factor = n === 50 ? 0.4 : n >= 56 ? 0.5 : 1;
    await ingest.receive(writtenDay({ day: n, rows: Math.round(ordinaryRows(n) * factor) }), 'http');
  }
  const app = await buildServer({
    config: { bodyBytes: 1_000_000 },
    database,
    ingest,
    gate: { database, warehouses: new Map(), newId: randomUUID },
    telemetry: createTelemetry({ level: 'silent', pretty: false }),
  });
  await app.ready();
  t.after(() => app.close());
  return { app, database };
}

const CONTRACT = `dataset: t
namespace: postgres://db:5432
version: "1.0.0"
owner: a@example.com
quality:
  - check: "row_count > 5500"
  - check: "row_count within 20% of avg_last(7)"
`;

describe('a backtest', () => {
  test('plays the past again: what each mode and check would have said, and when somebody would have been told', async (t) => {
    const { app } = await fixture(t);
    await app.inject({ method: 'POST', url: '/api/v2/contracts', payload: { text: CONTRACT } });
    const response = await app.inject({ url: `/api/v2/datasets/${ID}/backtest?days=20` });
    assert.equal(response.statusCode, 200, response.body);
    const answer = response.json<BacktestAnswer>();
    assert.deepEqual([answer.from, answer.to, answer.partitions], [dayKey(40), dayKey(59), 20]);
    const [rows] = answer.metrics;
    assert.equal(rows?.metric, 'row_count');
    const said = rows?.points.flatMap(({ partition, adaptive, paged }) =>
      adaptive?.status === 'anomalous' ? [[partition, paged]] : [],
    );
    // The half load, and the first day of the new level; while that goes on, nobody is told again.
    assert.deepEqual(said?.slice(0, 2), [
      [dayKey(50), true],
      [dayKey(56), true],
    ]);
    assert.ok(
      said?.slice(2).every(([, paged]) => paged === false),
      JSON.stringify(said),
    );
    assert.equal(answer.paged, 2);
    const [bound] = answer.checks;
    assert.deepEqual([bound?.text, bound?.statuses], ['row_count > 5500', { pass: 15, fail: 5 }]);
    const failed = bound?.failures.map(({ partition }) => partition);
    assert.deepEqual(failed, [50, 56, 57, 58, 59].map(dayKey));
    // How often the adaptive mode repeats itself while the level lasts is its own affair.
    const [first = '', ...others] = answer.summary;
    assert.match(
      first,
      /^row_count: simple would have fired 4 times, adaptive \d times.*; this monitor would have paged 2 times$/,
    );
    assert.deepEqual(others, [
      'row_count > 5500: would have failed 5 times',
      'row_count within 20% of avg_last(7): would have failed 5 times',
      'In all 20 partitions this monitor would have paged 2 times; simple would have fired 4 times.',
    ]);
  });

  test('the marks of now count: what was expected pages nobody', async (t) => {
    const { app, database } = await fixture(t);
    const mark = { kind: 'expected', metric: null, reason: 'a feast', author: 'ada' } as const;
    await addNewMark(database, { datasetId: ID, partition: dayKey(50), ...mark }, NOW);
    const answer = (await app.inject({ url: `/api/v2/datasets/t/backtest?days=20` })).json<BacktestAnswer>();
    assert.equal(answer.paged, 1);
  });

  test('its chart is well-formed, the same each time, and takes names as text', async (t) => {
    const { app } = await fixture(t);
    const answer = (await app.inject({ url: '/api/v2/datasets/t/backtest?days=20' })).json<BacktestAnswer>();
    const hostile = `</text><script>alert(1)</script>"'&\u202E\u0000`;
    const [first] = answer.metrics;
    assert.ok(first);
    const renamed = {
      ...answer,
      dataset: { ...answer.dataset, name: hostile },
      metrics: [
        {
          ...first,
          metric: `avg("${hostile}")`,
          points: first.points.map((one) => ({ ...one, partition: hostile })),
        },
      ],
    };
    const svg = backtestChart(renamed);
    assert.equal(svg, backtestChart(renamed));
    assert.doesNotMatch(svg, /<script/);
    assert.ok(
      Array.from(svg).every((sign) => sign > '\b' && sign !== '\u202E'),
      'no signs that control',
    );
    assert.equal(svg.split('class="paged"').length - 1, 2 + 1); // two pages, and the legend's
    assert.match(svg, /prefers-color-scheme: dark/);
    const tags = [...svg.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)];
    const open: string[] = [];
    for (const [, closing, name = '', empty] of tags)
      if (closing) assert.equal(open.pop(), name);
      else if (!empty) open.push(name);
    assert.deepEqual(open, []);
  });

  test('its chart writes down a value that is too far away to be drawn', async (t) => {
    const { app } = await fixture(t);
    const answer = (await app.inject({ url: '/api/v2/datasets/t/backtest' })).json<BacktestAnswer>();
    const [first] = answer.metrics;
    assert.ok(first);
    const points = first.points.map((one) => (one.paged ? { ...one, value: 1_000_000 } : one));
    const svg = backtestChart({ ...answer, metrics: [{ ...first, points }] });
    assert.match(svg, />1 000 000 ↑<\/text>/);
    assert.doesNotMatch(svg, /↓/);
  });

  test('bad questions name their place; nothing measured is no error', async (t) => {
    const { app } = await fixture(t);
    for (const [query, pointer, detail] of [
      ['metric=row_cuont', '/metric', /is row_count meant\?/],
      ['partition=dt%3D2031-01-01', '/partition', /Nothing was measured/],
      ['days=0', '/days', />= 1/],
    ] as const) {
      const answer = await app.inject({ url: `/api/v2/datasets/t/backtest?${query}` });
      const problem = answer.json<{ detail: string; errors: { pointer: string }[] }>();
      assert.equal(answer.statusCode, 400, answer.body);
      assert.ok(
        problem.errors.some((one) => one.pointer === pointer),
        answer.body,
      );
      assert.match(problem.detail, detail);
    }
    assert.equal((await app.inject({ url: '/api/v2/datasets/nowhere/backtest' })).statusCode, 404);
  });
});
