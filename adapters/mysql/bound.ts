/** How a table is partitioned, as far as the gate can publish into it. */
export interface PartitionRule {
  readonly column: string;
  readonly kind: 'list' | 'range';
  /** `columns`: bounds are values of the column; `to_days`: they are numbers of days. */
  readonly by: 'columns' | 'expression' | 'to_days';
  /** What the column holds. */
  readonly holds: 'time' | 'number' | 'text';
  /** Of times: whether bounds are days only. */
  readonly wholeDays: boolean;
}

/** A bound that no value reaches. */
export const NO_LIMIT = 'MAXVALUE';

// TO_DAYS('1970-01-01').
const EPOCH_DAYS = 719_528;
const DAY = 86_400_000;

/**
 * The values in PARTITION_DESCRIPTION (`'2001-01-02'`, `730852`, `'eu','us'`, `MAXVALUE`), written in one way: days
 * and times as `2001-01-02 00:00:00`, others as they are.
 */
export function readBound(description: string, rule: PartitionRule): string[] {
  const found: string[] = [];
  for (const [, quoted, bare = ''] of description.matchAll(
    /(?:_\w+ ?)?'((?:[^'\\]|''|\\.)*)'|([^',\s()]+)/gs,
  ))
    found.push(canonical(quoted === undefined ? bare : unescaped(quoted), rule));
  return found;
}

/** One value in the written form in which bounds are compared. */
export function canonical(value: string, { by, holds }: PartitionRule): string {
  if (/^maxvalue$/i.test(value)) return NO_LIMIT;
  if (by === 'to_days' && /^-?\d+$/.test(value)) return timeText((Number(value) - EPOCH_DAYS) * DAY);
  if (holds === 'time') {
    const [, day, time = '00:00:00'] =
      /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.0+)?Z?)?$/.exec(value) ?? [];
    return day === undefined ? value : `${day} ${time}`;
  }
  return holds === 'number' && /^-?\d{1,18}$/.test(value) ? String(BigInt(value)) : value;
}

/** The value as VALUES LESS THAN and VALUES IN take it; one that has been compared with the column's type. */
export function boundSql(value: string, { by, holds, wholeDays }: PartitionRule): string {
  const constant = holds === 'number' ? value : quoteText(wholeDays ? value.slice(0, 10) : value);
  return by === 'to_days' ? `to_days(${constant})` : constant;
}

/** Quotes a string constant; backslashes are escapes in our sessions. */
export function quoteText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

const timeText = (time: number): string => new Date(time).toISOString().slice(0, 19).replace('T', ' ');

function unescaped(text: string): string {
  return text.replaceAll(/''|\\(.)/gs, (_, escaped: string | undefined) => escaped ?? "'");
}
