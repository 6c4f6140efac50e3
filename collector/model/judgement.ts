import type { Detection, MetricKind } from './detection.ts';
import type { Uuid } from './ids.ts';
import type { BaselinePoint } from './result.ts';

/**
 * How a partition stood when its value was stated.
 *
 * young: within the detection period, so that it may open and resolve findings.
 * history: older; its verdict is kept and shown, and opens nothing.
 * backfill: one of many that a single run wrote; the run is told once, its partitions open nothing.
 */
export type Standing = 'young' | 'history' | 'backfill';

/** What one detector says of one metric of one partition, with all that explains it. */
export interface Judgement {
  readonly datasetId: Uuid;
  readonly partition: string;
  /** `row_count`, `null_percentage(c)`, `avg(c)`. */
  readonly metric: string;
  /** What the metric counts. */
  readonly kind: MetricKind;
  readonly detector: string;
  readonly status: Detection['status'];
  readonly value: number | null;
  readonly expected: { readonly mean: number; readonly low: number; readonly high: number } | null;
  /** Of the 2 sigma mode the distance in sigmas, else z. */
  readonly score: number | null;
  readonly direction: 'up' | 'down' | null;
  readonly slot: 'all' | 'weekday';
  readonly baseline: readonly BaselinePoint[];
  readonly message: string;
  readonly standing: Standing;
  /** It is anomalous, may say so, and is the word that counts on this metric. */
  readonly finding: boolean;
  /** How rare such a distance is among metrics of its class, 0..1. */
  readonly p: number | null;
  /** null for the 2 sigma mode. */
  readonly detection: Detection | null;
}

/** Whether this detector says where a value was expected, and has the word over 2 sigma. */
export function hasTheWord({ detector }: Pick<Judgement, 'detector'>): boolean {
  return detector === 'adaptive' || detector === 'hourly';
}
