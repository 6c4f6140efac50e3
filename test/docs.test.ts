import assert from 'node:assert/strict';
import { accessSync, constants, existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { EXIT } from '#cli/exit-codes.ts';
import { loadConfig, type Config } from '#collector/config.ts';
import { buildServer, type ServerServices } from '#collector/server.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { readEnvelope } from '#ingest/envelope.ts';
import { parseContract } from '#rules/contract/parse.ts';
import { scratchFolder } from '#test/support/assay-process.ts';
import {
  blockWith,
  codeOf,
  commands,
  faultOf,
  readDocument,
  repositoryFiles,
  ROOT,
  spansOf,
  tableOf,
} from '#test/support/documents.ts';

const README = readDocument('README.md');
const CONTRIBUTING = readDocument('CONTRIBUTING.md');
const SCRIPTS = (JSON.parse(readDocument('package.json')) as { scripts: Record<string, string> }).scripts;

/** The configuration that a text makes. */
function configOf(t: TestContext, text: string, environment: Record<string, string> = {}): Config {
  const folder = scratchFolder(t);
  writeFileSync(join(folder, 'assay.yaml'), text);
  return loadConfig(environment, folder);
}

describe('commands in the documents', () => {
  test('every assay command and flag that is shown exists', async () => {
    const programs = await commands();
    const shown = codeOf(README + CONTRIBUTING).flatMap((code) => {
      const [, line] = /^(?:.*\s)?assay (.+)$/.exec(code) ?? /^npm run (demo -- .+)$/.exec(code) ?? [];
      return line === undefined || line.startsWith('--') ? [] : [line];
    });
    assert.ok(shown.length >= 15, `only ${shown.length} found`);
    assert.deepEqual(
      shown.flatMap((line) => faultOf(line, programs) ?? []),
      [],
    );
  });

  test('the table of commands is complete, with the flags that it names', async () => {
    const programs = await commands();
    const table = tableOf(README, 'Command');
    const told = table.map(([cell = '', does = '']) => {
      const [first = '', ...others] = spansOf(cell).map((span) => span.replace(/^assay /, ''));
      const [name = ''] = first.split(' ');
      const flags = spansOf(does).filter((span) => span.startsWith('--'));
      for (const line of [
        first,
        ...others.map((other) => `${name} ${other}`),
        ...flags.map((flag) => `${name} ${flag}`),
      ])
        assert.equal(faultOf(line, programs), null, line);
      return [
        name,
        ...[first.split(' ')[1] ?? '', ...others].filter((word) => /^[a-z]/.test(word)).sort(),
      ].join(' ');
    });
    const real = programs.map((program) =>
      [program.name(), ...program.commands.map((inner) => inner.name()).sort()].join(' '),
    );
    assert.deepEqual(told.sort(), real.sort());
    const entry = readDocument('collector/cli/assay.ts');
    for (const program of programs) assert.ok(entry.includes(`${program.name()}Command()`), program.name());
  });

  test('every npm script that is shown exists', () => {
    const shown = [...(README + CONTRIBUTING).matchAll(/npm (?:run (?:-s )?([\w:]+)|(start|test)\b)/g)];
    assert.ok(shown.length >= 8);
    for (const [text, script, short] of shown) assert.ok(SCRIPTS[script ?? short ?? ''] !== undefined, text);
  });

  test('the exit codes are those of the commands', () => {
    const codes = tableOf(README, 'Exit code').map(([code]) => Number(code));
    assert.deepEqual(
      codes,
      Object.values(EXIT).toSorted((a, b) => a - b),
    );
  });
});

test('the table of the environment names exactly what is read', () => {
  const files = ['collector/config.ts', ...globSync('collector/cli/*.ts', { cwd: ROOT })];
  const source = files.map(readDocument).join('\n');
  const read = [...source.matchAll(/(?:environment|process\.env)\[\s*'(\w+)'|\.env\('(\w+)'\)/g)].map(
    ([, a, b]) => a ?? b ?? '',
  );
  const told = tableOf(README, 'Variable').map(([cell = '']) => spansOf(cell)[0] ?? '');
  assert.deepEqual(told.sort(), [...new Set(read)].sort());
});

test('the table of routes names exactly what the server has', async (t) => {
  // Routes are registered, none is called: what they would work with is not needed.
  const unused = {} as Pick<ServerServices, 'database' | 'ingest' | 'gate'>;
  const telemetry = createTelemetry({ level: 'silent', pretty: false });
  const app = await buildServer({
    config: { bodyBytes: 1024 },
    database: unused.database,
    ingest: unused.ingest,
    gate: unused.gate,
    telemetry,
  });
  t.after(() => app.close());
  await app.ready();
  const told = tableOf(README, 'Route').map(([cell = '']) => spansOf(cell)[0] ?? '');
  for (const route of told) {
    const [method = '', path = ''] = route.split(' ');
    assert.ok(app.hasRoute({ method, url: path.replaceAll(/\{(\w+)\}/g, ':$1') }), route);
  }
  const real = Object.entries(app.swagger().paths ?? {}).flatMap(([path, methods]) =>
    Object.keys(methods ?? {}).map((method) => `${method.toUpperCase()} ${path}`),
  );
  assert.ok(real.length >= 20);
  assert.deepEqual(
    real.filter((route) => !told.includes(route)),
    [],
  );
});

describe('examples in the README', () => {
  test('the event is accepted, under the id that is shown', () => {
    const body = /-d '([\s\S]*?)'\n/.exec(blockWith(README, 'sh', 'curl'))?.[1] ?? '';
    const { event } = readEnvelope(Buffer.from(body));
    const answer = JSON.parse(blockWith(README, 'json', 'accepted')) as { id: string };
    assert.equal(event?.id, answer.id);
  });

  test('the contract and the configuration can be read', (t) => {
    const parsed = parseContract(blockWith(README, 'yaml', 'dataset:'), 'orders_global.yaml');
    assert.ok(parsed.status === 'ok', JSON.stringify(parsed));
    assert.equal(parsed.contract.checks.length, 5);
    const { warehouses } = configOf(t, blockWith(README, 'yaml', 'warehouses:'), {
      WAREHOUSE_URL: 'postgres://db/gold',
    });
    assert.deepEqual(warehouses, { warehouse: { kind: 'postgres', url: 'postgres://db/gold' } });
  });

  test('settings of senders are those that the tests with real clients use', (t) => {
    const sections = README.split(/^## /m);
    const section = sections.find((text) => text.startsWith('Sending events')) ?? '';
    const settings = [...section.matchAll(/\bspark\.[a-zA-Z.]+|\b(?:AIRFLOW|OPENLINEAGE)_[A-Z_]+/g)].map(
      ([name]) => name,
    );
    assert.ok(settings.length >= 10, settings.join());
    const used = globSync(['test/real/**/*.{ts,py}', 'test/support/spark-submit.ts'], { cwd: ROOT })
      .map(readDocument)
      .join('\n');
    assert.deepEqual(
      settings.filter((name) => !used.includes(name)),
      [],
    );
    const versions = [
      ...section.matchAll(
        /(openlineage-spark|apache-airflow-providers-openlineage|openlineage-dbt)` (\d+\.\d+)/g,
      ),
    ];
    const lists = globSync('test/real/*/{pom.xml,requirements.txt}', { cwd: ROOT })
      .map(readDocument)
      .join('\n');
    assert.equal(versions.length, 3);
    for (const [, name = '', version = ''] of versions)
      assert.match(
        lists,
        new RegExp(`${name}[^\\n]*\\s*(?:<version>|==)${version.replace('.', '\\.')}\\.`),
        name,
      );
    assert.deepEqual(configOf(t, blockWith(section, 'yaml', 'kafka:\n')).kafka?.topics, ['openlineage']);
  });
});

describe('assay.yaml', () => {
  test('changes nothing: its values are the defaults', () => {
    const nowhere = { ASSAY_DATA_DIR: join(tmpdir(), 'assay-docs') };
    assert.deepEqual(loadConfig(nowhere, ROOT), loadConfig(nowhere, join(ROOT, 'docs')));
    const withDatabase = { ...nowhere, DATABASE_URL: 'postgres://localhost/assay' };
    assert.deepEqual(loadConfig(withDatabase, ROOT), loadConfig(withDatabase, join(ROOT, 'docs')));
  });

  test('its examples can be used when the signs of comment are taken away', (t) => {
    const { warehouses, kafka } = configOf(t, readDocument('assay.yaml').replaceAll(/^#(?! \S)/gm, ''), {
      KAFKA_PASSWORD: 'secret',
    });
    assert.deepEqual(Object.keys(warehouses), ['warehouse', 'trial', 'mysql', 'starrocks']);
    assert.equal(kafka?.sasl?.password, 'secret');
  });
});

test('every decision is in the index, with its four parts', () => {
  const files = globSync('[0-9]*.md', { cwd: join(ROOT, 'docs/adr') }).sort();
  const index = [...readDocument('docs/adr/README.md').matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link);
  assert.deepEqual(index, files);
  files.forEach((file, position) => {
    const text = readDocument(`docs/adr/${file}`);
    assert.match(
      text,
      new RegExp(
        `^# ${String(position + 1).padStart(4, '0')}\\. .+\n\nAccepted(?: and built|, not built yet)\\.\n`,
      ),
    );
    assert.equal(file.slice(0, 4), text.slice(2, 6));
    assert.deepEqual(
      [...text.matchAll(/^## (\w+)$/gm)].map(([, part]) => part),
      ['Context', 'Decision', 'Consequences', 'Alternatives'],
    );
  });
});

test('every link to a file of the repository leads somewhere', () => {
  const documents = globSync(['*.md', 'docs/**/*.md', 'adapters/*/*.md'], {
    cwd: ROOT,
    exclude: (path) => path.includes('node_modules'),
  });
  const broken = documents.flatMap((document) =>
    [...readDocument(document).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^\w+:/.test(link) && !existsSync(join(ROOT, dirname(document), link)))
      .map((link) => `${document}: ${link}`),
  );
  assert.deepEqual(broken, []);
});

describe('what may not be in the repository', () => {
  test('the lock file names no host', () => {
    assert.doesNotMatch(readDocument('package-lock.json'), /"resolved": "http/);
  });

  test('no file names a package registry or a folder of a machine that built it', (t) => {
    const files = repositoryFiles();
    if (files === null) return t.skip('git cannot list the files here');
    const FORBIDDEN = [
      /npm[j]s\.(?:org|com)/i,
      /\bregistry\.[a-z0-9-]+\.[a-z]{2,}\b/i,
      /py[p]i\.org/i,
      /\/(?:work|root)\//,
    ];
    const found = files
      .filter((file) => existsSync(join(ROOT, file)) && !/\.(?:png|ico|woff2)$/.test(file))
      .flatMap((file) => {
        const text = readFileSync(join(ROOT, file), 'utf8');
        return FORBIDDEN.flatMap((pattern) => pattern.exec(text)?.map((match) => `${file}: ${match}`) ?? []);
      });
    assert.deepEqual(found, []);
  });
});

test('the pipeline runs what the README says', () => {
  accessSync(join(ROOT, '.ci/run'), constants.X_OK);
  const lines = readDocument('.ci/run').split('\n');
  assert.ok(lines.some((line) => line.startsWith('npm ci')));
  assert.ok(lines.includes('npm test'));
  assert.match(readDocument('LICENSE'), /^\s+Apache License\s+Version 2\.0, January 2004/);
});
