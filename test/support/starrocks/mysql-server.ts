import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import type { TestContext } from 'node:test';
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
  /** Runs what was held back, as a statement that was long on its way. */
  runLate(): Promise<void>;
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

export async function frontEndServer(t: TestContext, frontEnd: FrontEnd): Promise<FrontEndServer> {
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
    async runLate() {
      for (const sql of late.splice(0)) await execute(state, sql).catch(() => undefined);
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
      void answer(state, late, connection, sql).finally(() => (connection.sequenceId = 0));
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
  state: FrontEndServer,
  late: string[],
  connection: ServerConnection,
  sql: string,
): Promise<void> {
  state.heard.push(sql);
  const fate = state.fate(sql);
  if (fate === 'late') late.push(sql);
  if (fate === 'lost before' || fate === 'late') return void connection.stream.destroy();
  try {
    const rows = await execute(state, sql);
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
