import type { Duplex } from 'node:stream';
import {
  Pool,
  types as standard,
  type CustomTypesConfig,
  type PoolClient,
  type QueryConfig,
  type QueryResult,
} from 'pg';
import { asError, codeOf } from './store-error.ts';
import type { Statement } from './sql.ts';

/** Runs statements: a pool, or the one connection of a transaction. */
export interface Queryable {
  /** Rows of one statement. T is the row's shape as pg parses it (see `ourParsers` below). */
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
  /**
   * Prepared statements are planned once and for all, not anew for each set of values: for statements that look
   * rows up by keys, whatever the values. Planning was measured at three quarters of PostgreSQL's time for
   * small batches. A plan that was made for an empty table is kept when the table is large, so it may not
   * read whole tables where there is an index.
   */
  readonly plansByKeys?: boolean;
  /** Told of the loss of a connection (server restart); never fatal by itself. */
  readonly onIdleError?: (error: Error) => void;
}

/** Our schemas, in the order in which names are looked up: the rebuildable model, then the truth it is built from. */
export const SEARCH_PATH = 'assay_model,assay,public';

const IN_FAILED_TRANSACTION = '25P02';

const PLANS_BY_KEYS =
  ' -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off';

/** Longest wait for a connection to be made, in milliseconds. */
const CONNECT_TIMEOUT = 10_000;

/**
 * How values arrive: bigint and numeric as number (exact up to 2^53: counts and sizes), their one-dimensional
 * arrays too; date as 'YYYY-MM-DD', because a day has no time zone; the rest as pg does (timestamptz a Date).
 */
const ourParsers = new Map<number, (text: string) => unknown>([
  [standard.builtins.INT8, Number],
  [standard.builtins.NUMERIC, Number],
  [standard.builtins.DATE, String],
  [1016, numberArray], // bigint[]
  [1231, numberArray], // numeric[]
]);

// Given to our pools alone: a pg elsewhere in the process is not changed.
const types: CustomTypesConfig = {
  getTypeParser: (oid, format) => ourParsers.get(oid) ?? standard.getTypeParser(oid, format),
};

function numberArray(text: string): (number | null)[] {
  return text === '{}'
    ? []
    : text
        .slice(1, -1)
        .split(',')
        .map((item) => (item === 'NULL' ? null : Number(item)));
}

/** Opens a pool. Connections are made when first needed; nothing is checked here. */
export function openDatabase(options: DatabaseOptions): Database {
  const { url, startup } = separateStartupOptions(options.url);
  const plans = options.plansByKeys === true ? PLANS_BY_KEYS : '';
  const pool = new Pool({
    connectionString: url,
    max: options.connections ?? 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
    // Statements given without waiting for one another travel together: one round trip for all of them.
    pipeline: true,
    types,
    options: `${startup} -c search_path=${SEARCH_PATH}${plans}`.trimStart(),
    application_name: 'assay',
  });
  const onLoss = (error: Error): void => options.onIdleError?.(error);
  // Without a listener an idle connection's end (57P01 at server shutdown) would end the process.
  pool.on('error', onLoss);
  return {
    ...queryable(pool),
    transaction: (work) => transaction(pool, onLoss, work),
    close: () => pool.end(),
  };
}

async function transaction<T>(
  pool: Pool,
  onLoss: (error: Error) => void,
  work: (connection: Queryable) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // Statements travel together: one that failed drags others with it, and theirs says nothing of the cause.
  let first: unknown;
  const lost = (error: Error): void => {
    broken ??= error;
    onLoss(error);
  };
  // The pool's own listener covers idle connections only: one lost while held would end the process.
  client.on('error', lost);
  try {
    // Not waited for: it travels with the first statement, and what follows a failed one fails too.
    inOneWrite(client);
    const begun = answered(client, { text: 'begin' });
    begun.catch(() => {});
    const result = await work(queryable(client, (error) => (first ??= error)));
    await begun;
    const { command } = await answered(client, { text: 'commit' });
    // COMMIT of an aborted transaction is no error to Postgres: it answers ROLLBACK, and nothing was kept.
    if (command !== 'COMMIT')
      throw new Error('the transaction was rolled back: a statement in it failed and was passed over');
    return result;
  } catch (error) {
    // Lost between two statements: the next one's error only says that the client is of no use.
    const loss = broken;
    await answered(client, { text: 'rollback' }).catch((rollbackError: unknown) => {
      broken = asError(rollbackError);
    });
    throw loss ?? (codeOf(error) === IN_FAILED_TRANSACTION ? first : error);
  } finally {
    client.off('error', lost);
    client.release(broken);
  }
}

function queryable(client: Pool | PoolClient, onError: (error: unknown) => void = () => {}): Queryable {
  const run = async (statement: Statement): Promise<QueryResult> => {
    inOneWrite(client);
    try {
      return await answered(client, { ...statement, values: [...statement.values] });
    } catch (error) {
      onError(error);
      throw error;
    }
  };
  return {
    rows: async <T extends object>(statement: Statement) => (await run(statement)).rows as T[],
    execute: async (statement) => (await run(statement)).rowCount ?? 0,
  };
}

/** What is asked in one turn goes out in one write: each by itself would wake the server, and it us. */
function inOneWrite(client: Pool | PoolClient): void {
  if (!('connection' in client)) return;
  const { stream } = client.connection as { stream: Duplex };
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/**
 * By callback: what was sent with the promise that pg makes itself mostly stayed until V8 collected its whole heap.
 * At 3,000 events a second that was 10 MB a second, and a pause every second or two (docs/adr/0049-batches-keep-a-pace.md).
 */
function answered(client: Pool | PoolClient, query: QueryConfig): Promise<QueryResult> {
  return new Promise((resolve, reject) => {
    client.query(query, (error: Error | null | undefined, result) => {
      if (error) reject(error);
      else resolve(result);
    });
  });
}

/** Takes `options=-c …` out of a URL: pg would let them replace ours, and with them our search path. */
function separateStartupOptions(url: string): { url: string; startup: string } {
  const found = /([?&])options=([^&#]*)(&?)/.exec(url);
  if (found === null) return { url, startup: '' };
  const [whole, lead = '?', value = '', trail = ''] = found;
  return {
    url: url.replace(whole, trail === '' ? '' : lead),
    startup: decodeURIComponent(value.replaceAll('+', ' ')),
  };
}
