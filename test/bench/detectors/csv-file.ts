import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Which columns a file must have, and which texts a column may hold. */
export type Columns = Readonly<Record<string, (text: string) => boolean>>;

export const isAnything = (): boolean => true;
export const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(dayNumber(text));
/** An empty text is a missing value. */
export const isNumber = (text: string): boolean => Number.isFinite(Number(text));

/** Days since 1970 of a text that begins with a date. */
export function dayNumber(text: string): number {
  return Math.floor(Date.parse(`${text.slice(0, 10)}T00:00:00Z`) / 86_400_000);
}

/** An empty text is a missing value, not zero. */
export function numberOf(text: string | undefined): number {
  return text === undefined || text.trim() === '' ? Number.NaN : Number(text);
}

/**
 * The rows of a file of the folder. What is missing or cannot be read is left out, and said in `remarks`.
 *
 * @param without What follows when there is no such file; null when that needs no word.
 */
export function readRows(
  folder: string,
  name: string,
  columns: Columns,
  without: string | null,
  remarks: string[],
): Record<string, string>[] {
  let text: string;
  try {
    text = readFileSync(join(folder, name), 'utf8');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') remarks.push(`${name} cannot be read (${code}).`);
    else if (without !== null) remarks.push(`${name} is missing: ${without}.`);
    return [];
  }
  const rows = parseCsv(text);
  const [first] = rows;
  if (first === undefined) {
    remarks.push(`${name} has no line below its header.`);
    return [];
  }
  const lacking = Object.keys(columns).filter((column) => !(column in first));
  if (lacking.length > 0) {
    remarks.push(`${name} has no column ${lacking.join(', ')}: its first line must name them.`);
    return [];
  }
  const isReadable = (row: Record<string, string>): boolean =>
    Object.entries(columns).every(([column, fits]) => fits(row[column] ?? ''));
  const odd = rows.find((row) => !isReadable(row));
  if (odd === undefined) return rows;
  const readable = rows.filter(isReadable);
  remarks.push(
    `${name}: ${rows.length - readable.length} of ${rows.length} lines cannot be read and are left out; the first is "${Object.values(odd).join(',').slice(0, 80)}".`,
  );
  return readable;
}

/** Plain CSV with a header; quoted fields may hold commas. */
export function parseCsv(text: string): Record<string, string>[] {
  const [header = '', ...lines] = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line !== '');
  const names = header.split(',');
  return lines.map((line) => {
    const fields = line.includes('"')
      ? [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, field = '']) =>
          field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field,
        )
      : line.split(',');
    return Object.fromEntries(names.map((name, index) => [name, fields[index] ?? '']));
  });
}
