import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { resolve } from 'node:path';
import { importCycles, importLines, readSources, type ImportLine } from './support/import-lines.ts';

/**
 * What may import what. This table is the architecture: a line that it does not allow fails the tests.
 * A room always may import itself.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  // Pure: no input or output, no clock.
  model: [],
  detectors: ['model'],
  rules: ['model'],
  // The edges.
  store: ['model'],
  adapters: ['model'],
  'openlineage-client': [],
  // Its tests lie beside it, and say like all others where the official schemas are.
  'openlineage-client tests': ['openlineage-client', 'test'],
  // What happens.
  ingest: ['model', 'store', 'detectors', 'rules', 'problems', 'span'],
  monitor: ['model', 'store', 'detectors', 'rules', 'problems', 'span'],
  incidents: ['model', 'store', 'detectors', 'rules', 'problems'],
  gate: ['model', 'store', 'detectors', 'rules', 'problems', 'span'],
  objectives: ['model', 'store', 'detectors', 'rules', 'problems'],
  alerting: ['model', 'store', 'detectors', 'rules', 'problems'],
  audit: ['model', 'store'],
  search: ['model', 'store', 'rules'],
  // Shared by whatever answers a caller: the catalogue of errors, and what Assay says of itself.
  problems: [],
  span: [],
  telemetry: [],
  // Who may do what: keys by their hashes.
  keys: ['problems'],
  api: [
    'model',
    'store',
    'detectors',
    'rules',
    'ingest',
    'monitor',
    'incidents',
    'gate',
    'alerting',
    'audit',
    'problems',
    'telemetry',
    'keys',
  ],
  // Composition: the files directly in collector/, and the commands.
  collector: ['*'],
  cli: ['*'],
  // The pages know the API's types, and nothing that runs.
  dashboards: ['types of api'],
  test: ['*'],
};

/** Packages that only these rooms may import (`*` at the end: whatever begins so). */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  // The demo plays a pipeline with a warehouse of its own.
  pg: ['store', 'adapters/postgres/', 'collector/cli/demo', 'test'],
  mysql2: ['adapters', 'test'],
  kafkajs: ['adapters', 'test'],
  nodemailer: ['adapters', 'test'],
  'date-holidays': ['adapters/holidays/'],
  fastify: ['api', 'collector', 'test'],
  '@fastify/*': ['api', 'collector', 'test'],
  commander: ['cli'],
  react: ['dashboards'],
  'react-dom': ['dashboards'],
  // Ours too, but used as anyone would use it: by its name.
  'openlineage-client': ['cli', 'test', 'openlineage-client', 'adapters/starrocks/'],
};

/** All that the pure rooms may take from outside: these compute and nothing else. */
const PURE_ROOMS = ['model', 'detectors', 'rules'];
const PURE_PACKAGES = ['node:crypto', 'node:util', 'yaml', 'simple-statistics', 'typebox'];

function roomOf(path: string): string {
  if (path === 'collector/problems.ts') return 'problems';
  if (path === 'collector/telemetry.ts') return 'telemetry';
  if (path === 'collector/span.ts') return 'span';
  const [top = '', second = '', third] = path.split('/');
  if (top === 'adapters' && second === 'openlineage-client')
    return third === 'test' ? 'openlineage-client tests' : 'openlineage-client';
  if (top === 'collector' && third !== undefined) return second;
  return top;
}

/** Says what is wrong with an import, or null. */
function fault(line: ImportLine): string | null {
  const room = roomOf(line.from);
  const words = `${line.from} imports ${line.to}`;
  if (ALLOWED[room] === undefined) return `${line.from} lies in a room that the table does not know: ${room}`;
  return line.own ? roomFault(line, room, words) : packageFault(line, room, words);
}

function roomFault(line: ImportLine, room: string, words: string): string | null {
  const other = roomOf(line.to);
  const allowed = ALLOWED[room] ?? [];
  if (room === other && !crossesAdapters(line)) return null;
  if (allowed.includes('*') && (other !== 'test' || room === 'test')) return null;
  if (allowed.includes(other)) return null;
  if (allowed.includes(`types of ${other}`))
    return line.typeOnly ? null : `${words}: only its types, by import type`;
  return `${words}: ${room} may import ${allowed.length === 0 ? 'no other room' : allowed.join(', ')}`;
}

/** One outside system knows nothing of another; the file that lists them all lies above them. */
function crossesAdapters({ from, to }: ImportLine): boolean {
  const [top, system, inside] = from.split('/');
  return top === 'adapters' && inside !== undefined && to.split('/')[1] !== system;
}

function packageFault(line: ImportLine, room: string, words: string): string | null {
  if (PURE_ROOMS.includes(room) && !PURE_PACKAGES.includes(line.to)) {
    return `${words}: ${room} is pure and may import only ${PURE_PACKAGES.join(', ')}`;
  }
  for (const [name, rooms] of Object.entries(PACKAGES)) {
    const matches = name.endsWith('*') ? line.to.startsWith(name.slice(0, -1)) : line.to === name;
    if (
      matches &&
      !rooms.some((place) => place === room || (place.includes('/') && line.from.startsWith(place)))
    ) {
      return `${words}: only ${rooms.join(', ')} may`;
    }
  }
  return null;
}

const ROOT = resolve(import.meta.dirname, '..');
const ALIASES = (
  JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8')) as { imports: Record<string, string> }
).imports;
// This file plants forbidden imports below, in strings.
const sources = new Map([...readSources(ROOT)].filter(([path]) => path !== 'test/architecture.test.ts'));
const lines = importLines(sources, ALIASES);

test('every import is allowed by the table', () => {
  assert.ok(lines.length > 100, 'the import lines were found');
  assert.deepEqual(
    lines.map(fault).filter((text) => text !== null),
    [],
  );
});

test('every import of our own leads to a file', () => {
  // Tests are left out: some write programs, whose imports lead elsewhere.
  const nowhere = lines.filter(
    ({ from, own, to }) => own && !/(^|\/)test\//.test(from) && /\.tsx?$/.test(to) && !sources.has(to),
  );
  assert.deepEqual(nowhere, []);
});

test('no file imports itself in a circle', () => {
  assert.deepEqual(importCycles(lines), []);
});

const faultsOf = (path: string, text: string): (string | null)[] =>
  importLines(new Map([[path, text]]), ALIASES).map(fault);

for (const [what, path, text] of [
  ['a room above', 'collector/model/a.ts', "import { x } from '#store/sql.ts';"],
  ['a relative path across rooms', 'rules/check/a.ts', "import { x } from '../../collector/store/sql.ts';"],
  ['a type across rooms', 'detectors/a.ts', "import type { X } from '#rules/a.ts';"],
  ['a re-export', 'collector/store/a.ts', "export { x } from '#gate/a.ts';"],
  ['an import over several lines', 'collector/ingest/a.ts', "import {\n  x,\n  y,\n} from '#gate/a.ts';"],
  ['a dynamic import', 'collector/gate/a.ts', "const m = await import('#adapters/postgres/warehouse.ts');"],
  ['the type of a module', 'collector/model/a.ts', "type M = typeof import('#store/sql.ts');"],
  ['an import for its effect', 'collector/store/a.ts', "import '#api/a.ts';"],
  ['tests', 'collector/app.ts', "import { x } from '#test/support/database.ts';"],
  ['pg outside the store', 'collector/gate/a.ts', "import { Pool } from 'pg';"],
  ['pg in another adapter', 'adapters/slack/a.ts', "import { Pool } from 'pg';"],
  ['Fastify outside the API', 'collector/ingest/a.ts', "import type { FastifyInstance } from 'fastify';"],
  ['a plugin of Fastify outside the API', 'collector/ingest/a.ts', "import cors from '@fastify/cors';"],
  ['the file system in the model', 'collector/model/a.ts', "import { readFileSync } from 'node:fs';"],
  ['the network in a detector', 'detectors/a.ts', "import { connect } from 'node:net';"],
  ['another process in the rules', 'rules/a.ts', "import { spawn } from 'node:child_process';"],
  ['another adapter', 'adapters/slack/a.ts', "import { x } from '../postgres/a.ts';"],
  [
    'more than types in the pages',
    'dashboards/web/a.tsx',
    "import { x } from '../../collector/api/schema/a.ts';",
  ],
  [
    'types of the store in the pages',
    'dashboards/web/a.tsx',
    "import type { X } from '../../collector/store/a.ts';",
  ],
  ['an unknown room', 'collector/utils/a.ts', "import { x } from './b.ts';"],
] as const) {
  test(`a forbidden import is found: ${what}`, () => {
    const faults = faultsOf(path, text);
    assert.equal(faults.length, 1);
    assert.notEqual(faults[0], null);
  });
}

test('an allowed import is not a fault', () => {
  assert.deepEqual(
    faultsOf('collector/gate/a.ts', "import { x } from '#store/sql.ts';\nimport { y } from './b.ts';"),
    [null, null],
  );
  assert.deepEqual(
    faultsOf('dashboards/web/a.tsx', "import type { X } from '../../collector/api/schema/a.ts';"),
    [null],
  );
  assert.deepEqual(faultsOf('collector/model/a.ts', "// import { x } from 'pg';\n/* import 'pg'; */"), []);
});

test('a circle is found, and one of types alone is none', () => {
  const circle = (first: string): number =>
    importCycles(
      importLines(
        new Map([
          ['rules/a.ts', first],
          ['rules/b.ts', "export { c } from './c.ts';"],
          ['rules/c.ts', "import { a } from './a.ts';"],
        ]),
        ALIASES,
      ),
    ).length;
  assert.equal(circle("import { b } from './b.ts';"), 1);
  assert.equal(circle("import type { b } from './b.ts';"), 0);
});
