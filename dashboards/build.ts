import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

// Builds web/ into dist/. Says nothing when all is well; does nothing when dist is newer than its sources.

const here = import.meta.dirname;
const target = join(here, 'dist');
const sources = [
  join(here, 'web'),
  join(here, 'build.ts'),
  join(here, 'package.json'),
  join(here, '../package-lock.json'),
];
const COMPRESSIBLE = new Set(['.js', '.css', '.svg', '.html']);

async function newest(path: string): Promise<number> {
  const info = await stat(path);
  if (!info.isDirectory()) return info.mtimeMs;
  const inside = await Promise.all((await readdir(path)).map((name) => newest(join(path, name))));
  return Math.max(info.mtimeMs, ...inside);
}

async function isFresh(): Promise<boolean> {
  const built = await stat(join(target, 'index.html')).catch(() => null);
  return built !== null && built.mtimeMs > Math.max(...(await Promise.all(sources.map(newest))));
}

/** Beside each text file its Brotli form, which @fastify/static prefers. */
async function compress(directory: string): Promise<void> {
  const names = await readdir(directory, { recursive: true });
  await Promise.all(
    names
      .filter((name) => COMPRESSIBLE.has(extname(name)))
      .map(async (name) => {
        const content = await readFile(join(directory, name));
        const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
        await writeFile(join(directory, `${name}.br`), brotliCompressSync(content, { params }));
      }),
  );
}

async function buildPages(): Promise<void> {
  const { build } = await import('vite');
  // Into a folder beside, then swapped, so that a running server never serves half a build.
  const fresh = await mkdtemp(join(here, 'dist.'));
  try {
    await build({
      root: join(here, 'web'),
      configFile: false,
      logLevel: 'error',
      oxc: { jsx: { runtime: 'automatic' } },
      build: {
        outDir: fresh,
        emptyOutDir: true,
        modulePreload: { polyfill: false },
        // An inlined asset would need data: in the content security policy.
        assetsInlineLimit: 0,
        reportCompressedSize: false,
      },
    });
    await compress(fresh);
    await chmod(fresh, 0o755); // mkdtemp's own is for its owner alone; the server may be another account
    await rm(target, { recursive: true, force: true });
    await rename(fresh, target).catch(async () => {
      // Another build was quicker, or the folder is a mount point: put the files there one by one.
      await cp(fresh, target, { recursive: true, force: true });
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

try {
  if (!(await isFresh())) await buildPages();
} catch (error) {
  console.error(
    `The web pages could not be built: ${error instanceof Error ? error.message : String(error)}`,
  );
  process.exitCode = 1;
}
