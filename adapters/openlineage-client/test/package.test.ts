import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { VERSION } from '../src/index.ts';
import { temporaryFolder } from './fixtures.ts';

suite('package', () => {
  test('VERSION is that of package.json, and nothing is a required dependency', () => {
    const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
    const manifest = JSON.parse(text) as Readonly<Record<string, unknown>>;
    assert.equal(manifest['version'], VERSION);
    assert.equal(manifest['dependencies'], undefined);
  });

  test('without the package yaml, only an openlineage.yml is a problem, and the error says the mend', (t) => {
    const folder = temporaryFolder(t);
    cpSync(fileURLToPath(new URL('../src', import.meta.url)), join(folder, 'src'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const script = `
      import { OpenLineageClient } from './src/index.ts';
      try {
        const { transport } = OpenLineageClient.fromEnvironment({
          env: { OPENLINEAGE__TRANSPORT__TYPE: 'noop' }, home: ${JSON.stringify(folder)},
        });
        process.stdout.write(transport.kind);
      } catch (error) {
        process.stdout.write(error.name + ': ' + error.message);
      }`;
    writeFileSync(join(folder, 'script.ts'), script);
    const run = () => spawnSync(process.execPath, ['script.ts'], { cwd: folder, encoding: 'utf8' }).stdout;
    assert.equal(run(), 'noop');
    writeFileSync(join(folder, 'openlineage.yml'), 'transport: {type: noop}');
    assert.match(
      run(),
      /^ConfigurationError: \S+openlineage\.yml was found but the package "yaml" is not installed; run/,
    );
  });
});
