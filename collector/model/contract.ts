import type { Expression } from './expression.ts';

/** What a failing check does: info records, warn reports, block keeps the candidate out of gold. */
export type Severity = 'info' | 'warn' | 'block';

/** 1-based position in the contract's file. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/** One quality check of a contract. */
export interface Check {
  /** Stable within a contract: derived from the printed expression. */
  readonly id: string;
  /** As the author wrote it. */
  readonly text: string;
  readonly expression: Expression;
  readonly severity: Severity;
  readonly position: SourcePosition;
  /** The contract's own line, or what made it (a column's `min_value(0)`, `primary_key`). */
  readonly origin: 'quality' | 'constraint' | 'primary_key' | 'required';
}

export interface ContractColumn {
  readonly name: string;
  readonly type: string;
  readonly primaryKey: boolean;
  readonly required: boolean;
  /** false, or the kind of personal data (`email`); `true` in the file becomes `personal`. */
  readonly pii: string | false;
  readonly description: string | null;
  readonly constraints: readonly string[];
}

/** How a candidate becomes gold: adapter name and target, e.g. `warehouse:gold.daily_routes`. */
export interface GatePolicy {
  readonly publishTo: string | null;
  /** What an empty candidate means. Blocked unless the contract allows it. */
  readonly emptyPartition: 'block' | 'allow';
}

export interface PartitionRule {
  readonly column: string;
  readonly grain: 'hour' | 'day' | 'month' | null;
}

/** A data contract, from the short form (ODCS comes later through the same model). */
export interface Contract {
  /** Logical or OpenLineage dataset name. */
  readonly dataset: string;
  /** OpenLineage namespace; null when the name alone identifies the dataset. */
  readonly namespace: string | null;
  /** semver; "1.0.0" when the file names none. */
  readonly version: string;
  readonly owner: string;
  readonly description: string | null;
  readonly tier: 1 | 2 | 3;
  /** Freshness promise in seconds ("4 hours"), or null. */
  readonly slaSeconds: number | null;
  readonly partition: PartitionRule | null;
  readonly gate: GatePolicy;
  readonly checks: readonly Check[];
  readonly columns: readonly ContractColumn[];
}
