import type { PartitionValues } from '#model/partition.ts';

import { impossible } from '../impossible.ts';
import type { RowContext, Value } from './operand.ts';
import { joined } from './predicate.ts';
import { SqlRefusal } from './refusal.ts';
import { dateText, timestampText } from './time-literal.ts';
import { groupOf } from './value-kind.ts';

/** Hive's name for the partition of rows without a value. */
const NULL_PARTITION = '__HIVE_DEFAULT_PARTITION__';

/**
 * The condition under which rows belong to a partition, written so that engines can leave the other partitions
 * unread: columns stand bare. `2026-01` of a time is its month, `2026-01-31T05` its hour. Throws SqlRefusal.
 */
export function partitionFilter(context: RowContext, values: PartitionValues): string {
  return joined(
    values.map(([column, value]) => columnFilter(context, context.column(column), column, value)),
    'and',
  );
}

function columnFilter(context: RowContext, { sql, kind }: Value, column: string, value: string): string {
  const { dialect } = context;
  if (value === NULL_PARTITION) return `(${sql} is null)`;
  const group = groupOf(kind);
  switch (group) {
    case 'time': {
      const period = periodOf(value);
      if (period === null) throw misfit(column, kind, value);
      const constant = (time: Date): string =>
        kind === 'date'
          ? dialect.dateLiteral(time.toISOString().slice(0, 10))
          : dialect.timestampLiteral(timestampText(time.toISOString()));
      // A part of a day is in no date.
      if (kind === 'date' && period.low.getTime() % 86_400_000 !== 0) throw misfit(column, kind, value);
      if (kind === 'date' && period.high.getTime() - period.low.getTime() === 86_400_000)
        return `(${sql} = ${constant(period.low)})`;
      return `(${sql} >= ${constant(period.low)} and ${sql} < ${constant(period.high)})`;
    }
    case 'number': {
      // Whole: a number beyond 2^53 must not be rounded.
      if (!/^-?\d{1,19}$/.test(value)) throw misfit(column, kind, value);
      return `(${sql} = (${BigInt(value)}))`;
    }
    case 'boolean': {
      if (!/^(?:true|false)$/i.test(value)) throw misfit(column, kind, value);
      return `(${dialect.boolean(sql)} = ${value.toLowerCase()})`;
    }
    case 'text':
    case 'unknown':
      return `(${dialect.equalsText(sql, value)})`;
    case 'other':
      throw misfit(column, kind, value);
    default:
      return impossible(group);
  }
}

function misfit(column: string, kind: string, value: string): SqlRefusal {
  return new SqlRefusal(
    `The partition value ${JSON.stringify(value)} does not fit ${column}, which is a ${kind}`,
    'Name a partition as the table is partitioned, for example dt=2026-01-31.',
  );
}

/** The half-open period that a value means: a month, a day, an hour, or one instant's second. */
function periodOf(value: string): { readonly low: Date; readonly high: Date } | null {
  const [, year, month, day, hour] =
    /^(\d{4})-?(\d\d)(?:-?(\d\d)(?:[T _-]?(\d\d)(?::?00(?::?00)?)?Z?)?)?$/.exec(value) ?? [];
  if (year === undefined || month === undefined) return null;
  const low = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1), Number(hour ?? 0)));
  try {
    dateText(`${year}-${month}-${day ?? '01'}`);
  } catch (error) {
    if (error instanceof SqlRefusal) return null;
    throw error;
  }
  if (Number(hour ?? 0) > 23) return null;
  const high = new Date(low);
  if (day === undefined) high.setUTCMonth(high.getUTCMonth() + 1);
  else if (hour === undefined) high.setUTCDate(high.getUTCDate() + 1);
  else high.setUTCHours(high.getUTCHours() + 1);
  return { low, high };
}
