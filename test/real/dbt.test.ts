import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { scratchFolder } from '#test/support/assay-process.ts';
import { pythonPart } from '#test/support/installed-parts.ts';
import { runProgram } from '#test/support/run-program.ts';
import { listeningAssay, storedAll, type ListeningAssay } from '#test/support/stored-lineage.ts';

// dbt-ol runs the project in dbt/shop on DuckDB: a seed, two good models and one that cannot be computed; tests
// that pass, one that fails and one that only warns.

const dbt = pythonPart('test/real/dbt/requirements.txt');
const options = { skip: dbt.missing };

test('dbt: what ran is told after the fact', options, async (t) => {
  const assay = await listeningAssay(t);
  const run = shop(t, assay);
  await run(0, 'seed');
  // One model of three fails.
  await run(1, 'run');
  await run(1, 'test');
  await t.test('all that dbt sent is stored', () => storedAll(assay));

  await t.test('models and tests hang below the command, each with its own end', async () => {
    assert.deepEqual(await statesOf(assay), [
      'dbt-run-shop COMPLETED',
      'dbt-run-shop FAILED',
      'dbt-run-shop FAILED',
      'shop.main.shop.broken FAILED < dbt-run-shop',
      'shop.main.shop.orders COMPLETED < dbt-run-shop',
      'shop.main.shop.orders.test FAILED < dbt-run-shop',
      'shop.main.shop.revenue COMPLETED < dbt-run-shop',
      'shop.main.shop.revenue.test COMPLETED < dbt-run-shop',
      'test.shop.no_negative_revenue COMPLETED < dbt-run-shop',
    ]);
  });

  await t.test('tables and columns lead from the seed to the models', async () => {
    // dbt-ol names the seed in the lineage of columns only.
    assert.deepEqual(await assay.edges('shop.main.orders'), [
      'shop.main.orders -> shop.main.broken by shop.main.shop.broken',
      'shop.main.orders -> shop.main.revenue by shop.main.shop.revenue',
      'shop.main.raw_orders -> shop.main.orders by shop.main.shop.orders',
    ]);
    assert.deepEqual(
      (await assay.columnEdges()).map((edge) => edge.trim()).filter((edge) => !edge.includes('broken')),
      [
        'shop.main.orders.amount -> shop.main.revenue.revenue',
        'shop.main.orders.customer_id -> shop.main.revenue.customer_id',
        'shop.main.raw_orders.amount -> shop.main.orders.amount',
        'shop.main.raw_orders.customer_id -> shop.main.orders.customer_id',
        'shop.main.raw_orders.order_id -> shop.main.orders.order_id',
        'shop.main.raw_orders.status -> shop.main.orders.status',
      ],
    );
  });

  await t.test('each test has its result, and a warning is no failure', async () => {
    assert.deepEqual(await resultsOf(assay, 'shop.main.orders'), [
      'accepted_values status: failed with 1, a warn',
      'not_null order_id: passed with 0, a error',
      'unique order_id: failed with 1, a error',
    ]);
    assert.deepEqual(await resultsOf(assay, 'shop.main.revenue'), [
      'no_negative_revenue: passed with 0, a error',
      'not_null customer_id: passed with 0, a error',
      'unique customer_id: passed with 0, a error',
    ]);
  });
});

test('dbt: what runs is told as it runs (structured logs)', options, async (t) => {
  const assay = await listeningAssay(t);
  const run = shop(t, assay);
  await run(0, '--consume-structured-logs', 'seed');
  await run(1, '--consume-structured-logs', 'run');
  await t.test('all that dbt sent is stored', () => storedAll(assay));

  await t.test('statements hang below their model, and models below the command', async () => {
    const runs = await assay.runs();
    const nodes = runs.filter(({ job }) => !/\.sql\.\d+$/.test(job));
    assert.deepEqual(nodes.map(({ job, state, parent }) => `${job} ${state} ${parent}`).sort(), [
      'dbt-run-shop COMPLETED null',
      'dbt-run-shop FAILED null',
      'model.shop.broken FAILED dbt-run-shop',
      'model.shop.orders COMPLETED dbt-run-shop',
      'model.shop.revenue COMPLETED dbt-run-shop',
      'seed.shop.raw_orders COMPLETED dbt-run-shop',
    ]);
    const statements = runs.filter(({ job }) => /\.sql\.\d+$/.test(job));
    assert.ok(statements.length > 0);
    for (const { job, parent, root } of statements) {
      assert.deepEqual([parent, root], [job.replace(/\.sql\.\d+$/, ''), 'dbt-run-shop']);
    }
    const broken = runs.find(({ job }) => job === 'model.shop.broken');
    assert.match(broken?.error ?? '', /Could not convert string 'no number'/);
  });

  await t.test('tables lead from the seed to the models', async () => {
    assert.deepEqual(await assay.edges('shop.main.orders'), [
      'shop.main.orders -> shop.main.broken by model.shop.broken',
      'shop.main.orders -> shop.main.revenue by model.shop.revenue',
      'shop.main.raw_orders -> shop.main.orders by model.shop.orders',
    ]);
  });
});

/** A copy of the project with a database of its own; what it returns runs a command of dbt-ol, which must end with `code`. */
function shop(t: TestContext, assay: ListeningAssay): (code: number, ...args: string[]) => Promise<void> {
  const folder = scratchFolder(t);
  cpSync(join(import.meta.dirname, 'dbt/shop'), folder, { recursive: true });
  const env = {
    PATH: [dbt.bin, process.env['PATH']].join(delimiter),
    SHOP_DATABASE: join(folder, 'shop.duckdb'),
    OPENLINEAGE_URL: assay.url,
    OPENLINEAGE_NAMESPACE: 'dbt',
    DO_NOT_TRACK: '1',
    DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
  };
  return async (expected, ...args) => {
    const all = [...args, '--project-dir', folder, '--profiles-dir', folder];
    const { code, output } = await runProgram(join(dbt.bin, 'dbt-ol'), all, { env, cwd: folder });
    assert.equal(code, expected, output);
  };
}

async function statesOf(assay: ListeningAssay): Promise<string[]> {
  return (await assay.runs())
    .map(({ job, state, parent }) => `${job} ${state}${parent === null ? '' : ` < ${parent}`}`)
    .sort();
}

async function resultsOf(assay: ListeningAssay, dataset: string): Promise<string[]> {
  const { id } = await assay.dataset(dataset);
  const { assertions } = (await assay.get(`/api/v2/datasets/${id}/assertions`)) as {
    assertions: {
      assertion: string;
      column: string | null;
      success: boolean | null;
      severity: string;
      actual: string | null;
    }[];
  };
  return assertions
    .map(({ assertion, column, success, severity, actual }) => {
      const about = column === null ? assertion : `${assertion} ${column}`;
      return `${about}: ${success === true ? 'passed' : 'failed'} with ${actual}, a ${severity}`;
    })
    .sort();
}
