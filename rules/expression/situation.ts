import type { Check } from '#model/contract.ts';
import type { Detection, DetectionPoint, MetricKind } from '#model/detection.ts';
import type { DetectAnomaly } from '#model/finding.ts';
import type { FactKey, Facts, HistoryPoint } from '#model/measurement.ts';
import type { BaselinePoint } from '#model/result.ts';

import type { FactView } from './fact-view.ts';
import type { NeededFact } from './needed-fact.ts';

/** Numbers by the value of a `per` column; the value null is `null`. */
export type SegmentFacts = ReadonlyMap<FactKey, ReadonlyMap<string | null, number>>;

/** A past partition, with its numbers per segment where checks ask for them. */
export interface PastPartition extends HistoryPoint {
  readonly segments?: SegmentFacts;
}

/** Columns in their order, with their types as the store writes them; '' where a type is not told. */
export type KnownColumns = readonly { readonly name: string; readonly type: string }[];

export interface SchemaEvidence {
  readonly now: KnownColumns | null;
  /** Of the partition before; null when there is none. */
  readonly before: KnownColumns | null;
  /** The contract's. */
  readonly baseline: KnownColumns | null;
}

/** What is asked of the adaptive detector; the caller adds cadence, marks and calendar. */
export interface AdaptiveQuestion {
  readonly kind: MetricKind;
  /** Oldest first, all before the target. What stays out of baselines is left in: marks say what it means. */
  readonly history: readonly DetectionPoint[];
  readonly target: DetectionPoint;
  readonly threshold?: number;
  readonly direction?: 'up' | 'down' | 'both';
  readonly label: string;
}

export type AskAdaptive = (question: AdaptiveQuestion) => Detection;

/** What is known when a check is evaluated. */
export interface Evidence {
  /** Facts of the candidate by key. */
  readonly facts: Facts;
  /** Facts that could not be measured, and why: the engine's own message. */
  readonly faults?: ReadonlyMap<FactKey, string>;
  /** Facts that end in `per column`. */
  readonly segments?: SegmentFacts;
  /** Past partitions, oldest first. The candidate is never one of them. */
  readonly history: readonly PastPartition[];
  /** The candidate's partition key, '' for a dataset without; a history point of the same key is left out. */
  readonly partition?: string;
  /** The day or time that the candidate is about, for weekday slots and deadlines. */
  readonly partitionAt: Date | null;
  /** The time of evaluation. */
  readonly now?: Date;
  /** When the partition was published; null: not yet. Absent for a candidate, of which nothing is due. */
  readonly landedAt?: Date | null;
  readonly schema?: SchemaEvidence;
  /** The detector behind `not anomalous`. */
  readonly anomaly: DetectAnomaly;
  /** The detector behind `not anomalous(adaptive)`. */
  readonly adaptive?: AskAdaptive;
}

export interface EvaluationOptions {
  /** What the contract says of an empty candidate; `block` unless stated. */
  readonly emptyPartition?: 'block' | 'allow';
}

/** What the functions for the kinds of condition share. */
export interface Situation {
  readonly check: Pick<Check, 'origin' | 'severity'>;
  readonly evidence: Evidence;
  readonly options: EvaluationOptions;
  readonly view: FactView;
  /** A past partition as the candidate is seen: the same segment of it. */
  readonly past: (point: PastPartition) => FactView;
  /** Numbers of this column's values, where the candidate or a past partition knows them. */
  readonly segments: (key: FactKey, point?: PastPartition) => ReadonlyMap<string | null, number> | null;
  /** Points that were compared with, for the record. */
  readonly baseline: Map<string, BaselinePoint>;
}

/** Keeps a point that something was compared with. */
export function keepPoint(situation: Situation, of: string, { partition, value }: BaselinePoint): void {
  situation.baseline.set(`${of}\n${partition}`, { partition, value, of });
}

/** How a condition stands, before the check's severity gives it a status. */
export interface Outcome {
  /** skipped: there is nothing to judge, and that is in order. */
  readonly verdict: 'holds' | 'broken' | 'error' | 'no_data' | 'learning' | 'skipped';
  readonly value: number | null;
  /** One sentence for a person, the reason first. */
  readonly message: string;
  /** In words, where it says more than the condition does. */
  readonly expected?: string;
}

/** A condition whose fact keys and texts are written already. */
export interface PreparedCondition {
  readonly facts: readonly NeededFact[];
  /** Facts of past partitions. */
  readonly pastFacts: readonly NeededFact[];
  /** How many past partitions it looks at. */
  readonly history: number;
  /** What is expected, in words, before anything is measured: `> 0`, `within 50 % of avg_last(7)`. */
  readonly expected: string;
  readonly evaluate: (situation: Situation) => Outcome;
}

/** A condition that is judged on the candidate alone. */
export function outcomeOf(holds: boolean, value: number | null, message: string, expected?: string): Outcome {
  const verdict = holds ? 'holds' : 'broken';
  return expected === undefined ? { verdict, value, message } : { verdict, value, message, expected };
}
