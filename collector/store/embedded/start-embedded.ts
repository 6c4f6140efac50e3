import { chmodSync, chownSync, existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { codeOf } from '../store-error.ts';
import { serverAccount, type Account } from './account.ts';
import { findBinaries } from './binaries.ts';
import { OWNER, openCluster, type Cluster } from './cluster.ts';
import { connectionUrl, createDatabase, preferLz4 } from './databases.ts';
import { folderError } from './folder-error.ts';
import { lockFolder } from './folder-lock.ts';
import {
  askToStop,
  clearRemains,
  findPostmaster,
  readPostmaster,
  stopPostmaster,
  type Postmaster,
} from './postmaster.ts';
import { hasOurSettings, removeSocketFolder, startServer, type ServerPlace } from './server.ts';

export interface EmbeddedOptions {
  /** Made when absent; keeps mode 0700. One process at a time may use it. */
  readonly dataDir: string;
  /** Told in a sentence what happens (a new cluster, recovery); never a secret. */
  readonly log?: (text: string) => void;
}

/** A PostgreSQL server that runs beside this process, on a folder of its own. */
export interface EmbeddedPostgres {
  /** postgres:// URL of a database of this server, password included: not for logs. */
  url(database: string): string;
  /** Makes a database when it is absent; true when it was made. */
  createDatabase(name: string): Promise<boolean>;
  /** Stops the server, waits until it is gone, and gives the folder back. */
  stop(): Promise<void>;
  /** True when a server left running by a killed process was taken over. */
  readonly adopted: boolean;
  readonly pid: number;
  readonly logFile: string;
}

/** The database that Assay itself uses. */
export const ASSAY_DATABASE = 'assay';

/**
 * Starts PostgreSQL on `dataDir`, or takes over the one that a killed process left running there. The
 * server also ends when this process exits in the ordinary way. Throws a StoreError in words for a person.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  let dataDir = resolve(options.dataDir);
  const log = options.log ?? (() => {});
  let lock: { release(): void } | undefined;
  let embedded: EmbeddedPostgres | undefined;
  try {
    makeFolder(dataDir);
    dataDir = realpathSync(dataDir);
    const clusterPath = join(dataDir, 'postgres');
    lock = await lockFolder(join(dataDir, 'lock'), dataDir);
    const account = serverAccount(clusterPath);
    makePrivate(dataDir, account);
    const binaries = findBinaries(dataDir);
    const cluster = openCluster(clusterPath, binaries, account, log);
    const place = {
      dataDir,
      cluster: clusterPath,
      logFile: join(dataDir, 'postgres.log'),
      binaries,
      account,
    };
    const left = await takeOver(place, cluster, log);
    const postmaster = left ?? (await startServer(place, log));
    embedded = handle(place, cluster, postmaster, left !== undefined, lock);
    await preferLz4(embedded.url('postgres'));
    await embedded.createDatabase(ASSAY_DATABASE);
    return embedded;
  } catch (error) {
    await embedded?.stop().catch(() => {});
    lock?.release();
    throw folderError(error, dataDir);
  }
}

/** Step by step: told to make all of them, mkdir blames a read-only disk on the folder above. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (!existsSync(dirname(path))) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another starter may have been quicker.
    if (codeOf(error) !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
}

/** Root keeps the way in by its own right; the server's account must be the owner. */
function makePrivate(folder: string, account: Account | undefined): void {
  const info = statSync(folder);
  if (account !== undefined && info.uid !== account.uid) chownSync(folder, account.uid, account.gid);
  if (process.platform !== 'win32' && (info.mode & 0o777) !== 0o700) chmodSync(folder, 0o700);
}

/** The server that a killed process left behind, when it works and has our settings; else it is stopped. */
async function takeOver(
  place: ServerPlace,
  cluster: Cluster,
  log: (text: string) => void,
): Promise<Postmaster | undefined> {
  const remains = readPostmaster(place.cluster);
  const found = findPostmaster(place.cluster);
  if (found !== undefined && hasOurSettings(place, found) && (await answers(place, found, cluster))) {
    log(`Taking over the PostgreSQL server that a killed process left running (process ${found.pid})`);
    return found;
  }
  if (found !== undefined) {
    log(`Stopping the PostgreSQL server that a killed process left behind (process ${found.pid})`);
    await stopPostmaster(found.pid, place.cluster);
  }
  await clearRemains(place.cluster);
  if (remains !== undefined) removeSocketFolder(remains.address);
  return undefined;
}

/** True once the server takes a connection; false when it is ending, or does not let us in. */
async function answers(place: ServerPlace, postmaster: Postmaster, cluster: Cluster): Promise<boolean> {
  const STARTING_UP = '57P03';
  for (;;) {
    const client = new Client({
      connectionString: connectionUrl(postmaster.address, OWNER, cluster.password, 'postgres'),
      connectionTimeoutMillis: 5000,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.end();
      return true;
    } catch (error) {
      await client.end().catch(() => {});
      const recovering = codeOf(error) === STARTING_UP && !/shutting down/.test(String(error));
      if (!recovering || findPostmaster(place.cluster)?.pid !== postmaster.pid) return false;
      await sleep(100);
    }
  }
}

function handle(
  place: ServerPlace,
  cluster: Cluster,
  postmaster: Postmaster,
  adopted: boolean,
  lock: { release(): void },
): EmbeddedPostgres {
  const atExit = (): void => {
    askToStop(postmaster.pid);
    lock.release();
  };
  process.once('exit', atExit);
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await stopPostmaster(postmaster.pid, place.cluster);
    removeSocketFolder(postmaster.address);
    process.off('exit', atExit);
    lock.release();
  };
  const url = (database: string): string =>
    connectionUrl(postmaster.address, OWNER, cluster.password, database);
  return {
    url,
    createDatabase: (name) => createDatabase(url('postgres'), name),
    stop: () => (stopping ??= stop()),
    adopted,
    pid: postmaster.pid,
    logFile: place.logFile,
  };
}
