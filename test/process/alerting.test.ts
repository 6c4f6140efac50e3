import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import type { SilenceItem, SilenceList } from '#api/schema/alerting.ts';
import type { Simulation } from '#alerting/simulate.ts';
import { runAssay, scratchFolder, startAssay, type CommandResult } from '#test/support/assay-process.ts';
import { testDatabase } from '#test/support/database.ts';
import { httpDouble } from '#test/support/http-double.ts';

const CONFIG = (url: string): string => `alerting:
  channels:
    hook: { kind: webhook, url: "${url}/hook", secret: "\${HOOK_SECRET}", allow_private: true }
    oncall: { kind: webhook, url: "${url}/oncall", allow_private: true, heartbeat: never }
  default: { to: [hook] }
  routes:
    - name: nights
      match: { tier: 1, time: { from: "22:00", to: "07:00", zone: Europe/Berlin } }
      to: [oncall]
      escalate: [{ after: 15m, to: [hook] }]
`;

const TESTS = `tests:
  - name: at night the first tier calls
    alert: { tier: 1, dataset: gold.orders }
    at: 2026-03-29T01:59:00+01:00
    expect: [oncall]
    later: [hook]
  - name: by day it does not
    alert: { tier: 1, dataset: gold.orders }
    at: 2026-03-29T12:00:00+02:00
    expect: [hook]
`;

test('routes, as CI tries them, without a running Assay', { timeout: 60_000 }, async (t) => {
  const folder = scratchFolder(t);
  writeFileSync(join(folder, 'assay.yaml'), CONFIG('http://127.0.0.1:9'));
  const assay = (...args: string[]): Promise<CommandResult> =>
    runAssay(args, { HOOK_SECRET: 'hook-secret' }, folder);
  const simulated = await assay(
    'routes',
    'simulate',
    '--tier',
    '1',
    '--at',
    '2026-03-29T03:00:00+02:00',
    '--json',
  );
  assert.equal(simulated.code, 0, simulated.stderr);
  assert.deepEqual(
    (JSON.parse(simulated.stdout) as Simulation).now.map(({ receiver }) => receiver),
    ['oncall'],
  );
  const lines = await assay('routes', 'simulate', '--dataset', 'silver.x');
  assert.match(
    lines.stdout,
    /^now {4}hook: page, because route default leads there\n\nroute default matches: everything begins here\nroute nights does not match: tier is 2, not 1\n$/,
  );
  assert.equal((await assay('routes', 'simulate', '--at', 'tomorrow')).code, 4);

  writeFileSync(join(folder, 'good.yaml'), TESTS);
  const good = await assay('routes', 'test', 'good.yaml');
  assert.deepEqual([good.code, good.stdout.split('\n').at(-2)], [0, '2 passed, 0 failed']);
  writeFileSync(join(folder, 'bad.yaml'), TESTS.replace('expect: [hook]', 'expect: [oncall]'));
  const bad = await assay('routes', 'test', 'good.yaml', 'bad.yaml');
  assert.equal(bad.code, 1);
  assert.match(
    bad.stdout,
    /FAIL {2}bad\.yaml: by day it does not\n {6}told at once: hook, expected oncall\n/,
  );
  assert.match(bad.stdout, /route nights did not match: it is not one of its times/);
  writeFileSync(join(folder, 'wrong.yaml'), 'tests: [{ name: x, alert: { teir: 1 }, expect: [] }]\n');
  const wrong = await assay('routes', 'test', 'wrong.yaml');
  assert.equal(wrong.code, 4);
  assert.match(wrong.stderr, /wrong\.yaml: \/tests\/0\/alert .*teir/);
  assert.equal((await assay('routes', 'test', 'nowhere.yaml')).code, 4);

  writeFileSync(join(folder, 'assay.yaml'), '');
  const without = await assay('routes', 'simulate');
  assert.equal(without.code, 4);
  assert.match(without.stderr, /assay\.yaml has no alerting/);
});

test('a running Assay gives signs of life, and is silenced by commands', { timeout: 120_000 }, async (t) => {
  const [database, double] = await Promise.all([testDatabase(t), httpDouble(t)]);
  const folder = scratchFolder(t);
  writeFileSync(join(folder, 'assay.yaml'), CONFIG(double.url));
  const { url } = await startAssay(t, {
    DATABASE_URL: database.url,
    ASSAY_DATA_DIR: folder,
    HOOK_SECRET: 'hook-secret',
  });
  while (double.got.length === 0) await sleep(50);
  assert.deepEqual([double.got.length, double.got[0]?.path], [1, '/hook']);
  assert.match(double.got[0]?.body ?? '', /"type":"heartbeat"/);
  assert.match(String(double.got[0]?.headers['assay-signature']), /^t=\d+,v1=[0-9a-f]{64}$/);

  const assay = (...args: string[]): Promise<CommandResult> => runAssay(args, { ASSAY_URL: url });
  const made = await assay(
    'silence',
    'add',
    'dataset=gold.*',
    'dataset=silver.*',
    'tier=3',
    '--for',
    '2d',
    '--comment',
    'moving house',
    '--by',
    'ada',
    '--json',
  );
  assert.equal(made.code, 0, made.stderr);
  const item = JSON.parse(made.stdout) as SilenceItem;
  assert.deepEqual(item.match, { dataset: ['gold.*', 'silver.*'], tier: ['3'] });
  assert.match(
    (await assay('silence', 'list')).stdout,
    /^active {2}tier 3, dataset gold\.\* or silver\.\* {2}until .*Z {2}ada: moving house {2}held 0 {2}\(/,
  );
  assert.match((await assay('silence', 'end', item.id, '--by', 'bob')).stdout, /^over .*ended by bob/);
  assert.equal((await assay('silence', 'list')).stdout, 'Nothing is silenced.\n');
  const all = JSON.parse((await assay('silence', 'list', '--over', '--json')).stdout) as SilenceList;
  assert.equal(all.items.length, 1);
  const misspelt = await assay('silence', 'add', 'datset=x', '--for', '1h', '--comment', 'c', '--by', 'ada');
  assert.equal(misspelt.code, 4);
  assert.match(misspelt.stderr, /is dataset meant\?/);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  assert.match(metrics, /^assay_alert_channel_up\{channel="hook"\} 1$/m);
  assert.doesNotMatch(metrics, /hook-secret/);
});

test('an Assay without alerting says on its first screen how to begin', { timeout: 60_000 }, async (t) => {
  const database = await testDatabase(t);
  const folder = scratchFolder(t);
  const entry = join(import.meta.dirname, '../../collector/cli/assay.ts');
  const child = spawn(process.execPath, [entry, 'up'], {
    cwd: folder,
    env: { ...process.env, DATABASE_URL: database.url, ASSAY_DATA_DIR: folder, ASSAY_PORT: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  let told = '';
  for await (const text of child.stderr.setEncoding('utf8') as AsyncIterable<string>) {
    told += text;
    if (told.includes('assay.yaml has no alerting')) return;
  }
  assert.fail(`it ended without a word of alerting:\n${told}`);
});
