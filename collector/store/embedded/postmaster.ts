import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../store-error.ts';
import { commandLine, pidExists } from './process-identity.ts';
import type { Address } from './settings.ts';

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

/**
 * The server that runs on this cluster, or undefined. A file left by a server that was killed is removed
 * when its process id now belongs to something else, which PostgreSQL by itself would refuse to start over.
 */
export function findPostmaster(cluster: string): Postmaster | undefined {
  const found = readPostmaster(cluster);
  if (found === undefined || !pidExists(found.pid)) return undefined;
  const command = commandLine(found.pid);
  if (command === undefined || command.includes(cluster)) return found;
  rmSync(join(cluster, 'postmaster.pid'), { force: true });
  return undefined;
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
