import { createHash } from 'node:crypto';

/** A table, view or materialized view of the internal catalog. */
export interface TableName {
  readonly database: string;
  readonly table: string;
}

/** The longest name of a table or partition that a frontend takes. */
const MAX_LENGTH = 1024;

/** Quotes one identifier. Throws a TypeError for what no identifier can hold. */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.length > MAX_LENGTH || /[\0`]/.test(name))
    throw new TypeError(`${JSON.stringify(name.slice(0, 80))} cannot be an identifier of StarRocks.`);
  return `\`${name}\``;
}

/** `db`.`table`; names are always qualified, because the database of a session is not to be relied on. */
export function quoteTable({ database, table }: TableName): string {
  return `${quoteIdentifier(database)}.${quoteIdentifier(table)}`;
}

/** A string constant. Backslashes escape in StarRocks, and double quotes are for strings too. */
export function quoteText(text: string): string {
  if (text.includes('\0')) throw new TypeError('A text constant cannot hold a zero byte.');
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** Reads `gold.orders`. Returns null when the text is not two names. */
export function parseTableName(text: string): TableName | null {
  const parts = text.trim().split('.');
  const [database = '', table = ''] =
    parts.length === 3 && parts[0] === 'default_catalog' ? parts.slice(1) : parts;
  const whole = parts.length === 2 || (parts.length === 3 && parts[0] === 'default_catalog');
  return whole && database !== '' && table !== '' && !/[\0`]/.test(text) ? { database, table } : null;
}

/** `gold.orders`. */
export function showTable({ database, table }: TableName): string {
  return `${database}.${table}`;
}

/** Ten hexadecimal digits that tell tokens apart in names and labels. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}
