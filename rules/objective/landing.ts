import type { Grain } from '#model/contract.ts';
import { cadenceOf, partitionTime, seriesPattern } from '#model/partition.ts';
import { periodAt, periodBefore, type Period } from './period.ts';

/** A partition and when it first was there, complete. Of a dataset without partitions: each completed write, ''. */
export interface Landing {
  readonly partition: string;
  readonly at: Date;
}

/** The grain of partitions, as far as their keys tell; null of data without times in its keys. */
export function grainOf(landings: readonly Landing[]): Grain | null {
  for (const { partition } of landings) {
    const cadence = cadenceOf(partition);
    if (cadence === 'daily') return 'day';
    if (cadence === 'hourly') return 'hour';
    if (/(?:^|\/)[^=]+=\d{4}-\d\d(?:\/|$)/.test(partition)) return 'month';
  }
  return null;
}

interface Part {
  readonly at: number;
  readonly series: string;
}

/**
 * When periods of data were there. A period has several partitions where keys hold more than the time (a region)
 * or are finer than it (hours of a day): then it is there when all parts are that the nearest period before it
 * had.
 */
export class Landings {
  readonly #parts = new Map<number, Part[]>();
  readonly #grain: Grain;
  /** Starts of periods of which something landed, ascending. */
  readonly starts: readonly number[];

  constructor(landings: readonly Landing[], grain: Grain) {
    this.#grain = grain;
    for (const { partition, at } of landings) {
      const time = partitionTime(partition);
      if (time === null) continue;
      const start = periodAt(time, grain).start.getTime();
      const fine = grain === 'day' && cadenceOf(partition) === 'hourly' ? ` ${time.getUTCHours()}` : '';
      const parts = this.#parts.get(start) ?? [];
      parts.push({ at: at.getTime(), series: seriesPattern(partition) + fine });
      this.#parts.set(start, parts);
    }
    this.starts = [...this.#parts.keys()].sort((a, b) => a - b);
  }

  /** When a period was there, whole; null when it is not. */
  landedAt(period: Period): Date | null {
    const parts = this.#parts.get(period.start.getTime());
    if (parts === undefined) return null;
    const first = new Map<string, number>();
    for (const { series, at } of parts) first.set(series, Math.min(at, first.get(series) ?? Infinity));
    const before = this.#parts.get(periodBefore(period, this.#grain).start.getTime()) ?? [];
    if (before.some(({ series }) => !first.has(series))) return null;
    return new Date(Math.max(...first.values()));
  }
}
