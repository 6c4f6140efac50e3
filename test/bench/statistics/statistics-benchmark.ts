import { openDatabase, type Database } from '#store/database.ts';
import { migrate } from '#store/migrate.ts';
import { StatisticsLayouts } from '#store/statistics-layouts.ts';
import { writeStatistics } from '#store/write-statistics.ts';
import { interleave, type Benchmark, type BenchContext, type BenchReport } from '../frame.ts';
import type { CheckRate } from './check-rate.ts';
import { DAYS, GeneratedWindows } from './generated-windows.ts';
import { createNarrow, writeNarrow } from './narrow-table.ts';
import { scoreAll, type ScoreRate } from './scoring.ts';
import { allWindows, batches, statisticsRungs, type Stores } from './statistics-rungs.ts';
import { reportStatistics } from './statistics-report.ts';

/** Datasets in all, of them also in the narrow table, and with sketches. */
const FULL = { datasets: 10_000, common: 1000, sketched: 30, valuesPerDay: 2000 };
const QUICK = { datasets: 300, common: 300, sketched: 4, valuesPerDay: 300 };

export interface Sizes {
  readonly datasets: number;
  readonly common: number;
  readonly sketched: number;
  /** Bytes with indexes. */
  readonly packedBytes: number;
  readonly narrowBytes: number;
  /** What the sketches of one partition take, all columns together. */
  readonly sketchBytes: number;
  readonly loadSeconds: number;
}

/** Windows of statistics: packed rows beside one row per metric. */
export const statisticsBenchmark: Benchmark = {
  name: 'statistics',
  title: 'Statistics: windows of 30 days, packed and as one row per metric',
  run: runStatistics,
};

async function runStatistics(context: BenchContext): Promise<BenchReport> {
  const { cluster, options } = context;
  const packed = openDatabase({ url: await cluster.database('bench_packed'), connections: 2 });
  const narrow = openDatabase({ url: await cluster.database('bench_narrow'), connections: 2 });
  try {
    const scale = options.quick ? QUICK : FULL;
    const stores: Stores = {
      cluster,
      packed,
      narrow,
      layouts: new StatisticsLayouts(),
      windows: new GeneratedWindows(options.seed),
      common: Array.from({ length: scale.common }, (_, dataset) => dataset),
      sketched: Array.from({ length: scale.sketched }, (_, index) => scale.datasets + index),
    };
    const sizes = await fill(context, stores, scale);
    const samples = await interleave(statisticsRungs(stores), {
      rounds: options.rounds,
      repeats: options.rounds * 2,
      progress: context.progress,
    });
    const windows = await allWindows(stores);
    const scored = bestOf(options.rounds, (): ScoreRate => scoreAll(windows.values()));
    // Loaded when it is its turn: what rules cost to load is no figure of the store.
    const { measureChecks } = await import('./check-rate.ts');
    const checked = bestOf(options.rounds, (): CheckRate => measureChecks(windows.values()));
    return reportStatistics({ sizes, samples, scored, checked });
  } finally {
    await packed.close();
    await narrow.close();
  }
}

/** Days one after the other, as they come; then statistics of the planner, as autovacuum would make them. */
async function fill(context: BenchContext, stores: Stores, scale: typeof FULL): Promise<Sizes> {
  const { packed, narrow, windows, common, cluster } = stores;
  await migrate(packed);
  await createNarrow(narrow);
  const begin = performance.now();
  const all = Array.from({ length: scale.datasets }, (_, dataset) => dataset);
  for (let day = 0; day < DAYS; day += 1) {
    context.progress(`writing day ${day + 1} of ${DAYS}`);
    for (const batch of batches(all)) {
      const partitions = batch.map((dataset) => windows.profile(dataset, day));
      await writeStatistics(packed, partitions, { profiled: false });
    }
    for (const batch of batches(common)) await writeNarrow(narrow, windows, batch, day);
  }
  const loadSeconds = (performance.now() - begin) / 1000;
  const [packedBytes, narrowBytes] = [
    await settledBytes(packed, PACKED),
    await settledBytes(narrow, ['narrow']),
  ];
  for (const dataset of stores.sketched) {
    context.progress(`making sketches of table ${dataset - scale.datasets + 1} of ${scale.sketched}`);
    for (let day = 0; day < DAYS; day += 1) {
      const sketches = windows.sketches(dataset, day, scale.valuesPerDay);
      await writeStatistics(packed, [windows.profile(dataset, day, sketches)], { profiled: true });
    }
  }
  const [row] = await packed.rows<{ bytes: number }>({
    text: 'select avg(octet_length(sketches))::float8 as bytes from partition_statistics where sketches is not null',
    values: [],
  });
  await cluster.checkpoint();
  return {
    datasets: scale.datasets,
    common: common.length,
    sketched: stores.sketched.length,
    packedBytes,
    narrowBytes,
    sketchBytes: row?.bytes ?? Number.NaN,
    loadSeconds,
  };
}

const PACKED = ['assay.partition_statistics', 'assay.statistics_layout'];

async function settledBytes(database: Database, tables: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const table of tables) {
    await database.execute({ text: `vacuum analyze ${table}`, values: [] });
    const [row] = await database.rows<{ bytes: number }>({
      text: 'select pg_total_relation_size($1::regclass) as bytes',
      values: [table],
    });
    bytes += row?.bytes ?? 0;
  }
  return bytes;
}

function bestOf<T extends { readonly seconds: number }>(rounds: number, measure: () => T): T {
  return Array.from({ length: rounds + 1 }, measure).reduce((best, one) =>
    one.seconds < best.seconds ? one : best,
  );
}
