import { factKey, type Facts } from '#model/measurement.ts';
import { HyperLogLog } from '#model/statistics/hyperloglog.ts';
import type { ColumnSketches, Sketches } from '#model/statistics/packed-sketches.ts';
import { QuantileSketch } from '#model/statistics/quantile-sketch.ts';

/** What a profile of these rows measures: exact facts, computed in the plainest way, and sketches. */
export function profileOf(columns: Readonly<Record<string, readonly (number | null)[]>>): {
  facts: Facts;
  sketches: Sketches;
} {
  const facts = new Map<string, number>([
    ['row_count', Math.max(0, ...Object.values(columns).map((values) => values.length))],
  ]);
  const sketches = new Map<string, ColumnSketches>();
  for (const [name, values] of Object.entries(columns)) {
    const present = values.filter((value) => value !== null);
    facts.set(factKey('null_count', [name]), values.length - present.length);
    facts.set(factKey('count', [name]), present.length);
    facts.set(factKey('distinct_count', [name]), new Set(present).size);
    if (present.length > 0) {
      const sum = present.reduce((total, value) => total + value, 0);
      const mean = sum / present.length;
      facts.set(factKey('sum', [name]), sum);
      facts.set(factKey('min', [name]), Math.min(...present));
      facts.set(factKey('max', [name]), Math.max(...present));
      facts.set(
        factKey('squared_deviations', [name]),
        present.reduce((total, value) => total + (value - mean) ** 2, 0),
      );
    }
    const [distinct, quantiles] = [new HyperLogLog(), new QuantileSketch()];
    for (const value of present) {
      distinct.add(String(value + 0));
      quantiles.add(value);
    }
    sketches.set(name, { distinct, quantiles });
  }
  return { facts, sketches };
}
