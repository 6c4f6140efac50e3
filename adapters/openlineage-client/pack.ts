import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What `npm pack` and `npm publish` run. In the checkout package.json leads to the sources; while the
 * package is packed, to the build: npm packs the file as it lies there. `prepack` changes it after the
 * build, `postpack` puts it back, and the next `prepack` does where one was interrupted.
 */
const MANIFEST = join(import.meta.dirname, 'package.json');
const KEPT = join(import.meta.dirname, 'package.source.json');

function restore(): void {
  if (existsSync(KEPT)) renameSync(KEPT, MANIFEST);
}

async function prepare(): Promise<void> {
  restore();
  await import('./build.ts');
  const source = readFileSync(MANIFEST, 'utf8');
  const { scripts: _scripts, ...manifest } = JSON.parse(source) as Readonly<Record<string, unknown>>;
  const entry = (folder: string): object => ({
    types: `./dist/${folder}/index.d.ts`,
    default: `./dist/${folder}/index.js`,
  });
  const published = {
    ...manifest,
    files: ['dist'],
    main: './dist/cjs/index.js',
    types: './dist/cjs/index.d.ts',
    exports: {
      '.': { import: entry('esm'), require: entry('cjs') },
      './package.json': './package.json',
    },
  };
  writeFileSync(KEPT, source);
  writeFileSync(MANIFEST, `${JSON.stringify(published, undefined, 2)}\n`);
}

if (process.argv[2] === 'restore') restore();
else await prepare();
