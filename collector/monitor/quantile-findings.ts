import { plainDetection } from '#detectors/plain-detection.ts';
import { quantileShift, type QuantilePoint, type QuantileShift } from '#detectors/quantile-shift.ts';
import type { QuantileSketch as QuantilePoints } from '#detectors/quantile-shift.ts';
import type { Detection } from '#model/detection.ts';
import type { Facts, HistoryPoint } from '#model/measurement.ts';
import type { Sketches } from '#model/statistics/packed-sketches.ts';
import type { QuantileSketch } from '#model/statistics/quantile-sketch.ts';
import type { ProfileEvidence } from './profile-evidence.ts';

const QUANTILE = /^quantile\((.+), (0?\.\d+|0|1)\)$/su;
/** A distribution of fewer quantiles, its ends among them, is none to compare. */
const ENOUGH = 3;
/** The partitions before that are compared with: the last, and the one a week before, which is of its weekday. */
const BACK = [1, 7];
const CLEAR_SHIFT = 0.2;
/** A shift must pass what is usual by half: keys that count upwards are others every day. */
const BEYOND_USUAL = 1.5;
/** Quantiles of a stored sketch that are compared, as a share: a finer step than the detector's own. */
const STEPS = 100;
const SHARES = Array.from({ length: STEPS + 1 }, (_, step) => step / STEPS);

/** A distribution, by stated quantiles or by a stored sketch. */
type Distribution = { readonly points: QuantilePoints } | { readonly sketch: QuantileSketch };
type Distributions = ReadonlyMap<string, Distribution>;

/**
 * Whether the distribution of a column moved, where checks had its quantiles measured or a profile holds its sketch:
 * against the partition before and the one seven before, and the nearer of the two has the word. What moves as far
 * from one partition to the next by itself is usual. By column.
 */
export function distributionsOf(
  points: readonly HistoryPoint[],
  profile: Pick<ProfileEvidence, 'sketches'> | null = null,
): { column: string; found: Detection }[] {
  const target = points.at(-1);
  if (!target) return [];
  const inPoint = (point: HistoryPoint | undefined): Distributions =>
    point ? new Map([...stated(point.facts), ...stored(profile?.sketches.get(point.partition))]) : new Map();
  const earlier = points.slice(0, -1).filter(({ excluded }) => excluded === null);
  const steps = BACK.map((back) => [inPoint(earlier.at(-back)), inPoint(earlier.at(-back - 1))] as const);
  return [...inPoint(target)].map(([column, own]) => {
    const compared = steps.flatMap(([before]) => shiftOf(before.get(column), own, column) ?? []);
    const usual = steps.flatMap(
      ([later, before]) => shiftOf(before.get(column), later.get(column), column) ?? [],
    );
    const nearest = compared.sort((a, b) => (a.distance ?? 2) - (b.distance ?? 2))[0];
    // Who asked for quantiles wants to hear of them; a sketch was made without anybody asking.
    const known = usual.length > 0 || 'points' in own;
    const found = detectionOf(column, nearest, known ? usual : null, compared.length);
    return { column, found };
  });
}

function detectionOf(
  column: string,
  nearest: QuantileShift | undefined,
  usual: readonly QuantileShift[] | null,
  points: number,
): Detection {
  const asUsual = Math.max(0, ...(usual ?? []).map(({ distance }) => distance ?? 0));
  const value = nearest?.distance ?? null;
  const told = nearest?.status === 'notice' || nearest?.status === 'anomalous';
  const isUsual = told && value !== null && value <= BEYOND_USUAL * asUsual;
  const unknown = told && usual === null;
  return plainDetection({
    detector: 'quantile_shift',
    status: isUsual ? 'normal' : unknown ? 'learning' : (nearest?.status ?? 'learning'),
    value,
    threshold: CLEAR_SHIFT,
    points,
    message: isUsual
      ? `${column} moved as it does from one partition to the next`
      : unknown
        ? `${column} is not judged: what is usual of it is not known yet`
        : (nearest?.message ?? `${column} is not judged: no earlier partition has its quantiles`),
  });
}

function shiftOf(
  before: Distribution | undefined,
  after: Distribution | undefined,
  label: string,
): QuantileShift | null {
  if (!before || !after) return null;
  // Sketches that had to collapse differently put equal values in different buckets.
  const collapses = Math.max(
    0,
    ...[before, after].map((one) => ('sketch' in one ? one.sketch.collapses : 0)),
  );
  return quantileShift(pointsOf(before, collapses), pointsOf(after, collapses), { label });
}

function pointsOf(distribution: Distribution, collapses: number): QuantilePoints {
  if ('points' in distribution) return distribution.points;
  const sketch = distribution.sketch.collapsedTo(collapses);
  const points = sketch
    .quantiles(SHARES)
    .map((value, step): QuantilePoint => ({ quantile: step / STEPS, value }));
  return { points, count: sketch.count };
}

function stored(sketches: Sketches | undefined): [string, Distribution][] {
  return [...(sketches ?? [])].flatMap(([column, { quantiles }]): [string, Distribution][] =>
    quantiles ? [[column, { sketch: quantiles }]] : [],
  );
}

function stated(facts: Facts): [string, Distribution][] {
  const points = new Map<string, QuantilePoint[]>();
  for (const [key, value] of facts) {
    const [, column, quantile] = QUANTILE.exec(key) ?? [];
    if (column === undefined) continue;
    points.set(column, [...(points.get(column) ?? []), { quantile: Number(quantile), value }]);
  }
  return [...points].flatMap(([column, inner]): [string, Distribution][] => {
    const count =
      facts.get(`count(${column})`) ??
      (facts.get('row_count') ?? 0) - (facts.get(`null_count(${column})`) ?? 0);
    const ends = (['min', 'max'] as const).flatMap((end, quantile) => {
      const value = facts.get(`${end}(${column})`);
      return value === undefined ? [] : [{ quantile, value }];
    });
    const all = [...ends, ...inner].sort((a, b) => a.quantile - b.quantile);
    return all.length >= ENOUGH ? [[column, { points: { points: all, count } }]] : [];
  });
}
