import type { Expression } from '#model/expression.ts';
import type { Fact, FactMetric } from '#model/fact.ts';

import { rowsElsewhere, rowsOfScope } from './candidate-rows.ts';
import { columnsOfFact } from './columns-of.ts';
import { DIALECTS } from './dialects.ts';
import { columnValue } from './operand.ts';
import { orphanRows } from './other-table.ts';
import { nameOf, type PlanRequest } from './plan.ts';
import { compilePredicate, isIn, joined, orderedValue } from './predicate.ts';
import { SqlRefusal } from './refusal.ts';
import { sharedKeys } from './repeats.ts';
import { rowContext, rowFilter, type TableRows } from './table-rows.ts';

/** A statement that names rows which violate a check, by their keys. */
export interface SampleStatement {
  readonly text: string;
  /** Names of the selected columns, as the contract has them. */
  readonly columns: readonly string[];
  /** Rows that are selected at most: one more than are shown, to tell whether there are more. */
  readonly limit: number;
}

/** Rows that are shown of a violation. */
export const SAMPLE_ROWS = 10;

/** Facts that count single rows, and so can be shown by some of them; in the order of preference. */
const SAMPLED: readonly FactMetric[] = [
  'false_count',
  'orphan_count',
  'repeat_count',
  'duplicate_count',
  'duplicated_rows',
  'null_count',
  'empty_count',
  'sentinel_count',
];

/** A fact that a check was judged by, with its value. */
export interface JudgedFact {
  readonly fact: Fact;
  readonly value: number;
}

/**
 * The fact whose rows are those that violate a failed check: what it was judged by, or for a condition on rows the
 * rows of which that is false. Null when no single rows are to blame.
 */
export function sampledFact({ condition, per }: Expression, facts: readonly JudgedFact[]): Fact | null {
  const own = facts.filter(({ fact }) => fact.per === null && fact.table === null);
  if (per !== null) return null;
  switch (condition.type) {
    case 'rows': {
      // Whether a column is null is known without a predicate; its scope and `where` are the same.
      const judged = own.find(({ fact }) => fact.metric === 'false_count' || fact.metric === 'null_count');
      const predicate = condition.predicate;
      return judged === undefined ? null : { ...judged.fact, metric: 'false_count', columns: [], predicate };
    }
    case 'unique':
      return firstOf(own, ['repeat_count', 'duplicate_count', 'duplicated_rows']);
    case 'references':
      return condition.negated ? null : firstOf(own, ['orphan_count']);
    case 'comparison':
      // Too many of something bad; of too few there are no rows to show.
      return ['<', '<=', '='].includes(condition.operator) && condition.left.type === 'metric'
        ? firstOf(own, SAMPLED)
        : null;
    default:
      return null;
  }
}

function firstOf(facts: readonly JudgedFact[], metrics: readonly FactMetric[]): Fact | null {
  const found = metrics.flatMap((metric) =>
    facts.filter(({ fact, value }) => fact.metric === metric && value > 0),
  );
  return found[0]?.fact ?? null;
}

/**
 * The statement for some of the rows that a fact counted: the primary key of each, or without one the column that
 * was checked; nothing else leaves the warehouse. Null when there is no column to name them by. Throws SqlRefusal.
 */
export function sampleStatement(
  fact: Fact,
  primaryKey: readonly string[],
  request: Pick<PlanRequest, 'candidate' | 'tables' | 'dialect' | 'now' | 'seconds' | 'hints'>,
  rowsShown: number = SAMPLE_ROWS,
): SampleStatement | null {
  const keys = primaryKey.length > 0 ? [...primaryKey] : columnsOfFact({ ...fact, where: null }).slice(0, 3);
  if (keys.length === 0) return null;
  const { candidate, dialect: name, now, hints = new Map() } = request;
  const dialect = DIALECTS[name];
  const columns = [...new Set([...columnsOfFact(fact), ...keys])];
  const added = fact.metric === 'repeat_count';
  const scope = added ? ({ type: 'partition' } as const) : fact.scope;
  const rows = rowsOfScope(scope, candidate, name, { now, hints, columns });
  const label = (column: string): string => dialect.label(columnValue(rows.context, column).sql);
  const selected = keys.map((key, n) => `${label(key)} as k${n}`).join(', ');
  const limit = rowsShown + 1;
  const order = `order by ${keys.map((_, n) => n + 1).join(', ')} limit ${limit}`;
  const text = (): string => {
    if (fact.metric === 'orphan_count') {
      const other = request.tables.get(fact.other === null ? '' : nameOf(fact.other.table)) ?? null;
      if (other === null) throw new SqlRefusal('The other table is not there', 'Check its name.');
      const theirs = {
        context: rowContext(name, other, now),
        from: `${other.from} as c`,
        name: other.name,
        scope: null,
      };
      const items = keys.map((_, n) => `t.e${n} as k${n}`).join(', ');
      return `${items} from ${orphanRows(fact, rows, theirs, keys.map(label))}`;
    }
    if (added || fact.metric === 'duplicate_count' || fact.metric === 'duplicated_rows') {
      const elsewhere = added ? rowsElsewhere(candidate, name, { now, hints }) : null;
      return duplicates(fact, rows, keys, label, elsewhere);
    }
    return `${selected} from ${rows.from} where ${joined([violation(fact, rows), ...filters(fact, rows)], 'and')}`;
  };
  const tail = dialect.tail({ seconds: request.seconds });
  return {
    text: [`${dialect.head({ seconds: request.seconds })} ${text()} ${order}`, tail]
      .filter((s) => s !== '')
      .join(' '),
    columns: keys,
    limit,
  };
}

function filters(fact: Fact, rows: TableRows): string[] {
  const filter = rowFilter(rows, fact.where);
  return filter === null ? [] : [filter];
}

/** The condition of the rows that the fact counts. */
function violation(fact: Fact, rows: TableRows): string {
  const { context } = rows;
  const [column = ''] = fact.columns;
  switch (fact.metric) {
    case 'false_count':
      if (fact.predicate === null) throw new TypeError('false_count needs a predicate');
      return `(not ${compilePredicate(context, fact.predicate)})`;
    case 'null_count':
      return `(${columnValue(context, column).sql} is null)`;
    case 'empty_count':
      return isIn(context, columnValue(context, column), [
        { type: 'text', value: '', span: { offset: 0, length: 0 } },
      ]);
    case 'sentinel_count':
      return isIn(context, columnValue(context, column), fact.values ?? []);
    default:
      throw new SqlRefusal(`No rows can be shown for ${fact.metric}`, 'Look at the number alone.');
  }
}

/** Rows whose values occur more than once, or elsewhere in the table; by the values alone when these are the keys. */
function duplicates(
  fact: Fact,
  rows: TableRows,
  keys: readonly string[],
  label: (column: string) => string,
  elsewhere: TableRows | null,
): string {
  const values = fact.columns.map((column) => orderedValue(rows.context, columnValue(rows.context, column)));
  const complete = values.map((sql) => `((${sql}) is not null)`);
  const where = joined([...filters(fact, rows), ...complete], 'and');
  const repeated = `select ${values.map((sql, n) => `${sql} as v${n}`).join(', ')} from ${rows.from} where ${where} group by ${values.join(', ')} having count(*) > 1`;
  const bad =
    elsewhere === null ? repeated : `${repeated} union distinct ${sharedKeys(fact, rows, elsewhere)}`;
  const all = `select ${[...keys.map((key, n) => `${label(key)} as k${n}`), ...values.map((sql, n) => `${sql} as v${n}`)].join(', ')} from ${rows.from} where ${where}`;
  const on = values.map((_, n) => `t.v${n} = d.v${n}`).join(' and ');
  return `t.k0 as k0${keys
    .slice(1)
    .map((_, n) => `, t.k${n + 1} as k${n + 1}`)
    .join('')} from (${all}) as t join (${bad}) as d on ${on}`;
}
