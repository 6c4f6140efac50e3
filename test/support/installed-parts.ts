import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

// What the tests with real parts (test/real) need of other ecosystems. It is installed once from the
// package registries that pip and Maven are set up for, outside the repository, and found again by the hash
// of the list that names it with its versions.

const ROOT = join(import.meta.dirname, '../..');
const CACHE = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'assay-real');
const INSTALL_MS = 20 * 60_000;

/** `missing` says why it cannot be had here, as node:test's `skip` takes it; false when it is there. */
interface Part {
  readonly missing: string | false;
}

/** A Python environment. */
export interface PythonPart extends Part {
  /** The folder of its programs. */
  readonly bin: string;
  /** The folder of its packages. */
  readonly packages: string;
}

/** A folder of Java archives. */
export interface JarsPart extends Part {
  readonly folder: string;
}

// The lists were resolved for these.
const PYTHONS = ['python3.11', 'python3.12', 'python3'];

/** A virtual environment with exactly the packages of a requirements file (a path from the repository's root). */
export function pythonPart(requirements: string): PythonPart {
  const found = PYTHONS.map((name) => ({ name, version: pythonVersion(name) })).find(
    ({ version }) => version === '3.11' || version === '3.12',
  );
  if (found === undefined)
    return { missing: 'needs Python 3.11 or 3.12 with its venv', bin: '', packages: '' };
  const file = join(ROOT, requirements);
  const folder = cached(
    `python-${basename(dirname(file))}`,
    `${found.version}\n${readFileSync(file, 'utf8')}`,
  );
  const bin = join(folder, 'bin');
  const missing = install(requirements, folder, [
    [found.name, '-m', 'venv', folder],
    // The list is whole: nothing is resolved anew.
    [join(bin, 'python'), '-m', 'pip', 'install', '--quiet', '--no-deps', '--requirement', file],
  ]);
  return { missing, bin, packages: join(folder, 'lib', `python${found.version}`, 'site-packages') };
}

/** The archives that a pom.xml (a path from the repository's root) depends on, in one folder. */
export function jarsPart(pom: string): JarsPart {
  if (!runs('java', ['--list-modules'], /^jdk\.compiler/m))
    return { missing: 'needs a Java development kit (default-jdk-headless)', folder: '' };
  if (!runs('mvn', ['--version'], /Maven/)) return { missing: 'needs Maven (maven)', folder: '' };
  const file = join(ROOT, pom);
  const folder = cached(`jars-${basename(dirname(file))}`, readFileSync(file, 'utf8'));
  const missing = install(pom, folder, [
    [
      'mvn',
      '--batch-mode',
      '--quiet',
      '--file',
      file,
      'dependency:copy-dependencies',
      `-DoutputDirectory=${folder}`,
    ],
  ]);
  return { missing, folder };
}

/** The first of several reasons to skip. */
export function missingOf(...parts: readonly Part[]): string | false {
  return parts.find(({ missing }) => missing !== false)?.missing ?? false;
}

function cached(name: string, content: string): string {
  return join(CACHE, `${name}-${createHash('sha256').update(content).digest('hex').slice(0, 12)}`);
}

/** Runs the commands once; what broke off half-way is begun anew. False when all is there, else what is wrong. */
function install(what: string, folder: string, commands: readonly (readonly string[])[]): string | false {
  const mark = join(folder, 'installed');
  if (existsSync(mark)) return false;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  console.log(`Installing what ${what} lists into ${folder}; later runs find it there.`);
  const started = Date.now();
  for (const [command = '', ...args] of commands) {
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: INSTALL_MS });
    if (status === 0) continue;
    // Both pip and Maven begin so the lines that say why.
    const said = stripVTControlCharacters(`${stdout ?? ''}\n${stderr ?? ''}`).split('\n');
    const why = said.find((line) => /^\[?ERROR/.test(line));
    return `${what} could not be installed: ${why?.trim() ?? `${command} ended with ${status}`}`;
  }
  writeFileSync(mark, '');
  console.log(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
  return false;
}

function pythonVersion(command: string): string | null {
  const script = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';
  const { status, stdout } = spawnSync(command, ['-c', script], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

function runs(command: string, args: readonly string[], says: RegExp): boolean {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 && says.test(stdout);
}
