import { createHash } from 'node:crypto';
import type { Connection } from 'mysql2/promise';
import { rows } from './client.ts';
import { quoteTable, type TableName } from './table-name.ts';

/** A table in a database that is known. */
export interface Table extends TableName {
  readonly database: string;
}

/** A table as the catalogue has it now. */
export interface Relation extends Table {
  /** `BASE TABLE`, `VIEW`. */
  readonly kind: string;
  readonly engine: string | null;
  readonly comment: string;
  readonly partitioned: boolean;
}

const RELATION = `
  select t.table_schema as \`database\`, t.table_name as name, t.table_type as kind, t.engine as engine,
         t.table_comment as comment, t.create_options like '%partitioned%' as partitioned
    from information_schema.tables t
   where t.table_schema = coalesce(?, database()) and t.table_name = ?`;

/** The table of that name, or null. */
export async function findRelation(session: Connection, table: TableName): Promise<Relation | null> {
  const [found] = await rows<Omit<Relation, 'partitioned'> & { partitioned: string | number | null }>(
    session,
    RELATION,
    [table.database, table.name],
  );
  return found ? { ...found, partitioned: Number(found.partitioned) === 1 } : null;
}

/** Names in one statement: all of them change, or none. */
export async function renameTables(
  session: Connection,
  moves: readonly (readonly [from: TableName, to: TableName])[],
): Promise<void> {
  const list = moves.map(([from, to]) => `${quoteTable(from)} to ${quoteTable(to)}`);
  await session.query(`rename table ${list.join(', ')}`);
}

/** MySQL refuses identifiers of more characters. */
const MAX_CHARACTERS = 64;

/** `name` + `suffix`, shortened in the middle (with a hash, so that different names stay different) to fit. */
export function suffixed(name: string, suffix: string): string {
  if (name.length + suffix.length <= MAX_CHARACTERS) return name + suffix;
  const tail = `_${shortHash(name)}${suffix}`;
  return name.slice(0, MAX_CHARACTERS - tail.length) + tail;
}

/** Hexadecimal digits that tell texts apart in names. */
export function shortHash(text: string, digits = 8): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

const KEPT = 'Kept by Assay for a rollback.';

/** Marks a table as one that Assay took out of gold, and may drop to make room. */
export async function markKept(session: Connection, table: TableName): Promise<void> {
  await session.query(`alter table ${quoteTable(table)} comment = ?`, [KEPT]);
}

export function isKept({ comment }: Relation): boolean {
  return comment === KEPT;
}
