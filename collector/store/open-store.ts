import { openDatabase, type Database } from './database.ts';
import { startEmbedded, type EmbeddedPostgres } from './embedded/start-embedded.ts';
import { migrate, type MigrateOutcome } from './migrate.ts';
import { codeOf, reasonOf, StoreError } from './store-error.ts';
import { sql, type Statement } from './sql.ts';

export interface StoreOptions {
  /** A PostgreSQL of the user's own; without it an embedded one is started. */
  readonly databaseUrl?: string | null | undefined;
  /** Where the embedded one keeps its data. */
  readonly dataDir: string;
  readonly connections?: number;
  readonly log?: (text: string) => void;
  readonly onIdleError?: (error: Error) => void;
}

/** One batch under way, one that waits for its commit, and room for what is put aside. */
const WRITER_CONNECTIONS = 4;

/** Opens connections for ingest: its own, which no reader holds up, and plans made once. */
export function openWriter(url: string, onIdleError?: (error: Error) => void): Database {
  return openDatabase({
    url,
    connections: WRITER_CONNECTIONS,
    plansByKeys: true,
    ...(onIdleError && { onIdleError }),
  });
}

/** The store, open and with a current schema. */
export interface Store {
  readonly database: Database;
  /** For further pools (ingest's, see openWriter); holds a password, so not for logs. */
  readonly url: string;
  /** The server we started, or null when it is the user's. */
  readonly embedded: EmbeddedPostgres | null;
  /** What had to be done to bring the schema up to date. */
  readonly migration: MigrateOutcome;
  close(): Promise<void>;
}

/** Opens the store and brings its schema up to date. Throws a StoreError in words for a person. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const log = options.log ?? (() => {});
  const given = options.databaseUrl ? checkUrl(options.databaseUrl) : undefined;
  const embedded = given === undefined ? await startEmbedded({ dataDir: options.dataDir, log }) : null;
  const url = given ?? embedded?.url('assay') ?? '';
  const onIdleError = options.onIdleError && { onIdleError: options.onIdleError };
  const database = openDatabase({
    url,
    ...(options.connections !== undefined && { connections: options.connections }),
    ...onIdleError,
  });
  const close = async (): Promise<void> => {
    await database.close();
    await embedded?.stop();
  };
  try {
    if (given !== undefined) await reach(database, given);
    const migration = await migrate(database, { onStep: (name) => log(`Applied migration ${name}`) });
    return { database, url, embedded, migration, close };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}

/** Asks for nothing but an answer. */
export function ping(): Statement {
  return sql`select 1 as alive`;
}

async function reach(database: Database, url: string): Promise<void> {
  try {
    await database.execute(ping());
  } catch (error) {
    throw unreachable(url, error);
  }
}

function checkUrl(url: string): string {
  const parsed = URL.parse(url.replace('@/', '@localhost/'));
  if (parsed !== null && ['postgres:', 'postgresql:'].includes(parsed.protocol)) return url;
  throw new StoreError(
    'DATABASE_URL is not a PostgreSQL URL: write it as postgres://user:password@host:5432/database.',
  );
}

/** Says in words why the database cannot be used, never with the password. */
function unreachable(url: string, error: unknown): StoreError {
  const { host, user, name, password } = partsOf(url);
  const where = `PostgreSQL at ${host} (from DATABASE_URL)`;
  const message = (text: string): StoreError => new StoreError(text);
  switch (codeOf(error) ?? '') {
    case 'ECONNREFUSED':
    case 'ENOENT':
      return message(
        `${where} refuses connections: start it there, or correct the address. Without DATABASE_URL Assay uses an embedded one.`,
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return message(`${where} cannot be found: there is no host of that name. Correct the address.`);
    case '28P01':
    case '28000':
      return message(
        `${where} does not let user ${user} in: correct user and password, or the server's pg_hba.conf.`,
      );
    case '3D000':
      return message(
        `${where} has no database ${name}: make it there (create database ${name}), or correct the name.`,
      );
    case '53300':
      return message(`${where} has no connection left: raise its max_connections, or close other clients.`);
    default: {
      const reason = password === '' ? reasonOf(error) : reasonOf(error).replaceAll(password, '***');
      return message(`${where} does not answer: ${reason}. Check the address and that the server runs.`);
    }
  }
}

function partsOf(url: string): { host: string; user: string; name: string; password: string } {
  const parsed = new URL(url.replace('@/', '@localhost/'));
  const folder = parsed.searchParams.get('host');
  const address = `${parsed.hostname}:${parsed.port === '' ? '5432' : parsed.port}`;
  const user = decodeURIComponent(parsed.username);
  const name = decodeURIComponent(parsed.pathname.slice(1));
  return {
    host: folder ?? address,
    user,
    name: name === '' ? user : name,
    password: decodeURIComponent(parsed.password),
  };
}
