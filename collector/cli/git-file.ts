import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { CommandFailure, EXIT } from './exit-codes.ts';

/** Longer than any contract that is read. */
const MAX_BYTES = 4_000_000;
const TIMEOUT_MS = 30_000;

/**
 * A file as a revision of its git repository has it; null when that revision has none there. Nothing is checked out,
 * no shell is asked. Throws CommandFailure when there is no repository, or no such revision.
 * @param file as the user wrote it; it need not exist any more.
 */
export function gitFile(revision: string, file: string): string | null {
  // Whatever begins so would be read as an option of git.
  if (revision === '' || revision.startsWith('-'))
    throw new CommandFailure(
      `"${revision}" is not a git revision; write for example origin/main.`,
      EXIT.usage,
    );
  const folder = existingFolder(dirname(file));
  const found = git(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  if (found.status !== 0)
    throw new CommandFailure(
      /not a git repository/i.test(found.stderr)
        ? `${file} lies in no git repository; give the old contract as a file instead.`
        : /dubious ownership/i.test(found.stderr)
          ? `git refuses the repository of ${file}, which belongs to another user; allow it with: git config --global --add safe.directory <folder>.`
          : `git knows no revision ${revision}; in CI fetch it first (for GitHub's checkout: fetch-depth: 0).`,
      EXIT.usage,
    );
  const path = join(relative(folder, dirname(file)), basename(file)).replaceAll('\\', '/');
  const commit = found.stdout.trim();
  const blob = git(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}:./${path}`]);
  if (blob.status !== 0) return null;
  const content = git(folder, ['cat-file', 'blob', blob.stdout.trim()]);
  if (content.status === 0) return content.stdout;
  throw new CommandFailure(`git cannot read ${revision}:${file}: ${content.stderr.trim()}`, EXIT.unknown);
}

/** The folder itself, or where it was deleted the nearest one above that is left. */
function existingFolder(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : existingFolder(dirname(folder));
}

function git(folder: string, args: readonly string[]): { status: number; stdout: string; stderr: string } {
  const run = spawnSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: MAX_BYTES,
    timeout: TIMEOUT_MS,
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
  });
  if (run.error !== undefined) {
    const { code } = run.error as NodeJS.ErrnoException;
    throw new CommandFailure(
      code === 'ENOENT'
        ? 'git is not installed here; give the old contract as a file instead.'
        : `git could not be run (${code ?? run.error.message}).`,
      EXIT.unknown,
    );
  }
  return { status: run.status ?? 1, stdout: run.stdout, stderr: run.stderr };
}
