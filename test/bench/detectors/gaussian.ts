import { detectSigma } from '#detectors/sigma.ts';
import { seededRandom } from '../statistics.ts';

/** Lengths of history at which the simple mode is tried. */
export const LENGTHS = [5, 6, 7, 8, 10, 12, 14, 16, 18, 21, 24, 28, 30, 40, 50, 60] as const;
/** What 2 sigma means: two-sided, in per cent. */
export const NOMINAL_PERCENT = 4.55;

const TRIALS = 40_000;

/**
 * How often (in per cent) the simple mode at 2 sigma calls the next value of a Gaussian series anomalous, by
 * the length of its history. The series is not dated: in a daily one a short history is judged by wider
 * bands, since its weekdays may differ, and fires less.
 */
export function gaussianRates(seed: number): { readonly length: number; readonly percent: number }[] {
  const random = seededRandom(seed);
  const gaussian = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const point = (index: number): { partition: string; value: number; at: null } => ({
    partition: `part=${index}`,
    value: 1000 + 50 * gaussian(),
    at: null,
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
    return { length, percent: (100 * alarms) / judged };
  });
}
