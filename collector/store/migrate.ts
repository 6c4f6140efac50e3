import { openDatabase, type Database, type Queryable } from './database.ts';
import { ddl, identifier } from './ddl.ts';
import {
  pendingMigrations,
  readMigrations,
  type AppliedMigration,
  type Migration,
} from './migration-files.ts';
import { reasonOf, StoreError } from './store-error.ts';
import { sql, type Statement } from './sql.ts';

export interface MigrateOptions {
  /** Folder of `NNNN_name.sql` files; the store's own unless told. */
  readonly directory?: string;
  /** Told the name of each migration when it has been applied. */
  readonly onStep?: (name: string) => void;
}

export interface MigrateOutcome {
  /** Names of the migrations that this call applied, in order; empty when the schema was current. */
  readonly applied: readonly string[];
  /** Name of the last migration, also when another starter applied it; empty when there is none. */
  readonly version: string;
}

/** How the database's schema stands to the code, for /readyz. */
export interface MigrationStatus {
  readonly current: boolean;
  readonly version: string;
  readonly pending: readonly string[];
  /** Why they do not belong together (a changed file, a newer database), or null. */
  readonly problem: string | null;
}

/** Oldest PostgreSQL that has all we use (MERGE, NULLS NOT DISTINCT). */
const OLDEST_POSTGRES = 15;
/** Key of the advisory lock that starters queue at: 'assay', as numbers. */
const LOCK_KEY = 0x61_73_73_61_79;
const SCHEMAS = ['assay', 'assay_model'] as const;

/**
 * Brings the schema up to date: each file in a transaction of its own, with its SHA-256 recorded. Any
 * number of starters may call it at once. Throws a StoreError that names the file and the mend when the
 * database and the files do not belong together.
 */
export async function migrate(
  target: string | Database,
  options: MigrateOptions = {},
): Promise<MigrateOutcome> {
  const files = readMigrations(options.directory);
  const database = typeof target === 'string' ? openDatabase({ url: target, connections: 1 }) : target;
  try {
    const applied: string[] = [];
    // One transaction a step; who has the lock looks again at what is applied, so starters may take turns.
    for (;;) {
      const step = await database.transaction((connection) => applyNext(connection, files));
      if (step === undefined) return { applied, version: files.at(-1)?.name ?? '' };
      applied.push(step);
      options.onStep?.(step);
    }
  } finally {
    if (typeof target === 'string') await database.close();
  }
}

/** Compares the schema with the code; changes nothing. Throws when the database does not answer. */
export async function migrationStatus(
  database: Queryable,
  options: Pick<MigrateOptions, 'directory'> = {},
): Promise<MigrationStatus> {
  const files = readMigrations(options.directory);
  const applied = await readApplied(database);
  const version = applied.at(-1)?.name ?? '';
  try {
    const pending = pendingMigrations(files, applied).map(({ name }) => name);
    return { current: pending.length === 0, version, pending, problem: null };
  } catch (error) {
    return { current: false, version, pending: [], problem: reasonOf(error) };
  }
}

async function applyNext(connection: Queryable, files: readonly Migration[]): Promise<string | undefined> {
  // Before anything is created: "if not exists" does not keep two creators from colliding.
  await connection.execute(takeMigrationLock());
  await requirePostgres(connection);
  const applied = await readApplied(connection);
  const next = pendingMigrations(files, applied)[0];
  if (next === undefined) return undefined;
  if (applied.length === 0) await createLedger(connection);
  try {
    await connection.execute({ text: next.text, values: [] });
  } catch (error) {
    throw new StoreError(`${next.file} could not be applied: ${reasonOf(error)}. Nothing of it was kept.`, {
      cause: error,
    });
  }
  await connection.execute(recordMigration(next.name, next.checksum));
  return next.name;
}

async function requirePostgres(connection: Queryable): Promise<void> {
  const [row] = await connection.rows<{ number: number; version: string }>(serverVersion());
  if (row !== undefined && row.number < OLDEST_POSTGRES * 10_000) {
    throw new StoreError(
      `The database runs PostgreSQL ${row.version}; Assay needs ${OLDEST_POSTGRES} or newer. Point DATABASE_URL at a newer server, or leave it unset to use the embedded one.`,
    );
  }
}

async function createLedger(connection: Queryable): Promise<void> {
  for (const schema of SCHEMAS) {
    // Asked first, because a role that may not create schemas can be given ours by its administrator.
    const [row] = await connection.rows<{ present: boolean }>(schemaPresent(schema));
    if (row?.present !== true) await connection.execute(ddl`create schema ${identifier(schema)}`);
  }
  await connection.execute(ddl`
    create table if not exists assay.migration (
      name       text        primary key,
      checksum   text        not null,
      applied_at timestamptz not null default now()
    )`);
}

async function readApplied(connection: Queryable): Promise<readonly AppliedMigration[]> {
  const [row] = await connection.rows<{ present: boolean }>(ledgerPresent());
  return row?.present === true ? connection.rows<AppliedMigration>(appliedMigrations()) : [];
}

/** Waits for any other migrating process; released at the end of the transaction. */
export function takeMigrationLock(): Statement {
  return sql`select pg_advisory_xact_lock(${LOCK_KEY}::bigint)`;
}

export function serverVersion(): Statement {
  return sql`select current_setting('server_version_num')::integer as number, current_setting('server_version') as version`;
}

export function schemaPresent(schema: string): Statement {
  return sql`select to_regnamespace(${schema}) is not null as present`;
}

export function ledgerPresent(): Statement {
  return sql`select to_regclass('assay.migration') is not null as present`;
}

export function appliedMigrations(): Statement {
  return sql`select name, checksum from assay.migration order by name`;
}

export function recordMigration(name: string, checksum: string): Statement {
  return sql`insert into assay.migration (name, checksum) values (${name}, ${checksum})`;
}
