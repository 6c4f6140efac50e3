import type { Expression } from './expression.ts';
import type { JsonObject } from './json.ts';

/** What a failing check does: info records, warn reports, block keeps the candidate out of gold. */
export type Severity = 'info' | 'warn' | 'block';

/** 1-based position in the contract's file. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/** The quality dimensions of ODCS 3.1 (data-quality.md). */
export type Dimension =
  | 'accuracy'
  | 'completeness'
  | 'conformity'
  | 'consistency'
  | 'coverage'
  | 'timeliness'
  | 'uniqueness';

/** Which construct of which dialect made a check. */
export interface CheckSource {
  readonly dialect: 'short' | 'odcs';
  /**
   * check, sql: an item of the short form's `quality`. library, sql, custom, text: an ODCS quality item of
   * that type. The others: what a column or the schema promises.
   */
  readonly construct:
    | 'check'
    | 'library'
    | 'sql'
    | 'custom'
    | 'text'
    | 'primary_key'
    | 'required'
    | 'unique'
    | 'constraint'
    | 'relationship';
  /** The column whose promise it is; null for the dataset's own. */
  readonly column: string | null;
}

/** What every kind of check states about itself. */
export interface StatedCheck {
  /** Stable within a contract: derived from the printed expression, the query or the text. */
  readonly id: string;
  /** As the author wrote it: the condition, the query or the words; for an ODCS library check our expression of it. */
  readonly text: string;
  readonly severity: Severity;
  readonly position: SourcePosition;
  /** The contract's own line, or what made it (a column's `min_value(0)`, `primary_key`). */
  readonly origin: 'quality' | 'constraint' | 'primary_key' | 'required' | 'unique' | 'relationship';
  readonly from: CheckSource;
  readonly name: string | null;
  readonly description: string | null;
  readonly dimension: Dimension | null;
  readonly owner: string | null;
  /** What to do when it fails: an address, or words. */
  readonly runbook?: string;
  /** True: a result from a sketch is good enough, also where the check blocks (`approx: ok`). */
  readonly approx: boolean;
  readonly tags: readonly string[];
  /** An ODCS quality item as it was written, so that it is written back alike; else empty. */
  readonly carried: JsonObject;
}

/** One quality check of a contract, as an expression of our language; the author's own SQL is a `custom_sql`. */
export interface Check extends StatedCheck {
  readonly expression: Expression;
}

/** A check that Assay does not run (words for people, another engine's rule): shown as such, never silently. */
export interface CarriedCheck extends StatedCheck {
  /** `soda`, `greatExpectations`; null for words. */
  readonly engine: string | null;
  /** Why it is not run, one sentence. */
  readonly reason: string;
}
