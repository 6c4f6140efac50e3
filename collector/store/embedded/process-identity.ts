import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process that was seen running: its id alone says little, because ids are used again. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; differs between two processes that had the same id. Empty where the system does not tell. */
  readonly startedAt: string;
}

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, startedAt: startOf(process.pid) };
}

/** True while exactly that process runs, not merely one with the same id. */
export function isRunning(identity: ProcessIdentity): boolean {
  if (!pidExists(identity.pid)) return false;
  const start = startOf(identity.pid);
  return start === '' || identity.startedAt === '' || start === identity.startedAt;
}

/** True when some process has the id. A zombie, dead but not yet collected by its parent, does not count. */
export function pidExists(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return statFields(pid)?.[0] !== 'Z';
}

/** The command line of a process; undefined when the system does not tell. */
export function commandLine(pid: number): readonly string[] | undefined {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
    if (process.platform === 'win32') return undefined;
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(' ');
  } catch {
    return undefined;
  }
}

function startOf(pid: number): string {
  try {
    if (process.platform === 'win32') return '';
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    }
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const ticks = statFields(pid)?.[19]; // starttime, field 22 of proc(5) counted from the state, field 3
    return ticks === undefined ? '' : `${boot}/${ticks}`;
  } catch {
    return '';
  }
}

/** Fields of /proc/pid/stat from the state on: the command before it is in brackets and may hold anything. */
function statFields(pid: number): string[] | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
