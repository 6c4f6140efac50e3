import type { Candidate } from './publication.ts';
import type { GroupFacts, PlannedStatement, TableDescription } from './measure-plan.ts';
import type { FactKey } from './measurement.ts';

/** An expected outcome of an outside system is a value, not an exception. */
export type Outcome<T> =
  | { readonly status: 'success'; readonly value: T }
  | { readonly status: 'retryable'; readonly reason: string }
  | { readonly status: 'failure'; readonly reason: string };

/** The kinds of SQL that checks are compiled to, one file each in rules/sql/dialects. */
export type DialectName = 'postgres' | 'mysql' | 'starrocks' | 'clickhouse' | 'spark' | 'trino' | 'duckdb';

/** What a warehouse is asked to measure on a candidate, in one snapshot. */
export interface MeasureRequest {
  readonly ref: string;
  /** Compiled by rules/sql for this adapter's dialect. */
  readonly statements: readonly PlannedStatement[];
  /** Longest single statement in milliseconds; the adapter's own limit unless told. */
  readonly timeLimitMs?: number;
}

export interface MeasuredCandidate {
  /** The version that the numbers belong to: read in the same snapshot. */
  readonly version: string;
  /** A key is absent where the warehouse gave NULL (no rows to aggregate). */
  readonly facts: ReadonlyMap<FactKey, number>;
  /** Facts of a `per`, by the column's values. */
  readonly groups: ReadonlyMap<FactKey, GroupFacts>;
  /** Facts that could not be measured, with the engine's own message and our hint. */
  readonly failed: ReadonlyMap<FactKey, string>;
}

/** Asks for keys of rows that violate a check. */
export interface SampleRequest {
  /** One statement, compiled by rules/sql; its columns are the keys. */
  readonly text: string;
  readonly columns: number;
  readonly limit: number;
  readonly timeLimitMs?: number;
}

export interface PublishRequest {
  /** Carried by the target itself, so that a crashed publication can be recognised. */
  readonly token: string;
  /** `gold.daily_routes`. */
  readonly target: string;
  /** Canonical partition key `flight_date=2001-01-01`; empty for an unpartitioned target. */
  readonly partition: string;
  readonly candidate: Candidate;
  /** By the warehouse's clock; later it gives up, so that nobody who waited for it is overtaken. */
  readonly notAfter?: Date;
}

/** Puts the kept previous data back, under a token of its own. */
export interface RollbackRequest {
  readonly token: string;
  readonly target: string;
  readonly partition: string;
  readonly notAfter?: Date;
}

/** Whether anyone but Assay may write a target. */
export interface Enforcement {
  readonly enforced: boolean;
  /** Roles other than Assay's that may write; superusers are not among them. */
  readonly writers: readonly string[];
  /** Superusers other than Assay's role: no grant binds them. */
  readonly superusers: readonly string[];
  /** The statements that would make it enforced, or null. */
  readonly mend: string | null;
}

export type PublishOutcome =
  | { readonly status: 'published'; readonly alreadyDone: boolean; readonly previous: string | null }
  | { readonly status: 'version_moved'; readonly actual: string | null }
  | { readonly status: 'retryable'; readonly reason: string }
  | { readonly status: 'failure'; readonly reason: string };

/** A system that holds candidates and gold. One adapter per warehouse kind implements it. */
export interface Warehouse {
  readonly name: string;
  readonly dialect: DialectName;
  /** The table of that name with its columns; null when there is none that this role may see. */
  describe(ref: string): Promise<Outcome<TableDescription | null>>;
  /** Reads version and facts of a candidate in one snapshot. */
  measure(request: MeasureRequest): Promise<Outcome<MeasuredCandidate>>;
  /** Reads a few rows as text, at most `limit`. */
  sample(request: SampleRequest): Promise<Outcome<readonly (readonly (string | null)[])[]>>;
  /** Atomically makes exactly candidate.version the target's partition, or says that it moved. */
  publish(request: PublishRequest): Promise<PublishOutcome>;
  /** Puts the kept previous partition back. */
  rollback(request: RollbackRequest): Promise<PublishOutcome>;
  /** The token of what is published there now, or null: how a crash is repaired. */
  publishedToken(target: string, partition: string): Promise<Outcome<string | null>>;
  /** Whether anyone but Assay may write the target: what `assay doctor` reports. */
  enforcement(target: string): Promise<Outcome<Enforcement>>;
  close(): Promise<void>;
}
