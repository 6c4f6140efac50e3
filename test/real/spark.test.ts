import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scratchFolder } from '#test/support/assay-process.ts';
import { landOrders, LANDED } from '#test/support/landed-orders.ts';
import { spark, sparkSubmit } from '#test/support/spark-submit.ts';
import { listeningAssay, storedAll, type StoredRun } from '#test/support/stored-lineage.ts';

// Spark with OpenLineage's listener runs the programs of test/real/spark. What must be stored is written from
// those programs and their data.

const options = { skip: spark.missing };

test('Spark: a pipeline on parquet partitions', options, async (t) => {
  const folder = scratchFolder(t);
  landOrders(folder);
  const assay = await listeningAssay(t);
  const [first, , unpriced] = LANDED;
  assert.ok(first && unpriced);
  for (const { day } of [first, unpriced]) {
    const { code, output } = await sparkSubmit(assay.url, 'medallion', [folder, day]);
    assert.equal(code, 0, output);
  }
  const named = (text: string): string => text.replaceAll(`${folder}/`, '');

  await t.test('all that Spark sent is stored', () => storedAll(assay));

  await t.test('two applications completed, and what they did hangs below them', async () => {
    const runs = await assay.runs();
    const applications = runs.filter(({ job }) => job === 'medallion');
    assert.deepEqual(
      applications.map(({ state, parent, startMissing }) => ({ state, parent, startMissing })),
      [1, 2].map(() => ({ state: 'COMPLETED', parent: null, startMissing: false })),
    );
    const below = runs.filter(({ job }) => job !== 'medallion');
    assert.deepEqual(
      [...new Set(below.map(({ parent, root }) => `${parent} ${root}`))],
      ['medallion medallion'],
    );
    assert.deepEqual(
      writes(below).map(({ job, state, attempts, conflicting }) => [job, state, attempts, conflicting]),
      [
        'bronze_orders',
        'bronze_orders',
        'gold_revenue',
        'gold_revenue',
        'silver_orders',
        'silver_orders',
      ].map((job) => [job, 'COMPLETED', 1, false]),
    );
  });

  await t.test('nothing below the application is bad or open', async () => {
    assert.equal(await assay.worst('medallion'), 'COMPLETED medallion');
  });

  await t.test('each write states what it read and wrote: partition and rows', async () => {
    const orders = LANDED.reduce((sum, day) => sum + day.orders, 0);
    const found = (await assay.mentions())
      .filter(({ job }) => WRITE.test(job))
      .map(({ job, role, dataset, partition, statistics }) => {
        const rows = role === 'output' ? ` rows ${statistics['row_count']?.join(' ') ?? 'unknown'}` : '';
        return `${target(job)} ${role} ${named(dataset)} [${partition}]${rows}`;
      });
    const expected = [first, unpriced].flatMap(({ day, priced, countries }) => [
      'bronze_orders input landing/orders []',
      // All days at once: the listener does not say which.
      `bronze_orders output bronze/orders [] rows ${orders} output_statistics`,
      `silver_orders input bronze/orders [dt=${day}]`,
      // An empty write leaves a file without rows: 0 is stated.
      `silver_orders output silver/orders [dt=${day}] rows ${priced} output_statistics`,
      'gold_revenue input landing/customers.csv []',
      `gold_revenue input silver/orders [dt=${day}]`,
      `gold_revenue output gold/revenue [dt=${day}] rows ${countries} output_statistics`,
    ]);
    assert.deepEqual(found, expected);
  });

  await t.test('the lineage of tables leads from landing to gold', async () => {
    assert.deepEqual(
      (await assay.edges(`${folder}/gold/revenue`)).map((edge) => {
        const [tables = '', job = ''] = named(edge).split(' by ');
        return `${tables} by ${target(job)}`;
      }),
      [
        'bronze/orders -> silver/orders by silver_orders',
        'landing/customers.csv -> gold/revenue by gold_revenue',
        'landing/orders -> bronze/orders by bronze_orders',
        'silver/orders -> gold/revenue by gold_revenue',
      ],
    );
  });

  await t.test('columns have their types, and their lineage the kind of computation', async () => {
    const columnsOf = async (name: string): Promise<string[]> =>
      (await assay.dataset(`${folder}/${name}`)).columns.map((column) => `${column.name} ${column.type}`);
    assert.deepEqual(await columnsOf('silver/orders'), [
      'order_id long',
      'customer_id long',
      'amount double',
    ]);
    assert.deepEqual(await columnsOf('gold/revenue'), ['country string', 'revenue double', 'orders long']);
    const edges = (await assay.columnEdges()).map(named).filter((edge) => / -> gold/.test(edge));
    assert.deepEqual(edges, [
      // Of the whole table: what is joined by, filtered by (a join keeps no null) and grouped by.
      'landing/customers.csv.country -> gold/revenue. INDIRECT:GROUP_BY',
      'landing/customers.csv.country -> gold/revenue.country DIRECT:IDENTITY',
      'landing/customers.csv.id -> gold/revenue. INDIRECT:JOIN, INDIRECT:FILTER',
      'silver/orders.amount -> gold/revenue.revenue DIRECT:AGGREGATION',
      'silver/orders.customer_id -> gold/revenue. INDIRECT:JOIN, INDIRECT:FILTER',
      // A count hides the values.
      'silver/orders.order_id -> gold/revenue.orders DIRECT:AGGREGATION masked',
    ]);
  });
});

test('Spark: a Delta table and an Iceberg table', options, async (t) => {
  const folder = scratchFolder(t);
  landOrders(folder);
  const assay = await listeningAssay(t);
  const { code, output } = await sparkSubmit(assay.url, 'lakehouse', [folder], {
    'spark.sql.extensions': [
      'io.delta.sql.DeltaSparkSessionExtension',
      'org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
    ].join(','),
    'spark.sql.catalog.spark_catalog': 'org.apache.spark.sql.delta.catalog.DeltaCatalog',
    'spark.sql.catalog.lake': 'org.apache.iceberg.spark.SparkCatalog',
    'spark.sql.catalog.lake.type': 'hadoop',
    'spark.sql.catalog.lake.warehouse': `file://${folder}/iceberg`,
  });
  assert.equal(code, 0, output);
  await t.test('all that Spark sent is stored', () => storedAll(assay));
  const orders = LANDED.reduce((sum, day) => sum + day.orders, 0);
  const priced = LANDED.reduce((sum, day) => sum + day.priced, 0);
  const written = (await assay.mentions()).filter(({ role }) => role === 'output');

  await t.test('Delta: both writes are outputs, with rows where the listener states them', () => {
    const delta = written.filter(({ dataset }) => dataset === `${folder}/delta/orders`);
    assert.deepEqual(
      delta.map(({ statistics }) => statistics['row_count']),
      // The listener misses the statistics of the write that makes the table.
      [undefined, [orders - priced, 'output_statistics']],
    );
  });

  await t.test('Iceberg: the rows, files and version of the commit', () => {
    const iceberg = written.filter(
      ({ dataset, job }) => dataset.endsWith('shop/orders') && /append/.test(job),
    );
    assert.deepEqual(
      iceberg.map(({ statistics }) => statistics['row_count']),
      [[priced, 'iceberg_commit']],
    );
    // A file for each day with priced orders; the task that wrote them counts as one.
    assert.deepEqual(iceberg[0]?.statistics['file_count'], [2, 'iceberg_commit']);
    assert.match(iceberg[0]?.version ?? '', /^\d{15,20}$/);
  });

  await t.test('a table that was dropped is known as dropped', async () => {
    assert.equal((await assay.dataset('shop.gone')).dropped, true);
    assert.equal((await assay.dataset('shop.orders')).dropped, false);
  });

  await t.test('the table in the catalogue is the one at that path', async () => {
    const byPath = await assay.dataset(`${folder}/iceberg/shop/orders`);
    const byName = await assay.dataset('shop.orders');
    assert.equal(byName.id, byPath.id);
    assert.deepEqual(
      byPath.columns.map(({ name, type }) => `${name} ${type}`),
      ['order_id string', 'amount double', 'dt string'],
    );
  });
});

test('Spark: tables of a Hive catalogue', options, async (t) => {
  const folder = scratchFolder(t);
  landOrders(folder);
  const assay = await listeningAssay(t);
  const [first] = LANDED;
  assert.ok(first);
  const { code, output } = await sparkSubmit(assay.url, 'catalog', [folder, first.day], {
    'spark.sql.warehouse.dir': `file://${folder}/warehouse`,
    'spark.hadoop.javax.jdo.option.ConnectionURL': `jdbc:derby:;databaseName=${folder}/metastore;create=true`,
    'spark.driver.extraJavaOptions': `-Dderby.system.home=${folder}`,
  });
  assert.equal(code, 0, output);
  await t.test('all that Spark sent is stored', () => storedAll(assay));
  const shop = `${folder}/warehouse/shop.db`;

  await t.test('a table is one dataset under its name and its path, also after it was renamed', async () => {
    const idOf = async (name: string): Promise<string> => (await assay.dataset(name)).id;
    assert.equal(await idOf('shop.orders'), await idOf(`${shop}/orders`));
    const ranking = await idOf('shop.ranking');
    assert.deepEqual(
      [await idOf('shop.ranked'), await idOf(`${shop}/ranked`), await idOf(`${shop}/ranking`)],
      [ranking, ranking, ranking],
    );
    const { columns } = await assay.dataset('shop.ranking');
    assert.deepEqual(
      columns.map(({ name, type }) => `${name} ${type}`),
      ['order_id long', 'place integer'],
    );
  });

  await t.test('the rows written are known; of which partition only the SQL tells', async () => {
    const rowsOf = async (name: string): Promise<unknown[]> => {
      const { id } = await assay.dataset(name);
      const { points } = (await assay.get(`/api/v2/datasets/${id}/series`)) as {
        points: { partition: string; value: number | null }[];
      };
      return points.map(({ partition, value }) => [partition, value]);
    };
    assert.deepEqual(await rowsOf('shop.orders'), [['', first.orders]]);
    assert.deepEqual(await rowsOf('shop.ranking'), [['', first.priced]]);
  });

  await t.test('lineage goes through the names', async () => {
    const short = (edge: string): string => edge.replaceAll(`${folder}/`, '').replace(/ by .*/, '');
    const edges = [...new Set((await assay.edges('shop.ranking')).map(short))];
    assert.deepEqual(edges, ['landing/orders -> shop.orders', 'shop.orders -> shop.ranking']);
  });
});

for (const goesOn of [false, true]) {
  const name = goesOn ? 'goes on after a failed query and ends well' : 'ends by a failed query';
  test(`Spark: a program that ${name}`, options, async (t) => {
    const folder = scratchFolder(t);
    const assay = await listeningAssay(t);
    const args = goesOn ? [folder, 'partial'] : [folder];
    const { code, output } = await sparkSubmit(assay.url, 'failing', args);
    assert.equal(code, goesOn ? 0 : 1, output);
    await t.test('all that Spark sent is stored', () => storedAll(assay));

    await t.test('the query failed, though it was said to be complete afterwards', async () => {
      const runs = await assay.runs();
      assert.deepEqual(
        writes(runs).map(({ job, state, conflicting, parent }) => [
          job.replace(/^.*_/, ''),
          state,
          conflicting,
          parent,
        ]),
        [
          ['broken', 'FAILED', true, 'failing'],
          ...(goesOn ? [['good', 'COMPLETED', false, 'failing']] : []),
          ['source', 'COMPLETED', false, 'failing'],
        ],
      );
      const broken = runs.find(({ job }) => job.endsWith('_broken'));
      assert.match(broken?.error ?? '', /order 42 has no price/);
    });

    await t.test('the application says COMPLETE of itself, and is as bad as that query', async () => {
      const application = (await assay.runs()).find(({ job }) => job === 'failing');
      assert.equal(application?.state, 'COMPLETED');
      assert.match(await assay.worst('failing'), /^FAILED failing\..*_broken$/);
    });

    await t.test('rows of tasks that were thrown away are not rows of the table', async () => {
      const { id } = await assay.dataset(`${folder}/broken`);
      const { points } = (await assay.get(`/api/v2/datasets/${id}/series`)) as {
        points: { value: unknown }[];
      };
      assert.deepEqual(
        points.filter(({ value }) => value !== null),
        [],
      );
      if (!goesOn) return;
      const good = await assay.dataset(`${folder}/good`);
      const series = (await assay.get(`/api/v2/datasets/${good.id}/series`)) as {
        points: { value: unknown }[];
      };
      assert.deepEqual(
        series.points.map(({ value }) => value),
        [10],
      );
    });
  });
}

/** Spark's node and the folder's last two parts name a write's job. */
const WRITE = /\.(?:execute_insert_into_hadoop_fs_relation_command|adaptive_spark_plan)\.(.+)$/;

function target(job: string): string {
  return WRITE.exec(job)?.[1] ?? job;
}

/** The writes, by what they wrote. */
function writes(runs: readonly StoredRun[]): StoredRun[] {
  return runs
    .filter(({ job }) => WRITE.test(job))
    .map((run) => ({ ...run, job: target(run.job) }))
    .sort((a, b) => a.job.localeCompare(b.job));
}
