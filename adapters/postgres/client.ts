import { Pool, type PoolClient } from 'pg';

export interface PostgresWarehouseOptions {
  /** The name by which contracts address it: `warehouse` in `publish_to: warehouse:gold.daily_routes`. */
  readonly name: string;
  /** postgres:// URL of the warehouse, with the role that alone may write gold. */
  readonly url: string;
  readonly connections?: number;
  /** Longest single statement; 10 minutes unless told (a checksum reads the whole candidate). */
  readonly statementTimeoutMs?: number;
  /** Longest wait for a lock; 5 s unless told, because readers of gold queue behind a waiting publication. */
  readonly lockTimeoutMs?: number;
  /** Told of the loss of an idle connection; never fatal by itself. */
  readonly onIdleError?: (error: Error) => void;
}

// Rows are hashed by their text, so everything that changes the text of a value is fixed. With
// row_security off a policy that would hide rows is an error, never a smaller count.
const SESSION = [
  'datestyle=ISO',
  'intervalstyle=postgres',
  'timezone=UTC',
  'extra_float_digits=1',
  'bytea_output=hex',
  'row_security=off',
  'search_path=pg_catalog,public',
];

/** Opens the pool to the warehouse. Connections are made when first needed. */
export function openPool(options: PostgresWarehouseOptions): Pool {
  const settings = [
    ...SESSION,
    `statement_timeout=${options.statementTimeoutMs ?? 600_000}`,
    `lock_timeout=${options.lockTimeoutMs ?? 5_000}`,
    'idle_in_transaction_session_timeout=60000',
  ];
  const pool = new Pool({
    connectionString: options.url,
    max: options.connections ?? 4,
    connectionTimeoutMillis: 10_000,
    application_name: 'assay-gate',
    options: settings.map((setting) => `-c ${setting}`).join(' '),
  });
  pool.on('error', (error) => options.onIdleError?.(error));
  return pool;
}

/** Ends a transaction with an expected outcome: what was done is undone, and the outcome is the answer. */
export class Refusal<T> extends Error {
  readonly outcome: T;
  constructor(outcome: T) {
    super('refused');
    this.outcome = outcome;
  }
}

/** Runs `work` in one transaction; a thrown `Refusal` or error rolls back. */
export function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return transaction(pool, 'begin', work);
}

/** Runs `work` on one snapshot that all of its statements see, and that nothing can be written in. */
export function inSnapshot<T>(
  pool: Pool,
  timeLimitMs: number | undefined,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return transaction(pool, 'begin isolation level repeatable read read only', async (client) => {
    if (timeLimitMs !== undefined)
      await client.query("select set_config('statement_timeout', $1, true)", [
        String(Math.ceil(timeLimitMs)),
      ]);
    return work(client);
  });
}

async function transaction<T>(
  pool: Pool,
  begin: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  // A connection that dies while we hold it emits `error` besides failing the query; unheard it would end the process.
  const ignore = (): void => undefined;
  client.on('error', ignore);
  let broken = false;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}

/** Rows of one statement; values are parameters, never text. */
export async function rows<T extends object>(
  client: PoolClient | Pool,
  text: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  return (await client.query({ text, values: [...values] })).rows as T[];
}

/** Runs one statement that takes no parameters (DDL). */
export async function run(client: PoolClient, text: string): Promise<void> {
  await client.query(text);
}

// Deadlock, lock and statement timeouts, shutdown, lack of resources: later may be different.
const RETRYABLE = /^(40|08|53|57)|^55P03$/;

/** SQLSTATE of an error of pg, or the code of a system error; null when it has none. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Sorts an error of pg: what may pass by itself is retryable, the rest is a failure. Details with row values are left out. */
export function faultOf(error: unknown, doing: string): { status: 'retryable' | 'failure'; reason: string } {
  const code = codeOf(error);
  const message = error instanceof Error && error.message !== '' ? error.message : (code ?? 'unknown error');
  const retryable =
    code === null ? /connection|timeout/i.test(message) : RETRYABLE.test(code) || /^E[A-Z]+$/.test(code);
  const why = code === '55P03' ? 'somebody else holds a lock on it' : message;
  return { status: retryable ? 'retryable' : 'failure', reason: `${doing}: ${why}.` };
}
