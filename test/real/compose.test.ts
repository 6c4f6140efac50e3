import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { readDocument } from '#test/support/documents.ts';

// The schema of Compose files comes with the Go library that Docker Compose itself reads them with.

const MODULE = 'github.com/compose-spec/compose-go/v2';

interface Found {
  readonly folder: string;
  readonly missing: string | false;
}

function composeLibrary(): Found {
  const { status, stdout } = spawnSync('go', ['mod', 'download', '-json', MODULE], {
    cwd: join(import.meta.dirname, 'compose'),
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (status !== 0) return { folder: '', missing: 'needs Go, and its module proxy' };
  return { folder: (JSON.parse(stdout) as { Dir: string }).Dir, missing: false };
}

const library = composeLibrary();

test('docker-compose.yml keeps to the schema of Compose files', { skip: library.missing }, () => {
  const { $schema: _, ...schema } = JSON.parse(
    readFileSync(join(library.folder, 'schema/compose-spec.json'), 'utf8'),
  ) as Record<string, unknown>;
  const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
  const validate = ajv.compile(schema);
  const file = parse(readDocument('docker-compose.yml'), { merge: true }) as {
    services: Record<string, object>;
  };
  validate(file);
  assert.deepEqual(validate.errors ?? [], []);
  validate({ ...file, services: { ...file.services, wrong: { imag: 'x' } } });
  assert.ok((validate.errors ?? []).length > 0, 'the schema can refuse');
});
