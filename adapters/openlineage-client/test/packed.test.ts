import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { suite, test } from 'node:test';

import { temporaryFolder } from './fixtures.ts';
import { startReceiver } from './receiver.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PACKAGE = join(import.meta.dirname, '..');
const NAME = 'openlineage-client';

interface Packed {
  readonly tarball: string;
  readonly files: readonly string[];
  readonly source: string;
}

/** Packs a copy of the package, so that the checkout stays as it is. */
function pack(t: TestContext): Packed {
  const folder = temporaryFolder(t);
  const copy = join(folder, 'adapters/openlineage-client');
  mkdirSync(copy, { recursive: true });
  cpSync(PACKAGE, copy, {
    recursive: true,
    filter: (path) => !/\/(node_modules|dist|test)$/.test(path),
  });
  cpSync(join(ROOT, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const output = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: copy,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const parsed = JSON.parse(output.slice(output.search(/^[[{]/m))) as object;
  // npm 11 answers with a list, later ones by name.
  const [result] = Object.values(parsed) as { filename: string; files: { path: string }[] }[];
  assert.ok(result);
  return {
    tarball: join(folder, result.filename),
    files: result.files.map(({ path }) => path),
    source: copy,
  };
}

/** A folder of somebody else's, with the package installed and nothing but the package. */
function installed(t: TestContext, tarball: string): string {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', tarball], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return folder;
}

/** The Node of the machine, which may be older than the project's. */
function plainNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((path) => !path.includes('node_modules'));
  return folders.map((folder) => join(folder, 'node')).find((path) => existsSync(path));
}

const BODY = `
  const client = new OpenLineageClient({
    env: {}, home: '/nowhere', cwd: '/nowhere', strict: true,
    transport: { type: 'http', url: process.env.TARGET },
  });
  const work = client.run({ job: { namespace: 'shop', name: KIND } }, async (run) => {
    run.output(naming.starrocks({ host: 'fe', database: 'gold', table: 'orders' })).statistics({ rowCount: 5 });
  });
  work.then(() => client.close()).then(() => console.log(KIND, 'sent'));
`;

async function run(node: string, args: readonly string[], cwd: string, target: string): Promise<string> {
  const child = spawn(node, args, { cwd, env: { PATH: process.env['PATH'], TARGET: target } });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  await new Promise((resolve) => child.on('close', resolve));
  return output.trim();
}

suite('packed', () => {
  test('npm pack makes JavaScript that import and require load, under the plain node too, and names a peer that is missing', async (t) => {
    const { tarball, files, source } = pack(t);
    assert.ok(files.includes('LICENSE') && files.includes('README.md'));
    assert.deepEqual(
      files.filter(
        (path) => !/\.(js|d\.ts)$|^(dist\/(esm|cjs)\/)?package\.json$|^(LICENSE|README\.md)$/.test(path),
      ),
      [],
    );
    assert.equal(
      readFileSync(join(source, 'package.json'), 'utf8'),
      readFileSync(join(PACKAGE, 'package.json'), 'utf8'),
      'the manifest of the sources is back in its place',
    );
    assert.ok(!existsSync(join(source, 'package.source.json')));

    const folder = installed(t, tarball);
    const manifest = readFileSync(join(folder, 'node_modules/openlineage-client/package.json'), 'utf8');
    assert.doesNotMatch(manifest, /src\/|"scripts"|"dependencies"/);
    writeFileSync(
      join(folder, 'es.mjs'),
      `import { OpenLineageClient, naming } from 'openlineage-client'; const KIND = 'import';${BODY}`,
    );
    writeFileSync(
      join(folder, 'common.cjs'),
      `const { OpenLineageClient, naming } = require('openlineage-client'); const KIND = 'require';${BODY}`,
    );
    const { url, received } = await startReceiver(t);
    const nodes = [...new Set([process.execPath, plainNode() ?? process.execPath])];
    for (const node of nodes) {
      assert.equal(await run(node, ['es.mjs'], folder, url), 'import sent', node);
      assert.equal(
        await run(node, ['--no-experimental-require-module', 'common.cjs'], folder, url),
        'require sent',
        `${node}: require has CommonJS of its own and does not lean on require of ES modules`,
      );
    }
    assert.equal(received.length, nodes.length * 4);
    assert.match(received[3]?.body ?? '', /"name":"gold\.orders"/);

    types(folder);

    const script = `
      import { KafkaTransport } from '${NAME}';
      try { new KafkaTransport({ topic: 't', config: { 'bootstrap.servers': 'h:9092' } }) }
      catch (error) { console.log(error.name + ': ' + error.message) }`;
    writeFileSync(join(folder, 'kafka.mjs'), script);
    assert.equal(
      await run(process.execPath, ['kafka.mjs'], folder, ''),
      'ConfigurationError: The kafka transport needs the package "kafkajs"; run "npm install kafkajs".',
    );
  });
});

/** The declarations serve both kinds of module, with library checks on. */
function types(folder: string): void {
  const text = (how: string): string => `${how}
    const client: ol.OpenLineageClient = new ol.OpenLineageClient({ transport: { type: 'noop' } });
    const facet: ol.SchemaDatasetFacet = ol.schemaDatasetFacet({ fields: [{ name: 'id' }] });
    // @ts-expect-error a facet does not lose its required members on the way
    ol.sqlJobFacet({});
    export { client, facet };`;
  writeFileSync(join(folder, 'es.mts'), text("import * as ol from 'openlineage-client';"));
  writeFileSync(join(folder, 'common.cts'), text("import ol = require('openlineage-client');"));
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2022',
    strict: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
  };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['es.mts', 'common.cts'] }),
  );
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  const { stdout } = spawnSync(process.execPath, [join(typescript, 'bin/tsc'), '-p', folder], {
    encoding: 'utf8',
  });
  assert.equal(stdout, '');
}
