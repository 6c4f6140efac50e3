import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { Client } from 'pg';
import { pidExists } from '#store/embedded/process-identity.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A process that runs an embedded server, or was refused. */
export interface EmbeddedProcess {
  readonly process: ChildProcess;
  /** Its process id, also when it runs as another user. */
  readonly pid: number;
  readonly server: { readonly pid: number; readonly adopted: boolean; readonly url: string };
  /** Why it was refused; empty when it runs. */
  readonly refused: string;
  /** Lets it stop its server and end. */
  stop(): Promise<void>;
  /** Lets it end without a word to the server. */
  exit(): Promise<void>;
  /** kill -9, of it alone: the server stays. */
  kill(): Promise<void>;
}

export interface ProcessOptions {
  /** Runs as this user by setpriv; needs root. */
  readonly uid?: number;
  /** Another copy of the repository. */
  readonly root?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts embedded-process.ts on a folder and waits until it says how that went; ended after the test. */
export async function embeddedProcess(
  t: TestContext,
  dataDir: string,
  options: ProcessOptions = {},
): Promise<EmbeddedProcess> {
  const script = join(options.root ?? ROOT, 'test/process/embedded-process.ts');
  const as =
    options.uid === undefined
      ? []
      : ['setpriv', `--reuid=${options.uid}`, `--regid=${options.uid}`, '--clear-groups', '--'];
  const [file, ...args] = [...as, process.execPath, script, dataDir];
  const child = spawn(file, args, {
    cwd: '/',
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...options.env },
  });
  const ended = once(child, 'exit');
  const end = async (word: string): Promise<void> => {
    child.stdin.write(`${word}\n`);
    await ended;
  };
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([
    once(lines, 'line'),
    ended.then(() => ['{"refused":"it ended without a word"}']),
  ])) as [string];
  const told = JSON.parse(line) as { pid?: number; adopted?: boolean; url?: string; refused?: string };
  const server = { pid: told.pid ?? 0, adopted: told.adopted ?? false, url: told.url ?? '' };
  t.after(async () => {
    child.kill('SIGKILL');
    if (server.pid > 0 && pidExists(server.pid)) process.kill(server.pid, 'SIGQUIT');
    if (server.pid > 0) await gone(server.pid);
  });
  return {
    process: child,
    pid: child.pid ?? 0,
    server,
    refused: told.refused ?? '',
    stop: () => end('stop'),
    exit: () => end('exit'),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Waits until a process is gone. */
export async function gone(pid: number): Promise<void> {
  while (pidExists(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Runs one statement on a connection of its own. */
export async function queryOnce(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
