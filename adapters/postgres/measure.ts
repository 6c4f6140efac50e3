import type pg from 'pg';
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
import { faultOf, inSnapshot, Refusal, rows } from './client.ts';
import { describe } from './describe.ts';
import { hintOf } from './hints.ts';
import { profileRows } from './profile.ts';
import { parseTableName, showTable, type TableName } from './quote-identifier.ts';
import { versionOf, versionQuery, type VersionRow } from './version.ts';

/**
 * Reads version and facts of a candidate in one snapshot; its version and its own facts in one scan. A statement
 * that fails leaves the others be: its facts are told as failed.
 */
export async function measure(pool: pg.Pool, request: MeasureRequest): Promise<Outcome<MeasuredCandidate>> {
  const table = parseTableName(request.ref);
  if (!table) {
    return {
      status: 'failure',
      reason: `${JSON.stringify(request.ref)} is not a table name like staging.orders_20010101.`,
    };
  }
  try {
    return await inSnapshot(pool, request.timeLimitMs, async (client) => {
      const found = nothingMeasured();
      const first = request.statements.find(({ candidate }) => candidate) ?? null;
      const version = await measureCandidate(client, table, first, found);
      for (const statement of request.statements) {
        if (statement !== first) await measureStatement(client, table, statement, found);
      }
      const order = request.profile?.(found.facts);
      const profile = order && (await profiledIn(client, order));
      return { status: 'success', value: { version, ...found, ...(profile && { profile }) } };
    });
  } catch (error) {
    if (error instanceof Refusal) return error.outcome as Outcome<MeasuredCandidate>;
    return faultOf(error, `Measuring ${showTable(table)}`);
  }
}

/** The candidate's version, and the facts of the statement that reads it as a whole in the same scan. */
async function measureCandidate(
  client: pg.PoolClient,
  table: TableName,
  statement: PlannedStatement | null,
  found: MeasuredFacts,
): Promise<string> {
  const { columns, from } = versionQuery(table);
  const names = [table.schema, table.name];
  const alone = (): Promise<VersionRow[]> => rows(client, `select ${columns}\nfrom ${from}`, names);
  const together = (planned: PlannedStatement): Promise<(VersionRow & MeasuredRow)[]> =>
    rows(client, statementText(planned, [columns]), names);
  if (statement === null) return checked(table, (await alone())[0]);
  const read = await attempt(client, () => together(statement));
  if (read.status === 'read') {
    const version = checked(table, read.value[0]);
    collectRows(statement, read.value, found);
    return version;
  }
  // Which rows there are is known even when a number about them is not.
  const version = checked(table, (await alone())[0]);
  await fail(client, table, statement, read.error, found);
  return version;
}

function checked(table: TableName, row: VersionRow | undefined): string {
  const refuse = (reason: string): Refusal<Outcome<never>> => new Refusal({ status: 'failure', reason });
  if (!row) throw refuse(`${showTable(table)} gave no answer.`);
  if (row['assay kind'] !== 'r')
    throw refuse(`${showTable(table)} is not an ordinary table; a candidate must be one.`);
  return versionOf(row);
}

async function measureStatement(
  client: pg.PoolClient,
  table: TableName,
  statement: PlannedStatement,
  found: MeasuredFacts,
): Promise<void> {
  const read = await attempt(client, () => rows<MeasuredRow>(client, statementText(statement)));
  if (read.status === 'read') collectRows(statement, read.value, found);
  else await fail(client, table, statement, read.error, found);
}

/** Sums up rows of a table, in a snapshot of its own. */
export async function profile(pool: pg.Pool, request: ProfileRequest): Promise<Outcome<TableProfile>> {
  try {
    return await inSnapshot(pool, request.timeLimitMs, (client) => profiledIn(client, request));
  } catch (error) {
    return faultOf(error, `Profiling ${request.ref}`);
  }
}

async function profiledIn(client: pg.PoolClient, request: ProfileRequest): Promise<Outcome<TableProfile>> {
  const table = await describe(client, request.ref);
  if (table.status !== 'success') return table;
  const { value } = table;
  if (value === null) return { status: 'failure', reason: `There is no table ${request.ref}.` };
  const read = await attempt(client, () => profileRows(client, value, request));
  return read.status === 'read'
    ? { status: 'success', value: read.value }
    : faultOf(read.error, `Profiling ${value.name}`);
}

type Attempt<T> =
  | { readonly status: 'read'; readonly value: T }
  | { readonly status: 'failed'; readonly error: unknown };

/** Tries a statement without giving up the snapshot when it fails; a lost connection ends all. */
async function attempt<T>(client: pg.PoolClient, work: () => Promise<T>): Promise<Attempt<T>> {
  await client.query('savepoint assay_statement');
  try {
    const value = await work();
    await client.query('release savepoint assay_statement');
    return { status: 'read', value };
  } catch (error) {
    await client.query('rollback to savepoint assay_statement').catch(() => {
      throw error;
    });
    return { status: 'failed', error };
  }
}

async function fail(
  client: pg.PoolClient,
  table: TableName,
  statement: PlannedStatement,
  error: unknown,
  found: MeasuredFacts,
): Promise<void> {
  const hint = await hintOf(client, table, error);
  const reason = `${faultOf(error, `Measuring ${statement.about}`).reason}${hint === null ? '' : ` ${hint}`}`;
  failStatement(statement, reason, found);
}
