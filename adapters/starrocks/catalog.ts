import type { TableName } from './names.ts';
import { StarRocksError, type Row, type Session } from './session.ts';
import { loadsLabelled, loadsOf, partitionsMeta, tableIds } from './statements.ts';

/** One logical partition, formal or temporary. */
export interface PartitionState {
  readonly name: string;
  /** Stays with the data: REPLACE PARTITION gives the formal partition the id of the temporary one. */
  readonly id: string;
  /** 1 for a partition that was never loaded; one more for each committed load. */
  readonly version: string;
  readonly temporary: boolean;
  /** Its range or values, as the frontend writes them. */
  readonly value: string;
}

/** All partitions of a table. The catalogue has a row for each physical partition of a logical one. */
export async function partitionsOf(session: Session, table: TableName): Promise<PartitionState[]> {
  const found = new Map<string, PartitionState>();
  for (const row of await session.query(partitionsMeta(table))) {
    const name = text(row, 'PARTITION_NAME');
    const temporary = /^(1|true)$/i.test(text(row, 'IS_TEMP'));
    const state = {
      name,
      id: text(row, 'PARTITION_ID'),
      version: text(row, 'VISIBLE_VERSION'),
      temporary,
      value: row['PARTITION_VALUE'] ?? '',
    };
    const before = found.get(name);
    // Physical partitions move one by one: the newest is the version of the whole, the lowest id its name.
    if (before === undefined) found.set(name, state);
    else
      found.set(name, {
        ...state,
        id: lower(before.id, state.id),
        version: higher(before.version, state.version),
      });
  }
  return [...found.values()];
}

/** Ids of the tables of a database by name: an id stays with the data when tables are swapped or renamed. */
export async function tableIdsOf(session: Session, database: string): Promise<Map<string, string>> {
  const rows = await session.query(tableIds(database));
  return new Map(rows.map((row) => [text(row, 'TABLE_NAME'), text(row, 'TABLE_ID')]));
}

/** What a table holds, as one text that changes with every load: its id and its partitions' ids and versions. */
export async function tableVersion(session: Session, table: TableName): Promise<string | null> {
  const id = (await tableIdsOf(session, table.database)).get(table.table);
  if (id === undefined) return null;
  const partitions = (await partitionsOf(session, table)).filter(({ temporary }) => !temporary);
  return [id, ...partitions.map((partition) => `${partition.id}.${partition.version}`).toSorted()].join(':');
}

/** Whether a load of the table is under way: what it will commit nobody has checked. */
export async function isLoading(session: Session, table: TableName): Promise<boolean> {
  return (await session.query(loadsOf(table))).some((row) => !isTerminal(text(row, 'STATE')));
}

/** Where labels are taken so that no late statement can use them: one small table in each database. */
export const FENCE_TABLE = 'assay_fence';

/**
 * done: visible. taken: by us, for nothing, so that nothing else can use it. failed: had no effect. running: may
 * still become visible. unknown: nothing bears that label.
 */
export type LabelState = 'done' | 'taken' | 'failed' | 'running' | 'unknown';

export async function labelState(session: Session, database: string, label: string): Promise<LabelState> {
  const loads = (await session.query(loadsLabelled(database, label))).map((row) => ({
    state: text(row, 'STATE'),
    taken: row['TABLE_NAME'] === FENCE_TABLE,
  }));
  const finished = loads.find(({ state }) => state === 'FINISHED');
  if (finished) return finished.taken ? 'taken' : 'done';
  if (loads.some(({ state }) => !isTerminal(state))) return 'running';
  return loads.length > 0 ? 'failed' : 'unknown';
}

function isTerminal(state: string): boolean {
  return state === 'FINISHED' || state === 'CANCELLED';
}

function text(row: Row, column: string): string {
  const value = row[column];
  if (value === null || value === undefined)
    throw new StarRocksError(
      'refused',
      `The frontend's catalogue has no ${column}; is it a StarRocks of 3.3 or later?`,
    );
  return value;
}

function lower(a: string, b: string): string {
  return BigInt(a) < BigInt(b) ? a : b;
}

function higher(a: string, b: string): string {
  return BigInt(a) > BigInt(b) ? a : b;
}
