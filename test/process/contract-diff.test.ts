import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { runAssay, scratchFolder, startAssay, type CommandResult } from '#test/support/assay-process.ts';
import { emptyDatabase } from '#test/support/database.ts';
import { SHORT } from '#test/rules/diff/support.ts';

const NARROWED = SHORT.replace('decimal(12,2)', 'decimal(10,2)');

interface Folder {
  readonly path: string;
  readonly write: (name: string, text: string) => void;
  readonly git: (...args: readonly string[]) => void;
  readonly diff: (...args: readonly string[]) => Promise<CommandResult>;
}

function folderOf(t: TestContext, environment = {}): Folder {
  const path = scratchFolder(t);
  return {
    path,
    write(name, text) {
      mkdirSync(join(path, name, '..'), { recursive: true });
      writeFileSync(join(path, name), text);
    },
    git(...args) {
      execFileSync(
        'git',
        ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false', ...args],
        { cwd: path },
      );
    },
    diff: (...args) => runAssay(['contract', 'diff', ...args], environment, path),
  };
}

describe('assay contract diff of two files', () => {
  test('ends with 1 and every format says the same', async (t) => {
    const { write, diff } = folderOf(t);
    write('old.yaml', SHORT);
    write('new.yaml', NARROWED);
    const text = await diff('old.yaml', 'new.yaml');
    assert.equal(text.code, 1, text.stderr);
    assert.match(
      text.stdout,
      /^new\.yaml: 2\.1\.0, 1 change, needs a major version: refused\.\n {2}MAJOR B2 {3}new\.yaml:\d+:5: /,
    );
    const json = await diff('old.yaml', 'new.yaml', '--json');
    const { files } = JSON.parse(json.stdout) as { files: [{ changes: [{ rule: string }] }] };
    assert.deepEqual([json.code, files[0].changes[0].rule], [1, 'B2']);
    for (const [format, pattern] of [
      ['junit', /<failure type="MAJOR"/],
      ['sarif', /"ruleId": "B2"/],
      ['github', /^::error file=new\.yaml,/],
    ] as const) {
      const shown = await diff('old.yaml', 'new.yaml', '--format', format);
      assert.deepEqual([shown.code, pattern.test(shown.stdout)], [1, true], shown.stdout);
    }
  });

  test('ends with 0 when the version says it, when it is accepted, or when nothing may fail', async (t) => {
    const { write, diff } = folderOf(t);
    write('old.yaml', SHORT);
    write('new.yaml', NARROWED);
    write('told.yaml', NARROWED.replace('"2.1.0"', '"3.0.0"'));
    assert.equal((await diff('old.yaml', 'told.yaml')).code, 0);
    const strict = await diff('old.yaml', 'told.yaml', '--fail-on', 'major');
    assert.equal(strict.code, 1);
    assert.match(strict.stdout, /: refused\.\n[^]* {2}refused {2}A MAJOR change is not accepted/);
    const noted = await diff('old.yaml', 'told.yaml', '--fail-on', 'major', '--format', 'github');
    assert.match(noted.stdout, /^::error file=told\.yaml,.*title=MAJOR B2::/);
    assert.equal((await diff('old.yaml', 'new.yaml', '--fail-on', 'never')).code, 0);
    const entry = (expires: string): string =>
      `- {rule: B2, path: /datasets/orders/columns/amount/type, reason: agreed, author: ann, expires: ${expires}}\n`;
    write('accepted-breaks.yaml', entry('2999-12-31'));
    const taken = await diff('old.yaml', 'new.yaml');
    assert.deepEqual([taken.code, /accepted by ann until 2999-12-31: agreed/.test(taken.stdout)], [0, true]);
    write('late.yaml', entry('2020-01-01'));
    const late = await diff('old.yaml', 'new.yaml', '--accept', 'late.yaml');
    assert.equal(late.code, 1);
    assert.match(late.stdout, /warning {2}late\.yaml:1:3: .* expired on 2020-01-01 and no longer counts/);
  });

  test('readers by place and readers with fixed types are stricter', async (t) => {
    const { write, diff } = folderOf(t);
    write('old.yaml', SHORT);
    write('new.yaml', SHORT.replace('varchar(64)', 'varchar(128)').replace('"2.1.0"', '"2.2.0"'));
    assert.equal((await diff('old.yaml', 'new.yaml')).code, 0);
    assert.equal((await diff('old.yaml', 'new.yaml', '--strict')).code, 1);
    write(
      'new.yaml',
      SHORT.replace('  - name: updated_at', '  - name: x\n    type: int\n  - name: updated_at').replace(
        '"2.1.0"',
        '"2.2.0"',
      ),
    );
    assert.equal((await diff('old.yaml', 'new.yaml')).code, 0);
    assert.equal((await diff('old.yaml', 'new.yaml', '--positional')).code, 1);
  });

  test('wrong use ends with 4 and says what to write', async (t) => {
    const { write, diff } = folderOf(t);
    write('old.yaml', SHORT);
    write('bad.yaml', SHORT.replace('tier: 1', 'tier: 9'));
    for (const [args, words] of [
      [['old.yaml'], /Give two files, BEFORE and AFTER; or --against/],
      [['old.yaml', 'none.yaml'], /none\.yaml cannot be read \(ENOENT\)/],
      [['old.yaml', 'bad.yaml'], /bad\.yaml:7:7: tier must be 1, 2 or 3/],
      [['old.yaml', 'old.yaml', '--accept', 'old.yaml'], /old\.yaml:1:1: Accepted breaks are a list/],
      [['old.yaml', 'old.yaml', '--format', 'xml'], /Allowed choices are text, json/],
      [['old.yaml', '--against', 'x', '--against-stored'], /one of --against and --against-stored/],
      [['old.yaml', '--against', 'main'], /lies in no git repository/],
    ] as const) {
      const ended = await diff(...args);
      assert.equal(ended.code, 4, `${args.join(' ')}: ${ended.stderr}`);
      assert.match(ended.stderr, words);
      assert.doesNotMatch(ended.stderr, /\n\s+at /);
    }
  });
});

describe('assay contract diff against a git revision', () => {
  test('reads the old file there, wherever the command runs, and whatever the file is called', async (t) => {
    const { path, write, git, diff } = folderOf(t);
    const odd = 'con tracts/-a $(x) é.yaml';
    git('init', '-q', '-b', 'main');
    write(odd, SHORT);
    git('add', '-A');
    git('commit', '-q', '-m', 'one');
    write(odd, NARROWED);
    const here = await diff('--against', 'HEAD', '--', odd);
    assert.deepEqual([here.code, /MAJOR B2/.test(here.stdout)], [1, true], here.stderr);
    const there = await runAssay(['contract', 'diff', '--against', 'main', join(path, odd)]);
    assert.equal(there.code, 1, there.stderr);
    const named = await diff(`git:HEAD:${odd}`, odd);
    assert.equal(named.code, 1, named.stderr);
  });

  test('a new file breaks nobody, a deleted one everybody', async (t) => {
    const { path, write, git, diff } = folderOf(t);
    git('init', '-q', '-b', 'main');
    write('deep/old.yaml', SHORT);
    git('add', '-A');
    git('commit', '-q', '-m', 'one');
    rmSync(join(path, 'deep'), { recursive: true });
    write('new.yaml', SHORT);
    assert.equal((await diff('--against', 'HEAD', 'new.yaml')).code, 0);
    const gone = await diff('--against', 'HEAD', 'deep/old.yaml', 'new.yaml');
    assert.equal(gone.code, 1);
    assert.match(gone.stdout, /The dataset orders is removed[^]*The contract is gone/);
    const neither = await diff('--against', 'HEAD', 'nowhere.yaml');
    assert.deepEqual([neither.code, /There is no nowhere\.yaml/.test(neither.stderr)], [4, true]);
  });

  test('a revision that is none, or an option in disguise, is refused', async (t) => {
    const { write, git, diff } = folderOf(t);
    git('init', '-q', '-b', 'main');
    write('a.yaml', SHORT);
    git('add', '-A');
    git('commit', '-q', '-m', 'one');
    for (const revision of ['nowhere', 'HEAD:a.yaml', '--upload-pack=x'])
      assert.equal((await diff(`--against=${revision}`, 'a.yaml')).code, 4, revision);
  });
});

describe('assay contract diff with a running Assay', () => {
  test('compares with the stored contract and asks who reads', async (t) => {
    const assay = await startAssay(t, {
      DATABASE_URL: await emptyDatabase(t),
      ASSAY_DATA_DIR: scratchFolder(t),
    });
    const { write, path, diff } = folderOf(t, { ASSAY_URL: assay.url });
    write('orders.yaml', SHORT);
    assert.equal((await runAssay(['contract', 'push', 'orders.yaml', '--url', assay.url], {}, path)).code, 0);
    write('new.yaml', NARROWED);
    const event = {
      eventTime: '2026-01-01T00:00:00Z',
      producer: 'https://example.com/p',
      eventType: 'COMPLETE',
      run: { runId: '018cc251-f400-717f-9d98-000000000001' },
      job: { namespace: 'etl', name: 'daily' },
      inputs: [{ namespace: 'postgres://db:5432', name: 'orders' }],
      outputs: [],
    };
    const sent = await fetch(new URL('/api/v1/lineage', assay.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
    });
    assert.equal(sent.status, 201);
    const stored = await diff('--against-stored', 'new.yaml');
    assert.equal(stored.code, 1, stored.stderr);
    assert.match(stored.stdout, /1 job reads orders\.amount; of 1 it is not known which columns: daily\./);
    const given = await diff('orders.yaml', 'new.yaml', '--url', assay.url);
    assert.match(given.stdout, /1 job reads orders\.amount/);
  });

  test('an Assay that does not answer costs only the readers, unless it has the old contract', async (t) => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await new Promise((resolve) => server.close(resolve));
    const { write, diff } = folderOf(t, { ASSAY_URL: url });
    write('old.yaml', SHORT);
    write('new.yaml', NARROWED);
    const alone = await diff('old.yaml', 'new.yaml', '--url', url);
    assert.deepEqual(
      [alone.code, /Who reads the changed columns is not known: No Assay answers/.test(alone.stderr)],
      [1, true],
    );
    assert.equal((await diff('--against-stored', 'new.yaml')).code, 3);
  });
});
