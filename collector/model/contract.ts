import type { CarriedCheck, Check, SourcePosition } from './contract-check.ts';
import type { ContractColumn, Relationship } from './contract-column.ts';
import type { ContractDocument } from './contract-document.ts';
import type { JsonObject } from './json.ts';

export type { CarriedCheck, Check, Dimension, Severity, SourcePosition } from './contract-check.ts';
export type { ColumnConstraints, ContractColumn, LogicalType, Relationship } from './contract-column.ts';
export type { ContractDocument, SlaProperty } from './contract-document.ts';

/** How a candidate becomes gold: adapter name and target, e.g. `warehouse:gold.daily_routes`. */
export interface GatePolicy {
  readonly publishTo: string | null;
  /** What an empty candidate means. Blocked unless the contract allows it. */
  readonly emptyPartition: 'block' | 'allow';
  /** What a check that could not be run means; held back unless the contract allows it. Absent: block. */
  readonly onError?: 'block' | 'allow';
  /** Names of staging datasets, `*` for any characters: a run that completes there has its candidate evaluated. */
  readonly evaluateOn?: string;
}

/** What is summed up of each partition in mergeable statistics, when the gate measures it or somebody asks. */
export interface ProfileRule {
  /** small: partitions of at most two million values. A profile that is asked for by hand is always made. */
  readonly when: 'small' | 'always' | 'never';
  /** All of the schema when none are named. */
  readonly columns: readonly string[];
  /** Columns of few values, whose rows are summed up apart as well. */
  readonly segments: readonly string[];
}

export type Grain = 'hour' | 'day' | 'month';

export interface PartitionRule {
  /** The first column of the key. */
  readonly column: string;
  readonly grain: Grain | null;
  /** All columns of the key, in order. */
  readonly columns: readonly string[];
  /** The time column that says how late the data is: what `sla` is measured on. */
  readonly watermark: string | null;
}

/** A time of day by which the data is there: `06:30 Asia/Tokyo on mon-fri`. */
export interface Deadline {
  /** As written. */
  readonly text: string;
  /** Minutes after midnight, local. */
  readonly minute: number;
  /** IANA time zone. */
  readonly zone: string;
  /** 0 Sunday … 6 Saturday, ascending; all seven when not given. */
  readonly weekdays: readonly number[];
}

/**
 * A promise in time. freshness: the newest event time is at most so old. latency: from the event to its
 * landing. retention: the oldest data is at most so old. duration: runs that write it take at most so long. lag: a
 * stream has processed what is at most so old. Seconds.
 */
export interface Objective {
  readonly kind: 'freshness' | 'latency' | 'retention' | 'duration' | 'lag';
  readonly seconds: number;
  /** The time column it is measured on, or null for the dataset's own times. */
  readonly column: string | null;
  readonly position: SourcePosition;
}

/** A name that the dataset may have in OpenLineage events, from a server of the contract. */
export interface DatasetAddress {
  readonly namespace: string;
  readonly name: string;
}

/**
 * A data contract of one dataset, from the short form or from ODCS 3.x. An ODCS file with several schema
 * objects gives several contracts that share the document.
 */
export interface Contract {
  /** Logical or OpenLineage dataset name. */
  readonly dataset: string;
  /** OpenLineage namespace; null when the name alone identifies the dataset. */
  readonly namespace: string | null;
  /** semver; "1.0.0" when the file names none. */
  readonly version: string;
  /** Who is asked; '' when an ODCS file names nobody. */
  readonly owner: string;
  /** What to do when something is wrong with it: an address, or words. */
  readonly runbook?: string;
  readonly description: string | null;
  readonly tier: 1 | 2 | 3;
  /** Freshness promise in seconds ("4 hours"), or null. */
  readonly slaSeconds: number | null;
  readonly partition: PartitionRule | null;
  readonly gate: GatePolicy;
  /** Absent: all columns of small partitions, without segments. */
  readonly profile?: ProfileRule;
  /** What Assay evaluates. */
  readonly checks: readonly Check[];
  readonly columns: readonly ContractColumn[];

  readonly document: ContractDocument;
  /** The name of the schema object; in the short form the dataset's. */
  readonly logicalName: string;
  /** The name in the store, where the contract gives one. */
  readonly physicalName: string | null;
  /** `table`, `view`, `topic`, … */
  readonly physicalType: string | null;
  /** Of this dataset; the document has its own. */
  readonly tags: readonly string[];
  readonly addresses: readonly DatasetAddress[];
  readonly deadline: Deadline | null;
  /** All of them; the first freshness or latency is also `slaSeconds`. */
  readonly objectives: readonly Objective[];
  /** What Assay carries and shows, but does not run. */
  readonly carriedChecks: readonly CarriedCheck[];
  /** Foreign keys over several columns; those of one column stand at the column. */
  readonly relationships: readonly Relationship[];
  /** True when readers take columns by their place (a CSV load): then their order is part of the promise. */
  readonly positional: boolean;
  readonly position: SourcePosition;
  /** What was stated of this dataset and has no field here. */
  readonly carried: JsonObject;
}
