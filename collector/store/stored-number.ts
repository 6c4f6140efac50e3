import { sql, type Fragment } from './sql.ts';

/** A stated number with its source, or alone where that is the usual one: most are, and a row is half as large without. */
export type StoredNumber = number | readonly [value: number, source: string];

/** What states most numbers of a dataset in this role. */
function usualSource(role: number): string {
  return role === 0 ? 'input_statistics' : 'output_statistics';
}

/** A number as it is stored. */
export function storedNumber(role: number, value: number, source: string): StoredNumber {
  return source === usualSource(role) ? value : [value, source];
}

/** A stored number and its source. */
export function statedNumber(role: number, stored: StoredNumber): readonly [value: number, source: string] {
  return typeof stored === 'number' ? [stored, usualSource(role)] : stored;
}

/**
 * The value of a stored number in SQL, as text: null where there is none. PostgreSQL takes a JSON number for its
 * own first element.
 */
export const valueOf = (stored: Fragment): Fragment => sql`(${stored}->>0)`;

/** The source of a stored number in SQL. */
export const sourceOf = (stored: Fragment, role: Fragment): Fragment =>
  sql`coalesce(${stored}->>1, case ${role} when 0 then ${usualSource(0)} else ${usualSource(1)} end)`;
