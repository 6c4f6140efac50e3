import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a program ended. */
export interface ProgramResult {
  readonly code: number | null;
  /** Both of its outputs, as they came. */
  readonly output: string;
}

const LIMIT_MS = 5 * 60_000;

/** Runs a program to its end; after five minutes it is killed. `env` is added to this process's. */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): Promise<ProgramResult> {
  const child = spawn(file, args, {
    cwd: options.cwd,
    // Node's own options are for this process; a Python of the host must not lend its packages.
    env: { ...process.env, NODE_OPTIONS: undefined, PYTHONPATH: undefined, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
