import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

/**
 * What `npm test` runs once types, lint and format are checked: all tests, or with arguments those in the
 * files and folders named (`npm test -- test/store`). Arguments that begin with a dash go to node.
 * The tests with real parts (test/real), which install what they need, run only when named: `npm run test:real`.
 *
 * Most suites share one process, because starting one per file is most of a run's time. Suites that spawn,
 * kill or measure processes get one each, one after another.
 */
const ROOT = resolve(import.meta.dirname, '..');
const ALL = ['test/**/*.test.ts', 'adapters/*/test/**/*.test.ts'];
const ISOLATED = ['test/process/', 'test/browser/', 'test/end-to-end/', 'test/real/'];
const ONLY_WHEN_NAMED = 'test/real/';

const flags = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const files = chosenFiles(process.argv.slice(2).filter((argument) => !argument.startsWith('-')));
const isIsolated = (file: string): boolean => ISOLATED.some((folder) => file.startsWith(folder));

const parts = [
  {
    files: files.filter((file) => !isIsolated(file)),
    options: ['--test-isolation=none', '--test-force-exit'],
  },
  { files: files.filter(isIsolated), options: ['--test-isolation=process', '--test-concurrency=1'] },
].filter((part) => part.files.length > 0);

process.exitCode = parts.length === 0 ? nothingFound() : runAll();

/** Runs the parts one after another; the closing summary counts all of them. */
function runAll(): number {
  const folder = mkdtempSync(join(tmpdir(), 'assay-run-'));
  const talliesFile = join(folder, 'tallies.json');
  try {
    const failed = parts.filter((part, index) => {
      const isLast = index === parts.length - 1;
      const run = spawnSync(
        process.execPath,
        [
          '--test',
          '--test-reporter=./test/support/reporter.ts',
          '--test-reporter-destination=stdout',
          '--test-global-setup=./test/support/global-setup.ts',
          ...part.options,
          ...flags,
          ...part.files,
        ],
        {
          cwd: ROOT,
          stdio: 'inherit',
          env: { ...process.env, ASSAY_TEST_TALLIES: talliesFile, ASSAY_TEST_LAST_PART: isLast ? '1' : '' },
        },
      );
      return run.status !== 0;
    });
    return failed.length > 0 || !wasTold(talliesFile) ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A run that ended before its reporter could count is no success, whatever its exit code. */
function wasTold(talliesFile: string): boolean {
  try {
    return readFileSync(talliesFile, 'utf8') !== '';
  } catch {
    console.error('The tests ended before they were counted.');
    return false;
  }
}

function chosenFiles(paths: readonly string[]): readonly string[] {
  const all = globSync(ALL, { cwd: ROOT, exclude: (path) => path.includes('node_modules') }).sort();
  if (paths.length === 0) return all.filter((file) => !file.startsWith(ONLY_WHEN_NAMED));
  return paths.flatMap((path) => {
    const chosen = relative(ROOT, resolve(path));
    const info = statSync(resolve(path), { throwIfNoEntry: false });
    if (info === undefined) {
      console.error(`There is no file or folder ${path}.`);
      process.exit(4);
    }
    return all.filter(
      (file) => file === chosen || (info.isDirectory() && file.startsWith(`${chosen}/`)) || chosen === '',
    );
  });
}

function nothingFound(): number {
  console.error('No test file was found there: they are named *.test.ts, in test/ and adapters/*/test/.');
  return 4;
}
