import { createHash } from 'node:crypto';

/** PostgreSQL cuts identifiers at 63 bytes without a word; ours are made to fit. */
const MAX_BYTES = 63;

/** A table by its names as the catalogue holds them: nothing is folded to lower case. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** Quotes one identifier for PostgreSQL. Throws on a NUL, which no identifier can hold. */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\0')) throw new Error(`${JSON.stringify(name)} cannot be an identifier.`);
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a string constant, for statements that take no parameters (DDL). Backslashes are safe. */
export function quoteLiteral(text: string): string {
  if (text.includes('\0')) throw new Error('PostgreSQL text cannot hold a NUL.');
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? ` E${quoted}` : quoted;
}

/** `"schema"."name"`. */
export function quoteTable(table: TableName): string {
  return `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`;
}

/** The way a person writes it: quotes only where they are needed. */
export function showTable(table: TableName): string {
  const show = (name: string): string =>
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : quoteIdentifier(name);
  return `${show(table.schema)}.${show(table.name)}`;
}

/**
 * Reads `gold.daily_routes` or `"odd schema"."na.me"`; without a schema it is `public`. Returns null when
 * the text is not one or two identifiers.
 */
export function parseTableName(text: string): TableName | null {
  const part = '"(?:[^"\\0]|"")+"|[^".\\0]+';
  const match = new RegExp(`^(${part})(?:\\.(${part}))?$`).exec(text.trim());
  const first = match?.[1];
  if (first === undefined) return null;
  const second = match?.[2];
  return second === undefined
    ? { schema: 'public', name: unquote(first) }
    : { schema: unquote(first), name: unquote(second) };
}

function unquote(part: string): string {
  return part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part;
}

/** `name` + `suffix`, shortened in the middle (with a hash, so that different names stay different) to fit. */
export function suffixed(name: string, suffix: string): string {
  if (Buffer.byteLength(name + suffix) <= MAX_BYTES) return name + suffix;
  const tail = `_${shortHash(name)}${suffix}`;
  let head = name;
  while (Buffer.byteLength(head + tail) > MAX_BYTES) head = head.slice(0, -1);
  return head + tail;
}

/** Eight hexadecimal digits that tell texts apart in names. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
