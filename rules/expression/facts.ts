import type { Condition, Expression, MetricCall, Term, Unique } from '#model/expression.ts';
import { type FactKey, factKey } from '#model/measurement.ts';

import { type CostClass, costOf } from './cost.ts';

/** What must be known before an expression can be evaluated. */
export interface FactsNeeded {
  /** Base metrics of the candidate (and of each history point), without repeats. */
  readonly facts: readonly FactKey[];
  /** Columns that the expression names, in order of appearance. */
  readonly columns: readonly string[];
  /** How many past partitions it looks at; 0 for none. */
  readonly history: number;
  /** The dearest metric of the expression. */
  readonly costClass: CostClass;
}

/** `not anomalous` looks at the last 30 partitions: the 30-day rolling mean for a daily dataset. */
export const ANOMALY_POINTS = 30;

const COSTS: readonly CostClass[] = ['metadata', 'stats', 'scan'];

/**
 * The facts that an expression needs. `row_count` is always among them: an empty partition has no
 * percentages or sums, and must be told from one whose numbers are missing. Aggregates of a column bring its
 * null count, which tells a column of nulls from a number that nobody measured.
 */
export function factsOf(expression: Expression): FactsNeeded {
  const calls = metricsOf(expression.condition);
  const facts = new Set<FactKey>(['row_count']);
  for (const call of calls) for (const key of baseFacts(call)) facts.add(key);
  const costs = calls.map((call) => COSTS.indexOf(costOf(call.metric)));
  return {
    facts: [...facts],
    columns: [...new Set(calls.flatMap((call) => call.columns.map(({ name }) => name)))],
    history: historyOf(expression.condition),
    costClass: COSTS[Math.max(0, ...costs)] ?? 'metadata',
  };
}

/** The metrics of an expression from left to right; `unique(c)` is a statement about duplicate_count(c). */
export function metricsOf(expression: Condition): readonly MetricCall[] {
  switch (expression.type) {
    case 'unique':
      return [duplicatesOf(expression)];
    case 'comparison':
      return [...metricsIn(expression.left), ...metricsIn(expression.right)];
    case 'between':
      return [expression.subject, expression.low, expression.high].flatMap(metricsIn);
    case 'within':
    case 'not_anomalous':
      return metricsIn(expression.subject);
    default:
      return [];
  }
}

/** The metrics of one term from left to right. */
export function metricsIn(term: Term): readonly MetricCall[] {
  if (term.type === 'metric') return [term];
  return term.type === 'arithmetic' ? [...metricsIn(term.left), ...metricsIn(term.right)] : [];
}

/** `unique(c)` is a statement about duplicate_count(c). */
export function duplicatesOf({ columns, span }: Unique): MetricCall {
  return {
    type: 'metric',
    metric: 'duplicate_count',
    columns,
    table: null,
    quantile: null,
    values: null,
    predicate: null,
    span,
  };
}

function baseFacts(call: MetricCall): readonly FactKey[] {
  const columns = call.columns.map(({ name }) => name);
  const key = factKey(call.metric, columns);
  const nulls = factKey('null_count', columns);
  switch (call.metric) {
    case 'row_count':
    case 'null_count':
    case 'distinct_count':
    case 'duplicate_count':
      return [key];
    case 'null_percentage':
      return [nulls];
    case 'avg':
      return [factKey('sum', columns), nulls];
    case 'min':
    case 'max':
    case 'sum':
      return [key, nulls];
    default:
      return [];
  }
}

function historyOf(expression: Condition): number {
  if (expression.type === 'within')
    return expression.target.type === 'baseline' ? expression.target.points : 0;
  return expression.type === 'not_anomalous' ? ANOMALY_POINTS : 0;
}
