import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';

const DIST = join(import.meta.dirname, '../../dashboards/dist');
/** Issue of the dashboards: what a browser fetches before the first page can be seen. */
const MOST_BYTES = 150_000;

/** Files that index.html names, with their contents. */
function entryFiles(): Map<string, Buffer> {
  const html = readFileSync(join(DIST, 'index.html'));
  const named = [...html.toString('utf8').matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(
    ([, path = '']) => path,
  );
  return new Map([
    ['index.html', html],
    ...named.map((path) => [path, readFileSync(join(DIST, path))] as const),
  ]);
}

describe('the files of the first page', () => {
  test('are under 150 kB with gzip', () => {
    const files = entryFiles();
    assert.ok(
      [...files.keys()].some((path) => path.endsWith('.js')),
      'index.html names a script',
    );
    assert.ok(
      [...files.keys()].some((path) => path.endsWith('.css')),
      'index.html names a style',
    );
    const sizes = [...files].map(([path, content]) => [path, gzipSync(content).length] as const);
    const whole = sizes.reduce((sum, [, size]) => sum + size, 0);
    assert.ok(whole < MOST_BYTES, `${whole} bytes: ${sizes.map((one) => one.join(' ')).join(', ')}`);
  });

  test('hold none of the libraries that only some pages need', () => {
    const scripts = [...entryFiles()].flatMap(([path, content]) =>
      path.endsWith('.js') ? [content.toString('utf8')] : [],
    );
    for (const mark of ['react-flow__', 'cmdk-item', 'u-over', 'network-simplex'])
      assert.equal(
        scripts.some((script) => script.includes(mark)),
        false,
        `${mark} is in the entry`,
      );
  });

  test('run nothing inside the document: scripts and styles are files', () => {
    const html = readFileSync(join(DIST, 'index.html'), 'utf8');
    assert.doesNotMatch(html, /<style|<script(?![^>]*\ssrc=)|\son\w+=|style=/i);
  });
});
