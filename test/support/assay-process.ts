import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const ENTRY = join(ROOT, 'collector/cli/assay.ts');

/** A folder of one test's own, removed after it. */
export function scratchFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Environment {
  readonly [name: string]: string | undefined;
}

/** The environment of a command: this process's own, without what would point it elsewhere. */
function environmentOf(extra: Environment): NodeJS.ProcessEnv {
  const { DATABASE_URL: _, ASSAY_CONFIG: _config, NODE_OPTIONS: _options, ...inherited } = process.env;
  return { ...inherited, ASSAY_PORT: '0', ASSAY_LOG: 'warn', ...extra };
}

export interface RunningAssay {
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends it the ordinary way and waits. */
  stop(): Promise<void>;
}

/** Starts `assay up` as a real process on a free port and waits until it listens. */
export async function startAssay(t: TestContext, environment: Environment): Promise<RunningAssay> {
  const child = spawn(process.execPath, [ENTRY, 'up'], {
    cwd: environment['ASSAY_DATA_DIR'] ?? ROOT,
    env: environmentOf(environment),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const match = /Assay listens on (\S+);/.exec(output);
      if (match?.[1]) resolve(match[1]);
    });
    child.once('exit', (code) => reject(new Error(`assay up ended with ${code}:\n${output}`)));
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  t.after(stop);
  return { url, process: child, stop };
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command of `assay` to its end. */
export async function runAssay(
  args: readonly string[],
  environment: Environment = {},
  cwd = ROOT,
): Promise<CommandResult> {
  const child = spawn(process.execPath, [ENTRY, ...args], {
    cwd,
    env: environmentOf(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
