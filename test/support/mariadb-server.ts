import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { pidExists } from '#store/embedded/process-identity.ts';
import { scratchDisk } from './test-server.ts';

/** A real MariaDB on a socket and a loopback port of its own, its data in a temporary folder. */
export interface MariadbServer {
  /** `mysql://` URL of a database, made when it is absent. */
  database(name: string): Promise<string>;
  /** kill -9, and a new start on what is on the disk. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

const PREFIX = 'assay-mariadb-';
const START_MS = 60_000;
const INSTALL = ['mariadb-install-db', 'mysql_install_db'];
const SERVER = ['mariadbd', '/usr/sbin/mariadbd', 'mysqld'];

/** False when MariaDB is there, else why it is not, as node:test's `skip` takes it. */
export const MARIADB_MISSING: string | false =
  found(SERVER) !== null && found(INSTALL) !== null
    ? false
    : 'needs MariaDB (apt-get install mariadb-server)';

/**
 * Starts a server; as root it runs under the uid of nobody, so that no account is made for it. One that is not
 * durable may lose its last second when it crashes.
 */
export async function startMariadb({ durable = false } = {}): Promise<MariadbServer> {
  const parent = scratchDisk();
  removeLeftovers(parent);
  const folder = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
  const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const data = join(folder, 'data');
  mkdirSync(data);
  if (account.uid !== undefined) for (const path of [folder, data]) chownSync(path, account.uid, account.gid);
  chmodSync(folder, 0o755);
  const common = ['--no-defaults', `--datadir=${data}`, `--tmpdir=${folder}`];
  const install = spawnSync(
    found(INSTALL) ?? '',
    [...common, '--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'],
    { ...account, encoding: 'utf8', cwd: folder },
  );
  if (install.status !== 0)
    throw new Error(`MariaDB could not be set up: ${install.stdout}${install.stderr}`);
  const port = await freePort();
  const spawned = (): ChildProcess =>
    spawn(
      found(SERVER) ?? '',
      [
        ...common,
        `--socket=${join(folder, 'sock')}`,
        `--port=${port}`,
        '--bind-address=127.0.0.1',
        '--skip-name-resolve',
        `--log-error=${join(folder, 'log')}`,
        `--pid-file=${join(folder, 'pid')}`,
        `--innodb-flush-log-at-trx-commit=${durable ? 1 : 0}`,
        '--innodb-buffer-pool-size=64M',
        // The defaults that trip checks: case and accents ignored, trailing spaces too.
        '--character-set-server=utf8mb4',
        '--collation-server=utf8mb4_general_ci',
      ],
      { ...account, stdio: 'ignore', cwd: folder },
    );
  let child = spawned();
  const url = (database: string): string => `mysql://root@127.0.0.1:${port}/${database}`;
  const stop = async (): Promise<void> => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', () => child.kill('SIGKILL'));
  try {
    await untilReady(child, url(''), join(folder, 'log'));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    async database(name) {
      const connection = await createConnection({ uri: url('') });
      await connection.query(`create database if not exists \`${name}\``);
      await connection.end();
      return url(name);
    },
    async crash() {
      await ended(child);
      child = spawned();
      await untilReady(child, url(''), join(folder, 'log'));
    },
    stop,
  };
}

/** Ends servers whose test run was killed, and removes their folders. */
function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent).filter((one) => one.startsWith(PREFIX))) {
    if (pidExists(Number(name.slice(PREFIX.length).split('-')[0]))) continue;
    const folder = join(parent, name);
    const pid = textOf(join(folder, 'pid'));
    if (textOf(`/proc/${pid.trim()}/cmdline`).includes(folder)) process.kill(Number(pid), 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function untilReady(child: ChildProcess, url: string, log: string): Promise<void> {
  const until = Date.now() + START_MS;
  for (;;) {
    try {
      const connection = await createConnection({ uri: url, connectTimeout: 2000 });
      await connection.end();
      return;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > until)
        throw new Error(`MariaDB did not start: ${readFileSync(log, 'utf8').slice(-2000)}`, { cause: error });
      await sleep(50);
    }
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

function found(names: readonly string[]): string | null {
  return names.find((name) => spawnSync(name, ['--version']).status === 0) ?? null;
}
