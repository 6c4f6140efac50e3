import pg from 'pg';
import type { Statement } from './sql.ts';

/** Runs statements: a pool, or the one connection of a transaction. */
export interface Queryable {
  /** Rows of one statement. T is the row's shape as pg parses it (bigint and numeric as number, see below). */
  rows<T extends object>(statement: Statement): Promise<T[]>;
  /** Number of rows that a statement changed. */
  execute(statement: Statement): Promise<number>;
}

/** Our Postgres. */
export interface Database extends Queryable {
  /** Runs `work` in one transaction on one connection; rolls back when it throws. */
  transaction<T>(work: (connection: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** postgres:// URL. */
  readonly url: string;
  /** Connections at most; 10 unless told. */
  readonly connections?: number;
  /** Told of the loss of an idle connection (server restart); never fatal by itself. */
  readonly onIdleError?: (error: Error) => void;
}

/** Our schemas, in the order in which names are looked up: the rebuildable model, then the truth it is built from. */
export const SEARCH_PATH = 'assay_model,assay,public';

const INT8 = 20;
const NUMERIC = 1700;

// Counts and sizes stay exact up to 2^53; the types are ours alone, so a pg elsewhere in the process is not changed.
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8 || oid === NUMERIC) return Number;
    return pg.types.getTypeParser(oid, format as 'text');
  }) as pg.CustomTypesConfig['getTypeParser'],
};

/** Opens a pool. Connections are made when first needed; nothing is checked here. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connections ?? 10,
    types,
    options: `-c search_path=${SEARCH_PATH}`,
    application_name: 'assay',
  });
  // Without a listener an idle connection's end (57P01 at server shutdown) would end the process.
  pool.on('error', (error) => options.onIdleError?.(error));
  return {
    ...queryable(pool),
    async transaction(work) {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query('begin');
        const result = await work(queryable(client));
        await client.query('commit');
        return result;
      } catch (error) {
        await client.query('rollback').catch((rollbackError: unknown) => {
          broken = rollbackError instanceof Error ? rollbackError : new Error(String(rollbackError));
        });
        throw error;
      } finally {
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}

function queryable(client: pg.Pool | pg.PoolClient): Queryable {
  const run = (statement: Statement): Promise<pg.QueryResult> =>
    client.query({ ...statement, values: [...statement.values] });
  return {
    rows: async <T extends object>(statement: Statement) => (await run(statement)).rows as T[],
    execute: async (statement) => (await run(statement)).rowCount ?? 0,
  };
}
