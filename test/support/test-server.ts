import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pidExists } from '#store/embedded/process-identity.ts';
import { findPostmaster, stopPostmaster } from '#store/embedded/postmaster.ts';
import { startEmbedded } from '#store/embedded/start-embedded.ts';
import { migrate } from '#store/migrate.ts';

/** Carries the server's address to test files, also to those that run in processes of their own. */
export const SERVER_VARIABLE = 'ASSAY_TEST_SERVER';
/** Migrated once; every test's database is a copy of it. */
export const TEMPLATE = 'assay_template';

/** A memory disk smaller than this (containers often get 64 MB) is not used, in bytes. */
const MEMORY_DISK_MINIMUM = 1024 ** 3;

/** Starts the one PostgreSQL server of a test run and tells the test files its address. */
export async function startTestServer(): Promise<{ stop(): Promise<void> }> {
  const parent = scratchDisk();
  await removeLeftovers(parent);
  const dataDir = mkdtempSync(join(parent, `assay-test-${process.pid}-`));
  const server = await startEmbedded({ dataDir });
  await server.createDatabase(TEMPLATE);
  await migrate(server.url(TEMPLATE));
  process.env[SERVER_VARIABLE] = server.url('postgres');
  return {
    async stop() {
      delete process.env[SERVER_VARIABLE];
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Where tests put what they write much to: memory when there is enough, else the folder for temporary files. */
export function scratchDisk(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize >= MEMORY_DISK_MINIMUM ? '/dev/shm' : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** A test run that was killed could not stop its server: the next one does. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of readdirSync(parent)) {
    const pid = /^assay-test-(\d+)-\w{6}$/.exec(name)?.[1];
    if (pid === undefined || pidExists(Number(pid))) continue;
    const cluster = join(parent, name, 'postgres');
    try {
      const left = findPostmaster(cluster);
      if (left !== undefined) await stopPostmaster(left.pid, cluster);
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      // Another account's, or another run is at it: not ours to mend.
    }
  }
}
