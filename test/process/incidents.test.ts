import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { IncidentDetail, IncidentList } from '#api/schema/incidents.ts';
import { buildServer } from '#collector/server.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { DAYS, day, estate, goodDays } from '#test/incidents/estate.ts';
import { runAssay, type CommandResult } from '#test/support/assay-process.ts';

test('incidents, as a person on call sees and ends them', { timeout: 180_000 }, async (t) => {
  const of = await estate(t);
  await goodDays(of);
  await of.write(DAYS, 'bronze', 50, { minute: 60 });
  await of.write(DAYS, 'silver', 50, { minute: 90, inputs: ['bronze'] });
  await of.settle();
  const app = await buildServer({
    config: { bodyBytes: 1_000_000 },
    database: of.database,
    ingest: of.ingest,
    gate: { database: of.database, warehouses: new Map(), newId: randomUUID },
    telemetry: createTelemetry({ level: 'silent', pretty: false }),
  });
  t.after(() => app.close());
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const assay = (...args: string[]): Promise<CommandResult> =>
    runAssay(['incident', ...args], { ASSAY_URL: url });

  const listed = await assay('list');
  assert.deepEqual([listed.code, listed.stderr], [0, '']);
  assert.match(listed.stdout, /^State +Severity +Root +Partition/);
  assert.match(listed.stdout, new RegExp(`open +warning +bronze +dt=${day(DAYS)} .*row_count is 50`));
  const { items } = JSON.parse((await assay('list', '--json')).stdout) as IncidentList;
  const id = items[0]?.id ?? '';

  const shown = await assay('show', id);
  assert.match(shown.stdout, /^bronze warning open: row_count is 50/);
  assert.match(shown.stdout, /changed: rows .* → 50 since dt=/);
  assert.match(shown.stdout, /below it: silver, gold/);
  assert.match(shown.stdout, /silver dt=.*\[made from what is bad above it; .*likelihood of 9\d %\]/);
  assert.match(shown.stdout, /opened: bronze: 2 pieces of evidence with one cause/);

  assert.match((await assay('ack', id, '--by', 'ada')).stdout, /^bronze warning acknowledged: /);
  assert.match((await assay('snooze', id, '--for', '1d', '--by', 'ada')).stdout, /snoozed until 20\d\d-/);
  const ended = await assay('resolve', id, '--as', 'expected', '--reason', 'a strike', '--by', 'ada');
  assert.match(ended.stdout, new RegExp(`^bronze warning resolved: .*\\nmarked dt=${day(DAYS)}\\n`));
  assert.equal((await assay('list')).stdout, 'No incidents.\n');
  const { incident } = JSON.parse((await assay('show', id, '--json')).stdout) as IncidentDetail;
  assert.deepEqual([incident.resolution, incident.assignee], ['expected', 'ada']);

  const cases: [string[], number, RegExp][] = [
    [['show', 'x'], 4, /There is no incident x; /],
    [['resolve', id, '--as', 'fine', '--reason', 'x'], 4, /Allowed choices are fixed, expected/],
    [['resolve', id, '--as', 'fixed'], 4, /--reason/],
    [['snooze', id, '--for', 'ever', '--by', 'ada'], 4, /Write a duration/],
    [['ack', id], 4, /author is missing; say who does it/],
    [['ack', id, '--by', 'ada'], 4, /It is resolved \(expected\)/],
  ];
  for (const [args, code, words] of cases) {
    const result = await assay(...args);
    assert.equal(result.code, code, `${args.join(' ')}: ${result.stderr}`);
    assert.match(result.stderr, words);
    assert.doesNotMatch(result.stderr, /\n\s+at /);
  }
});
