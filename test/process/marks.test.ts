import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import type { BacktestAnswer } from '#api/schema/backtest.ts';
import type { MarkList } from '#api/schema/marks.ts';
import { runAssay, scratchFolder, startAssay, type CommandResult } from '#test/support/assay-process.ts';
import { testDatabase } from '#test/support/database.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

test('marks, as a person makes them', { timeout: 180_000 }, async (t) => {
  const database = await testDatabase(t);
  const folder = scratchFolder(t);
  const { url } = await startAssay(t, { DATABASE_URL: database.url, ASSAY_DATA_DIR: folder });
  const assay = (...args: string[]): Promise<CommandResult> => runAssay(args, { ASSAY_URL: url });
  const events = Array.from({ length: 3 }, (_, n) =>
    sampleEvent({
      runId: `018cc251-f400-7000-8000-${String(n).padStart(12, '0')}`,
      type: 'COMPLETE',
      time: `2026-01-0${n + 1}T01:00:00Z`,
      outputs: [outputWithRows('t', 1000 + n, { partition: { dt: `2026-01-0${n + 1}` } })],
    }).toString(),
  );
  writeFileSync(join(folder, 'events.jsonl'), events.join('\n'));
  assert.equal((await assay('import', join(folder, 'events.jsonl'))).code, 0);

  const said = ['--as', 'new-normal', '--reason', 'a new supplier', '--by', 'ada'];
  const mark = ['mark', 't', '--partition', 'dt=2026-01-02', ...said];
  let marked = await assay(...mark);
  for (let turn = 0; marked.code !== 0 && turn < 50; turn += 1) {
    assert.match(marked.stderr, /no partition "dt=2026-01-02" that was judged/); // not yet
    await sleep(100);
    marked = await assay(...mark);
  }
  assert.deepEqual([marked.code, marked.stderr], [0, '']);
  assert.match(
    marked.stdout,
    /^t dt=2026-01-02 is new-normal, says ada at 20\d\d-.*Z: a new supplier \([0-9a-f-]{36}\)\n$/,
  );
  const listed = JSON.parse((await assay('mark', 'list', 't', '--json')).stdout) as MarkList;
  assert.deepEqual(
    listed.items.map(({ kind, partition, author }) => [kind, partition, author]),
    [['new_normal', 'dt=2026-01-02', 'ada']],
  );
  const id = listed.items[0]?.id ?? '';
  const back = await assay('mark', 'withdraw', 't', id, '--reason', 'no, an error', '--by', 'grace');
  assert.match(back.stdout, /; taken back by grace at .*: no, an error \(/);
  assert.equal((await assay('mark', 'list', 't')).stdout, 't has no marks.\n');
  assert.match((await assay('mark', 'list', 't', '--withdrawn')).stdout, /taken back by grace/);

  const chart = join(folder, 'chart.svg');
  const played = await assay('backtest', 't', '--svg', chart);
  assert.deepEqual([played.code, played.stderr], [0, `The chart is in ${chart}.\n`]);
  assert.match(played.stdout, /^t: 3 partitions, dt=2026-01-01 to dt=2026-01-03\n/);
  assert.match(played.stdout, /this monitor would have paged 0 times; simple would have fired 0 times\.\n$/);
  assert.match(readFileSync(chart, 'utf8'), /^<svg /);
  const document = JSON.parse(
    (await assay('backtest', 't', '--days', '2', '--json')).stdout,
  ) as BacktestAnswer;
  assert.equal(document.partitions, 2);

  for (const [args, message] of [
    [['backtest', 't', '--metric', 'row_cnt'], /is row_count meant\?/],
    [['backtest', 't', '--days', 'many'], /whole number/],
    [['backtest', 't', '--svg', join(folder, 'no/such/folder.svg')], /cannot be written/],
    [['backtest', 'nowhere'], /No dataset is named "nowhere"/],
    [['mark', 't', '--partition', 'dt=2026-01-02', '--as', 'fine', '--reason', 'x'], /expected, new-normal/],
    [['mark', 't', '--as', 'noisy', '--reason', 'x', '--by', 'ada'], /needs --partition/],
    [['mark', 't', '--partition', 'dt=2026-01-02', '--as', 'noisy', '--by', 'ada'], /needs --reason/],
    [['mark', 't', '--partition', 'dt=2026-01-02', '--as', 'noisy', '--reason', 'x'], /author is missing/],
    [mark.with(1, 'nowhere'), /No dataset is named "nowhere"/],
    [[...mark, '--metric', 'row_cnt'], /is row_count meant\?/],
    [['mark', 'withdraw', 't', id, '--reason', 'again', '--by', 'ada'], /grace took this mark back/],
  ] as const) {
    const { code, stderr } = await assay(...args);
    assert.equal(code, 4, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /\n\s+at /);
  }
});
