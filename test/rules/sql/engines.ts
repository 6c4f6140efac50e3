import { MEASURING_SESSION } from '#adapters/mysql/client.ts';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import type { DialectName } from '#model/ports.ts';
import type { TableDescription } from '#model/measure-plan.ts';
import type { Table } from './row-oracle.ts';
import { describeTable, tableSql } from './table-sql.ts';

// Its binary comes as an optional package of the platform.
const duckdb = await import('@duckdb/node-api').catch(() => null);

/** False when DuckDB is there, else why it is not, as node:test's `skip` takes it. */
export const DUCKDB_MISSING: string | false =
  duckdb === null && process.env['CI'] === undefined
    ? "DuckDB's package has no binary for this machine"
    : false;

/** A real engine: rows in, numbers out. */
export interface Engine {
  readonly dialect: DialectName;
  run(text: string): Promise<unknown[][]>;
  close(): Promise<void>;
}

export async function postgresEngine(url: string): Promise<Engine> {
  const client = new Client({ connectionString: url, options: '-c timezone=UTC' });
  await client.connect();
  return {
    dialect: 'postgres',
    run: async (text) => (await client.query<unknown[]>({ text, rowMode: 'array' })).rows,
    close: () => client.end(),
  };
}

export async function mariadbEngine(url: string): Promise<Engine> {
  const connection = await createConnection({
    uri: url,
    rowsAsArray: true,
    dateStrings: true,
    supportBigNumbers: true,
    charset: 'utf8mb4',
    timezone: 'Z',
  });
  await connection.query(MEASURING_SESSION);
  return {
    dialect: 'mysql',
    run: async (text) => {
      const [rows] = await connection.query(text);
      return Array.isArray(rows) ? (rows as unknown[][]) : [];
    },
    close: () => connection.end(),
  };
}

export async function duckdbEngine(): Promise<Engine> {
  if (duckdb === null) throw new Error('DuckDB is not here');
  const instance = await duckdb.DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  return {
    dialect: 'duckdb',
    run: async (text) => (await connection.runAndReadAll(text)).getRowsJS(),
    close: () => {
      connection.closeSync();
      instance.closeSync();
      return Promise.resolve();
    },
  };
}

/** Makes the table anew with these rows. */
export async function load(engine: Engine, table: Table, name: string): Promise<TableDescription> {
  for (const text of tableSql(engine.dialect, table, name)) await engine.run(text);
  return describeTable(engine.dialect, table, name);
}
