import { detectSigma } from '#detectors/sigma.ts';
import type { SeriesPoint } from '#model/finding.ts';
import { seededRandom } from '../statistics.ts';

/** Lengths of history at which the simple mode is tried. */
const LENGTHS = [5, 6, 7, 8, 10, 12, 14, 16, 18, 21, 24, 28, 30, 40, 50, 60] as const;
/** What 2 sigma means: two-sided, in per cent. */
export const NOMINAL_PERCENT = 4.55;

const TRIALS = 20_000;
const DAY_MS = 86_400_000;
const START = Date.UTC(2024, 0, 1);

/** False alarms in per cent, by the length of the history; null where nothing was judged. */
export type GaussianRates = readonly { readonly length: number; readonly percent: number | null }[];

/**
 * How often the simple mode at 2 sigma calls the next value of a Gaussian series anomalous. `daily`: the series
 * is dated, so that its weekdays may be told apart; those that were never seen are not judged, and not counted.
 */
export function gaussianRates(daily: boolean, seed = 1): GaussianRates {
  const random = seededRandom(seed);
  const gaussian = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const point = (index: number): SeriesPoint => ({
    partition: `part=${index}`,
    value: 1000 + 50 * gaussian(),
    at: daily ? new Date(START + index * DAY_MS) : null,
  });
  return LENGTHS.map((length) => {
    let judged = 0;
    let alarms = 0;
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const history = Array.from({ length }, (_, index) => point(index));
      const { status } = detectSigma(history, point(length), { sigma: 2, window: 60 });
      if (status === 'learning') continue;
      judged += 1;
      if (status === 'anomalous') alarms += 1;
    }
    return { length, percent: judged === 0 ? null : (100 * alarms) / judged };
  });
}
