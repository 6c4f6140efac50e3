import type { Fact, FactMetric } from '#model/fact.ts';

import { printColumn, printLiterals, printTable, printText } from './print-names.ts';
import { printPredicate } from './print-predicate.ts';

/** What stands in a fact's brackets. */
export type FactArguments =
  | 'none'
  | 'column'
  | 'columns'
  | 'pair'
  | 'predicate'
  | 'quantile'
  | 'sentinels'
  | 'steps'
  | 'step'
  | 'reference'
  | 'comparison'
  | 'query';

export const FACT_ARGUMENTS: Readonly<Record<FactMetric, FactArguments>> = {
  row_count: 'none',
  size_bytes: 'none',
  file_count: 'none',
  null_count: 'column',
  count: 'column',
  empty_count: 'column',
  sentinel_count: 'sentinels',
  distinct_count: 'columns',
  approx_distinct_count: 'column',
  duplicate_count: 'columns',
  duplicated_rows: 'columns',
  repeat_count: 'columns',
  true_count: 'predicate',
  false_count: 'predicate',
  sum: 'column',
  min: 'column',
  max: 'column',
  stddev: 'column',
  skew: 'column',
  kurtosis: 'column',
  correlation: 'pair',
  mutual_information: 'pair',
  entropy: 'columns',
  outlier_count: 'steps',
  folded_count: 'column',
  falling_count: 'columns',
  rising_count: 'columns',
  not_rising_count: 'columns',
  not_falling_count: 'columns',
  misstep_count: 'steps',
  overlap_count: 'columns',
  quantile: 'quantile',
  min_length: 'column',
  max_length: 'column',
  sum_length: 'column',
  max_lag: 'pair',
  max_gap: 'column',
  period_count: 'step',
  orphan_count: 'reference',
  difference_count: 'comparison',
  custom_sql: 'query',
};

/** The text between the brackets; '' for none. */
export function printFactArguments(fact: Fact): string {
  const columns = fact.columns.map(printColumn).join(',');
  const { predicate, other } = fact;
  switch (FACT_ARGUMENTS[fact.metric]) {
    case 'none':
      return '';
    case 'predicate':
      return predicate === null ? '' : printPredicate(predicate);
    case 'quantile':
      return `${columns},${fact.quantile ?? 0.5}`;
    case 'sentinels':
    case 'steps':
      return `${columns},[${printLiterals(fact.values ?? [])}]`;
    case 'step':
      return `${columns},${fact.step ?? 'day'}`;
    case 'reference':
      return `${columns} references ${printOther(other)}`;
    case 'comparison': {
      const compared = other?.compared ?? [];
      const comparing = compared.length === 0 ? '' : ` comparing (${compared.map(printColumn).join(',')})`;
      const within = other === null || other.tolerance === null ? '' : ` within ${other.tolerance}`;
      return `${columns} equals ${printOther(other)}${comparing}${within}`;
    }
    case 'query':
      return printText(fact.query ?? '');
    default:
      return columns;
  }
}

function printOther(other: Fact['other']): string {
  return other === null ? '' : `${printTable(other.table)}(${other.columns.map(printColumn).join(',')})`;
}
