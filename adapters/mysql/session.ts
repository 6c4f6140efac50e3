import { createHash } from 'node:crypto';
import { createConnection, type Connection } from 'mysql2/promise';
import {
  connectionOptions,
  isLost,
  limitTime,
  MEASURING_SESSION,
  rows,
  TEN_MINUTES,
  type MysqlWarehouseOptions,
} from './client.ts';
import { parseTableName, showTable } from './table-name.ts';

const FIVE_SECONDS = 5_000;

/** Ends the work with an expected outcome, which is the answer. */
export class Refusal<T> extends Error {
  readonly outcome: T;
  constructor(outcome: T) {
    super('refused');
    this.outcome = outcome;
  }
}

/** Ends the work with a failure in words. */
export function refuse(reason: string): never {
  throw new Refusal({ status: 'failure', reason });
}

/** Ends the work for now. */
export function later(reason: string): never {
  throw new Refusal({ status: 'retryable', reason });
}

/**
 * Runs `work` on a connection of its own that holds the named lock of a place. The server lets go of the lock only
 * when the session ends, and a session ends after its last statement: whoever has the lock knows that nothing sent
 * by an earlier holder can still take effect, not even by a process that was killed. Named locks are the server's:
 * all collectors must reach the same primary, by no proxy that shares connections.
 */
export async function withPlace<T>(
  options: MysqlWarehouseOptions,
  { target, partition }: { readonly target: string; readonly partition: string },
  work: (session: Connection, place: string) => Promise<T>,
): Promise<T> {
  const session = await createConnection(connectionOptions(options.url));
  // A connection that dies while we hold it emits `error` besides failing the query; unheard it would end the process.
  session.on('error', () => undefined);
  let whole = true;
  try {
    const wait = Math.max(1, Math.ceil((options.lockTimeoutMs ?? FIVE_SECONDS) / 1000));
    await session.query(MEASURING_SESSION);
    await limitTime(session, options.statementTimeoutMs ?? TEN_MINUTES);
    // A client that is gone without a word holds its lock for a minute at most.
    await session.query(
      `set session lock_wait_timeout = ${wait}, innodb_lock_wait_timeout = ${wait}, wait_timeout = 60, autocommit = 1`,
    );
    const [own] = await rows<{ name: string | null }>(session, 'select database() as name');
    const place = placeName(target, partition, own?.name ?? null);
    const name = `assay:${place.slice(0, 40)}`;
    const [got] = await rows<{ got: string | number | null }>(session, 'select get_lock(?, ?) as got', [
      name,
      wait,
    ]);
    if (Number(got?.got) !== 1) later('Somebody else publishes there.');
    const result = await work(session, place);
    await session.query('select release_lock(?)', [name]);
    return result;
  } catch (error) {
    whole = !isLost(error);
    throw error;
  } finally {
    if (whole) await session.end().catch(() => session.destroy());
    else session.destroy();
  }
}

/** One name for a partition of a target, however the target is written; a lock's name has 64 characters at most. */
function placeName(target: string, partition: string, database: string | null): string {
  const table = parseTableName(target);
  const name = table === null ? target : showTable({ ...table, database: table.database ?? database });
  return createHash('sha256').update(`${name}\n${partition}`).digest('hex');
}
