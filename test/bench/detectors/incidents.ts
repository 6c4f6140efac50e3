/** What an incident makes of a day's value; NaN where it cannot be told from the true one or has no source. */
export type Injection = (value: number, yesterday: number, weekAgo: number) => number;

const times =
  (factor: number): Injection =>
  (value) =>
    factor * value;
const plus =
  (points: number): Injection =>
  (value) =>
    Math.min(1, value + points);

/**
 * The incidents of incident_catalogue.csv, by metric kind, without those that every method sees and that the
 * published figures leave out (a mean of zero, all rows null).
 */
export const INCIDENTS: Readonly<
  Record<'count' | 'distinct' | 'mean' | 'rate', Readonly<Record<string, Injection>>>
> = {
  count: {
    empty: () => 0,
    half: (value) => Math.round(value * 0.5),
    minus30: times(0.7),
    minus10: times(0.9),
    dup2: times(2),
    plus50: times(1.5),
    plus20: times(1.2),
    x100: times(100),
    stale1: (_, yesterday) => yesterday,
    stale7: (_, __, weekAgo) => weekAgo,
  },
  distinct: {
    empty: () => 0,
    half: (value) => Math.round(value * 0.5),
    minus30: times(0.7),
    minus10: times(0.9),
    plus20: times(1.2),
  },
  mean: {
    unit100: times(100),
    unit001: times(0.01),
    mean_plus20: times(1.2),
    mean_minus30: times(0.7),
  },
  rate: {
    null_p02: plus(0.02),
    null_p05: plus(0.05),
    null_p20: plus(0.2),
    null_p50: plus(0.5),
  },
};
