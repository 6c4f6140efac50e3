import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCollector } from '#collector/app.ts';
import { loadConfig } from '#collector/config.ts';
import { runAssay, scratchFolder } from '#test/support/assay-process.ts';
import { queryOnce } from '#test/support/embedded-process.ts';

test('the databases of embedded warehouses are there after the start, also the second time', async (t) => {
  const folder = scratchFolder(t);
  const config = loadConfig({ ASSAY_PORT: '0', ASSAY_LOG: 'silent' }, folder);
  const second = { kind: 'postgres', url: 'embedded:second house' } as const;
  const options = { onStep: () => {} };
  const first = await startCollector(config, options);
  t.after(() => first.close());
  assert.deepEqual(await tryAll(first, ['warehouse']), ['warehouse']);
  await first.close();
  const warehouses = { ...config.warehouses, second };
  const again = await startCollector({ ...config, warehouses }, options);
  t.after(() => again.close());
  assert.deepEqual(await tryAll(again, ['warehouse', 'second house']), ['warehouse', 'second house']);
});

type Started = Awaited<ReturnType<typeof startCollector>>;

/** What each database says its name is. */
async function tryAll({ store }: Started, names: readonly string[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const name of names) {
    const url = store.embedded?.url(name) ?? '';
    const [row] = await queryOnce(url, 'select current_database() as name');
    found.push(row?.['name']);
  }
  return found;
}

test('a command that asks a running Assay does not load the server', async () => {
  const hooks = `
    import { registerHooks } from 'node:module';
    const urls = [];
    registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });
    process.on('exit', () => process.stdout.write(urls.join('\\n')));`;
  const watched = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(hooks)}` };
  const { stdout } = await runAssay(['lineage', 'x', '--url', 'http://127.0.0.1:1'], watched);
  assert.match(stdout, /collector\/cli\/lineage\.ts/);
  const heavy = stdout
    .split('\n')
    .filter((url) => /collector\/(app|config)\.ts|collector\/(store|ingest|api)\/|fastify|typebox/.test(url));
  assert.deepEqual(heavy, []);
});
