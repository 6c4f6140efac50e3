import type { Fact } from '#model/fact.ts';

import { factSql } from './fact-sql.ts';
import { columnValue } from './operand.ts';
import { alike, joined, orderedValue } from './predicate.ts';
import { rowFilter, type TableRows } from './table-rows.ts';

/**
 * Rows of the candidate that repeat another one of it, plus different keys of it that the rows elsewhere in the
 * table hold. What is published was checked when it was published, so it is not compared with itself: the
 * published rows are only looked up among the candidate's different keys, neither sorted nor gathered.
 */
export function repeatSql(fact: Fact, rows: TableRows, elsewhere: TableRows): string {
  const inside = factSql({ ...fact, metric: 'duplicate_count', where: null }, withFilter(rows, fact), false);
  const filter = rowFilter(rows, fact.where);
  const own = `select ${inside} from ${rows.from}${filter === null ? '' : ` where ${filter}`}`;
  return `((${own}) + (select count(*) from (${sharedKeys(fact, rows, elsewhere)}) as d))`;
}

// The filter stands in the scope, so that a subquery over the same rows has it too.
function withFilter(rows: TableRows, fact: Fact): TableRows {
  return { ...rows, scope: rowFilter(rows, fact.where) };
}

/** The candidate's different keys that occur elsewhere, as v0, v1, … */
export function sharedKeys(fact: Fact, rows: TableRows, elsewhere: TableRows): string {
  const pairs = fact.columns.map((name) => {
    const [own, other] = [columnValue(rows.context, name), columnValue(elsewhere.context, name)];
    // The two tables may hold a number in different types.
    const same = own.kind === other.kind;
    const [left = '', right = ''] = same
      ? [orderedValue(rows.context, own), orderedValue(elsewhere.context, other)]
      : alike(rows.context.dialect, [own, other]);
    return { left, right };
  });
  const where = (of: TableRows, side: 'left' | 'right'): string => {
    const filter = rowFilter(of, fact.where);
    const complete = pairs.map((pair) => `(${pair[side]} is not null)`);
    return joined([...(filter === null ? [] : [filter]), ...complete], 'and');
  };
  const list = (side: 'left' | 'right'): string =>
    pairs.map((pair, n) => `${pair[side]} as k${n}`).join(', ');
  const keys = `select distinct ${list('left')} from ${rows.from} where ${where(rows, 'left')}`;
  const others = `select ${list('right')} from ${elsewhere.from} where ${where(elsewhere, 'right')}`;
  const on = pairs.map((_, n) => `t.k${n} = o.k${n}`).join(' and ');
  const found = pairs.map((_, n) => `t.k${n} as v${n}`).join(', ');
  return `select distinct ${found} from (${keys}) as t join (${others}) as o on ${on}`;
}
