import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonOf, StoreError } from './store-error.ts';

/** One numbered step of the schema. */
export interface Migration {
  /** `0001_events_and_model`, also the key under which it is recorded. */
  readonly name: string;
  readonly number: number;
  readonly file: string;
  readonly text: string;
  /** SHA-256 of the text, in hexadecimal; line ends do not count, since git may change them. */
  readonly checksum: string;
}

/** A migration as recorded in the database. */
export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
}

export const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url));

/** Reads `NNNN_name.sql` files, in their order. Throws when a name is malformed or a number used twice. */
export function readMigrations(directory: string = MIGRATIONS): readonly Migration[] {
  const migrations = filesOf(directory).map((fileName): Migration => {
    const found = /^((\d{4})_[a-z0-9_]+)\.sql$/.exec(fileName);
    const file = join(directory, fileName);
    if (found === null) throw new StoreError(`${file} is not named like a migration: call it NNNN_name.sql.`);
    const text = readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
    const checksum = createHash('sha256').update(text).digest('hex');
    return { name: found[1] ?? '', number: Number(found[2]), file, text, checksum };
  });
  migrations.forEach((migration, index) => {
    const before = migrations[index - 1];
    if (before?.number === migration.number) {
      throw new StoreError(
        `${before.file} and ${migration.file} have the same number: give one of them the next free one.`,
      );
    }
  });
  return migrations;
}

function filesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.sql'))
      .sort();
  } catch (error) {
    throw new StoreError(
      `The migrations cannot be read from ${directory}: ${reasonOf(error)}. Install Assay again.`,
    );
  }
}

/**
 * What is still to be applied, or a StoreError when the database and the files do not belong together: an
 * applied file was changed, the database is ahead of the files, or a new file has an old number.
 */
export function pendingMigrations(
  files: readonly Migration[],
  applied: readonly AppliedMigration[],
): readonly Migration[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  const newest = files.at(-1)?.number ?? 0;
  const reached = applied.reduce((highest, { name }) => Math.max(highest, numberOf(name)), 0);
  for (const { name, checksum } of applied) {
    const file = byName.get(name);
    if (file === undefined && numberOf(name) > newest) {
      throw new StoreError(
        `The database is newer than this Assay: it has migration ${name}, this Assay knows none after ${files.at(-1)?.name ?? 'the start'}. Start the newer Assay, or use another database.`,
      );
    }
    if (file === undefined) {
      throw new StoreError(
        `The database has migration ${name}, which this Assay lacks: put ${name}.sql back, or use another database.`,
      );
    }
    if (file.checksum !== checksum) {
      throw new StoreError(
        `${file.file} was changed after it had been applied. Put it back as it was, and make the change in a new migration with the next number.`,
      );
    }
  }
  const done = new Set(applied.map(({ name }) => name));
  const pending = files.filter(({ name }) => !done.has(name));
  const late = pending.find(({ number }) => number < reached);
  if (late !== undefined) {
    throw new StoreError(
      `${late.file} comes before migrations that are already applied. Give it the next free number.`,
    );
  }
  return pending;
}

function numberOf(name: string): number {
  return Number.parseInt(name, 10) || 0;
}
