import type { Grain } from './contract.ts';
import type { Feed, FeedReport, LivePartition } from './feed.ts';
import type { Candidate } from './publication.ts';
import type { GroupFacts, PlannedStatement, TableDescription } from './measure-plan.ts';
import type { FactKey } from './measurement.ts';
import type { ProfileRequest, TableProfile } from './profile.ts';

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
  /** What is summed up of the same rows besides, by what was measured of them; null: nothing. */
  readonly profile?: (facts: ReadonlyMap<FactKey, number>) => ProfileRequest | null;
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
  /** What the statements took, where the adapter tells. */
  readonly cost?: MeasureCost;
  /** Where one was asked for and the adapter makes them; a failed one leaves the facts be. */
  readonly profile?: Outcome<TableProfile>;
}

/** What measuring a candidate took of the warehouse. */
export interface MeasureCost {
  readonly statements: number;
  readonly milliseconds: number;
  /** Each of them, where the adapter tells; `about` is what it measured. */
  readonly queries?: readonly { readonly about: string; readonly milliseconds: number }[];
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
  /** The publication that is undone, and the candidate that was served before it; where the ledger knows them. */
  readonly undoes?: UndonePublication;
}

/** A publication as a rollback sees it. */
export interface UndonePublication {
  readonly token: string;
  readonly candidate: Omit<Candidate, 'kind'>;
  /** What the publication before it had put there; null when there was none. */
  readonly before: Omit<Candidate, 'kind'> | null;
}

/** Asks what became of a publication, or of a rollback, whose answer is missing. */
export interface ConcludeRequest {
  readonly kind: 'publish' | 'rollback';
  readonly token: string;
  readonly target: string;
  readonly partition: string;
  /** Of a publication. */
  readonly candidate: Candidate | null;
  /** Of a rollback. */
  readonly undoes: UndonePublication | null;
  /**
   * Nobody is at work on it any more: what has not taken effect must be kept from ever doing so. False: another
   * process may still be, so that only looking is allowed.
   */
  readonly over: boolean;
}

/** Whether a publication took effect; `never`: it did not, and no statement of it can any more. */
export type Conclusion =
  | { readonly status: 'published' | 'never' }
  | { readonly status: 'retryable'; readonly reason: string };

/** A candidate that is to be evaluated, where pipelines may still reach it. */
export interface TakeRequest {
  /** Of this evaluation alone. */
  readonly token: string;
  readonly target: string;
  readonly partition: string;
  readonly ref: string;
  /** Versions that publications under way may still put in place: they must stay. */
  readonly needed: readonly string[];
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
  /**
   * The target of one partition, with what the contract says of it: how long a partition lasts, where its key does not
   * tell. It is kept with the evaluation, so that all that is done later is done to the same place.
   */
  targetOf?(target: string, about: { readonly partition: string; readonly grain: Grain | null }): string;
  /** The table of that name with its columns; null when there is none that this role may see. */
  describe(ref: string): Promise<Outcome<TableDescription | null>>;
  /**
   * Brings a candidate where nothing but the gate changes it, and gives the ref under which it is measured there;
   * the version tells it from all others. Absent where candidates are measured and published as they lie.
   */
  take?(request: TakeRequest): Promise<Outcome<string>>;
  /** Reads version and facts of a candidate in one snapshot. */
  measure(request: MeasureRequest): Promise<Outcome<MeasuredCandidate>>;
  /** Sums up rows of any table, or of a partition of it. Absent where only facts can be measured. */
  profile?(request: ProfileRequest): Promise<Outcome<TableProfile>>;
  /** Reads a few rows as text, at most `limit`. */
  sample(request: SampleRequest): Promise<Outcome<readonly (readonly (string | null)[])[]>>;
  /** Atomically makes exactly candidate.version the target's partition, or says that it moved. */
  publish(request: PublishRequest): Promise<PublishOutcome>;
  /**
   * The same for several partitions of one target at once: readers see all of them or none. Absent where the
   * warehouse has no such thing.
   */
  publishTogether?(requests: readonly PublishRequest[]): Promise<PublishOutcome>;
  /** Puts the kept previous partition back. */
  rollback(request: RollbackRequest): Promise<PublishOutcome>;
  /** What became of a publication or rollback that a crash or a lost connection left open. */
  conclude(request: ConcludeRequest): Promise<Conclusion>;
  /** Whether anyone but Assay may write the target: what `assay doctor` reports. */
  enforcement(target: string): Promise<Outcome<Enforcement>>;
  /** What feeds a target by itself; null for a target that the gate publishes to. Absent where nothing ever does. */
  feeds?(target: string): Promise<Outcome<FeedReport | null>>;
  /** The newest partitions that feeds have filled, newest first. */
  livePartitions?(target: string): Promise<Outcome<readonly LivePartition[]>>;
  /** Pauses a feed or lets it run. Doing it twice is refused by the warehouse and harms nothing. */
  setFeed?(target: string, feed: Pick<Feed, 'id' | 'name'>, to: 'paused' | 'running'): Promise<Outcome<null>>;
  close(): Promise<void>;
}
