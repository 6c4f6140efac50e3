import type { Uuid } from '#model/ids.ts';
import { partitionTime } from '#model/partition.ts';
import { packNumbers } from '#model/statistics/packed-numbers.ts';
import type { ProfiledPartition } from '#model/statistics/partition-statistics.ts';
import type { Queryable } from './database.ts';
import {
  addLayouts,
  layoutsInUse,
  putStatistics,
  type StatisticsLayout,
  type StatisticsRow,
} from './partition-statistics.ts';
import { compressSketches } from './sketch-frame.ts';
import { layoutFor } from './statistics-layouts.ts';

/** Bytes of one statement, about. */
const STATEMENT_BYTES = 4 * 1024 * 1024;

/**
 * Packs and stores statistics: three statements, and one more for every few megabytes. Of several versions of
 * a partition in one call the one stated last is stored.
 * @param profiled measured in the warehouse; false: folded from what events said.
 */
export async function writeStatistics(
  database: Queryable,
  partitions: readonly ProfiledPartition[],
  { profiled }: { readonly profiled: boolean },
): Promise<void> {
  const latest = latestOf(partitions);
  if (latest.length === 0) return;
  const datasets = [...new Set(latest.map(({ datasetId }) => datasetId))];
  const present = new Map<Uuid, StatisticsLayout>(
    (await database.rows<StatisticsLayout & { dataset_id: Uuid }>(layoutsInUse(datasets))).map((row) => [
      row.dataset_id,
      { id: row.id, keys: row.keys },
    ]),
  );
  const used = new Map<Uuid, StatisticsLayout>();
  const rows = latest.map((one) => {
    const layout = layoutFor(one.facts.keys(), present.get(one.datasetId));
    present.set(one.datasetId, layout);
    used.set(layout.id, layout);
    return packed(one, layout, profiled);
  });
  await database.execute(addLayouts([...used.values()]));
  for (const chunk of chunks(rows)) await database.execute(putStatistics(chunk));
}

function packed(one: ProfiledPartition, layout: StatisticsLayout, profiled: boolean): StatisticsRow {
  return {
    datasetId: one.datasetId,
    segment: one.segment,
    partition: one.partition,
    at: partitionTime(one.partition),
    version: one.version,
    statedAt: one.statedAt,
    profiled,
    layoutId: layout.id,
    numbers: packNumbers(layout.keys, one.facts),
    sketches: compressSketches(one.sketches),
  };
}

function latestOf(partitions: readonly ProfiledPartition[]): ProfiledPartition[] {
  const latest = new Map<string, ProfiledPartition>();
  for (const one of partitions) {
    const key = `${one.datasetId}\n${one.segment}\n${one.partition}`;
    const before = latest.get(key);
    if (!before || isLater(one, before)) latest.set(key, one);
  }
  return [...latest.values()];
}

/** As the store decides between versions. */
function isLater(one: ProfiledPartition, other: ProfiledPartition): boolean {
  const [time, before] = [one.statedAt.getTime(), other.statedAt.getTime()];
  return time === before ? one.version > other.version : time > before;
}

function* chunks(rows: readonly StatisticsRow[]): Generator<StatisticsRow[]> {
  let chunk: StatisticsRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    chunk.push(row);
    bytes += 200 + row.numbers.length + (row.sketches?.length ?? 0);
    if (bytes < STATEMENT_BYTES) continue;
    yield chunk;
    chunk = [];
    bytes = 0;
  }
  if (chunk.length > 0) yield chunk;
}
