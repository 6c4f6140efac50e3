import type pg from 'pg';
import {
  GROUP_NAME,
  itemName,
  statementText,
  type GroupFacts,
  type PlannedStatement,
} from '#model/measure-plan.ts';
import type { FactKey } from '#model/measurement.ts';
import type { MeasuredCandidate, MeasureRequest, Outcome } from '#model/ports.ts';
import { faultOf, inSnapshot, Refusal, rows } from './client.ts';
import { hintOf } from './hints.ts';
import { parseTableName, showTable, type TableName } from './quote-identifier.ts';
import { versionOf, versionQuery, type VersionRow } from './version.ts';

type Row = Readonly<Record<string, unknown>>;

interface Found {
  readonly facts: Map<FactKey, number>;
  readonly groups: Map<FactKey, GroupFacts>;
  readonly failed: Map<FactKey, string>;
}

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
      const found: Found = { facts: new Map(), groups: new Map(), failed: new Map() };
      const first = request.statements.find(({ candidate }) => candidate) ?? null;
      const version = await measureCandidate(client, table, first, found);
      for (const statement of request.statements) {
        if (statement !== first) await measureStatement(client, table, statement, found);
      }
      return { status: 'success', value: { version, ...found } };
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
  found: Found,
): Promise<string> {
  const { columns, from } = versionQuery(table);
  const names = [table.schema, table.name];
  const alone = (): Promise<VersionRow[]> => rows(client, `select ${columns}\nfrom ${from}`, names);
  const together = (planned: PlannedStatement): Promise<(VersionRow & Row)[]> =>
    rows(client, statementText(planned, [columns]), names);
  if (statement === null) return checked(table, (await alone())[0]);
  const read = await attempt(client, () => together(statement));
  if (read.status === 'read') {
    const version = checked(table, read.value[0]);
    collect(statement, read.value, found);
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
  found: Found,
): Promise<void> {
  const read = await attempt(client, () => rows<Row>(client, statementText(statement)));
  if (read.status === 'read') collect(statement, read.value, found);
  else await fail(client, table, statement, read.error, found);
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
  found: Found,
): Promise<void> {
  const hint = await hintOf(client, table, error);
  const reason = `${faultOf(error, `Measuring ${statement.about}`).reason}${hint === null ? '' : ` ${hint}`}`;
  for (const { key } of statement.items) found.failed.set(key, reason);
}

/** Puts what a statement gave where it belongs. */
function collect(statement: PlannedStatement, given: readonly Row[], found: Found): void {
  const { items, groups, custom, about } = statement;
  const refuse = (reason: string): void => {
    for (const { key } of items) found.failed.set(key, reason);
  };
  if (groups !== null) {
    if (given.length > groups.limit)
      return refuse(
        `${about}: there are more than ${groups.limit} different values; name a column of fewer.`,
      );
    for (const [position, { key }] of items.entries())
      found.groups.set(key, groupsOf(given, itemName(position)));
    return;
  }
  const [row] = given;
  if (custom) {
    if (given.length > 1) return refuse('The query gives more than one row; a check needs one number.');
    if (row !== undefined && Object.keys(row).length !== 1)
      return refuse('The query gives more than one column; a check needs one number.');
  }
  for (const [position, { key }] of items.entries()) {
    const value = numberOf(custom ? Object.values(row ?? {})[0] : row?.[itemName(position)]);
    if (value !== null) found.facts.set(key, value);
  }
}

function groupsOf(given: readonly Row[], name: string): GroupFacts {
  const values = new Map<string | null, number>();
  for (const row of given) {
    const label = row[GROUP_NAME];
    const value = numberOf(row[name]);
    if (value !== null) values.set(typeof label === 'string' ? label : null, value);
  }
  return values;
}

/** A number, or null where the warehouse gave NULL or NaN: a mean with a NaN in it says nothing. */
function numberOf(value: unknown): number | null {
  if (value === null || value === undefined || value === '') return null;
  const number = typeof value === 'number' ? value : Number(value);
  // Minus zero is zero.
  return Number.isFinite(number) ? number + 0 : null;
}
