import type { Fact } from '#model/fact.ts';

import { asDouble, asText, columnValue, type Value } from './operand.ts';
import { gapSql, orderSql, overlapSql } from './order-sql.ts';
import { compilePredicate, isIn, joined, orderedValue } from './predicate.ts';
import { SqlRefusal } from './refusal.ts';
import { entropySql, informationSql, momentSql, outlierSql } from './shape-sql.ts';
import { rowFilter, type TableRows } from './table-rows.ts';
import { groupOf } from './value-kind.ts';

/**
 * The SQL of a fact as one item of a select list over `rows`. Some facts need a subquery over the same rows,
 * which a statement by group cannot have. Throws SqlRefusal for what this engine or these columns cannot tell.
 */
export function factSql(fact: Fact, rows: TableRows, grouped: boolean): string {
  const filter = rowFilter(rows, fact.where);
  const { context } = rows;
  const { dialect } = context;
  const only = (sql: string): string => (filter === null ? sql : `case when ${filter} then ${sql} end`);
  const count = (...conditions: readonly string[]): string => {
    const all = [...(filter === null ? [] : [filter]), ...conditions];
    return all.length === 0 ? 'count(*)' : dialect.countWhere(joined(all, 'and'));
  };
  const column = (): Value => columnValue(context, nameOf(fact, 0));
  switch (fact.metric) {
    case 'row_count':
      return count();
    case 'null_count':
      return count(`(${column().sql} is null)`);
    case 'count':
      return count(`(${column().sql} is not null)`);
    case 'empty_count':
      return count(isIn(context, column(), [textLiteral('')]));
    case 'sentinel_count':
      return count(isIn(context, column(), fact.values ?? []));
    case 'true_count':
    case 'false_count': {
      if (fact.predicate === null) throw new TypeError(`${fact.metric} needs a predicate`);
      const holds = compilePredicate(context, fact.predicate);
      return count(fact.metric === 'true_count' ? holds : `(not ${holds})`);
    }
    case 'distinct_count':
      return distinct(fact, rows, filter, grouped);
    case 'duplicate_count':
      return `(${count(...complete(fact, rows))} - ${distinct(fact, rows, filter, grouped)})`;
    case 'duplicated_rows':
      return duplicatedRows(fact, rows, filter, grouped);
    case 'approx_distinct_count':
      return dialect.approxDistinct(only(comparable(rows, fact.columns[0] ?? '')));
    case 'sum': {
      const value = column();
      const exact = value.kind === 'unknown' || (dialect.exactSums && value.kind !== 'double');
      const number = asDouble(dialect, value, 'sum');
      return dialect.double(dialect.aggregate('sum', only(exact ? value.sql : number)));
    }
    case 'min':
    case 'max':
      return extreme(fact.metric, rows, column(), only);
    case 'stddev':
      return dialect.stddev(only(asDouble(dialect, column(), 'stddev')));
    case 'skew':
    case 'kurtosis':
    case 'correlation':
      ungrouped(grouped, fact);
      return momentSql(fact, rows);
    case 'outlier_count':
      ungrouped(grouped, fact);
      return outlierSql(fact, rows);
    case 'mutual_information':
      ungrouped(grouped, fact);
      return informationSql(fact, rows);
    case 'entropy':
      ungrouped(grouped, fact);
      return entropySql(fact, rows);
    case 'folded_count': {
      const folded = dialect.lower(asText(dialect, column(), 'casing_variants'));
      return dialect.countDistinct(dialect.binary(folded), filter);
    }
    case 'falling_count':
    case 'rising_count':
    case 'not_rising_count':
    case 'not_falling_count':
    case 'misstep_count':
      ungrouped(grouped, fact);
      return orderSql(fact, rows);
    case 'overlap_count':
      ungrouped(grouped, fact);
      return overlapSql(fact, rows);
    case 'quantile':
      return quantile(fact, rows, filter, grouped);
    case 'min_length':
    case 'max_length':
    case 'sum_length': {
      const length = dialect.length(asText(dialect, column(), fact.metric));
      const name = fact.metric === 'sum_length' ? 'sum' : fact.metric === 'min_length' ? 'min' : 'max';
      return dialect.double(dialect.aggregate(name, only(length)));
    }
    case 'max_lag': {
      const from = timeOf(rows, nameOf(fact, 0), 'latency');
      const to = timeOf(rows, nameOf(fact, 1), 'latency');
      return dialect.aggregate('max', only(`(${dialect.epoch(to)} - ${dialect.epoch(from)})`));
    }
    case 'max_gap':
      ungrouped(grouped, fact);
      return gapSql(fact, rows, timeOf(rows, nameOf(fact, 0), 'update_interval'));
    case 'period_count': {
      const period = dialect.period(timeOf(rows, nameOf(fact, 0), 'no_gaps'), fact.step ?? 'day');
      return dialect.countDistinct(period, filter);
    }
    case 'size_bytes': {
      const table = rows.from.replace(/ as c$/, '');
      if (dialect.tableBytes !== null) return dialect.tableBytes(table);
      throw new SqlRefusal(
        'This engine does not tell bytes',
        'They must be stated by the run that wrote the data.',
      );
    }
    case 'file_count':
    case 'repeat_count':
    case 'orphan_count':
    case 'difference_count':
    case 'custom_sql':
      throw new SqlRefusal(
        `${fact.metric} cannot be learnt from one table's rows`,
        'It must be stated by the run that wrote the data.',
      );
    default:
      throw new TypeError(`unknown metric ${String(fact.metric satisfies never)}`);
  }
}

const NOWHERE = { offset: 0, length: 0 };
const textLiteral = (value: string) => ({ type: 'text', value, span: NOWHERE }) as const;

function nameOf(fact: Fact, position: number): string {
  const name = fact.columns[position];
  if (name === undefined) throw new TypeError(`${fact.metric} needs ${position + 1} columns`);
  return name;
}

/** A column as its values are told apart. Throws SqlRefusal for types that have no equality. */
export function comparable(rows: TableRows, name: string): string {
  return orderedValue(rows.context, columnValue(rows.context, name));
}

/** Conditions under which a row has all values: one with a null among them is not compared. */
function complete(fact: Fact, rows: TableRows): string[] {
  return fact.columns.map((name) => `(${columnValue(rows.context, name).sql} is not null)`);
}

function distinct(fact: Fact, rows: TableRows, filter: string | null, grouped: boolean): string {
  const { dialect } = rows.context;
  const values = fact.columns.map((name) => comparable(rows, name));
  const [value] = values;
  if (values.length === 1 && value !== undefined) return dialect.countDistinct(value, filter);
  if (dialect.countDistinctTuples !== null) return dialect.countDistinctTuples(values, filter);
  ungrouped(grouped, fact);
  const where = joined([...(filter === null ? [] : [filter]), ...complete(fact, rows)], 'and');
  return `(select count(*) from (select distinct ${values.map((sql, n) => `${sql} as k${n}`).join(', ')} from ${rows.from} where ${where}) as d)`;
}

function duplicatedRows(fact: Fact, rows: TableRows, filter: string | null, grouped: boolean): string {
  ungrouped(grouped, fact);
  const values = fact.columns.map((name) => comparable(rows, name));
  const where = joined([...(filter === null ? [] : [filter]), ...complete(fact, rows)], 'and');
  const more = `select count(*) as n from ${rows.from} where ${where} group by ${values.join(', ')} having count(*) > 1`;
  return `(select coalesce(sum(d.n), 0) from (${more}) as d)`;
}

/** Sorted rows stand in for the aggregate where the engine has none. */
function quantile(fact: Fact, rows: TableRows, filter: string | null, grouped: boolean): string {
  const { dialect } = rows.context;
  const share = fact.quantile ?? 0.5;
  if (!(share >= 0 && share <= 1))
    throw new SqlRefusal('A quantile is from 0 to 1', 'Write for example 0.95.');
  const value = asDouble(dialect, columnValue(rows.context, nameOf(fact, 0)), 'quantile');
  const of = filter === null ? value : `case when ${filter} then ${value} end`;
  if (dialect.quantile !== null) return dialect.quantile(of, share);
  ungrouped(grouped, fact);
  const where = joined([...(filter === null ? [] : [filter]), `(${value} is not null)`], 'and');
  const sorted = `select ${value} as v, row_number() over (order by ${value}) - 1 as i, (count(*) over () - 1) * ${dialect.doubleLiteral(share)} as p from ${rows.from} where ${where}`;
  // Between the neighbours of place p, as percentile_cont does.
  const weight = 'case when s.i = floor(s.p) then 1 - (s.p - floor(s.p)) else s.p - floor(s.p) end';
  return `(select sum(s.v * (${weight})) from (${sorted}) as s where s.i = floor(s.p) or s.i = floor(s.p) + 1)`;
}

function extreme(name: 'min' | 'max', rows: TableRows, value: Value, only: (sql: string) => string): string {
  const { dialect } = rows.context;
  const group = groupOf(value.kind);
  const found = dialect.aggregate(name, only(value.sql));
  if (group === 'time') return dialect.epoch(found);
  if (group !== 'number' && group !== 'unknown')
    throw new SqlRefusal(
      `${name} needs numbers or times, and there is a ${value.kind}`,
      'Compare lengths with min_length, or rows with a condition.',
    );
  return dialect.double(found);
}

function timeOf(rows: TableRows, name: string, what: string): string {
  const { sql, kind } = columnValue(rows.context, name);
  if (groupOf(kind) === 'time' || kind === 'unknown') return sql;
  throw new SqlRefusal(`${what} needs a date or time, and ${name} is a ${kind}`, 'Name a column of times.');
}

function ungrouped(grouped: boolean, fact: Fact): void {
  if (grouped)
    throw new SqlRefusal(
      `This engine cannot tell ${fact.metric} for each value of a column`,
      'Leave "per" out, or write one check with "where" per value.',
    );
}
