import type { Fact } from '#model/fact.ts';

import type { Dialect } from './dialect.ts';
import { asDouble, columnValue } from './operand.ts';
import { alike, joined, orderedValue } from './predicate.ts';
import { rowFilter, type TableRows } from './table-rows.ts';

/** What is wrong with a value and the one before it. */
const WRONG = {
  falling_count: '<',
  rising_count: '>',
  not_rising_count: '<=',
  not_falling_count: '>=',
} as const;

/** Steps of doubles are equal up to this share of the step. */
const STEP_SHARE = 1e-9;

/**
 * Rows that do not stand in order with the row before them, among those with the same keys. Rows with a null
 * among the columns are left out. Where the order leaves rows alike, they stand as well as they can.
 */
export function orderSql(fact: Fact, rows: TableRows): string {
  const { context } = rows;
  const { dialect } = context;
  const [subject = '', ...others] = fact.columns;
  const step = fact.metric === 'misstep_count';
  const value = columnValue(context, subject);
  const own = step ? asDouble(dialect, value, 'sequential') : orderedValue(context, value);
  const [by, ...each] = others.map((name) => orderedValue(context, columnValue(context, name)));
  const keys = step ? (by === undefined ? [] : [by, ...each]) : each;
  const down = fact.metric === 'rising_count' || fact.metric === 'not_falling_count';
  const order = `${step || by === undefined ? '' : `${by}, `}${own}${down ? ' desc' : ''}`;
  const window = `${partitionOf(keys)}order by ${order}`;
  const selected = `${own} as x, ${dialect.previous(own, window)} as p, row_number() over (${window}) as n`;
  const inner = `select ${selected} from ${rows.from} where ${whereOf(fact, rows, fact.columns)}`;
  return `(select count(*) from (${inner}) as t where t.n > 1 and ${wrong(fact, dialect)})`;
}

function wrong(fact: Fact, dialect: Dialect): string {
  const { metric } = fact;
  if (metric === 'misstep_count') {
    const [step] = fact.values ?? [];
    if (step?.type !== 'number') throw new TypeError('misstep_count needs a step');
    return `abs(t.x - t.p - ${dialect.doubleLiteral(step.value)}) > ${dialect.doubleLiteral(step.value * STEP_SHARE)}`;
  }
  if (metric in WRONG) return `t.x ${WRONG[metric as keyof typeof WRONG]} t.p`;
  throw new TypeError(`${metric} is not about order`);
}

/** Ranges that begin before the end of one that began earlier; one without an end does not end. */
export function overlapSql(fact: Fact, rows: TableRows): string {
  const { context } = rows;
  const [lowName = '', highName = '', ...each] = fact.columns;
  const [low = '', high = ''] = alike(context.dialect, [
    columnValue(context, lowName),
    columnValue(context, highName),
  ]);
  const keys = each.map((name) => orderedValue(context, columnValue(context, name)));
  const open = `case when ${high} is null then 1 else 0 end`;
  const frame = 'rows between unbounded preceding and 1 preceding';
  const window = `${partitionOf(keys)}order by ${low}, ${open}, ${high} ${frame}`;
  const selected = `${low} as l, max(${high}) over (${window}) as h, max(${open}) over (${window}) as o, count(*) over (${window}) as n`;
  const inner = `select ${selected} from ${rows.from} where ${whereOf(fact, rows, [lowName, ...each])}`;
  return `(select count(*) from (${inner}) as t where t.n > 0 and (t.l < t.h or t.o = 1))`;
}

/** The longest time between a value and the next one, in seconds; null for fewer than two. */
export function gapSql(fact: Fact, rows: TableRows, time: string): string {
  const { dialect } = rows.context;
  const window = `order by ${time}`;
  const selected = `${time} as x, ${dialect.previous(time, window)} as p, row_number() over (${window}) as n`;
  const inner = `select ${selected} from ${rows.from} where ${whereOf(fact, rows, fact.columns)}`;
  const gap = `(${dialect.epoch('t.x')} - ${dialect.epoch('t.p')})`;
  return `(select ${dialect.aggregate('max', gap)} from (${inner}) as t where t.n > 1)`;
}

function partitionOf(keys: readonly string[]): string {
  return keys.length === 0 ? '' : `partition by ${keys.join(', ')} `;
}

function whereOf(fact: Fact, rows: TableRows, names: readonly string[]): string {
  const filter = rowFilter(rows, fact.where);
  const complete = names.map((name) => `(${columnValue(rows.context, name).sql} is not null)`);
  return joined([...(filter === null ? [] : [filter]), ...complete], 'and');
}
