import type { Database, Queryable } from './database.ts';
import { ddl, identifier, identifierList, literal, type DdlPiece } from './ddl.ts';
import { codeOf } from './store-error.ts';
import { sql, type Statement } from './sql.ts';

const DAY = 86_400_000;
/** A table of the raw log and the column whose day (UTC) says which partition a row belongs to. */
export interface DailyTable {
  readonly table: 'raw_event' | 'raw_segment';
  readonly time: 'event_time' | 'received_at';
}

/** Events before segments: what is dropped together goes with its reference first. */
export const DAILY_TABLES: readonly DailyTable[] = [
  { table: 'raw_event', time: 'event_time' },
  { table: 'raw_segment', time: 'received_at' },
];

const parentOf = ({ table }: DailyTable): DdlPiece => identifier('assay', table);
/** The partition for all days that have none of their own. */
const otherOf = ({ table }: DailyTable): DdlPiece => identifier('assay', `${table}_other`);
/** Key of the advisory lock under which partitions are made and dropped: 'raw', as numbers. */
const LOCK_KEY = 0x72_61_77;
/** How long dropping may wait for readers of the log before it leaves a partition to the next time. */
const DROP_PATIENCE = '5s';

export interface EnsureOptions {
  readonly now: Date;
  /** Days after and before today (UTC) that must have a partition; 3 unless told. */
  readonly ahead?: number;
  readonly behind?: number;
}

export interface EnsureOutcome {
  /** Names of the partitions that were made, `raw_event_20260101`, `raw_segment_20260101`. */
  readonly created: readonly string[];
  /** Events and segments that were moved into them from the partitions for all other days. */
  readonly moved: number;
}

export interface DropOptions {
  readonly now: Date;
  readonly keepDays: number;
}

export interface DropOutcome {
  readonly dropped: readonly string[];
  /** Partitions that were due but in use; the next run takes them. */
  readonly postponed: readonly string[];
  /** Events and segments removed from the partitions for all other days. */
  readonly deleted: number;
}

/**
 * Makes the daily partitions of the raw log around `now`. Rows of such a day that arrived before its
 * partition (late or early days go to raw_event_other) move into it in the same transaction.
 */
export async function ensureDayPartitions(
  database: Database,
  options: EnsureOptions,
): Promise<EnsureOutcome> {
  const days = daysAround(options.now, options.behind ?? 3, options.ahead ?? 3);
  const created: string[] = [];
  let moved = 0;
  for (const daily of DAILY_TABLES) {
    const outcome = await ensurePartitionsOf(database, daily, days);
    created.push(...outcome.created);
    moved += outcome.moved;
  }
  return { created, moved };
}

async function ensurePartitionsOf(
  database: Database,
  daily: DailyTable,
  days: readonly Date[],
): Promise<EnsureOutcome> {
  const present = await partitionNames(database, daily);
  if (days.every((day) => present.has(partitionName(daily, day)))) return { created: [], moved: 0 };
  return database.transaction(async (connection) => {
    await connection.execute(takePartitionLock());
    const existing = await partitionNames(connection, daily);
    const missing = days.filter((day) => !existing.has(partitionName(daily, day)));
    if (missing.length === 0) return { created: [], moved: 0 };
    // Writers wait here for a moment: one that had already chosen the partition for other days would fail otherwise.
    await connection.execute(ddl`lock table only ${parentOf(daily)} in share row exclusive mode`);
    const columns = identifierList(
      (await connection.rows<{ name: string }>(storedColumns(daily))).map(({ name }) => name),
    );
    let moved = 0;
    for (const day of missing) moved += await createPartition(connection, daily, day, columns);
    return { created: missing.map((day) => partitionName(daily, day)), moved };
  });
}

/** Removes what is older than `keepDays`; see dropBefore. */
export async function dropExpired(database: Database, options: DropOptions): Promise<DropOutcome> {
  if (!(options.keepDays >= 1)) throw new RangeError('keepDays must be 1 or more');
  return dropBefore(database, new Date(options.now.getTime() - options.keepDays * DAY));
}

/**
 * Removes what is older than the cutoff: a partition when both its day and the arrival of its last row
 * are older, and from the partitions for other days the rows that arrived before. So an event outlives its
 * segment where its partition stays for others (a late arrival, a day to come); its bytes are then gone.
 */
export async function dropBefore(database: Database, cutoff: Date): Promise<DropOutcome> {
  const dropped: string[] = [];
  const postponed: string[] = [];
  let deleted = 0;
  for (const daily of DAILY_TABLES) {
    const due = [...(await partitionNames(database, daily))].filter(
      (name) => dayOf(name).getTime() + DAY <= cutoff.getTime(),
    );
    for (const name of due.sort()) {
      try {
        if (await database.transaction((connection) => dropPartition(connection, daily, name, cutoff)))
          dropped.push(name);
      } catch (error) {
        const LOCK_NOT_AVAILABLE = '55P03';
        if (codeOf(error) !== LOCK_NOT_AVAILABLE) throw error;
        postponed.push(name);
      }
    }
    deleted += await database.execute(
      ddl`delete from ${otherOf(daily)} where received_at < ${literal(cutoff)}`,
    );
  }
  return { dropped, postponed, deleted };
}

/** `raw_event_20260101` for the day (UTC) that holds the instant. */
export function partitionName({ table }: Pick<DailyTable, 'table'>, day: Date): string {
  const text = day.toISOString();
  if (!/^\d{4}-/.test(text)) throw new RangeError(`a partition's year must have four digits: ${text}`);
  return `${table}_${text.slice(0, 10).replaceAll('-', '')}`;
}

/** The day (its first instant, UTC) of a daily partition by its name. */
export function dayOf(name: string): Date {
  return new Date(`${name.slice(-8, -4)}-${name.slice(-4, -2)}-${name.slice(-2)}T00:00:00Z`);
}

function daysAround(now: Date, behind: number, ahead: number): readonly Date[] {
  const today = Math.floor(now.getTime() / DAY) * DAY;
  return Array.from({ length: behind + 1 + ahead }, (_, index) => new Date(today + (index - behind) * DAY));
}

async function createPartition(
  connection: Queryable,
  daily: DailyTable,
  day: Date,
  columns: DdlPiece,
): Promise<number> {
  const table = identifier('assay', partitionName(daily, day));
  const time = identifier(daily.time);
  const from = literal(day);
  const to = literal(new Date(day.getTime() + DAY));
  // A table of its own first: attaching is refused while the partition for other days holds rows of this one.
  await connection.execute(
    ddl`create table ${table} (like ${parentOf(daily)} including all excluding identity)`,
  );
  const moved = await connection.execute(ddl`
    with moved as (
      delete from ${otherOf(daily)} where ${time} >= ${from} and ${time} < ${to} returning ${columns}
    )
    insert into ${table} (${columns}) select ${columns} from moved`);
  await connection.execute(
    ddl`alter table ${parentOf(daily)} attach partition ${table} for values from (${from}) to (${to})`,
  );
  return moved;
}

async function dropPartition(
  connection: Queryable,
  daily: DailyTable,
  name: string,
  cutoff: Date,
): Promise<boolean> {
  const table = identifier('assay', name);
  await connection.execute(takePartitionLock());
  if (!(await partitionNames(connection, daily)).has(name)) return false;
  const newest = ddl`select max(received_at) as received from ${table}`;
  const stillWanted = async (): Promise<boolean> => {
    const [row] = await connection.rows<{ received: Date | null }>(newest);
    return row !== undefined && row.received !== null && row.received >= cutoff;
  };
  // Looked at before locking, so that a partition that stays does not hold up anyone.
  if (await stillWanted()) return false;
  await connection.execute(ddl`set local lock_timeout = ${literal(DROP_PATIENCE)}`);
  await connection.execute(ddl`lock table only ${parentOf(daily)} in access exclusive mode`);
  if (await stillWanted()) return false;
  await connection.execute(ddl`drop table ${table}`);
  return true;
}

async function partitionNames(connection: Queryable, daily: DailyTable): Promise<Set<string>> {
  const rows = await connection.rows<{ name: string }>(dayPartitions(daily));
  return new Set(rows.map(({ name }) => name));
}

/** Names of the daily partitions that are attached. */
export function dayPartitions({ table }: DailyTable): Statement {
  return sql`
    select c.relname::text as name
      from pg_inherits i
      join pg_class c on c.oid = i.inhrelid
     where i.inhparent = ${`assay.${table}`}::regclass and c.relname ~ ${`^${table}_[0-9]{8}$`}`;
}

/** Columns of the table that are stored rather than computed. */
export function storedColumns({ table }: DailyTable): Statement {
  return sql`
    select a.attname::text as name
      from pg_attribute a
     where a.attrelid = ${`assay.${table}`}::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     order by a.attnum`;
}

/** Waits for any other process that makes or drops partitions; released at the end of the transaction. */
export function takePartitionLock(): Statement {
  return sql`select pg_advisory_xact_lock(${LOCK_KEY}::bigint)`;
}
