import {
  createPool,
  type Connection,
  type ConnectionOptions,
  type Pool,
  type PoolConnection,
  type RowDataPacket,
} from 'mysql2/promise';

export interface MysqlWarehouseOptions {
  /** The name by which contracts address it. */
  readonly name: string;
  /** mysql:// URL; a password in it never reaches a message. */
  readonly url: string;
  readonly connections?: number;
  /** Longest single statement; 10 minutes unless told. */
  readonly statementTimeoutMs?: number;
  /** Longest wait of a publication for a lock; 5 s unless told, because readers of gold queue behind it. */
  readonly lockTimeoutMs?: number;
}

export const TEN_MINUTES = 600_000;

/** Opens the pool. Connections are made when first needed; one statement per call, no prepared ones. */
export function openPool({ url, connections = 4 }: MysqlWarehouseOptions): Pool {
  return createPool({ ...connectionOptions(url), connectionLimit: connections });
}

/** How values are written and read is the same on every connection: versions are made of it. */
export function connectionOptions(url: string): ConnectionOptions {
  return {
    uri: url,
    connectTimeout: 10_000,
    charset: 'utf8mb4',
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    decimalNumbers: false,
    multipleStatements: false,
    enableKeepAlive: true,
    // Files of this machine are nobody's business.
    flags: ['-LOCAL_FILES'],
  };
}

/** MySQL and MariaDB differ in how a statement is given a limit of time. */
export async function limitTime(connection: Connection, milliseconds: number): Promise<void> {
  const [version] = await rows<{ version: string }>(connection, 'select version() as version');
  const limit = Math.ceil(milliseconds);
  await connection.query(
    /mariadb/i.test(version?.version ?? '')
      ? `set session max_statement_time = ${limit / 1000}`
      : `set session max_execution_time = ${limit}`,
  );
}

/**
 * What a session is told before it measures. Long texts are told apart to their end, for which a sort needs
 * room: with the server's 2 MB a sort by several texts is refused (error 1038). Only what is sorted is taken.
 * Nothing that was cut off or misread passes as a number.
 */
export const MEASURING_SESSION =
  "set session time_zone = '+00:00', max_sort_length = 8388608, sort_buffer_size = 67108864, sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'";

/** Runs `work` on one snapshot that all of its statements see, and that nothing can be written in. */
export async function inSnapshot<T>(
  pool: Pool,
  timeLimitMs: number | undefined,
  work: (connection: PoolConnection) => Promise<T>,
): Promise<T> {
  const connection = await pool.getConnection();
  let broken = false;
  try {
    await connection.query(MEASURING_SESSION);
    await limitTime(connection, timeLimitMs ?? TEN_MINUTES);
    await connection.query('set session transaction isolation level repeatable read');
    await connection.query('start transaction with consistent snapshot, read only');
    return await work(connection);
  } catch (error) {
    broken = codeOf(error) === null || isLost(error);
    throw error;
  } finally {
    // Nothing was written: there is nothing to keep.
    await connection.query('rollback').catch(() => {
      broken = true;
    });
    if (broken) connection.destroy();
    else connection.release();
  }
}

/** Rows of one statement; values are parameters, never text. */
export async function rows<T extends object>(
  connection: Pool | Connection,
  text: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  const [found] = await connection.query<(T & RowDataPacket)[]>(text, [...values]);
  return found;
}

/** Numbers that mysql2 has no name for: MariaDB's own. */
const NUMBERS: Readonly<Record<number, string>> = { 1969: 'ER_STATEMENT_TIMEOUT' };

/** The symbolic code of an error of mysql2 (`ER_BAD_FIELD_ERROR`, `ECONNREFUSED`); null when it has none. */
export function codeOf(error: unknown): string | null {
  const number = error instanceof Error && 'errno' in error ? Number(error.errno) : 0;
  const named = NUMBERS[number];
  if (named !== undefined) return named;
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Whether the connection is gone with the error: what the statement did is not known. */
export function isLost(error: unknown): boolean {
  return error instanceof Error && 'fatal' in error && error.fatal === true;
}

// Deadlocks, lock waits, shutdown, too many connections: later may be different.
const RETRYABLE =
  /^(?:ER_LOCK_DEADLOCK|ER_LOCK_WAIT_TIMEOUT|ER_CON_COUNT_ERROR|ER_SERVER_SHUTDOWN|ER_TOO_MANY_USER_CONNECTIONS|PROTOCOL_CONNECTION_LOST|E[A-Z]{4,})$/;

/** Sorts an error of mysql2: what may pass by itself is retryable, the rest is a failure. */
export function faultOf(error: unknown, doing: string): { status: 'retryable' | 'failure'; reason: string } {
  const code = codeOf(error);
  const message = error instanceof Error && error.message !== '' ? error.message : (code ?? 'unknown error');
  const retryable = isLost(error) || (code !== null && RETRYABLE.test(code));
  return { status: retryable ? 'retryable' : 'failure', reason: `${doing}: ${message}.` };
}
