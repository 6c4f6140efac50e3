import type { AnomalyOptions, AnomalyVerdict, SeriesPoint } from '#model/finding.ts';
import { formatNumber, formatPercent } from '#model/number-text.ts';

import { type BandOptions, type ExpectedBand, expectedBand, sameValue } from './expected-band.ts';

export interface SigmaOptions extends AnomalyOptions, BandOptions {
  readonly sigma: number;
  /** Which side is worth a finding: a late arrival is, an early one is not. Both by default. */
  readonly direction?: 'up' | 'down' | 'both';
}

/** A band is an estimate: more digits would only be read, not known. */
const BAND_DIGITS = 4;

/**
 * The 2σ detector: does the candidate lie outside the band that its own history predicts?
 *
 * The history is oldest first, without excluded points; a point of the candidate's own partition is left
 * out, so the value never helps to excuse itself. Never throws: a candidate that is no finite number gives
 * `no_data`, a short history `learning`.
 */
export function detectSigma(
  history: readonly SeriesPoint[],
  candidate: SeriesPoint,
  options: SigmaOptions,
): AnomalyVerdict {
  const label = options.label ?? 'the value';
  const common = { detector: 'sigma', slot: 'all' as const, expected: null, score: null, direction: null };
  if (!Number.isFinite(candidate.value)) {
    return { ...common, status: 'no_data', value: null, baseline: [], message: `${label} has no value` };
  }
  const past =
    candidate.partition === '' ? history : history.filter((point) => point.partition !== candidate.partition);
  const value = candidate.value;
  const show = options.percent === true ? formatPercent : formatNumber;
  const outcome = expectedBand(past, candidate, options);
  if (outcome.status === 'learning') {
    const message = `${label} is ${show(value)}, not judged: ${outcome.reason}`;
    return { ...common, status: 'learning', value, baseline: baselineOf(outcome.points), message };
  }
  const band = outcome.band;
  const outside = outsideOf(band, value);
  const wanted = outside !== null && (options.direction ?? 'both') !== (outside === 'up' ? 'down' : 'up');
  return {
    detector: 'sigma',
    status: wanted ? 'anomalous' : 'normal',
    value,
    expected: {
      mean: band.mean,
      low: clamp(band.low, options),
      high: clamp(band.high, options),
    },
    score: scoreOf(band, value, options.sigma),
    direction: outside ?? (sameValue(value, band.mean) ? null : value > band.mean ? 'up' : 'down'),
    slot: band.slot,
    baseline: baselineOf(band.points),
    message: messageOf(label, value, band, outside, options),
  };
}

function outsideOf(band: ExpectedBand, value: number): 'up' | 'down' | null {
  if (value > band.high && !sameValue(value, band.high)) return 'up';
  if (value < band.low && !sameValue(value, band.low)) return 'down';
  return null;
}

function scoreOf(band: ExpectedBand, value: number, sigma: number): number | null {
  if (sameValue(value, band.mean)) return 0;
  const reach = value > band.mean ? band.high - band.mean : band.mean - band.low;
  return reach > 0 ? (sigma * Math.abs(value - band.mean)) / reach : null;
}

function messageOf(
  label: string,
  value: number,
  band: ExpectedBand,
  outside: 'up' | 'down' | null,
  options: SigmaOptions,
): string {
  const show = options.percent === true ? formatPercent : formatNumber;
  const days =
    band.weekday === null ? `last ${band.count} partitions` : `last ${band.count} ${band.weekday}s`;
  const mean = show(band.mean, BAND_DIGITS);
  if (band.constant) {
    const verdict =
      outside === null ? `the same as in the ${days}` : `but it was ${mean} in all of the ${days}`;
    return `${label} is ${show(value)}, ${verdict}`;
  }
  const place = outside === null ? 'within' : outside === 'up' ? 'above' : 'below';
  const range = `${show(clamp(band.low, options), BAND_DIGITS)} to ${show(clamp(band.high, options), BAND_DIGITS)}`;
  const sigma = formatNumber(options.sigma);
  return `${label} is ${show(value)}, ${place} the expected ${range} (${sigma} sigma around ${mean}, the mean of the ${days})`;
}

function clamp(value: number, { minimum, maximum }: AnomalyOptions): number {
  return Math.min(Math.max(value, minimum ?? -Infinity), maximum ?? Infinity);
}

function baselineOf(points: readonly SeriesPoint[]): AnomalyVerdict['baseline'] {
  return points.map(({ partition, value }) => ({ partition, value }));
}
