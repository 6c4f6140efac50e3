/** Media type of what `csvText` gives. */
export const CSV = 'text/csv; charset=utf-8';

/** A spreadsheet runs a cell that begins so (OWASP, CSV injection). */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20]/u;
const QUOTED = /[",\r\n;\t]|^\s|\s$/;

/**
 * Rows as CSV (RFC 4180: CRLF, quotes doubled), the first line its columns. A text that a spreadsheet would take for a
 * formula gets an apostrophe before it, which spreadsheets do not show; numbers stay numbers.
 */
export function csvText(
  columns: readonly string[],
  rows: readonly (readonly (string | number | boolean | null)[])[],
): string {
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = FORMULA.test(value) || /^[\t\r]/.test(value) ? `'${value}` : value;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Whether a request asks for CSV: by `format=csv`, or by an Accept header that names it. */
export function wantsCsv(format: string | undefined, accept: string | undefined): boolean {
  return format === undefined ? (accept ?? '').toLowerCase().includes('text/csv') : format === 'csv';
}
