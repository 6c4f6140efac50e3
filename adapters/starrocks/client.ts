import { createPool, type Pool, type PoolConnection, type ResultSetHeader } from 'mysql2/promise';
import { faultOf, isUnreachable } from './driver-fault.ts';
import { StarRocksError, type Row, type Session } from './session.ts';
import { addressOf, showAddress, type FrontEndAddress, type StarRocksSettings } from './settings.ts';

/** A session with a cluster: a few connections to one frontend, the leader where it can be reached. */
export interface StarRocksClient extends Session {
  query(sql: string, options?: { readonly timeLimitMs?: number }): Promise<readonly Row[]>;
  /** Values of the session's variables by name; empty when the frontend does not tell. */
  variables(): Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}

const FIFTEEN_MINUTES = 900_000;
/** The client waits longer than the frontend is told to work, so that it hears the answer. */
const PATIENCE_MS = 5_000;

interface Connected {
  readonly address: FrontEndAddress;
  readonly pool: Pool;
}

/**
 * Opens the way to a cluster; nothing is connected until first used. Only text queries are sent: prepared ones are
 * broken or missing in many releases, and no driver may split a statement in two. All work goes to one frontend,
 * because a follower may not have seen yet what was done through another.
 */
export function starRocksClient(settings: StarRocksSettings): StarRocksClient {
  const addresses = settings.hosts.map(addressOf);
  const [first] = addresses;
  if (first === undefined) throw new TypeError(`The cluster ${settings.name} needs a frontend in hosts.`);
  const secrets = [settings.password];
  const limitMs = settings.statementTimeoutMs ?? FIFTEEN_MINUTES;
  let connected: Promise<Connected> | null = null;
  let variables: Promise<ReadonlyMap<string, string>> | null = null;

  const connect = async (): Promise<Connected> => {
    let fault: unknown = null;
    for (const address of addresses) {
      const pool = poolTo(address, settings);
      try {
        const leader = await leaderOf(pool, address);
        if (leader === null) return { address, pool };
        const better = poolTo(leader, settings);
        if (await answers(better)) {
          await pool.end();
          return { address: leader, pool: better };
        }
        await better.end();
        return { address, pool };
      } catch (error) {
        fault = error;
        await pool.end();
      }
    }
    const tried = addresses.map(showAddress).join(', ');
    const { message, kind, code } = faultOf(fault, secrets);
    throw new StarRocksError(kind, `No frontend of ${settings.name} lets us in (${tried}): ${message}`, code);
  };
  const current = (): Promise<Connected> => {
    connected ??= connect().catch((error: unknown) => {
      connected = null;
      throw error;
    });
    return connected;
  };
  /** The next statement looks for a frontend anew. */
  const forget = (lost: Connected): void => {
    connected = null;
    void lost.pool.end().catch(() => undefined);
  };

  const query: StarRocksClient['query'] = async (sql, { timeLimitMs = limitMs } = {}) => {
    const at = await current();
    let connection: PoolConnection;
    try {
      connection = await prepared(at.pool);
    } catch (error) {
      if (isUnreachable(error)) forget(at);
      throw faultOf(error, secrets);
    }
    try {
      const [answer] = await connection.query({
        sql,
        timeout: timeLimitMs + PATIENCE_MS,
        // As the wire carries them: numbers of 128 bits and times without a zone are texts.
        typeCast: (field) => field.string(),
      });
      connection.release();
      return rowsOf(answer);
    } catch (error) {
      const fault = faultOf(error, secrets);
      // What arrives later on a connection that was given up must never be taken for another answer.
      if (fault.kind === 'lost') connection.destroy();
      else connection.release();
      if (isUnreachable(error)) forget(at);
      throw fault;
    }
  };

  return {
    query,
    variables() {
      variables ??= query('SHOW VARIABLES')
        .then(
          (rows) =>
            new Map(
              rows.map((row) => [
                (row['Variable_name'] ?? '').toLowerCase(),
                row['Value'] ?? row['Variable_value'] ?? '',
              ]),
            ),
        )
        .catch((error: unknown) => {
          variables = null;
          throw error;
        });
      return variables;
    },
    async close() {
      const open = connected;
      connected = null;
      if (open === null) return;
      await open.then(({ pool }) => pool.end()).catch(() => undefined);
    },
  };
}

function poolTo({ host, port }: FrontEndAddress, settings: StarRocksSettings): Pool {
  return createPool({
    host,
    port,
    user: settings.user,
    password: settings.password,
    ...(settings.tls === true && { ssl: {} }),
    connectionLimit: settings.connections ?? 4,
    connectTimeout: 10_000,
    idleTimeout: 60_000,
    charset: 'utf8mb4',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    multipleStatements: false,
    enableKeepAlive: true,
    // Files of this machine are nobody's business.
    flags: ['-LOCAL_FILES'],
  });
}

const READY = new WeakSet<object>();

/** A connection on which times mean UTC. */
async function prepared(pool: Pool): Promise<PoolConnection> {
  const connection = await pool.getConnection();
  const { connection: inner } = connection as PoolConnection & { readonly connection: object };
  if (READY.has(inner)) return connection;
  try {
    await connection.query("SET time_zone = '+00:00'");
  } catch (error) {
    connection.destroy();
    throw error;
  }
  READY.add(inner);
  return connection;
}

/** The leader's address when it is another than the one that answers; null when it is this one, or is not told. */
async function leaderOf(pool: Pool, here: FrontEndAddress): Promise<FrontEndAddress | null> {
  const connection = await prepared(pool);
  try {
    const [answer] = await connection.query({
      sql: 'SHOW FRONTENDS',
      timeout: 10_000,
      typeCast: (field) => field.string(),
    });
    const leader = rowsOf(answer).find((row) => row['Role'] === 'LEADER' || row['IsMaster'] === 'true');
    const host = leader?.['IP'] ?? leader?.['Host'] ?? null;
    const port = Number(leader?.['QueryPort'] ?? here.port);
    return host === null || (host === here.host && port === here.port) ? null : { host, port };
  } catch (error) {
    // Who may not ask for the frontends stays where it is.
    if (faultOf(error).kind === 'refused') return null;
    throw error;
  } finally {
    connection.release();
  }
}

async function answers(pool: Pool): Promise<boolean> {
  try {
    (await prepared(pool)).release();
    return true;
  } catch {
    return false;
  }
}

/** Rows of an answer. A load that is committed and not visible yet is in doubt: nobody can read it. */
function rowsOf(answer: unknown): readonly Row[] {
  if (Array.isArray(answer)) return answer as Row[];
  const { info = '' } = answer as Partial<ResultSetHeader>;
  if (/'status'\s*:\s*'COMMITTED'/.test(info))
    throw new StarRocksError('lost', 'The load is committed and not visible yet; ask again.');
  return [];
}
