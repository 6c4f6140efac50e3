/** A table by its names; without a database it is in the one that the URL names. */
export interface TableName {
  readonly database: string | null;
  readonly name: string;
}

/** Quotes one identifier. Throws on what no identifier can be. */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\0')) throw new Error(`${JSON.stringify(name)} cannot be an identifier.`);
  return `\`${name.replaceAll('`', '``')}\``;
}

export function quoteTable({ database, name }: TableName): string {
  return database === null ? quoteIdentifier(name) : `${quoteIdentifier(database)}.${quoteIdentifier(name)}`;
}

/** The way a person writes it: quotes only where they are needed. */
export function showTable({ database, name }: TableName): string {
  const show = (part: string): string => (/^\w+$/.test(part) ? part : quoteIdentifier(part));
  return database === null ? show(name) : `${show(database)}.${show(name)}`;
}

/**
 * Reads `shop.orders`, with odd parts in backquotes or, as in contracts, in double quotes. Null when the text is
 * not one or two identifiers.
 */
export function parseTableName(text: string): TableName | null {
  const part = '"(?:[^"\\0]|"")+"|`(?:[^`\\0]|``)+`|[^".`\\0]+';
  const match = new RegExp(`^(${part})(?:\\.(${part}))?$`).exec(text.trim());
  const first = match?.[1];
  if (first === undefined) return null;
  const second = match?.[2];
  return second === undefined
    ? { database: null, name: unquote(first) }
    : { database: unquote(first), name: unquote(second) };
}

function unquote(part: string): string {
  if (part.startsWith('"')) return part.slice(1, -1).replaceAll('""', '"');
  return part.startsWith('`') ? part.slice(1, -1).replaceAll('``', '`') : part;
}
