import type { Uuid } from '#model/ids.ts';
import type { FactKey, HistoryPoint } from '#model/measurement.ts';
import { partitionTime } from '#model/partition.ts';
import { StatisticsBytesError } from '#model/statistics/bytes.ts';
import { columnFact } from '#model/statistics/column-fact.ts';
import { readNumbers, unpackNumbers } from '#model/statistics/packed-numbers.ts';
import { statisticsOf } from '#model/statistics/partition-statistics.ts';
import type { DatedStatistics } from '#model/statistics/roll-up.ts';
import type { Queryable } from './database.ts';
import {
  statisticsOfWindow,
  statisticsWindows,
  type StatisticsLayout,
  type StatisticsWindow,
  type StoredStatisticsRow,
  type WindowStatisticsRow,
} from './partition-statistics.ts';
import { decompressSketches } from './sketch-frame.ts';
import type { StatisticsLayouts } from './statistics-layouts.ts';

/** A partition whose stored statistics cannot be read. It is unknown, which is not zero. */
export interface StatisticsFault {
  readonly datasetId: Uuid;
  readonly partition: string;
  readonly message: string;
}

/** The last partitions of one dataset, oldest first; their numbers are unpacked as they are asked for. */
export class PartitionWindow {
  readonly partitions: readonly string[];
  readonly #layouts: readonly StatisticsLayout[];
  readonly #numbers: readonly Float64Array[];
  readonly #slots = new Map<Uuid, ReadonlyMap<FactKey, number>>();

  /** @param rows oldest first. */
  constructor(
    rows: readonly {
      readonly partition: string;
      readonly layout: StatisticsLayout;
      readonly numbers: Float64Array;
    }[],
  ) {
    this.partitions = rows.map(({ partition }) => partition);
    this.#layouts = rows.map(({ layout }) => layout);
    this.#numbers = rows.map(({ numbers }) => numbers);
  }

  /** One metric over the window, oldest first; NaN where nothing is known. */
  series(key: FactKey): Float64Array {
    const values = new Float64Array(this.partitions.length);
    let layout: StatisticsLayout | undefined;
    let slot: number | undefined;
    for (let index = 0; index < values.length; index += 1) {
      // Most windows have one layout: the slot is looked up once.
      if (this.#layouts[index] !== layout) {
        layout = this.#layouts[index];
        slot = this.#slotsOf(index).get(key);
      }
      values[index] = slot === undefined ? Number.NaN : (this.#numbers[index]?.[slot] ?? Number.NaN);
    }
    return values;
  }

  /** The window as baselines see it, with these facts alone (or all); none is excluded. */
  points(keys: readonly FactKey[] | null = null): HistoryPoint[] {
    return this.partitions.map((partition, index) => {
      const facts = new Map<FactKey, number>();
      const slots = this.#slotsOf(index);
      for (const key of keys ?? slots.keys()) {
        const slot = slots.get(key);
        const value = slot === undefined ? undefined : this.#numbers[index]?.[slot];
        if (value !== undefined && !Number.isNaN(value)) facts.set(key, value);
      }
      return { partition, facts, at: partitionTime(partition), excluded: null };
    });
  }

  #slotsOf(index: number): ReadonlyMap<FactKey, number> {
    const { id, keys } = this.#layouts[index] as StatisticsLayout;
    let slots = this.#slots.get(id);
    if (!slots) this.#slots.set(id, (slots = new Map(keys.map((key, slot) => [key, slot]))));
    return slots;
  }
}

/**
 * The last `limit` partitions of each dataset, in one statement for all (and one for layouts that are not
 * remembered). What cannot be read is left out and told: the others are not held up by it.
 */
export async function readWindows(
  database: Queryable,
  layouts: StatisticsLayouts,
  datasetIds: readonly Uuid[],
  limit: number,
  options: { readonly segment?: string; readonly before?: string | null } = {},
): Promise<{ windows: Map<Uuid, PartitionWindow>; faults: StatisticsFault[] }> {
  const rows = await database.rows<StoredStatisticsRow>(statisticsWindows(datasetIds, limit, options));
  const known = await layouts.find(
    database,
    rows.map((row) => row.layout_id),
  );
  const faults: StatisticsFault[] = [];
  const windows = new Map<Uuid, PartitionWindow>();
  for (const [datasetId, ofDataset] of Map.groupBy(rows, (row) => row.dataset_id)) {
    const readable = ofDataset.toReversed().flatMap((row) => {
      try {
        const layout = layoutOf(row, known);
        return [{ partition: row.partition, layout, numbers: numbersOf(row, layout) }];
      } catch (error) {
        faults.push(faultOf(row, error));
        return [];
      }
    });
    windows.set(datasetId, new PartitionWindow(readable));
  }
  return { windows, faults };
}

function numbersOf(row: StoredStatisticsRow, layout: StatisticsLayout): Float64Array {
  const numbers = readNumbers(row.numbers);
  if (numbers.length === layout.keys.length) return numbers;
  throw new StatisticsBytesError(`${numbers.length} numbers stand under ${layout.keys.length} keys`, 1);
}

/** Statistics of one dataset's partitions in a window, oldest first, sketches included. */
export async function readStatistics(
  database: Queryable,
  layouts: StatisticsLayouts,
  window: StatisticsWindow,
): Promise<{
  partitions: (DatedStatistics & { readonly row: WindowStatisticsRow })[];
  faults: StatisticsFault[];
}> {
  const rows = await database.rows<WindowStatisticsRow>(statisticsOfWindow(window));
  const known = await layouts.find(
    database,
    rows.map((row) => row.layout_id),
  );
  const factOf = remembered(columnFact);
  const faults: StatisticsFault[] = [];
  const partitions = rows.toReversed().flatMap((row) => {
    try {
      const facts = unpackNumbers(layoutOf(row, known).keys, row.numbers);
      const sketches = decompressSketches(row.sketches);
      return [
        { partition: row.partition, at: row.at, statistics: statisticsOf(facts, sketches, factOf), row },
      ];
    } catch (error) {
      faults.push(faultOf(row, error));
      return [];
    }
  });
  return { partitions, faults };
}

function remembered<T>(of: (key: FactKey) => T): (key: FactKey) => T {
  const known = new Map<FactKey, T>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = of(key);
    known.set(key, made);
    return made;
  };
}

function layoutOf(row: StoredStatisticsRow, known: ReadonlyMap<Uuid, StatisticsLayout>): StatisticsLayout {
  const layout = known.get(row.layout_id);
  if (layout) return layout;
  throw new StatisticsBytesError(`its layout ${row.layout_id} is not there`, 0);
}

function faultOf(row: StoredStatisticsRow, error: unknown): StatisticsFault {
  if (!(error instanceof StatisticsBytesError)) throw error;
  return { datasetId: row.dataset_id, partition: row.partition, message: error.message };
}
