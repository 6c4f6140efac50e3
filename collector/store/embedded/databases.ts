import { Client } from 'pg';
import { ddl, identifier } from '../ddl.ts';
import { codeOf } from '../store-error.ts';
import { SOCKET_PORT, type Address } from './settings.ts';

/**
 * A URL that pg, libpq and `new URL` all read. A socket's folder goes into the `host` parameter, which
 * pg and libpq put before the URL's host.
 */
export function connectionUrl(address: Address, user: string, password: string, database: string): string {
  const place = address.kind === 'tcp' ? `127.0.0.1:${address.port}/` : `localhost:${SOCKET_PORT}/`;
  const host = address.kind === 'tcp' ? '' : `?host=${encodeURIComponent(address.folder)}`;
  return `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${place}${encodeURIComponent(database)}${host}`;
}

/** Makes a database when it is absent; true when it was made. */
export function createDatabase(url: string, name: string): Promise<boolean> {
  return withClient(url, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount !== 0) return false;
    try {
      await client.query(ddl`create database ${identifier(name)}`.text);
      return true;
    } catch (error) {
      const DUPLICATE_DATABASE = '42P04';
      if (codeOf(error) === DUPLICATE_DATABASE) return false;
      throw error;
    }
  });
}

/** Compresses by LZ4 where the server was built with it: several times quicker than PostgreSQL's own way. */
export function preferLz4(url: string): Promise<void> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select name from pg_settings
        where name in ('wal_compression', 'default_toast_compression') and 'lz4' = any (enumvals) and setting <> 'lz4'`,
    );
    for (const { name } of rows) await client.query(ddl`alter system set ${identifier(name)} = lz4`.text);
    if (rows.length > 0) await client.query('select pg_reload_conf()');
  });
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {}); // reported by the query that it breaks
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
