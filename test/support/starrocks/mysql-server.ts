import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer } from 'mysql2';
import { StarRocksError, type Row } from '#adapters/starrocks/session.ts';
import type { FrontEnd } from './front-end.ts';
import { answerRowQuery, isRowQuery, VARIABLES } from './row-queries.ts';

/** What befalls a statement: its connection ends before it runs, after it ran, or it runs only when told to. */
export type Fate = 'run' | 'lost before' | 'lost after' | 'late';

/** A frontend of the model behind the MySQL protocol, as far as StarRocks speaks it. */
export interface FrontEndServer {
  readonly port: number;
  readonly frontEnd: FrontEnd;
  /** All statements that came, in order. */
  readonly heard: string[];
  /** Commands that StarRocks does not take, such as prepared statements. */
  readonly forbidden: string[];
  fate: (sql: string) => Fate;
  variables: ReadonlyMap<string, string>;
  /** Answers a statement instead of the model; null leaves it to the model. */
  recorded: (sql: string) => Promise<readonly Row[]> | null;
  /** Milliseconds that a statement is on its way. */
  latency: (sql: string) => number;
  /** Runs what was held back, as a statement that was long on its way. */
  runLate(): Promise<void>;
}

/** What befalls a statement that a follower hands to the leader: the follower gives up before or after it ran. */
export type Forwarding = 'run' | 'given up before' | 'given up after';

/**
 * A frontend that is not the leader. It answers reads by what it has read of the journal, and hands all else to the leader;
 * after that it waits until it has read what that changed. Loads are listed by the leader wherever one asks.
 */
export interface FollowerServer extends FrontEndServer {
  /** How a statement fares that is handed over. */
  forwarding: (sql: string) => Forwarding;
  /** Statements that were handed over. */
  readonly forwarded: string[];
  /** Reads the journal to its end. */
  catchUp(): void;
}

interface ServerConnection {
  readonly stream: Socket;
  /** Number of the next packet; a command begins at 0. */
  sequenceId: number;
  serverHandshake(options: object): void;
  writeOk(args?: object): void;
  writeError(args: { readonly code: number; readonly message: string }): void;
  writeTextResult(rows: readonly object[], columns: readonly object[]): void;
  on(event: string, listener: (text: string) => void): void;
}

const USER = "'assay_gate'@'%'";
/** VAR_STRING of the protocol. */
const TEXT_TYPE = 0xfd;
const UTF8 = 33;

export function frontEndServer(t: TestContext, frontEnd: FrontEnd): Promise<FrontEndServer> {
  return listening(t, frontEnd, (state, sql) => execute(state, sql));
}

/** A follower of a leader that listens on `leaderPort`; a port where nobody answers is a leader behind a firewall. */
export async function followerServer(
  t: TestContext,
  leader: FrontEnd,
  leaderPort: number,
): Promise<FollowerServer> {
  let known = leader.copy();
  const forwarded: string[] = [];
  const run: Execute = async (state, sql) => {
    if (sql === 'SHOW FRONTENDS')
      return [
        { Name: 'fe_1', IP: '127.0.0.1', QueryPort: String(leaderPort), Role: 'LEADER', Alive: 'true' },
        { Name: 'fe_2', IP: '127.0.0.1', QueryPort: String(state.port), Role: 'FOLLOWER', Alive: 'true' },
      ];
    const isRead = /^(?:select|show|set) /i.test(sql) && !sql.includes('information_schema.loads');
    if (isRead) return execute({ ...state, frontEnd: known }, sql);
    forwarded.push(sql);
    const fate = follower.forwarding(sql);
    // StarRocks's words when the call to the leader takes too long; whether it arrived nobody knows.
    const gaveUp = new StarRocksError(
      'refused',
      'Failed to forward the statement to leader: read timed out',
      1064,
    );
    if (fate === 'given up before') throw gaveUp;
    const rows = await execute({ ...state, frontEnd: leader }, sql);
    if (fate === 'given up after') throw gaveUp;
    known = leader.copy();
    return rows;
  };
  const follower: FollowerServer = Object.assign(await listening(t, leader, run), {
    forwarding: (): Forwarding => 'run',
    forwarded,
    catchUp: () => void (known = leader.copy()),
  });
  return follower;
}

type Execute = (state: FrontEndServer, sql: string) => Promise<readonly Row[] | null>;

async function listening(t: TestContext, frontEnd: FrontEnd, run: Execute): Promise<FrontEndServer> {
  const late: string[] = [];
  const sockets = new Set<Socket>();
  const state: FrontEndServer = {
    port: 0,
    frontEnd,
    heard: [],
    forbidden: [],
    fate: () => 'run',
    variables: VARIABLES,
    recorded: () => null,
    latency: () => 0,
    async runLate() {
      for (const sql of late.splice(0)) await run(state, sql).catch(() => undefined);
    },
  };
  let connections = 0;
  const server = createServer((given) => {
    const connection = given as unknown as ServerConnection;
    sockets.add(connection.stream);
    connection.stream.setNoDelay(true);
    connection.stream.on('error', () => undefined);
    connection.on('error', () => undefined);
    connections += 1;
    connection.serverHandshake({
      protocolVersion: 10,
      serverVersion: '8.0.33',
      connectionId: connections,
      statusFlags: 2,
      characterSet: UTF8,
      authCallback(_: unknown, admit: (fault: null) => void) {
        admit(null);
        connection.sequenceId = 0;
      },
      // PROTOCOL_41, CONNECT_WITH_DB, SECURE_CONNECTION, PLUGIN_AUTH, LONG_FLAG, CONNECT_ATTRS.
      capabilityFlags: 0x200 | 0x8 | 0x8000 | 0x80000 | 0x4 | 0x100000,
    });
    const hear = (sql: string): void =>
      void answer({ state, late, run }, connection, sql).finally(() => (connection.sequenceId = 0));
    connection.on('query', hear);
    // mysql2's server hands SET over as if it were prepared.
    connection.on('stmt_prepare', (sql) => {
      if (/^SET /i.test(sql)) return hear(sql);
      state.forbidden.push(sql);
      connection.writeError({ code: 1064, message: 'Unsupported command(COM_STMT_PREPARE)' });
    });
  });
  const net = Reflect.get(server, '_server') as NetServer;
  await new Promise<void>((resolve) => net.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    net.close();
  });
  return Object.assign(state, { port: (net.address() as AddressInfo).port });
}

async function answer(
  { state, late, run }: { readonly state: FrontEndServer; readonly late: string[]; readonly run: Execute },
  connection: ServerConnection,
  sql: string,
): Promise<void> {
  state.heard.push(sql);
  const delay = state.latency(sql);
  if (delay > 0) await sleep(delay);
  const fate = state.fate(sql);
  if (fate === 'late') late.push(sql);
  if (fate === 'lost before' || fate === 'late') return void connection.stream.destroy();
  try {
    const rows = await run(state, sql);
    if (fate === 'lost after') return void connection.stream.destroy();
    if (rows === null) return connection.writeOk({ affectedRows: 0 });
    const names = Object.keys(rows[0] ?? { '': null });
    connection.writeTextResult(
      rows,
      names.map((name) => ({
        catalog: 'def',
        schema: '',
        table: '',
        orgTable: '',
        name,
        orgName: name,
        characterSet: UTF8,
        columnLength: 1024,
        columnType: TEXT_TYPE,
        flags: 0,
        decimals: 0,
      })),
    );
  } catch (error) {
    if (!(error instanceof StarRocksError)) throw error;
    connection.writeError({ code: error.code ?? 1064, message: error.message });
  }
}

/** Rows of a query; null for what changes something. */
async function execute(state: FrontEndServer, sql: string): Promise<readonly Row[] | null> {
  if (/^SET time_zone = '\+00:00'$/.test(sql)) return null;
  if (sql === 'SHOW FRONTENDS')
    return [{ Name: 'fe_1', IP: '127.0.0.1', QueryPort: String(state.port), Role: 'LEADER', Alive: 'true' }];
  if (sql === 'SHOW VARIABLES')
    return [...state.variables].map(([name, value]) => ({ Variable_name: name, Value: value }));
  if (sql === 'SELECT CURRENT_USER()') return [{ 'CURRENT_USER()': USER }];
  const recorded = state.recorded(sql);
  if (recorded !== null) return recorded;
  if (isRowQuery(sql)) return answerRowQuery(state.frontEnd, sql, state.variables);
  const begun = state.frontEnd.begin(sql);
  if ('rows' in begun) return /^(?:SELECT|SHOW) /.test(sql) ? begun.rows : null;
  begun.load.commit();
  return null;
}
