import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StoreError } from '../store-error.ts';
import { accountHasName, commandAs, type Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { programError } from './folder-error.ts';

/** The database user that owns everything in the embedded server. */
export const OWNER = 'assay';

/** Longest time that initdb may take, in milliseconds; it takes 0.4 s to 1 s. */
const INITDB_PATIENCE = 300_000;

/** PostgreSQL's own data folder. */
export interface Cluster {
  readonly path: string;
  readonly password: string;
}

/**
 * Opens the cluster at `path`, making it when it is not there. It is made under another name and renamed
 * when finished, so a start that was cut off leaves nothing half made.
 */
export function openCluster(
  path: string,
  binaries: Binaries,
  account: Account | undefined,
  log: (text: string) => void,
): Cluster {
  const passwordFile = join(path, 'assay.password');
  if (!existsSync(join(path, 'PG_VERSION'))) {
    log(`Making a new PostgreSQL cluster in ${path}`);
    make(path, binaries, account);
  }
  checkVersion(path, binaries, account);
  if (!existsSync(passwordFile)) {
    throw new StoreError(
      `${passwordFile} is missing, so the database in that folder cannot be entered. Put the file back from a backup, or set ASSAY_DATA_DIR to a new folder.`,
    );
  }
  return { path, password: readFileSync(passwordFile, 'utf8').trim() };
}

function make(path: string, binaries: Binaries, account: Account | undefined): void {
  removeDrafts(path);
  // A name of its own: an initdb whose parent was killed may still be at work, and cleans up when it fails.
  const draft = `${path}.partial-${randomBytes(4).toString('hex')}`;
  const passwordFile = `${draft}.password`;
  writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' });
  if (account !== undefined) chownSync(passwordFile, account.uid, account.gid);
  const args = [
    '-D', draft,
    '-U', OWNER,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    // The password is 24 random bytes: it needs no slow hash, and connecting is quicker without.
    '-c', 'scram_iterations=1',
  ]; // prettier-ignore
  const command = nameable(commandAs(account, binaries.initdb, args, [draft, binaries.initdb]));
  const run = spawnSync(command.file, [...command.args], {
    ...command.account,
    cwd: '/',
    encoding: 'utf8',
    timeout: INITDB_PATIENCE,
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (run.error !== undefined || run.status !== 0) {
    const words = run.error?.message ?? `${run.stdout}\n${run.stderr}`;
    if (/could not look up effective user ID|unshare/.test(words)) throw namelessAccount();
    throw programError('PostgreSQL could not make its data folder', draft, words);
  }
  renameSync(passwordFile, join(draft, 'assay.password'));
  renameSync(draft, path);
}

function removeDrafts(path: string): void {
  for (const name of readdirSync(dirname(path)).filter((name) =>
    name.startsWith(`${basename(path)}.partial-`),
  )) {
    rmSync(join(dirname(path), name), { recursive: true, force: true });
  }
}

/** initdb looks up the name of its account; a bare number is lent the name of nobody in a user namespace. */
function nameable<C extends { readonly file: string; readonly args: readonly string[] }>(command: C): C {
  if (process.platform !== 'linux' || process.getuid?.() === 0 || accountHasName()) return command;
  return {
    ...command,
    file: 'unshare',
    args: ['--user', '--map-user=65534', '--', command.file, ...command.args],
  };
}

function namelessAccount(): StoreError {
  return new StoreError(
    `User id ${process.getuid?.()} has no name on this machine, and PostgreSQL makes no data folder for such an account. ` +
      'Add the account to /etc/passwd, run as another one, or set DATABASE_URL.',
  );
}

function checkVersion(path: string, binaries: Binaries, account: Account | undefined): void {
  const made = readFileSync(join(path, 'PG_VERSION'), 'utf8').trim();
  const command = commandAs(account, binaries.postgres, ['--version'], [binaries.postgres]);
  const run = spawnSync(command.file, [...command.args], { ...command.account, cwd: '/', encoding: 'utf8' });
  const ours = /(\d+)\./.exec(run.stdout ?? '')?.[1];
  if (ours === undefined) {
    throw programError(
      'The embedded PostgreSQL does not run on this machine',
      path,
      run.error?.message ?? run.stderr,
    );
  }
  if (made !== ours) {
    throw new StoreError(
      `The data folder ${path} was made by PostgreSQL ${made}, this Assay brings ${ours}. Dump it with the earlier release of Assay and load it into a new folder.`,
    );
  }
}
