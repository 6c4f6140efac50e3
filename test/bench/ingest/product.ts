import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from './server-process.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const PATIENCE = 60_000;

/** The flags of package.json's start script: the main thread keeps little, and need not have much room for garbage. */
const AS_NPM_START = ['--max-semi-space-size=16'];

/**
 * Starts the collector as a user would (`assay up`), on a database of the benchmark's server.
 * @param profile a folder for its CPU profile, written when it stops; null without.
 */
export async function startProduct(
  databaseUrl: string,
  folder: string,
  profile: string | null,
): Promise<ServerProcess> {
  const port = await freePort();
  const logFile = join(folder, 'collector.log');
  mkdirSync(folder, { recursive: true });
  const log = openSync(logFile, 'w');
  const profiling = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  // The user's own configuration stays out of the measurement; the empty working folder holds none.
  const { ASSAY_CONFIG: _, ...environment } = process.env;
  const child = spawn(
    process.execPath,
    [...AS_NPM_START, ...profiling, join(ROOT, 'collector/cli/assay.ts'), 'up'],
    {
      cwd: folder,
      env: {
        ...environment,
        DATABASE_URL: databaseUrl,
        ASSAY_PORT: String(port),
        ASSAY_HOST: '127.0.0.1',
        ASSAY_DATA_DIR: join(folder, 'data'),
      },
      stdio: ['ignore', log, log],
    },
  );
  closeSync(log);
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + PATIENCE;
  while (!(await isReady(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      const said = readFileSync(logFile, 'utf8').trim().split('\n').slice(-5).join('\n');
      await stop();
      throw new Error(`The collector did not start: ${said}`);
    }
    await sleep(50);
  }
  return { pid: child.pid ?? 0, port, stop };
}

async function isReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object'
          ? resolve(address.port)
          : reject(new Error('No free port.')),
      );
    });
  });
}
