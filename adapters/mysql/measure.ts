import type { Pool, PoolConnection } from 'mysql2/promise';
import { statementText, type PlannedStatement } from '#model/measure-plan.ts';
import {
  collectRows,
  failStatement,
  nothingMeasured,
  type MeasuredFacts,
  type MeasuredRow,
} from '#model/measured-rows.ts';
import type { MeasuredCandidate, MeasureRequest, Outcome } from '#model/ports.ts';
import type { ProfileRequest, TableProfile } from '#model/profile.ts';
import { faultOf, inSnapshot, limitTime, rows } from './client.ts';
import { describe, type DescribedTable } from './describe.ts';
import { hintOf } from './hints.ts';
import { profileRows } from './profile.ts';
import { versionColumns, versionOf, type VersionRow } from './version.ts';

/**
 * Reads version and facts of a candidate in one snapshot (InnoDB's); its version and its own facts in one scan. A
 * statement that fails leaves the others be: its facts are told as failed.
 */
export async function measure(pool: Pool, request: MeasureRequest): Promise<Outcome<MeasuredCandidate>> {
  try {
    const described = await describe(pool, request.ref);
    if (described.status !== 'success') return described;
    const table = described.value;
    if (table === null) return { status: 'failure', reason: `There is no table ${request.ref}.` };
    if (table.kind !== 'BASE TABLE')
      return {
        status: 'failure',
        reason: `${table.name} is not an ordinary table; a candidate must be one.`,
      };
    return await inSnapshot(pool, request.timeLimitMs, async (connection) => {
      const found = nothingMeasured();
      const first = request.statements.find(({ candidate }) => candidate) ?? null;
      const version = await measureCandidate(connection, table, first, found);
      for (const statement of request.statements)
        if (statement !== first) await measureStatement(connection, table, statement, found);
      const order = request.profile?.(found.facts);
      const profile = order && (await profiledIn(connection, order));
      return { status: 'success', value: { version, ...found, ...(profile && { profile }) } };
    });
  } catch (error) {
    return faultOf(error, `Measuring ${request.ref}`);
  }
}

/** The candidate's version, and the facts of the statement that reads it as a whole in the same scan. */
async function measureCandidate(
  connection: PoolConnection,
  table: DescribedTable,
  statement: PlannedStatement | null,
  found: MeasuredFacts,
): Promise<string> {
  const columns = versionColumns(table);
  if (statement !== null) {
    const together = await attempt(connection, statementText(statement, columns));
    const [row] = together.rows;
    if (row !== undefined) {
      collectRows(statement, together.rows, found);
      return versionOf(row as unknown as VersionRow, table);
    }
    failStatement(statement, reasonOf(together.error, table, statement), found);
  }
  // Which rows there are is known even when a number about them is not.
  const [row] = await rows<VersionRow>(connection, `select ${columns.join(', ')} from ${table.from} as c`);
  if (row === undefined) throw new Error(`${table.name} gave no answer`);
  return versionOf(row, table);
}

async function measureStatement(
  connection: PoolConnection,
  table: DescribedTable,
  statement: PlannedStatement,
  found: MeasuredFacts,
): Promise<void> {
  const read = await attempt(connection, statementText(statement));
  if (read.error === null) collectRows(statement, read.rows, found);
  else failStatement(statement, reasonOf(read.error, table, statement), found);
}

/** Sums up rows of a table, in a snapshot of its own. */
export async function profile(pool: Pool, request: ProfileRequest): Promise<Outcome<TableProfile>> {
  try {
    return await inSnapshot(pool, request.timeLimitMs, (connection) => profiledIn(connection, request));
  } catch (error) {
    return faultOf(error, `Profiling ${request.ref}`);
  }
}

async function profiledIn(
  connection: PoolConnection,
  request: ProfileRequest,
): Promise<Outcome<TableProfile>> {
  try {
    const table = await describe(connection, request.ref);
    if (table.status !== 'success') return table;
    if (table.value === null) return { status: 'failure', reason: `There is no table ${request.ref}.` };
    await limitTime(connection, request.timeLimitMs);
    return { status: 'success', value: await profileRows(connection, table.value, request) };
  } catch (error) {
    return faultOf(error, `Profiling ${request.ref}`);
  }
}

interface Attempt {
  readonly rows: readonly MeasuredRow[];
  readonly error: unknown;
}

/** Tries a statement; a failed one does not end the transaction here, a lost connection ends all. */
async function attempt(connection: PoolConnection, text: string): Promise<Attempt> {
  try {
    return { rows: await rows<MeasuredRow>(connection, text), error: null };
  } catch (error) {
    if (faultOf(error, '').status === 'retryable') throw error;
    return { rows: [], error };
  }
}

function reasonOf(error: unknown, table: DescribedTable, statement: PlannedStatement): string {
  const hint = hintOf(error, table);
  return `${faultOf(error, `Measuring ${statement.about}`).reason}${hint === null ? '' : ` ${hint}`}`;
}
