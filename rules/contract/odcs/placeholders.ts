/** What ODCS files write for the table: the standard's own word first, then those of its tools. */
const TABLE = /\$?\{(?:object|table|model|dataset|schema_object)\}/g;
const COLUMN = /\$?\{(?:property|column|field)\}/g;

/**
 * A query with our placeholders: `{object}` becomes `{dataset}` (filled in when it runs, with the candidate),
 * `{property}` the column's own name.
 */
export function fillPlaceholders(query: string, column: string | null): string {
  const tabled = query.replaceAll(TABLE, '{dataset}');
  return column === null ? tabled : tabled.replaceAll(COLUMN, () => column);
}
