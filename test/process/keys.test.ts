import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from '#store/sql.ts';
import { runAssay, scratchFolder, startAssay } from '#test/support/assay-process.ts';
import { testDatabase } from '#test/support/database.ts';

test(
  'with keys: any address, commands by ASSAY_KEY, and no key in the log',
  { timeout: 120_000 },
  async (t) => {
    const database = await testDatabase(t);
    const folder = scratchFolder(t);
    const made = await runAssay(['key', 'new', '--json']);
    assert.equal(made.code, 0, made.stderr);
    const { key, hash } = JSON.parse(made.stdout) as { key: string; hash: string };
    const shown = await runAssay(['key', 'new']);
    assert.match(shown.stdout, /^key {3}assay_[\w-]{43}\nhash {2}[0-9a-f]{64}\n/);
    assert.ok(!shown.stdout.includes(key), 'each is another');
    writeFileSync(
      join(folder, 'assay.yaml'),
      `keys:\n  - { name: ada, hash: "\${ADA}", scopes: [read] }\nauth: { query_key: true }\n`,
    );
    const assay = await startAssay(t, {
      ASSAY_DATA_DIR: folder,
      DATABASE_URL: database.url,
      ASSAY_HOST: '0.0.0.0',
      ASSAY_LOG: 'debug',
      ADA: hash,
    });
    let log = '';
    assay.process.stderr?.on('data', (text: string) => (log += text));
    const url = assay.url.replace('0.0.0.0', '127.0.0.1');

    const command = ['lineage', 'nothing', '--url', url];
    const without = await runAssay(command);
    assert.deepEqual(
      [without.code, /A valid key is needed: .*ASSAY_KEY/.test(without.stderr)],
      [4, true],
      without.stderr,
    );
    const wrong = await runAssay(command, { ASSAY_KEY: 'assay_wrong' });
    assert.equal(wrong.code, 4);
    assert.doesNotMatch(wrong.stderr, /assay_wrong/);
    const right = await runAssay(command, { ASSAY_KEY: key });
    assert.match(right.stderr, /No such dataset/);
    const denied = await runAssay(
      [
        'contract',
        'push',
        join(import.meta.dirname, '../../collector/cli/demo/contracts/daily_routes.yaml'),
        '--url',
        url,
      ],
      { ASSAY_KEY: key },
    );
    assert.equal(denied.code, 4, denied.stderr);
    assert.match(denied.stderr, /takes a key with the scope contract; the key "ada" has read/);

    // A request that fails inside is logged, whichever way its key came.
    await database.execute(sql`drop table assay_model.dataset cascade`);
    const failed = [
      await fetch(`${url}/api/v2/datasets?api_key=${key}`),
      await fetch(`${url}/api/v2/datasets`, { headers: { authorization: `Bearer ${key}` } }),
      await fetch(`${url}/api/v2/%ff?api_key=${key}`),
    ];
    assert.deepEqual(
      failed.map(({ status }) => status >= 400),
      [true, true, true],
    );
    await assay.stop();
    assert.match(log, /request failed/);
    assert.ok(!log.includes(key) && !log.includes(hash), log);
  },
);
