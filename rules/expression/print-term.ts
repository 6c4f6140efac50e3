import type { MetricCall, NumberLiteral, Term, Tolerance } from '#model/expression.ts';

import { METRICS } from './metrics.ts';
import { printColumnRef, printLiterals, printTable } from './print-names.ts';
import { printArithmetic, printPredicate } from './print-predicate.ts';
import { printUnit } from './units.ts';

/** Writes a number of the whole with no more brackets than its tree needs. */
export function printTerm(term: Term): string {
  switch (term.type) {
    case 'number':
      return printNumber(term);
    case 'metric':
      return printMetric(term);
    case 'baseline':
      return `${term.function}(${term.points})`;
    default:
      return printArithmetic(term, printTerm);
  }
}

export function printNumber({ value, unit }: NumberLiteral): string {
  return unit === null ? String(value) : printUnit(value, unit);
}

export function printTolerance({ value, sigma }: Tolerance): string {
  return sigma ? `${printNumber(value)} sigma` : printNumber(value);
}

function printValues({ metric, values }: MetricCall): string {
  const list = printLiterals(values ?? []);
  return METRICS[metric].takes === 'deviations' ? list : `[${list}]`;
}

function printMetric(call: MetricCall): string {
  const inside = [
    ...call.columns.map(printColumnRef),
    ...(call.table === null ? [] : [printTable(call.table)]),
    ...(call.predicate === null ? [] : [printPredicate(call.predicate)]),
    ...(call.quantile === null ? [] : [String(call.quantile)]),
    ...(call.values === null ? [] : [printValues(call)]),
  ];
  return inside.length === 0 ? call.metric : `${call.metric}(${inside.join(', ')})`;
}
