import type { Fact } from '#model/fact.ts';

import { columnValue, type Value } from './operand.ts';
import { alike, joined, withoutMinusZero } from './predicate.ts';
import { SqlRefusal } from './refusal.ts';
import { rowFilter, type TableRows } from './table-rows.ts';
import { groupOf } from './value-kind.ts';

/**
 * How many rows have a key that the other table lacks; rows with a null in their key are not compared. A left
 * join onto the other's different keys, because not every engine takes a correlated `not exists`.
 */
export function orphanSql(fact: Fact, rows: TableRows, other: TableRows): string {
  return `(select count(*) from ${orphanRows(fact, rows, other, [])})`;
}

/** What stands after `from` for the orphans; `extra` are expressions of the rows themselves, as e0, e1, … */
export function orphanRows(fact: Fact, rows: TableRows, other: TableRows, extra: readonly string[]): string {
  const { columns } = otherOf(fact);
  const pairs = fact.columns.map((name, position) => pair(rows, name, other, columns[position] ?? ''));
  const filter = rowFilter(rows, fact.where);
  const where = [...(filter === null ? [] : [filter]), ...pairs.map(({ left }) => `(${left} is not null)`)];
  const keys = pairs.map(({ left }, n) => `${left} as k${n}`);
  const extras = extra.map((sql, n) => `${sql} as e${n}`);
  const left = `select ${[...keys, ...extras].join(', ')} from ${rows.from} where ${joined(where, 'and')}`;
  const right = `select distinct ${pairs.map(({ right }, n) => `${right} as k${n}`).join(', ')}, 1 as hit from ${other.from} where ${joined(
    [...(other.scope === null ? [] : [other.scope]), ...pairs.map(({ right }) => `(${right} is not null)`)],
    'and',
  )}`;
  const on = pairs.map((_, n) => `t.k${n} = o.k${n}`).join(' and ');
  return `(${left}) as t left join (${right}) as o on ${on} where o.hit is null`;
}

/**
 * How many keys differ: a key that does not occur equally often on both sides, or whose compared columns differ
 * in how many nulls they have, in their least or their greatest value (numbers by more than the tolerance).
 * A null in a key is a key like any other. The check's `where` holds for both sides.
 */
export function differenceSql(fact: Fact, rows: TableRows, other: TableRows): string {
  const { columns, compared, tolerance } = otherOf(fact);
  const keys = fact.columns.map((name, n) => pair(rows, name, other, columns[n] ?? ''));
  const values = compared.map((name) => pair(rows, name, other, name));
  const side = (from: TableRows, mine: 'left' | 'right'): string => {
    const filter = rowFilter(from, fact.where);
    const items = [
      ...keys.map((key, n) => `${key[mine]} as k${n}`),
      `${mine === 'left' ? 1 : 0} as l, ${mine === 'right' ? 1 : 0} as r`,
      ...values.map(
        (value, n) =>
          `${mine === 'left' ? value.left : 'null'} as a${n}, ${mine === 'right' ? value.right : 'null'} as b${n}`,
      ),
    ];
    return `select ${items.join(', ')} from ${from.from}${filter === null ? '' : ` where ${filter}`}`;
  };
  const differs = values.flatMap(({ number }, n) => {
    const ends = ['min', 'max'].map((end) =>
      tolerance === null || !number
        ? `${end}(u.a${n}) <> ${end}(u.b${n})`
        : `abs(${end}(u.a${n}) - ${end}(u.b${n})) > ${rows.context.dialect.doubleLiteral(tolerance)}`,
    );
    return [`count(u.a${n}) <> count(u.b${n})`, ...ends];
  });
  const group = keys.map((_, n) => `u.k${n}`).join(', ');
  const having = joined(['sum(u.l) <> sum(u.r)', ...differs], 'or');
  return `(select count(*) from (select count(*) as n from (${side(rows, 'left')} union all ${side(other, 'right')}) as u group by ${group} having ${having}) as d)`;
}

/** The two columns as they are compared with each other. */
function pair(
  rows: TableRows,
  name: string,
  other: TableRows,
  otherName: string,
): { readonly left: string; readonly right: string; readonly number: boolean } {
  const values = [columnValue(rows.context, name), columnValue(other.context, otherName)] as const;
  try {
    const { dialect } = rows.context;
    const [left = '', right = ''] = alike(
      dialect,
      values.map((value) => asNumber(value)),
    );
    const number = values.every(({ kind }) => groupOf(kind) === 'number');
    const exact = values.every(({ kind }) => kind === 'integer');
    return number && !exact
      ? { left: withoutMinusZero(dialect, left), right: withoutMinusZero(dialect, right), number }
      : { left, right, number };
  } catch (error) {
    if (!(error instanceof SqlRefusal)) throw error;
    throw new SqlRefusal(`${name} and ${other.name}.${otherName}: ${error.message}`, error.mend);
  }
}

// Not every engine has the least of booleans.
function asNumber(value: Value): Value {
  return value.kind === 'boolean'
    ? { sql: `case when ${value.sql} then 1 when not ${value.sql} then 0 end`, kind: 'integer' }
    : value;
}

function otherOf(fact: Fact): NonNullable<Fact['other']> {
  if (fact.other === null) throw new TypeError(`${fact.metric} needs another table`);
  return fact.other;
}
