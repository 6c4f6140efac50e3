import type { Connection } from 'mysql2/promise';
import { rows } from './client.ts';
import { describe } from './describe.ts';
import type { Table } from './relation.ts';
import { Refusal } from './session.ts';
import { quoteIdentifier, quoteTable } from './table-name.ts';
import { versionColumns, versionOf, type VersionRow } from './version.ts';

/** The version of a table's rows, or of one partition's, as measuring reads it; null when there is no such table. */
export async function contentOf(
  session: Connection,
  table: Table,
  partition?: string | null,
): Promise<string | null> {
  const described = await describe(session, quoteTable(table));
  if (described.status !== 'success') throw new Refusal(described);
  if (described.value === null) return null;
  const part =
    partition === undefined || partition === null ? '' : ` partition (${quoteIdentifier(partition)})`;
  const [row] = await rows<VersionRow>(
    session,
    `select ${versionColumns(described.value).join(', ')} from ${quoteTable(table)}${part} as c`,
  );
  return row ? versionOf(row, described.value) : null;
}
