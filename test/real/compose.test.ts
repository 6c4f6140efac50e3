import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { scratchFolder } from '#test/support/assay-process.ts';
import { readDocument, ROOT } from '#test/support/documents.ts';

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

interface Project {
  readonly services: Readonly<
    Record<
      string,
      { readonly image?: string; readonly environment?: Readonly<Record<string, string | null>> }
    >
  >;
  readonly configs: Readonly<Record<string, { readonly content?: string }>>;
}

/** Loads a file by Docker Compose's own code, with an environment of nothing but what that needs. */
function load(file: string, ...profiles: string[]): { readonly fault: string; readonly projects: string } {
  const { PATH, HOME, GOPATH, GOPROXY, GOCACHE, GOFLAGS, GONOSUMDB, GONOSUMCHECK, GOSUMDB } = process.env;
  const { status, stdout, stderr } = spawnSync('go', ['run', '.', file, ...profiles], {
    cwd: join(import.meta.dirname, 'compose'),
    encoding: 'utf8',
    env: { PATH, HOME, GOPATH, GOPROXY, GOCACHE, GOFLAGS, GONOSUMDB, GONOSUMCHECK, GOSUMDB },
    maxBuffer: 64 * 1024 * 1024,
    timeout: 900_000,
  });
  return { fault: status === 0 ? '' : stderr, projects: stdout };
}

test('Docker Compose reads it, with each profile', { skip: library.missing }, (t) => {
  const profiles = ['default', 'starrocks', 'kafka', 'lake', 'spark', 'airflow', 'observe', 'all'];
  const { fault, projects } = load(join(ROOT, 'docker-compose.yml'), ...profiles);
  assert.equal(fault, '');
  const read = JSON.parse(projects) as Readonly<Record<string, Project>>;
  const base = ['assay', 'postgres', 'secrets'];
  const more: Readonly<Record<string, readonly string[]>> = {
    default: [],
    starrocks: ['starrocks-be', 'starrocks-fe', 'starrocks-setup'],
    kafka: ['kafka'],
    lake: ['minio', 'minio-setup'],
    spark: ['spark-master', 'spark-worker'],
    airflow: ['airflow'],
    observe: ['alertmanager', 'grafana', 'prometheus'],
  };
  for (const [profile, services] of Object.entries(more))
    assert.deepEqual(
      Object.keys(read[profile]?.services ?? {}).sort(),
      [...base, ...services].sort(),
      profile,
    );
  const all = [...base, ...Object.values(more).flat()].sort();
  assert.deepEqual(Object.keys(read['all']?.services ?? {}).sort(), all);
  // What scripts leave to the shell is left to it, and what Compose fills in is filled in.
  const content = (name: string): string => read['all']?.configs[name]?.content ?? '';
  assert.match(
    content('start-assay'),
    /^export DATABASE_URL="postgres:\/\/assay:\$\(cat \/secrets\/postgres\)@/,
  );
  assert.match(content('assay-default'), /password: "\$\{STARROCKS_PASSWORD\}"/);
  const { environment } = read['default']?.services['assay'] ?? {};
  assert.deepEqual(
    [environment?.['ASSAY_CONFIG'], environment?.['ASSAY_LOG']],
    ['/config/default.yaml', 'info'],
  );

  const broken = join(scratchFolder(t), 'docker-compose.yml');
  writeFileSync(
    broken,
    readDocument('docker-compose.yml').replace('- secrets:/secrets:ro', '- secret:/secrets:ro'),
  );
  assert.match(load(broken, 'default').fault, /refers to undefined volume secret/);
});
