import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runAssay, scratchFolder, startAssay, type CommandResult } from '#test/support/assay-process.ts';
import { testDatabase } from '#test/support/database.ts';

const ODCS = `apiVersion: v3.1.0
kind: DataContract
id: shop
version: 1.0.0
status: active
schema:
  - {name: orders, quality: [{metric: rowCount, mustBeGreaterThan: 0}]}
  - {name: lines}
`;

test('contracts from a folder and by hand, in both dialects; a broken one is told and changes nothing', async (t) => {
  const folder = scratchFolder(t);
  mkdirSync(join(folder, 'contracts', 'shop'), { recursive: true });
  writeFileSync(join(folder, 'contracts', 'users.yaml'), 'dataset: users\nowner: ann\n');
  writeFileSync(join(folder, 'contracts', 'broken.yaml'), 'dataset: broken\nowner:\n');
  writeFileSync(join(folder, 'contracts', 'shop', 'lines.yml'), 'dataset: parcels\nowner: bob\n');
  writeFileSync(join(folder, 'assay.yaml'), 'contracts:\n  folder: contracts\n');
  const { url: database } = await testDatabase(t);
  const { url } = await startAssay(t, {
    DATABASE_URL: database,
    ASSAY_DATA_DIR: folder,
    ASSAY_CONFIG: join(folder, 'assay.yaml'),
  });
  const assay = (...args: string[]): Promise<CommandResult> =>
    runAssay(['contract', ...args, '--url', url], {}, folder);

  for (const name of ['users', 'parcels']) assert.equal((await assay('show', name)).code, 0, name);
  assert.equal((await assay('show', 'broken')).code, 4);

  writeFileSync(join(folder, 'shop.odcs.yaml'), ODCS);
  const pushed = await assay('push', 'shop.odcs.yaml');
  assert.equal(pushed.stdout, 'orders 1.0.0: stored.\nlines 1.0.0: stored.\n', pushed.stderr);
  writeFileSync(join(folder, 'shop.odcs.yaml'), ODCS.replace('mustBeGreaterThan', 'mustBeMoreThan'));
  const refused = await assay('push', 'shop.odcs.yaml');
  assert.equal(refused.code, 4);
  assert.match(refused.stderr, /shop\.odcs\.yaml:7:49: A quality item has no key "mustBeMoreThan"/);
  const shown = await assay('show', 'orders');
  assert.equal(shown.stdout, ODCS);
  assert.match(shown.stderr, /refused since, at .*: shop\.odcs\.yaml:7:/);
});
