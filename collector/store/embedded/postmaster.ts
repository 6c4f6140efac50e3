import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../store-error.ts';
import { commandLine, pidExists } from './process-identity.ts';
import { SOCKET_PORT, type Address } from './settings.ts';

/** What a running server says of itself in postmaster.pid (PostgreSQL's storage/pidfile.h). */
export interface Postmaster {
  readonly pid: number;
  readonly address: Address;
  readonly ready: boolean;
}

/** How long a server may take to end before it is ended without its last checkpoint, in milliseconds. */
const FAST_PATIENCE = 60_000;
const IMMEDIATE_PATIENCE = 20_000;

/** Reads postmaster.pid; undefined when there is none or it is still being written. */
export function readPostmaster(cluster: string): Postmaster | undefined {
  const path = join(cluster, 'postmaster.pid');
  if (!existsSync(path)) return undefined;
  const [pid, , , port, socketFolder, , , status] = readFileSync(path, 'utf8').split('\n');
  if (pid === undefined || port === undefined || socketFolder === undefined) return undefined;
  const address: Address =
    socketFolder === '' ? { kind: 'tcp', port: Number(port) } : { kind: 'socket', folder: socketFolder };
  return { pid: Number(pid), address, ready: status?.trim() === 'ready' };
}

/** The server that runs on this cluster, or undefined. */
export function findPostmaster(cluster: string): Postmaster | undefined {
  const found = readPostmaster(cluster);
  if (found === undefined || !pidExists(found.pid)) return undefined;
  const works = worksIn(found.pid, cluster);
  if (works !== undefined) return works ? found : undefined;
  const command = commandLine(found.pid);
  return command === undefined || command.includes(cluster) ? found : undefined;
}

/**
 * Clears the way after a server that was killed, once none of its processes is left. PostgreSQL itself
 * refuses to start while the id in its files exists, be it a zombie (nobody collects orphans in many
 * containers) or some other process that was given the id since. Only to be called when no server runs.
 */
export async function clearRemains(cluster: string): Promise<void> {
  const remains = readPostmaster(cluster);
  if (remains === undefined) return;
  const deadline = Date.now() + FAST_PATIENCE;
  // The files are what keeps two servers apart: they go last, and only where /proc tells that all are gone.
  for (let left = processesIn(cluster); left.length > 0; left = processesIn(cluster)) {
    if (Date.now() > deadline) {
      throw new StoreError(
        `Processes of a PostgreSQL server that was killed still use ${cluster}: end ${left.join(', ')}, then start Assay again.`,
      );
    }
    await sleep(20);
  }
  if (process.platform !== 'linux' && pidExists(remains.pid) && commandLine(remains.pid) === undefined)
    return;
  rmSync(join(cluster, 'postmaster.pid'), { force: true });
  const { address } = remains;
  if (address.kind === 'socket') {
    for (const end of ['', '.lock'])
      rmSync(join(address.folder, `.s.PGSQL.${SOCKET_PORT}${end}`), { force: true });
  }
}

/** Processes whose working folder is the cluster: the server and all its children. */
function processesIn(cluster: string): readonly number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && worksIn(pid, cluster) === true);
}

/** Whether a process has this working folder, by whatever path; undefined when the system does not tell. */
function worksIn(pid: number, folder: string): boolean | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const [its, ours] = [statSync(`/proc/${pid}/cwd`), statSync(folder)];
    return its.ino === ours.ino && its.dev === ours.dev;
  } catch {
    return undefined; // gone, or another account's
  }
}

/** Ends a server and waits until it is gone: first with a checkpoint, if that takes too long without. */
export async function stopPostmaster(pid: number, cluster: string): Promise<void> {
  signal(pid, 'SIGINT');
  if (await waitGone(pid, FAST_PATIENCE)) return;
  signal(pid, 'SIGQUIT');
  if (await waitGone(pid, IMMEDIATE_PATIENCE)) return;
  throw new StoreError(
    `The PostgreSQL server of ${cluster} (process ${pid}) does not stop. End that process, then start Assay again.`,
  );
}

/** Asks a server to end, without waiting: all that can be done while our own process exits. */
export function askToStop(pid: number): void {
  signal(pid, 'SIGINT');
}

async function waitGone(pid: number, patience: number): Promise<boolean> {
  const deadline = Date.now() + patience;
  while (pidExists(pid)) {
    if (Date.now() > deadline) return false;
    await sleep(5);
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Already gone.
  }
}
