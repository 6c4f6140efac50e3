import type { Severity } from './contract.ts';
import type { FailingRows } from './measure-plan.ts';
import type { FactKey } from './measurement.ts';

/** Only `pass` is pass: error, no_data and learning say that we do not know. */
export type CheckStatus = 'pass' | 'warn' | 'fail' | 'error' | 'no_data' | 'learning' | 'skipped';

/** A baseline point that a result used, kept so that the result can be explained and repeated. */
export interface BaselinePoint {
  readonly partition: string;
  readonly value: number;
  /** What the value is of, where a check compares more than one thing with the past. */
  readonly of?: string;
}

/** The outcome of one check on one partition. */
export interface CheckResult {
  readonly checkId: string;
  readonly text: string;
  readonly severity: Severity;
  readonly status: CheckStatus;
  /** The measured left side, when there is one number to show. */
  readonly value: number | null;
  /** What was expected, in words: `> 0`, `8215 ± 50 %`. */
  readonly expected: string;
  /** One sentence for a person: what was measured, what was expected. */
  readonly message: string;
  /** Base metrics that went into it. */
  readonly facts: Readonly<Record<FactKey, number>>;
  readonly baseline: readonly BaselinePoint[];
  /** Keys of some rows that violate the check, as they were read after it; null or absent when none were. */
  readonly failingRows?: FailingRows | null;
}
