import { derivedId, type Uuid } from '#model/ids.ts';
import type { FactKey, Facts } from '#model/measurement.ts';
import { HyperLogLog } from '#model/statistics/hyperloglog.ts';
import type { ColumnSketches, Sketches } from '#model/statistics/packed-sketches.ts';
import type { ProfiledPartition } from '#model/statistics/partition-statistics.ts';
import { QuantileSketch } from '#model/statistics/quantile-sketch.ts';
import { mix32 } from '../statistics.ts';

export const COLUMNS = 30;
export const METRICS = ['null_count', 'distinct_count', 'min', 'max', 'sum'] as const;
/** The first day, and those of a window. */
const FIRST_DAY = Date.UTC(2026, 0, 1);
export const DAYS = 30;

/** Facts of one partition: rows, bytes, and five metrics of each column. */
export const KEYS: readonly FactKey[] = [
  'row_count',
  'size_bytes',
  ...Array.from({ length: COLUMNS }, (_, column) => METRICS.map((metric) => `${metric}(c${column})`)).flat(),
];

export const partitionOf = (day: number): string =>
  `dt=${new Date(FIRST_DAY + day * 86_400_000).toISOString().slice(0, 10)}`;

/** Numbers as tables have them: half of the columns whole numbers, half amounts with two decimals. */
export class GeneratedWindows {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  datasetId(dataset: number): Uuid {
    return derivedId('dataset', 'bench', `table ${dataset}`);
  }

  /** Of one partition, in the order of KEYS. */
  values(dataset: number, day: number): number[] {
    const size = 10 ** (4 + (mix32(this.#seed, dataset, 1) % 3000) / 1000);
    const rows = Math.round(size * (0.9 + this.#share(dataset, day, 0) / 5));
    const values = [rows, rows * (40 + (dataset % 100))];
    for (let column = 0; column < COLUMNS; column += 1) {
      const share = (salt: number): number => this.#share(dataset, day, column * 8 + salt);
      const nulls = column % 3 === 0 ? 0 : Math.round(rows * share(1) * 0.05);
      const cents = (value: number): number =>
        column % 2 === 0 ? Math.round(value) : Math.round(value * 100) / 100;
      values.push(
        nulls,
        Math.min(rows - nulls, Math.round(10 ** (share(2) * 0.1 + (column % 6)))),
        cents(share(3) * 5),
        cents(900 + share(4) * 9000),
        cents((rows - nulls) * (120 + share(5) * 10)),
      );
    }
    return values;
  }

  profile(dataset: number, day: number, sketches: Sketches = new Map()): ProfiledPartition {
    const values = this.values(dataset, day);
    const facts: Facts = new Map(KEYS.map((key, slot) => [key, values[slot] as number]));
    return {
      datasetId: this.datasetId(dataset),
      partition: partitionOf(day),
      segment: '',
      version: derivedId('run', `${dataset} ${day}`),
      statedAt: new Date(FIRST_DAY + (day + 1) * 86_400_000),
      facts,
      sketches,
    };
  }

  /** Sketches of all columns, each of as many values: from 2 different ones to all. */
  sketches(dataset: number, day: number, values: number): Sketches {
    const columns = new Map<string, ColumnSketches>();
    for (let column = 0; column < COLUMNS; column += 1) {
      const [distinct, quantiles] = [new HyperLogLog(), new QuantileSketch()];
      const different = Math.ceil(values ** ((1 + (column % 6)) / 6));
      for (let index = 0; index < values; index += 1) {
        const draw = mix32(this.#seed + column, dataset * DAYS + day, index);
        // The values of one day and of the next overlap in part.
        const value = (draw % different) + (day * different) / DAYS;
        const [high, low] = [mix32(column, Math.round(value), 11), mix32(column, Math.round(value), 12)];
        distinct.addHash(high, low);
        quantiles.add(column % 2 === 0 ? Math.round(value) : Math.exp(8 * ((draw >>> 8) / 2 ** 24)));
      }
      columns.set(`c${column}`, { distinct, quantiles });
    }
    return columns;
  }

  #share(dataset: number, day: number, salt: number): number {
    return mix32(this.#seed ^ (salt * 7919), dataset, day) / 2 ** 32;
  }
}
