import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandAs, type Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { logSince, programError } from './folder-error.ts';
import { pidExists } from './process-identity.ts';
import { readPostmaster, type Postmaster } from './postmaster.ts';
import { serverArguments, type Address } from './settings.ts';

/** Longest socket path that every platform takes (macOS: 104 bytes with the closing zero). */
const SOCKET_PATH_LIMIT = 103;
/** A log larger than this is set aside at the next start, in bytes. */
const LOG_LIMIT = 16 * 1024 ** 2;
/** Time between two notes while a server recovers, in milliseconds. */
const NOTE_INTERVAL = 10_000;

export interface ServerPlace {
  readonly dataDir: string;
  readonly cluster: string;
  readonly logFile: string;
  readonly binaries: Binaries;
  readonly account: Account | undefined;
}

/** Starts the server and waits until it takes connections; recovery after a crash may take its time. */
export async function startServer(place: ServerPlace, log: (text: string) => void): Promise<Postmaster> {
  const address = await chooseAddress(place);
  if (existsSync(place.logFile) && statSync(place.logFile).size > LOG_LIMIT)
    renameSync(place.logFile, `${place.logFile}.old`);
  const logFile = openSync(place.logFile, 'a', 0o600);
  if (place.account !== undefined) chownSync(place.logFile, place.account.uid, place.account.gid);
  const logStart = statSync(place.logFile).size;
  const args = serverArguments(place.cluster, address);
  const command = commandAs(place.account, place.binaries.postgres, args, [
    place.cluster,
    place.binaries.postgres,
  ]);
  // A session of its own: Ctrl-C in a terminal must reach Assay first, which still has events to store.
  const child = spawn(command.file, [...command.args], {
    ...command.account,
    cwd: '/',
    detached: true,
    stdio: ['ignore', logFile, logFile],
    env: { ...process.env, LC_ALL: 'C', PGDATA: place.cluster },
  });
  closeSync(logFile);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${code ?? signal}`));
  });
  child.unref();
  let nextNote = Date.now() + NOTE_INTERVAL;
  let failure: string | undefined;
  do {
    const postmaster = readPostmaster(place.cluster);
    if (postmaster?.ready === true && postmaster.pid === child.pid) return postmaster;
    if (Date.now() > nextNote) {
      log(`PostgreSQL is still recovering its data; see ${place.logFile}`);
      nextNote += NOTE_INTERVAL;
    }
    failure = await Promise.race([sleep(5, undefined), ended]);
  } while (failure === undefined);
  removeSocketFolder(address);
  throw programError(
    `The embedded PostgreSQL did not start: ${failure}`,
    place.dataDir,
    logSince(place.logFile, logStart),
  );
}

/** True when a running server was started just as we would start it now. */
export function hasOurSettings(place: ServerPlace, postmaster: Postmaster): boolean {
  const path = join(place.cluster, 'postmaster.opts');
  if (!existsSync(path) || !pidExists(postmaster.pid)) return false;
  const expected = serverArguments(place.cluster, postmaster.address).map((argument) => `"${argument}"`);
  return readFileSync(path, 'utf8').trimEnd().endsWith(expected.join(' '));
}

/** Removes the private folder that held a socket, when it was not the data folder itself. */
export function removeSocketFolder(address: Address): void {
  if (address.kind === 'socket' && /^assay-[A-Za-z0-9]{6}$/.test(basename(address.folder))) {
    rmSync(address.folder, { recursive: true, force: true });
  }
}

/** A socket in the data folder; in a private folder of its own when that path is too long for one; else a port. */
async function chooseAddress(place: ServerPlace): Promise<Address> {
  if (process.platform === 'win32') return { kind: 'tcp', port: await freePort() };
  const socketPath = join(place.dataDir, '.s.PGSQL.5432');
  // The setting is a list: a comma, a quote or a space would end the name.
  if (Buffer.byteLength(socketPath) <= SOCKET_PATH_LIMIT && !/[,"'\s\\]/.test(place.dataDir)) {
    return { kind: 'socket', folder: place.dataDir };
  }
  const parent = Buffer.byteLength(tmpdir()) < 60 && !/[,"'\s\\]/.test(tmpdir()) ? tmpdir() : '/tmp';
  const folder = mkdtempSync(join(parent, 'assay-'));
  chmodSync(folder, 0o700);
  if (place.account !== undefined) chownSync(folder, place.account.uid, place.account.gid);
  return { kind: 'socket', folder };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address !== null && typeof address === 'object'
          ? resolve(address.port)
          : reject(new Error('no free port')),
      );
    });
  });
}
