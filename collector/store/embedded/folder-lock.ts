import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, StoreError } from '../store-error.ts';
import { isRunning, ownIdentity, type ProcessIdentity } from './process-identity.ts';

interface Holder extends ProcessIdentity {
  /** Different for every time the lock is taken, also by one process. */
  readonly token: string;
  readonly since: string;
}

export interface FolderLock {
  /** Gives the folder back; synchronous, so that it can run while the process exits. */
  release(): void;
}

/** How long a starter waits for another that is just taking over a stale lock, in milliseconds. */
const TAKEOVER_PATIENCE = 10_000;

/**
 * Takes the lock file at `path` for this process, or throws a StoreError that names the holder.
 * A lock whose holder no longer runs is taken over.
 */
export async function lockFolder(path: string, folder: string): Promise<FolderLock> {
  const deadline = Date.now() + TAKEOVER_PATIENCE;
  for (;;) {
    const outcome = tryLock(path);
    if (outcome.status === 'held') return { release: outcome.release };
    if (outcome.status === 'busy' || Date.now() > deadline) {
      const holder = outcome.holder;
      throw new StoreError(
        `The data folder ${folder} is already in use by process ${holder.pid} (since ${holder.since}). ` +
          'Stop that process first, or choose another folder with ASSAY_DATA_DIR.',
      );
    }
    await sleep(20);
  }
}

type Outcome =
  | { readonly status: 'held'; readonly release: () => void }
  | { readonly status: 'busy'; readonly holder: Holder }
  | { readonly status: 'changing'; readonly holder: Holder };

/**
 * The file appears whole or not at all (link of a finished file, which fails when the name exists). A stale
 * lock is replaced only by whoever holds a second lock named after the stale one's token, and only after
 * looking again: so of any number of starters one wins, and a slow one cannot remove the winner's lock.
 */
function tryLock(path: string): Outcome {
  const own: Holder = { ...ownIdentity(), token: randomUUID(), since: new Date().toISOString() };
  const draft = `${path}.${own.token}`;
  writeWhole(draft, JSON.stringify(own));
  try {
    if (createBy(() => linkSync(draft, path))) return held(path, own);
    const found = readHolder(path);
    if (found === null) return { status: 'changing', holder: own };
    if (isRunning(found)) return { status: 'busy', holder: found };
    const takeover = tryLock(`${path}.after-${found.token}`);
    if (takeover.status !== 'held') return { status: 'changing', holder: takeover.holder };
    try {
      if (readHolder(path)?.token !== found.token) return { status: 'changing', holder: found };
      renameSync(draft, path);
      return held(path, own);
    } finally {
      takeover.release();
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

function held(path: string, own: Holder): Outcome {
  return {
    status: 'held',
    release: () => {
      if (readHolder(path)?.token === own.token) rmSync(path, { force: true });
    },
  };
}

function createBy(create: () => void): boolean {
  try {
    create();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function writeWhole(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The holder as written; null when there is no lock; a process that cannot be when the file is damaged. */
function readHolder(path: string): Holder | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  const damaged: Holder = { pid: 0, startedAt: '', token: 'damaged', since: 'unknown' };
  try {
    const { pid, startedAt, token, since } = JSON.parse(text) as Partial<Holder>;
    if (typeof pid !== 'number' || typeof startedAt !== 'string' || typeof since !== 'string') return damaged;
    if (typeof token !== 'string' || !/^[0-9a-f-]{36}$/.test(token)) return damaged;
    return { pid, startedAt, token, since };
  } catch {
    return damaged;
  }
}
