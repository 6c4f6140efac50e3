/**
 * The tree of a check expression. One tree serves all: it is evaluated on measurements, printed,
 * type-checked and compiled to SQL (rules/expression). Source text: `null_percentage(user_id) < 0.01`.
 */
export type Expression = Comparison | Between | Within | NotAnomalous | Unique;

/** A place in the check's text: 0-based offset and length in UTF-16 units. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

export type MetricName =
  | 'row_count'
  | 'null_percentage'
  | 'null_count'
  | 'min'
  | 'max'
  | 'sum'
  | 'avg'
  | 'distinct_count'
  | 'duplicate_count';

/** A metric of the dataset: `row_count`, `sum(amount)`. */
export interface MetricCall {
  readonly type: 'metric';
  readonly metric: MetricName;
  readonly columns: readonly string[];
  readonly span: Span;
}

/** A number; `percent` keeps that it was written with a % sign (the value is already divided by 100). */
export interface NumberLiteral {
  readonly type: 'number';
  readonly value: number;
  readonly percent: boolean;
  readonly span: Span;
}

export interface Arithmetic {
  readonly type: 'arithmetic';
  readonly operator: '+' | '-' | '*' | '/';
  readonly left: Term;
  readonly right: Term;
  readonly span: Span;
}

export type Term = MetricCall | NumberLiteral | Arithmetic;
export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

export interface Comparison {
  readonly type: 'comparison';
  readonly operator: ComparisonOperator;
  readonly left: Term;
  readonly right: Term;
  readonly span: Span;
}

/** `x between a and b`: both ends are included. */
export interface Between {
  readonly type: 'between';
  readonly negated: boolean;
  readonly subject: Term;
  readonly low: Term;
  readonly high: Term;
  readonly span: Span;
}

export type BaselineFunction = 'avg_last' | 'median_last' | 'min_last' | 'max_last';

/** `x within 5% of avg_last(7)`: the baseline is over the last n closed partitions, never the current one. */
export interface Within {
  readonly type: 'within';
  readonly subject: Term;
  /** Relative when percent, else absolute. */
  readonly tolerance: NumberLiteral;
  readonly baseline: { readonly function: BaselineFunction; readonly points: number; readonly span: Span };
  readonly span: Span;
}

/** `x not anomalous(2 sigma)`. */
export interface NotAnomalous {
  readonly type: 'not_anomalous';
  readonly subject: Term;
  readonly sigma: number;
  readonly span: Span;
}

/** `unique(a, b)`: no two rows of the table share these values; rows with a null in them are not compared. */
export interface Unique {
  readonly type: 'unique';
  readonly columns: readonly string[];
  readonly span: Span;
}
