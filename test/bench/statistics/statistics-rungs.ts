import type { Uuid } from '#model/ids.ts';
import { derive, quantileOf } from '#model/statistics/derived-statistics.ts';
import { rollUpWindow } from '#model/statistics/roll-up.ts';
import type { Database } from '#store/database.ts';
import { readStatistics, readWindows, type PartitionWindow } from '#store/read-statistics.ts';
import type { StatisticsLayouts } from '#store/statistics-layouts.ts';
import { writeStatistics } from '#store/write-statistics.ts';
import type { BenchCluster } from '../cluster.ts';
import type { Disturbed, Rung } from '../frame.ts';
import { processorUse, sampleProcessors } from '../processor-time.ts';
import { DAYS, KEYS, partitionOf, type GeneratedWindows } from './generated-windows.ts';
import { readNarrow, rollUpNarrow, writeNarrow } from './narrow-table.ts';

export interface Sample extends Disturbed {
  readonly milliseconds: number;
  /** Processor time of this process and of PostgreSQL. */
  readonly processorMs: number;
  readonly walBytes: number;
  /** Of the single requests, where the rung makes many. */
  readonly latencies: readonly number[];
  /** To compare what the two layouts gave. */
  readonly checksum: number;
}

export interface Stores {
  readonly cluster: BenchCluster;
  readonly packed: Database;
  readonly narrow: Database;
  readonly layouts: StatisticsLayouts;
  readonly windows: GeneratedWindows;
  /** Datasets that both stores have. */
  readonly common: readonly number[];
  /** Datasets with sketches, in the packed store alone. */
  readonly sketched: readonly number[];
}

/** Datasets of one statement: what the monitor takes at a time. */
export const BATCH = 256;

export function batches<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) =>
    items.slice(index * BATCH, (index + 1) * BATCH),
  );
}

type Work = (round: number, latencies: number[]) => Promise<number>;

/** The rungs, in pairs: the product and the baseline. Rounds that write write another day each. */
export function statisticsRungs(stores: Stores): Rung<Sample>[] {
  const { packed, narrow, windows, common, sketched } = stores;
  const idOf = (dataset: number): Uuid => windows.datasetId(dataset);
  const singles = common.slice(0, 300);
  const works: readonly (readonly [string, Work])[] = [
    ['packed windows', async () => sumOf((await allWindows(stores)).values())],
    [
      'narrow windows',
      async () => {
        let sum = 0;
        for (const batch of batches(common))
          for (const values of (await readNarrow(narrow, batch)).values())
            for (const value of values) sum += value;
        return sum;
      },
    ],
    [
      'packed one window',
      (_, latencies) =>
        each(singles, latencies, async (dataset) => sumOf((await windowsOf(stores, [dataset])).values())),
    ],
    [
      'narrow one window',
      (_, latencies) =>
        each(singles, latencies, async (dataset) => {
          let sum = 0;
          for (const values of (await readNarrow(narrow, [dataset])).values())
            for (const value of values) sum += value;
          return sum;
        }),
    ],
    [
      'packed day',
      async (round) => {
        for (const batch of batches(common)) {
          const day = batch.map((dataset) => windows.profile(dataset, DAYS + round));
          await packed.transaction((connection) => writeStatistics(connection, day, { profiled: false }));
        }
        return common.length;
      },
    ],
    [
      'narrow day',
      async (round) => {
        for (const batch of batches(common))
          await narrow.transaction((connection) => writeNarrow(connection, windows, batch, DAYS + round));
        return common.length;
      },
    ],
    [
      'packed month',
      (_, latencies) =>
        each(singles, latencies, async (dataset) => {
          const { partitions } = await readStatistics(packed, stores.layouts, monthOf(idOf(dataset)));
          return rollUpWindow(partitions).statistics.rows ?? Number.NaN;
        }),
    ],
    ['narrow month', (_, latencies) => each(singles, latencies, (dataset) => rollUpNarrow(narrow, dataset))],
    [
      'sketched month',
      (_, latencies) =>
        each(sketched, latencies, async (dataset) => {
          const { partitions } = await readStatistics(packed, stores.layouts, monthOf(idOf(dataset)));
          let sum = 0;
          for (const column of rollUpWindow(partitions).statistics.columns.values())
            sum += (derive(column).distinct?.value ?? Number.NaN) + (quantileOf(column, 0.99) ?? Number.NaN);
          return sum;
        }),
    ],
  ];
  return works.map(([name, work]) => ({
    name,
    measure: (round) => measure(stores, (latencies) => work(round, latencies)),
  }));
}

/** The first thirty days of all datasets, a statement a batch. */
export async function allWindows(stores: Stores): Promise<Map<Uuid, PartitionWindow>> {
  const all = new Map<Uuid, PartitionWindow>();
  for (const batch of batches(stores.common))
    for (const [id, window] of await windowsOf(stores, batch)) all.set(id, window);
  return all;
}

async function windowsOf(stores: Stores, datasets: readonly number[]): Promise<Map<Uuid, PartitionWindow>> {
  const ids = datasets.map((dataset) => stores.windows.datasetId(dataset));
  const { windows, faults } = await readWindows(stores.packed, stores.layouts, ids, DAYS, {
    before: partitionOf(DAYS),
  });
  if (faults.length > 0) throw new Error(faults[0]?.message);
  return windows;
}

/** Takes every metric of every window out as a series. */
function sumOf(windows: Iterable<PartitionWindow>): number {
  let sum = 0;
  for (const window of windows) for (const key of KEYS) for (const value of window.series(key)) sum += value;
  return sum;
}

const monthOf = (datasetId: Uuid) => ({
  datasetId,
  segment: '',
  from: new Date('2026-01-01T00:00:00Z'),
  until: new Date('2026-01-31T00:00:00Z'),
  limit: DAYS,
});

async function each(
  datasets: readonly number[],
  latencies: number[],
  work: (dataset: number) => Promise<number>,
): Promise<number> {
  let sum = 0;
  for (const dataset of datasets) {
    const begin = performance.now();
    sum += await work(dataset);
    latencies.push(performance.now() - begin);
  }
  return sum;
}

async function measure(stores: Stores, work: (latencies: number[]) => Promise<number>): Promise<Sample> {
  const groups = { ours: [process.pid], postgres: [stores.cluster.pid] };
  const latencies: number[] = [];
  const [wal, before] = [await stores.cluster.walBytes(), sampleProcessors(groups)];
  const begin = performance.now();
  const checksum = await work(latencies);
  const milliseconds = performance.now() - begin;
  const use = processorUse(before, sampleProcessors(groups));
  const processorMs = Object.values(use.groups).reduce((sum, seconds) => sum + seconds, 0) * 1000;
  return {
    milliseconds,
    processorMs,
    walBytes: (await stores.cluster.walBytes()) - wal,
    latencies,
    checksum,
    foreignCores: use.foreignCores,
  };
}
