import type { BaselinePoint } from './result.ts';

/** What a detector says of one value against its history. */
export interface AnomalyVerdict {
  /** `learning`: too little history to say; never read as normal. */
  readonly status: 'normal' | 'anomalous' | 'learning' | 'no_data';
  readonly value: number | null;
  /** Centre and bounds of the expected band; null while learning. */
  readonly expected: { readonly mean: number; readonly low: number; readonly high: number } | null;
  /** Distance from the centre in the sigma that the user asked for (corrected for small histories); null while learning. */
  readonly score: number | null;
  readonly direction: 'up' | 'down' | null;
  readonly detector: string;
  /** `weekday` when only partitions of the same weekday were compared. */
  readonly slot: 'all' | 'weekday';
  readonly baseline: readonly BaselinePoint[];
  /** One sentence for a person. */
  readonly message: string;
}

/** A verdict about a stored metric of one partition. */
export interface Finding {
  readonly datasetId: string;
  readonly partition: string;
  /** `row_count`, `null_percentage(c)`, `avg(c)`. */
  readonly metric: string;
  readonly verdict: AnomalyVerdict;
}
