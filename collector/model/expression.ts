import type {
  ColumnRef,
  ComparisonOperator,
  Literal,
  Predicate,
  Scope,
  Span,
  TableRef,
} from './predicate.ts';
import type { NumberLiteral, Term, Tolerance } from './term.ts';

export type * from './term.ts';

/**
 * The tree of a check. One tree serves all: it is printed, type-checked, evaluated on measurements and
 * compiled to SQL (rules/expression, rules/sql). The grammar stands in rules/expression/parse.ts.
 *
 *     email matches '^[^@]+@[^@]+$' for 99.9% of rows where country = 'DE' on partition
 */
export interface Expression {
  readonly condition: Condition;
  /** Rows that do not fulfil it are not looked at. */
  readonly where: Predicate | null;
  /** null: the default of the condition (the table for uniqueness and retention, else the partition). */
  readonly scope: Scope | null;
  /** `per country`: the condition must hold for each value of the column that occurs. */
  readonly per: ColumnRef | null;
  readonly span: Span;
}

/** What must hold of the dataset. */
export type Condition =
  | AllOf
  | AnyOf
  | Not
  | Comparison
  | Between
  | Within
  | NotAnomalous
  | Rows
  | References
  | Unique
  | Equals
  | HasColumns
  | ColumnType
  | SchemaUnchanged
  | Groups
  | NoGaps
  | Ordered
  | MutuallyExclusive
  | LandedBy
  | DistributionShift
  | CustomSql;

export interface AllOf {
  readonly type: 'all_of';
  readonly conditions: readonly Condition[];
  readonly span: Span;
}

export interface AnyOf {
  readonly type: 'any_of';
  readonly conditions: readonly Condition[];
  readonly span: Span;
}

export interface Not {
  readonly type: 'not';
  readonly condition: Condition;
  readonly span: Span;
}

// ── numbers ────────────────────────────────────────────────────────────────────────────────────────

export interface Comparison {
  readonly type: 'comparison';
  readonly operator: ComparisonOperator;
  readonly left: Term;
  readonly right: Term;
  /** `row_count = row_count(other) within 0.1%`; with `=` and `!=` only. */
  readonly tolerance: Tolerance | null;
  readonly span: Span;
}

/** `x between a and b` includes both ends; `between (a and b]` and the like say otherwise. */
export interface Between {
  readonly type: 'between';
  readonly negated: boolean;
  readonly subject: Term;
  readonly low: Term;
  readonly high: Term;
  readonly lowOpen: boolean;
  readonly highOpen: boolean;
  readonly span: Span;
}

/** `x within 5% of avg_last(7)`, `x within 0.1% of row_count(other)`. */
export interface Within {
  readonly type: 'within';
  readonly negated: boolean;
  readonly subject: Term;
  readonly tolerance: Tolerance;
  readonly target: Term;
  readonly span: Span;
}

/** `x not anomalous(2 sigma, seasonality weekday, direction down, min_change 3%, train 28)`. */
export interface NotAnomalous {
  readonly type: 'not_anomalous';
  readonly subject: Term;
  /** null with `adaptive`: the detector's own threshold. */
  readonly sigma: number | null;
  readonly mode: 'simple' | 'adaptive';
  readonly seasonality: 'auto' | 'none' | 'weekday';
  readonly direction: 'up' | 'down' | 'both';
  /** A crossing smaller than this share of the expectation is no failure; 0 for none. */
  readonly minimumChange: number;
  /** Partitions to learn from. */
  readonly train: number;
  readonly span: Span;
}

// ── rows ───────────────────────────────────────────────────────────────────────────────────────────

/**
 * Every row (or a share of them) fulfils the predicate. Nulls are neither good nor bad: a row counts as tested
 * when the predicate is true or false of it; nothing tested in a non-empty partition is no_data.
 */
export interface Rows {
  readonly type: 'rows';
  readonly predicate: Predicate;
  /** 0..1, of the tested rows; 1 when the check names none. */
  readonly share: number;
  readonly span: Span;
}

// ── shape, other tables, time ──────────────────────────────────────────────────────────────────────

/**
 * `(a, b) references dim.users(a, b)`: the rows' keys are among those of the whole other table; rows with a null
 * among their keys are not compared.
 */
export interface References {
  readonly type: 'references';
  readonly negated: boolean;
  readonly columns: readonly ColumnRef[];
  readonly table: TableRef;
  readonly tableColumns: readonly string[];
  readonly share: number;
  readonly span: Span;
}

/** `unique(a, b)`: no two rows share these values; rows with a null in them are not compared. */
export interface Unique {
  readonly type: 'unique';
  readonly columns: readonly ColumnRef[];
  readonly span: Span;
}

/** `equals silver.orders on (order_id) comparing (amount, status) within 0.01`. */
export interface Equals {
  readonly type: 'equals';
  readonly table: TableRef;
  readonly keys: readonly string[];
  /** Empty: all columns that both have are not known here, so the keys alone are compared. */
  readonly columns: readonly string[];
  readonly tolerance: NumberLiteral | null;
  readonly span: Span;
}

export interface HasColumns {
  readonly type: 'has_columns';
  readonly negated: boolean;
  readonly columns: readonly string[];
  /** `has_columns exactly (a, b)`: no others; `in order`: in this order. */
  readonly exactly: boolean;
  readonly inOrder: boolean;
  readonly span: Span;
}

export interface ColumnType {
  readonly type: 'column_type';
  readonly column: ColumnRef;
  readonly expected: string;
  readonly span: Span;
}

export interface SchemaUnchanged {
  readonly type: 'schema_unchanged';
  readonly since: 'last' | 'baseline';
  readonly span: Span;
}

/**
 * `groups(status) = ('paid','open')`, `groups(country) contain ('DE')`, `groups(country) unchanged`,
 * `most_common(status) in ('paid')`: of several that occur equally often, each is among the values.
 */
export interface Groups {
  readonly type: 'groups';
  readonly column: ColumnRef;
  readonly relation: 'equal' | 'contain' | 'within' | 'unchanged' | 'most_common';
  readonly values: readonly Literal[];
  readonly span: Span;
}

export interface NoGaps {
  readonly type: 'no_gaps';
  readonly column: ColumnRef;
  readonly step: 'hour' | 'day' | 'week' | 'month';
  readonly span: Span;
}

/**
 * `increasing(version by updated_at for each order_id)`: no value lies below the one before it in the order of
 * another column; `strictly`: nor at it. `sequential(line, 1 for each order_id)`: values in their own order, each
 * one step above the one before. Rows with a null among the columns named are not compared.
 */
export interface Ordered {
  readonly type: 'ordered';
  readonly direction: 'increasing' | 'decreasing' | 'sequential';
  readonly strictly: boolean;
  readonly column: ColumnRef;
  /** null for sequential: its values are their own order. */
  readonly by: ColumnRef | null;
  /** Of sequential, above 0; 1 for the others. */
  readonly step: number;
  readonly each: readonly ColumnRef[];
  readonly span: Span;
}

/**
 * `mutually_exclusive(valid_from, valid_to for each customer_id)`: no range begins before the end of one that began
 * earlier. Ends belong to no range, so that ranges may touch; one without an end does not end.
 */
export interface MutuallyExclusive {
  readonly type: 'mutually_exclusive';
  readonly low: ColumnRef;
  readonly high: ColumnRef;
  readonly each: readonly ColumnRef[];
  readonly span: Span;
}

/**
 * `landed_by '06:30 Europe/Berlin' on mon-fri`: of the day after the partition's day, unless `same day`. On other
 * weekdays nothing is due. A local time that a change of clocks leaves out is as much later as the clock
 * jumps; of one that comes twice the first counts.
 */
export interface LandedBy {
  readonly type: 'landed_by';
  /** Minutes after midnight. */
  readonly minute: number;
  /** IANA. */
  readonly zone: string;
  readonly sameDay: boolean;
  /** Of the deadline: 0 Sunday … 6 Saturday, ascending; all seven when not given. */
  readonly weekdays: readonly number[];
  readonly span: Span;
}

/** How far two distributions lie apart (rules/expression/population-shift.ts). */
export type DistributionMeasure = 'psi' | 'ks' | 'kl' | 'js' | 'chi_square' | 'swd';

/** `distribution(amount) psi < 0.2 vs last(28)`: numbers by their quantiles, texts by their groups. */
export interface DistributionShift {
  readonly type: 'distribution';
  readonly column: ColumnRef;
  readonly measure: DistributionMeasure;
  readonly operator: '<' | '<=';
  readonly limit: number;
  readonly partitions: number;
  readonly span: Span;
}

/** A read-only query of the author's, giving one number. */
export interface CustomSql {
  readonly type: 'custom_sql';
  /** With the placeholders {dataset} and {partition}; guarded and compiled in rules/sql only. */
  readonly query: string;
  readonly operator: ComparisonOperator | 'between' | 'not_between';
  readonly limit: NumberLiteral;
  /** The upper end with `between`; both ends are included. */
  readonly high: NumberLiteral | null;
  readonly span: Span;
}
