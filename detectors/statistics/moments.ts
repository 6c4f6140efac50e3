import { mean, sum } from 'simple-statistics';

/** Below this share of the largest value a spread is rounding noise, not variation. */
export const FLOATING_NOISE = 1e-9;

/** Centres and spread of a sample that falls into groups. */
export interface Moments {
  /** The mean of each group that has points. */
  readonly centres: ReadonlyMap<number, number>;
  readonly counts: ReadonlyMap<number, number>;
  /** Residual standard deviation, pooled over the groups; exactly 0 when it is only floating noise. */
  readonly deviation: number;
  /** Degrees of freedom of the deviation: points less groups. */
  readonly freedom: number;
  /**
   * Error of predicting each point from the other points of its group (leave one out), in units of the
   * largest absolute value; null for a point that is alone in its group.
   */
  readonly leftOut: readonly (number | null)[];
}

/**
 * Moments of values in groups (`groups[i]` is the group of `values[i]`; all in one group give the plain
 * mean and sample deviation). Finite values of any size are safe: they are scaled before they are squared.
 */
export function groupedMoments(values: readonly number[], groups: readonly number[]): Moments {
  const scale = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  const members = new Map<number, number[]>();
  values.forEach((value, index) => {
    const group = groups[index] ?? 0;
    const list = members.get(group);
    if (list) list.push(value / scale);
    else members.set(group, [value / scale]);
  });
  const counts = new Map([...members].map(([group, list]) => [group, list.length]));
  const scaledCentres = new Map([...members].map(([group, list]) => [group, mean(list)]));
  const residuals = values.map(
    (value, index) => value / scale - (scaledCentres.get(groups[index] ?? 0) ?? 0),
  );
  const freedom = values.length - members.size;
  const variance = freedom > 0 ? sum(residuals.map((residual) => residual * residual)) / freedom : 0;
  const deviation = Math.sqrt(variance);
  return {
    centres: new Map([...scaledCentres].map(([group, centre]) => [group, centre * scale])),
    counts,
    deviation: deviation < FLOATING_NOISE ? 0 : deviation * scale,
    freedom,
    leftOut: residuals.map((residual, index) => {
      const count = counts.get(groups[index] ?? 0) ?? 0;
      return count < 2 ? null : (residual * count) / (count - 1);
    }),
  };
}
