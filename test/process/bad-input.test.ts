import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runAssay, scratchFolder, type CommandResult } from '#test/support/assay-process.ts';

/** One clear message, no stack, the right code. */
function assertClear(result: CommandResult, code: number, message: RegExp): void {
  assert.equal(result.code, code, result.stderr);
  assert.match(result.stderr, message);
  assert.doesNotMatch(result.stderr, /^\s+at /m);
}

describe('what a wrong call gets', () => {
  test('an unknown flag, command or missing argument: usage, 4', async () => {
    assertClear(await runAssay(['up', '--prot', '1']), 4, /unknown option '--prot'/);
    assertClear(await runAssay(['uP']), 4, /unknown command 'uP'/);
    assertClear(await runAssay(['gate', 'check', 'x']), 4, /--candidate/);
    assertClear(await runAssay(['import']), 4, /missing required argument 'path'/);
    assertClear(
      await runAssay(['gate', 'check', 'x', '--candidate', 'y', '--wait', 'soon']),
      4,
      /duration such as 30s/,
    );
  });

  test('help and version are no errors', async () => {
    const help = await runAssay(['--help']);
    assert.equal(help.code, 0);
    for (const command of [
      'up',
      'demo',
      'migrate',
      'replay',
      'import',
      'check',
      'gate',
      'contract',
      'lineage',
      'doctor',
      'key',
    ])
      assert.match(help.stdout, new RegExp(`^  ${command}\\b`, 'm'));
    assert.equal((await runAssay(['gate', 'waive', '--help'])).code, 0);
  });

  test('no Assay answers: 3, with the address', async () => {
    assertClear(
      await runAssay(['lineage', 'x', '--url', 'http://127.0.0.1:1']),
      3,
      /No Assay answers at http:\/\/127\.0\.0\.1:1; start it/,
    );
    assertClear(await runAssay(['lineage', 'x', '--url', 'nowhere']), 4, /is not a URL/);
  });

  test('files that are not there: 4', async () => {
    assertClear(
      await runAssay(['contract', 'lint', '/nowhere.yaml']),
      4,
      /nowhere\.yaml cannot be read \(ENOENT\)/,
    );
    assertClear(await runAssay(['import', '/nowhere.jsonl']), 4, /nowhere\.jsonl cannot be read/);
  });

  test('a bad contract: every fault with file:line:column and the mend', async (t) => {
    const file = join(scratchFolder(t), 'orders.yaml');
    writeFileSync(
      file,
      'dataset: orders\nowner: a@b.c\nquality:\n- check: "row_cont > 0"\n- chekc: "row_count > 0"\nslaa: 4 hours\n',
    );
    const result = await runAssay(['contract', 'lint', file]);
    assert.equal(result.code, 4);
    assert.match(result.stdout, /orders\.yaml:4:11: .*row_cont.*row_count/);
    assert.match(result.stdout, /orders\.yaml:5:3: .*chekc.*check/);
    assert.match(result.stdout, /orders\.yaml:6:1: .*slaa.*sla/);
  });
});

describe('what a wrong environment gets', () => {
  test('bad configuration: file:line:column', async (t) => {
    const folder = scratchFolder(t);
    writeFileSync(join(folder, 'assay.yaml'), 'retention:\n  events_days: never\nwarehoses: {}\n');
    const result = await runAssay(['up'], { ASSAY_CONFIG: 'assay.yaml' }, folder);
    assertClear(result, 4, /assay\.yaml:2:16: /);
    assert.match(result.stderr, /assay\.yaml:\d+:\d+: .*warehoses|additional/);
    writeFileSync(
      join(folder, 'assay.yaml'),
      'warehouses:\n  gold: {kind: postgres, url: "${WAREHOUSE_URL}"}\n',
    );
    assertClear(
      await runAssay(['up'], {}, folder),
      4,
      /assay\.yaml:2:31: the environment has no WAREHOUSE_URL/,
    );
    assertClear(
      await runAssay(['up'], { ASSAY_CONFIG: 'other.yaml' }, folder),
      4,
      /other\.yaml: the configuration file cannot be read \(ENOENT\)/,
    );
  });

  test('bad port and host, no keys', async () => {
    assertClear(await runAssay(['up'], { ASSAY_PORT: 'http' }), 4, /ASSAY_PORT is "http"/);
    assertClear(await runAssay(['up'], { ASSAY_HOST: '0.0.0.0' }), 4, /loopback only/);
  });

  test('no database there: host and mend, never the password', async () => {
    const result = await runAssay(['up'], { DATABASE_URL: 'postgres://me:s3cret@127.0.0.1:1/assay' });
    assertClear(result, 3, /127\.0\.0\.1:1 .*refuses connections/);
    assert.doesNotMatch(result.stderr, /s3cret/);
    assertClear(
      await runAssay(['up'], { DATABASE_URL: 'mysql://me:s3cret@h/d' }),
      4,
      /DATABASE_URL is not a URL of the form postgres/,
    );
  });

  test('the port is taken', async (t) => {
    const server = createServer().listen(0, '127.0.0.1');
    t.after(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    assert(typeof address === 'object' && address);
    const result = await runAssay(['up'], {
      ASSAY_PORT: String(address.port),
      ASSAY_DATA_DIR: scratchFolder(t),
    });
    assertClear(result, 4, new RegExp(`Port ${address.port} on 127\\.0\\.0\\.1 is in use`));
  });

  test('the folder cannot be written', async (t) => {
    const folder = join(scratchFolder(t), 'file');
    writeFileSync(folder, 'a file where a folder should be');
    const result = await runAssay(['up'], { ASSAY_DATA_DIR: join(folder, 'assay') });
    assertClear(result, 3, /ASSAY_DATA_DIR/);
    if (process.getuid?.() === 0) {
      t.diagnostic('running as root: the read-only folder cannot be tried, root may write everywhere');
      return;
    }
    const readOnly = join(scratchFolder(t), 'read-only');
    mkdirSync(readOnly);
    chmodSync(readOnly, 0o500);
    assertClear(await runAssay(['up'], { ASSAY_DATA_DIR: join(readOnly, 'assay') }), 3, /ASSAY_DATA_DIR/);
  });
});
