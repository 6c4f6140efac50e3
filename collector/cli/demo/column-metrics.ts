import type { ColumnMetrics } from 'openlineage-client';
import type { BronzeDay } from './bronze.ts';
import type { DailyRoutes } from './gold.ts';
import type { SilverDay } from './silver.ts';

/** What a step measured in each column that it wrote, as the dataQualityMetrics facet carries it. */
export type MetricsByColumn = Readonly<Record<string, ColumnMetrics>>;

export function bronzeMetrics(day: BronzeDay): MetricsByColumn {
  return {
    date: values(day.departure),
    delay: numbers(day.delay),
    distance: numbers(day.distance),
    origin: values(day.origin),
    destination: values(day.destination),
  };
}

export function silverMetrics(day: SilverDay): MetricsByColumn {
  return {
    departure_time: values(day.departureTime),
    delay: numbers(day.delay),
    distance: numbers(day.distance),
    origin: values(day.origin),
    destination: values(day.destination),
  };
}

export function goldMetrics(routes: DailyRoutes): MetricsByColumn {
  return {
    origin: values(routes.origin),
    destination: values(routes.destination),
    distance: numbers(routes.distance),
    haul: values(routes.haul),
    flights: numbers(routes.flights),
    mean_delay: numbers(routes.meanDelay),
    late_flights: numbers(routes.lateFlights),
    share_late: numbers(routes.shareLate),
  };
}

/** `count` is of values that are there. Without any there is no smallest one: min, max are absent, not zero. */
function numbers(column: ArrayLike<number | bigint | null>): ColumnMetrics {
  const distinct = new Set<number>();
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < column.length; row++) {
    const stored = column[row];
    if (stored === null || stored === undefined) continue;
    const value = Number(stored);
    count++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
    distinct.add(value);
  }
  const base = { nullCount: column.length - count, distinctCount: distinct.size, count };
  return count === 0 ? base : { ...base, sum, min, max };
}

/** For columns whose sum, smallest and largest value say nothing (names, times). */
function values(column: ArrayLike<unknown>): ColumnMetrics {
  const distinct = new Set<unknown>();
  let count = 0;
  for (let row = 0; row < column.length; row++) {
    const stored = column[row];
    if (stored === null || stored === undefined) continue;
    count++;
    distinct.add(stored);
  }
  return { nullCount: column.length - count, distinctCount: distinct.size, count };
}
