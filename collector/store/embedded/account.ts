import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import { StoreError } from '../store-error.ts';

/** A user and group by number. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** A command made to run under the server's account. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Given to spawn; absent when the command changes the account itself. */
  readonly account: Account | undefined;
}

const NOBODY: Account = { uid: 65_534, gid: 65_534 };

/**
 * The account that runs the server. PostgreSQL refuses to run as root: then it is the owner of a cluster
 * that exists, so that a folder made by an ordinary user stays theirs, else `nobody`, which every system
 * has. Undefined means our own.
 */
export function serverAccount(existingCluster: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(existingCluster, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  try {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((text) => text.startsWith('nobody:'));
    const [, , uid, gid] = (line ?? '').split(':').map(Number);
    return uid !== undefined && gid !== undefined && uid > 0 && gid > 0 ? { uid, gid } : NOBODY;
  } catch {
    return NOBODY;
  }
}

/**
 * Makes a command that runs as `account` and can reach all `paths`. When a folder on the way shuts that
 * account out (a checkout in /root), the command keeps one capability of root: to search and read folders.
 */
export function commandAs(
  account: Account | undefined,
  file: string,
  args: readonly string[],
  paths: readonly string[],
): Command {
  if (account === undefined) return { file, args, account };
  const barrier = paths.map((path) => firstBarrier(path, account)).find((path) => path !== undefined);
  if (barrier === undefined) return { file, args, account };
  if (!hasSetpriv()) {
    throw new StoreError(
      `PostgreSQL does not run as root, and other accounts cannot enter ${barrier}. Install setpriv (Debian package util-linux), ` +
        'or set ASSAY_DATA_DIR to a folder elsewhere and keep Assay outside that folder too, or set DATABASE_URL.',
    );
  }
  const capability = searchCapability();
  return {
    file: 'setpriv',
    args: [
      `--reuid=${account.uid}`,
      `--regid=${account.gid}`,
      '--clear-groups',
      `--inh-caps=-all,+${capability}`,
      `--ambient-caps=-all,+${capability}`,
      // PostgreSQL looks for itself with access(2), which ignores capabilities of ordinary users without this.
      '--securebits=+no_setuid_fixup',
      '--',
      file,
      ...args,
    ],
    account: undefined,
  };
}

/** True when our own account has a name: initdb insists on one (containers often run as a bare number). */
export function accountHasName(): boolean {
  try {
    userInfo();
    return true;
  } catch {
    return false;
  }
}

/** The nearest folder to the root on the way to `path` that the account may not enter. */
function firstBarrier(path: string, account: Account): string | undefined {
  const ways: string[] = [];
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    ways.unshift(folder);
    if (dirname(folder) === folder) break;
  }
  return ways.find((folder) => {
    const info = statSync(folder, { throwIfNoEntry: false });
    if (info === undefined || !info.isDirectory()) return false;
    const bit = info.uid === account.uid ? 0o100 : info.gid === account.gid ? 0o010 : 0o001;
    return (info.mode & bit) === 0;
  });
}

function hasSetpriv(): boolean {
  try {
    execFileSync('setpriv', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The weaker of the two capabilities that open folders, where we have it: containers are often given only the other. */
function searchCapability(): 'dac_read_search' | 'dac_override' {
  const CAP_DAC_READ_SEARCH = 2n;
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> CAP_DAC_READ_SEARCH) & 1n) === 1n ? 'dac_read_search' : 'dac_override';
}
