import type { AllOf, AnyOf, Condition, Expression, LandedBy, NotAnomalous, Rows } from '#model/expression.ts';

import type { ColumnRef } from '#model/predicate.ts';

import { impossible } from '../impossible.ts';
import { ratioToPercent } from './decimal.ts';
import { DEFAULT_SIGMA, TRAIN } from './parse-anomalous.ts';
import {
  printColumn,
  printColumnRef,
  printLiterals,
  printOperandColumn,
  printScope,
  printTable,
  printText,
} from './print-names.ts';
import { printPredicate, printRange } from './print-predicate.ts';
import { printNumber, printTerm, printTolerance } from './print-term.ts';
import { ALL_WEEKDAYS, printWeekdays } from './weekdays.ts';

export { printColumn } from './print-names.ts';

/**
 * Writes an expression in its one canonical form. Parsing the text gives the same tree again (spans aside),
 * so it serves as identity: `ROW_COUNT<>0` and `row_count != 0` print alike.
 */
export function printExpression({ condition, where, scope, per }: Expression): string {
  return [
    printCondition(condition),
    ...(where === null ? [] : [`where ${printPredicate(where)}`]),
    ...(scope === null ? [] : [`on ${printScope(scope)}`]),
    ...(per === null ? [] : [`per ${printColumnRef(per)}`]),
  ].join(' ');
}

/** Writes a condition alone, as a check of it would begin. */
export function printCondition(condition: Condition): string {
  switch (condition.type) {
    case 'all_of':
      return printJoined(condition, 'and');
    case 'any_of':
      return printJoined(condition, 'or');
    case 'not': {
      const inner = condition.condition;
      return `not (${inner.type === 'rows' ? printRows(inner, true) : printCondition(inner)})`;
    }
    case 'comparison': {
      const { left, operator, right, tolerance } = condition;
      const within = tolerance === null ? '' : ` within ${printTolerance(tolerance)}`;
      return `${printTerm(left)} ${operator} ${printTerm(right)}${within}`;
    }
    case 'between': {
      const { subject, low, high, lowOpen, highOpen } = condition;
      const range = printRange(printTerm(low), printTerm(high), lowOpen, highOpen);
      return `${printTerm(subject)} ${not(condition)}between ${range}`;
    }
    case 'within': {
      const { subject, tolerance, target } = condition;
      return `${printTerm(subject)} ${not(condition)}within ${printTolerance(tolerance)} of ${printTerm(target)}`;
    }
    case 'not_anomalous':
      return `${printTerm(condition.subject)} not anomalous(${anomalyOptions(condition).join(', ')})`;
    case 'rows':
      return printRows(condition, condition.share !== 1);
    default:
      return printShape(condition);
  }
}

type Shape = Exclude<
  Condition,
  {
    readonly type:
      | 'all_of'
      | 'any_of'
      | 'not'
      | 'comparison'
      | 'between'
      | 'within'
      | 'not_anomalous'
      | 'rows';
  }
>;

function printShape(condition: Shape): string {
  switch (condition.type) {
    case 'references': {
      const keys = condition.columns.map(({ name }) => name);
      const [only = ''] = keys;
      const columns = keys.length === 1 ? printOperandColumn(only) : `(${keys.map(printColumn).join(', ')})`;
      const table = `${printTable(condition.table)}(${condition.tableColumns.map(printColumn).join(', ')})`;
      return `${columns} ${not(condition)}references ${table}${printShare(condition.share, condition.share !== 1)}`;
    }
    case 'unique':
      return `unique(${condition.columns.map(printColumnRef).join(', ')})`;
    case 'equals': {
      const { table, keys, columns, tolerance } = condition;
      const comparing = columns.length === 0 ? '' : ` comparing (${columns.map(printColumn).join(', ')})`;
      const within = tolerance === null ? '' : ` within ${printNumber(tolerance)}`;
      return `equals ${printTable(table)} on (${keys.map(printColumn).join(', ')})${comparing}${within}`;
    }
    case 'has_columns': {
      const { columns, exactly, inOrder } = condition;
      const list = `(${columns.map(printColumn).join(', ')})`;
      return `${not(condition)}has_columns${exactly ? ' exactly ' : ''}${list}${inOrder ? ' in order' : ''}`;
    }
    case 'column_type':
      return `column_type(${printColumnRef(condition.column)}) = ${printText(condition.expected)}`;
    case 'schema_unchanged':
      return condition.since === 'last' ? 'schema unchanged' : 'schema unchanged since baseline';
    case 'groups': {
      const { relation, column, values } = condition;
      const about = `groups(${printColumnRef(column)})`;
      if (relation === 'most_common')
        return `most_common(${printColumnRef(column)}) in (${printLiterals(values)})`;
      if (relation === 'unchanged') return `${about} unchanged`;
      return `${about} ${relation === 'equal' ? '=' : relation} (${printLiterals(values)})`;
    }
    case 'no_gaps':
      return `no_gaps(${printColumnRef(condition.column)}, ${condition.step})`;
    case 'ordered': {
      const { direction, strictly, column, by, step, each } = condition;
      const order = by === null ? (step === 1 ? '' : `, ${step}`) : ` by ${printColumnRef(by)}`;
      const inside = `${printColumnRef(column)}${order}${printEach(each)}`;
      return `${direction}${strictly ? ' strictly ' : ''}(${inside})`;
    }
    case 'mutually_exclusive': {
      const { low, high, each } = condition;
      return `mutually_exclusive(${printColumnRef(low)}, ${printColumnRef(high)}${printEach(each)})`;
    }
    case 'landed_by':
      return printDeadline(condition);
    case 'distribution': {
      const { column, measure, operator, limit, partitions } = condition;
      return `distribution(${printColumnRef(column)}) ${measure} ${operator} ${limit} vs last(${partitions})`;
    }
    case 'custom_sql': {
      const { query, operator, limit, high } = condition;
      const about = `sql(${printText(query)})`;
      if (high === null) return `${about} ${operator} ${printNumber(limit)}`;
      const word = operator === 'not_between' ? 'not between' : 'between';
      return `${about} ${word} ${printNumber(limit)} and ${printNumber(high)}`;
    }
    default:
      return impossible(condition);
  }
}

/**
 * Conditions on rows would grow into one if nothing told them apart: where they stand alone side by side, or
 * one of them names a share, all of them say of how many rows they speak.
 */
function printJoined({ conditions }: AllOf | AnyOf, word: 'and' | 'or'): string {
  const rows = conditions.filter((condition): condition is Rows => condition.type === 'rows');
  const shares = rows.length === conditions.length || rows.some(({ share }) => share !== 1);
  return conditions
    .map((condition) => {
      if (condition.type === 'rows') {
        const joined = condition.predicate.type === 'and' || condition.predicate.type === 'or';
        const text = printRows(condition, shares);
        return joined && !shares ? `(${text})` : text;
      }
      const text = printCondition(condition);
      return condition.type === 'all_of' || condition.type === 'any_of' ? `(${text})` : text;
    })
    .join(` ${word} `);
}

function printRows({ predicate, share }: Rows, explicit: boolean): string {
  const text = printPredicate(predicate);
  const joined = predicate.type === 'and' || predicate.type === 'or';
  return `${explicit && joined ? `(${text})` : text}${printShare(share, explicit)}`;
}

function printShare(share: number, explicit: boolean): string {
  return explicit ? ` for ${ratioToPercent(share)}% of rows` : '';
}

function anomalyOptions(condition: NotAnomalous): string[] {
  const { mode, sigma, seasonality, direction, minimumChange, train } = condition;
  const defaultSigma = mode === 'simple' ? null : sigma;
  return [
    ...(mode === 'adaptive' ? ['adaptive'] : [`${sigma ?? DEFAULT_SIGMA} sigma`]),
    ...(mode === 'adaptive' && defaultSigma !== null ? [`${defaultSigma} sigma`] : []),
    ...(seasonality === 'auto' ? [] : [`seasonality ${seasonality}`]),
    ...(direction === 'both' ? [] : [`direction ${direction}`]),
    ...(minimumChange === 0 ? [] : [`min_change ${ratioToPercent(minimumChange)}%`]),
    ...(train === TRAIN[mode] ? [] : [`train ${train}`]),
  ];
}

function printEach(each: readonly ColumnRef[]): string {
  return each.length === 0 ? '' : ` for each ${each.map(printColumnRef).join(', ')}`;
}

function printDeadline({ minute, zone, sameDay, weekdays }: LandedBy): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = `${two(Math.floor(minute / 60))}:${two(minute % 60)} ${zone}`;
  const days = weekdays.length === ALL_WEEKDAYS.length ? '' : ` on ${printWeekdays(weekdays)}`;
  return `landed_by ${printText(time)}${sameDay ? ' same day' : ''}${days}`;
}

function not({ negated }: { readonly negated: boolean }): string {
  return negated ? 'not ' : '';
}
