import { execFileSync } from 'node:child_process';
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Writes the package as it is published: JavaScript and declarations, once as ES modules and once as
 * CommonJS. Type stripping does not work inside node_modules, so the sources would not run there.
 */
const HERE = import.meta.dirname;
const DIST = join(HERE, 'dist');
const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

function compile(...options: readonly string[]): void {
  execFileSync(process.execPath, [TSC, ...options], {
    cwd: HERE,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

function writeJson(path: string, content: object): void {
  writeFileSync(path, `${JSON.stringify(content, undefined, 2)}\n`);
}

rmSync(DIST, { recursive: true, force: true });

compile('-p', 'tsconfig.build.json');
writeJson(join(DIST, 'esm/package.json'), { type: 'module' });

// The same sources as a folder of CommonJS, where a module knows its place by another name.
const copy = join(DIST, 'cjs-src');
cpSync(join(HERE, 'src'), copy, { recursive: true });
writeJson(join(copy, 'package.json'), { type: 'commonjs' });
for (const name of globSync('**/*.ts', { cwd: copy })) {
  const path = join(copy, name);
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll('import.meta.url', '__filename'));
}
const config = {
  extends: '../tsconfig.build.json',
  compilerOptions: { rootDir: 'cjs-src', outDir: 'cjs', verbatimModuleSyntax: false },
  include: ['cjs-src'],
};
writeJson(join(DIST, 'tsconfig.cjs.json'), config);
compile('-p', 'dist/tsconfig.cjs.json');
writeJson(join(DIST, 'cjs/package.json'), { type: 'commonjs' });
rmSync(copy, { recursive: true });
rmSync(join(DIST, 'tsconfig.cjs.json'));
