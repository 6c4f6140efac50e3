import type { Fact } from '#model/fact.ts';

import { asDouble, columnValue } from './operand.ts';
import { joined, orderedValue } from './predicate.ts';
import { rowFilter, type TableRows } from './table-rows.ts';

/**
 * Skew, kurtosis and correlation by moments: not every engine has them, and those that have mean different
 * things. Values are moved into 0 to 1 by the least and the greatest first, so that moments of large numbers
 * close together do not cancel out. Null where all values are equal.
 */
export function momentSql(fact: Fact, rows: TableRows): string {
  const { dialect } = rows.context;
  const number = (value: number): string => dialect.doubleLiteral(value);
  const scaled = scaledValues(fact, rows);
  if (fact.metric === 'correlation') {
    const sums =
      'avg(s.z0) as a, avg(s.z1) as b, avg(s.z0 * s.z0) as aa, avg(s.z1 * s.z1) as bb, avg(s.z0 * s.z1) as ab';
    const result = '(m.ab - m.a * m.b) / sqrt((m.aa - m.a * m.a) * (m.bb - m.b * m.b))';
    return `(select ${result} from (select ${sums} from (${scaled}) as s) as m where m.aa > m.a * m.a and m.bb > m.b * m.b)`;
  }
  const powers = ['s.z0', 's.z0 * s.z0', 's.z0 * s.z0 * s.z0', 's.z0 * s.z0 * s.z0 * s.z0'];
  const moments = powers.map((power, n) => `avg(${power}) as a${n + 1}`).join(', ');
  const variance = '(m.a2 - m.a1 * m.a1)';
  const third = `(m.a3 - ${number(3)} * m.a1 * m.a2 + ${number(2)} * m.a1 * m.a1 * m.a1)`;
  const fourth = `(m.a4 - ${number(4)} * m.a1 * m.a3 + ${number(6)} * m.a1 * m.a1 * m.a2 - ${number(3)} * m.a1 * m.a1 * m.a1 * m.a1)`;
  const result =
    fact.metric === 'skew'
      ? `${third} / (${variance} * sqrt${variance})`
      : `${fourth} / (${variance} * ${variance}) - ${number(3)}`;
  return `(select ${result} from (select ${moments} from (${scaled}) as s) as m where ${variance} > ${number(0)})`;
}

/** Shannon's entropy of the different values by their rows, in nats; null where there is none. */
export function entropySql(fact: Fact, rows: TableRows): string {
  const { dialect } = rows.context;
  const values = fact.columns.map((name) => orderedValue(rows.context, columnValue(rows.context, name)));
  const filter = rowFilter(rows, fact.where);
  const complete = fact.columns.map((name) => `(${columnValue(rows.context, name).sql} is not null)`);
  const where = joined([...(filter === null ? [] : [filter]), ...complete], 'and');
  const counted = `select ${dialect.double('count(*)')} as n from ${rows.from} where ${where} group by ${values.join(', ')}`;
  return `(select ln(m.n) - m.w / m.n from (select sum(g.n) as n, sum(g.n * ln(g.n)) as w from (${counted}) as g) as m where m.n > ${dialect.doubleLiteral(0)})`;
}

/**
 * What two columns say of each other, in nats: the entropy of each less that of both, over the rows that have
 * both. Never below 0, whatever the last digits of the sums are; null where there is no such row.
 */
export function informationSql(fact: Fact, rows: TableRows): string {
  const { dialect } = rows.context;
  const values = fact.columns.map((name) => orderedValue(rows.context, columnValue(rows.context, name)));
  const filter = rowFilter(rows, fact.where);
  const complete = fact.columns.map((name) => `(${columnValue(rows.context, name).sql} is not null)`);
  const where = joined([...(filter === null ? [] : [filter]), ...complete], 'and');
  const sums = (by: readonly string[]): string =>
    `(select sum(g.n) as n, sum(g.n * ln(g.n)) as w from (select ${dialect.double('count(*)')} as n from ${rows.from} where ${where} group by ${by.join(', ')}) as g)`;
  const [first = '', second = ''] = values;
  const told = 'ln(m.n) + (m.w - a.w - b.w) / m.n';
  const zero = dialect.doubleLiteral(0);
  const from = `${sums(values)} as m cross join ${sums([first])} as a cross join ${sums([second])} as b where m.n > ${zero}`;
  return `(select case when i.v > ${zero} then i.v else ${zero} end from (select ${told} as v from ${from}) as i)`;
}

/** Values that lie more than so many deviations from the mean; the last digits of a sum decide nothing. */
export function outlierSql(fact: Fact, rows: TableRows): string {
  const { dialect } = rows.context;
  const scaled = scaledValues(fact, rows);
  const deviations = dialect.doubleLiteral(Number(fact.values?.[0]?.value ?? 0) * (1 + 1e-9));
  const middle = `select avg(s.z0) as a, ${dialect.stddev('s.z0')} as d from (${scaled}) as s`;
  return `(select count(*) from (${scaled}) as o cross join (${middle}) as m where abs(o.z0 - m.a) > ${deviations} * m.d)`;
}

/** Rows of which all values are there, each moved into 0 to 1 as z0, z1; none where all values are equal. */
function scaledValues(fact: Fact, rows: TableRows): string {
  const { dialect } = rows.context;
  const values = fact.columns.map((name) => asDouble(dialect, columnValue(rows.context, name), fact.metric));
  const filter = rowFilter(rows, fact.where);
  const where = joined(
    [...(filter === null ? [] : [filter]), ...values.map((sql) => `(${sql} is not null)`)],
    'and',
  );
  const all = `select ${values.map((sql, n) => `${sql} as x${n}`).join(', ')} from ${rows.from} where ${where}`;
  const ends = values.map((sql, n) => `min(${sql}) as l${n}, max(${sql}) as h${n}`).join(', ');
  const extremes = `select ${ends} from ${rows.from} where ${where}`;
  const moved = values.map((_, n) => `(t.x${n} - e.l${n}) / (e.h${n} - e.l${n}) as z${n}`).join(', ');
  const spread = values.map((_, n) => `e.h${n} > e.l${n}`).join(' and ');
  return `select ${moved} from (${all}) as t cross join (${extremes}) as e where ${spread}`;
}
