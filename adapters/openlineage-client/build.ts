import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// Type stripping does not work inside node_modules, so what is packed is JavaScript: `npm pack ./dist`.
const here = new URL('.', import.meta.url);
const dist = new URL('dist/', here);

rmSync(dist, { recursive: true, force: true });
const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
execFileSync(
  process.execPath,
  [new URL('bin/tsc', `file://${typescript}`).pathname, '-p', 'tsconfig.build.json'],
  {
    cwd: here,
    stdio: 'inherit',
  },
);

const { scripts: _scripts, ...manifest } = JSON.parse(
  readFileSync(new URL('package.json', here), 'utf8'),
) as Record<string, unknown>;
const published = {
  ...manifest,
  exports: { '.': { types: './index.d.ts', default: './index.js' } },
  files: ['**/*.js', '**/*.d.ts'],
};
writeFileSync(new URL('package.json', dist), `${JSON.stringify(published, undefined, 2)}\n`);
copyFileSync(new URL('README.md', here), new URL('README.md', dist));
