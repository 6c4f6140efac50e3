import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import Fastify from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { PAGE_PATHS } from '#api/page-paths.ts';
import { registerPages } from '#api/pages.ts';

async function pages(t: TestContext, files: Readonly<Record<string, string>>) {
  const directory = mkdtempSync(join(tmpdir(), 'assay-pages-'));
  t.after(() => rmSync(directory, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(directory, name, '..'), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  const app = Fastify();
  answerProblems(app);
  app.get('/api/v2/overview', () => ({ api: true }));
  await registerPages(app, { directory });
  t.after(() => app.close());
  return app;
}

test('the page is never cached, what carries a hash in its name for ever', async (t) => {
  const app = await pages(t, { 'index.html': '<!doctype html>', 'assets/index-abc.js': 'let a' });
  const page = await app.inject({ url: '/?dataset=1&metric=row_count' });
  assert.deepEqual(
    [page.statusCode, page.body, page.headers['cache-control']],
    [200, '<!doctype html>', 'no-cache'],
  );
  const script = await app.inject({ url: '/assets/index-abc.js' });
  assert.equal(script.headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.match(String(script.headers['content-type']), /javascript/);
});

test('nothing in a page may run or style but its own files', async (t) => {
  const app = await pages(t, { 'index.html': '<!doctype html>' });
  const { headers } = await app.inject({ url: '/' });
  const policy = String(headers['content-security-policy']);
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.match(policy, /style-src 'self'(;|$)/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe|data:|https?:|\*/);
  assert.equal(headers['x-content-type-options'], 'nosniff');
});

test('the smaller form is sent to those who take it', async (t) => {
  const app = await pages(t, { 'index.html': 'plain', 'index.html.br': 'squeezed' });
  const squeezed = await app.inject({ url: '/', headers: { 'accept-encoding': 'br' } });
  assert.deepEqual([squeezed.headers['content-encoding'], squeezed.body], ['br', 'squeezed']);
  assert.match(String(squeezed.headers['content-type']), /^text\/html/);
  assert.ok(squeezed.headers['content-security-policy']);
  assert.equal((await app.inject({ url: '/' })).body, 'plain');
});

test('the API stays reachable and nothing outside the folder is served', async (t) => {
  const app = await pages(t, { 'index.html': 'page' });
  assert.deepEqual((await app.inject({ url: '/api/v2/overview' })).json(), { api: true });
  assert.equal((await app.inject({ url: '/nowhere' })).statusCode, 404);
  for (const url of ['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json']) {
    assert.notEqual((await app.inject({ url })).statusCode, 200, url);
  }
});

test('an address that leads nowhere is told by the pages to a person, as a problem to a program', async (t) => {
  const app = await pages(t, { 'index.html': 'page' });
  const ask = (url: string, accept: string) => app.inject({ url, headers: { accept } });
  const typed = await ask('/nowhere/at/all', 'text/html,application/xhtml+xml,*/*;q=0.8');
  assert.deepEqual([typed.statusCode, typed.body], [404, 'page']);
  assert.match(String(typed.headers['content-type']), /^text\/html/);
  assert.ok(typed.headers['content-security-policy']);
  for (const answer of [await ask('/nowhere', '*/*'), await ask('/api/v2/nowhere', 'text/html')]) {
    assert.equal(answer.statusCode, 404);
    assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
  }
});

test('pages that were not built say how to build them', async (t) => {
  const app = await pages(t, {});
  const answer = await app.inject({ url: '/' });
  assert.equal(answer.statusCode, 503);
  assert.match(answer.body, /npm run build:web/);
});

test('a deep link is the same document, and what the pages route to is what is served', async (t) => {
  const app = await pages(t, { 'index.html': 'page' });
  for (const path of PAGE_PATHS) {
    const page = await app.inject({ url: path.replace(/:\w+/, 'x%2Fy') });
    assert.deepEqual([page.statusCode, page.body], [200, 'page'], path);
    assert.ok(page.headers['content-security-policy'], path);
  }
  const routed = readFileSync(join(import.meta.dirname, '../../dashboards/web/shell/pages.tsx'), 'utf8');
  const paths = [...routed.matchAll(/<Route path="(\/[^"]+)"/g)].map(([, path]) => path);
  assert.deepEqual(
    paths.filter((path) => !(PAGE_PATHS as readonly (string | undefined)[]).includes(path)),
    [],
  );
});
