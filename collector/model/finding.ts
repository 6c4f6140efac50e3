import type { BaselinePoint } from './result.ts';

/** One value of a series: a metric of one partition. */
export interface SeriesPoint {
  readonly partition: string;
  readonly value: number;
  /** The day or time that the partition is about, when its key tells (for weekday slots). */
  readonly at: Date | null;
}

export interface AnomalyOptions {
  /** Width of the band in standard deviations of a Gaussian: 2 means a two-sided coverage of 95.45 %. */
  readonly sigma: number;
  /** What the value is called in the message: `row_count`, `avg(amount)`. */
  readonly label?: string;
  /** Values that the metric cannot pass (a count is never below 0): the shown band is cut there. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** The value is a ratio that people read as a percentage. */
  readonly percent?: boolean;
}

/**
 * How a rule asks a detector: rules know this form only, the caller injects a detector.
 * The history is oldest first, without excluded points and without the candidate.
 */
export type DetectAnomaly = (
  history: readonly SeriesPoint[],
  candidate: SeriesPoint,
  options: AnomalyOptions,
) => AnomalyVerdict;

/** What a detector says of one value against its history. */
export interface AnomalyVerdict {
  /** `learning`: too little history to say; never read as normal. */
  readonly status: 'normal' | 'anomalous' | 'learning' | 'no_data';
  readonly value: number | null;
  /** Centre and bounds of the expected band; null while learning. */
  readonly expected: { readonly mean: number; readonly low: number; readonly high: number } | null;
  /**
   * Distance from the centre in the sigma that the user asked for (corrected for small histories, so that
   * the edge of the band is exactly the sigma asked for); null while learning, and when the history never
   * varied and the value did.
   */
  readonly score: number | null;
  readonly direction: 'up' | 'down' | null;
  readonly detector: string;
  /** `weekday` when only partitions of the same weekday were compared. */
  readonly slot: 'all' | 'weekday';
  readonly baseline: readonly BaselinePoint[];
  /** One sentence for a person. */
  readonly message: string;
}
