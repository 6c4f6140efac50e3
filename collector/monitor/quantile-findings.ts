import { plainDetection } from '#detectors/plain-detection.ts';
import { quantileShift, type QuantilePoint, type QuantileSketch } from '#detectors/quantile-shift.ts';
import type { Detection } from '#model/detection.ts';
import type { Facts, HistoryPoint } from '#model/measurement.ts';

const QUANTILE = /^quantile\((.+), (0?\.\d+|0|1)\)$/su;
/** A distribution of fewer quantiles, its ends among them, is none to compare. */
const ENOUGH = 3;
/** The partitions before that are compared with: the last, and the one a week before, which is of its weekday. */
const BACK = [1, 7];
const CLEAR_SHIFT = 0.2;

/**
 * Whether the distribution of a column moved, where checks had its quantiles measured: against the partition
 * before and the one seven before, and the nearer of the two has the word. By column.
 */
export function distributionsOf(points: readonly HistoryPoint[]): { column: string; found: Detection }[] {
  const target = points.at(-1);
  if (!target) return [];
  const earlier = points.slice(0, -1).filter(({ excluded }) => excluded === null);
  const past = BACK.flatMap((back) => earlier.at(-back) ?? []).map(({ facts }) => sketchesIn(facts));
  return [...sketchesIn(target.facts)].map(([column, sketch]) => {
    const compared = past.flatMap((one) => {
      const before = one.get(column);
      return before ? [quantileShift(before, sketch, { label: column })] : [];
    });
    const nearest = compared.sort((a, b) => (a.distance ?? 2) - (b.distance ?? 2))[0];
    return {
      column,
      found: plainDetection({
        detector: 'quantile_shift',
        status: nearest?.status ?? 'learning',
        value: nearest?.distance ?? null,
        threshold: CLEAR_SHIFT,
        points: compared.length,
        message: nearest?.message ?? `${column} is not judged: no earlier partition has its quantiles`,
      }),
    };
  });
}

function sketchesIn(facts: Facts): Map<string, QuantileSketch> {
  const points = new Map<string, QuantilePoint[]>();
  for (const [key, value] of facts) {
    const [, column, quantile] = QUANTILE.exec(key) ?? [];
    if (column === undefined) continue;
    points.set(column, [...(points.get(column) ?? []), { quantile: Number(quantile), value }]);
  }
  const sketches = new Map<string, QuantileSketch>();
  for (const [column, inner] of points) {
    const count =
      facts.get(`count(${column})`) ??
      (facts.get('row_count') ?? 0) - (facts.get(`null_count(${column})`) ?? 0);
    const ends = (['min', 'max'] as const).flatMap((end, quantile) => {
      const value = facts.get(`${end}(${column})`);
      return value === undefined ? [] : [{ quantile, value }];
    });
    const all = [...ends, ...inner].sort((a, b) => a.quantile - b.quantile);
    if (all.length >= ENOUGH) sketches.set(column, { points: all, count });
  }
  return sketches;
}
