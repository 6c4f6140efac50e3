import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Client } from 'pg';
import { emptyDatabase } from '#test/support/database.ts';
import { runAssay, scratchFolder, startAssay, type CommandResult } from '#test/support/assay-process.ts';
import { recordedEvents } from '#test/support/recorded-events.ts';
import { noShared } from '#test/support/shared-data.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

const CONTRACT = `dataset: gold.orders
namespace: shop
owner: checkout@example.com
partition: { column: dt, grain: day }
gate: { publish_to: "gold:gold.orders" }
quality:
- check: "row_count > 1"
- check: "null_percentage(amount) < 0.5"
schema:
- { name: dt, type: date }
- { name: id, type: integer, primary_key: true }
- { name: amount, type: double, constraints: ["min_value(0)"] }
`;

const TABLES = `
create schema gold; create schema staging;
create table gold.orders (dt date not null, id integer, amount double precision) partition by list (dt);
create table staging.good (dt date not null, id integer, amount double precision);
insert into staging.good values ('2026-01-01', 1, 5), ('2026-01-01', 2, 7);
create table staging.bad (dt date not null, id integer, amount double precision);
insert into staging.bad values ('2026-01-02', 1, -5), ('2026-01-02', 1, null), ('2026-01-02', 3, null);
create table staging.nullable (dt date, id integer, amount double precision);
insert into staging.nullable values ('2026-01-05', 501, 5), ('2026-01-05', 502, 7);
create table staging.empty (dt date not null, id integer, amount double precision);`;

const json = (result: CommandResult): Record<string, unknown> => {
  assert.notEqual(result.stdout, '', result.stderr);
  return JSON.parse(result.stdout) as Record<string, unknown>;
};

describe('the commands, as a user gives them', () => {
  test('import twice, lineage, contract, gate with every exit code', { timeout: 120_000 }, async (t) => {
    const folder = scratchFolder(t);
    const goldUrl = await emptyDatabase(t);
    const warehouse = new Client({ connectionString: goldUrl });
    await warehouse.connect();
    t.after(() => warehouse.end());
    await warehouse.query(TABLES);
    writeFileSync(
      join(folder, 'assay.yaml'),
      'warehouses:\n  gold: { kind: postgres, url: "${GOLD_URL}" }\n',
    );
    const { url } = await startAssay(t, {
      ASSAY_DATA_DIR: folder,
      ASSAY_CONFIG: join(folder, 'assay.yaml'),
      GOLD_URL: goldUrl,
    });
    const assay = (...args: string[]): Promise<CommandResult> => runAssay(args, { ASSAY_URL: url });

    await t.test('import of the recorded events', { skip: noShared() }, async () => {
      const file = join(folder, 'recorded.jsonl');
      const lines = recordedEvents().map(({ bytes }) => JSON.stringify(JSON.parse(bytes.toString())));
      writeFileSync(file, lines.join('\n'));
      const recorded = await assay('import', file, '--json');
      assert.deepEqual([recorded.code, json(recorded)['events']], [0, lines.length], recorded.stderr);
    });

    // import: events, a broken line and an empty one; reading them again adds nothing
    const events = ['a', 'b', 'c'].flatMap((runId) => [
      sampleEvent({ runId, type: 'START', time: '2026-01-01T00:00:00Z' }).toString(),
      sampleEvent({ runId, type: 'COMPLETE', time: '2026-01-01T00:01:00Z' }).toString(),
    ]);
    const file = join(folder, 'events.jsonl');
    writeFileSync(file, [...events, '', '{"broken":', '{"eventTime":"2026-01-01T00:00:00Z"}'].join('\n'));
    const first = await assay('import', file, '--json');
    assert.equal(first.code, 1);
    assert.deepEqual([json(first)['events'], json(first)['rejected']], [events.length, 2]);
    assert.match(String((json(first)['problems'] as string[])[0]), /events\.jsonl:\d+: /);
    const overview = async (): Promise<unknown> =>
      ((await (await fetch(`${url}/api/v2/overview`)).json()) as { counts: unknown }).counts;
    const counts = await overview();
    assert.equal((await assay('import', file, '--from-start')).code, 1);
    assert.equal((await assay('import', file)).code, 0, 'goes on at the end');
    assert.deepEqual(await overview(), counts);

    // lineage of what was imported
    const flow = sampleEvent({
      runId: 'r1',
      type: 'COMPLETE',
      time: '2026-01-01T00:00:00Z',
      job: 'load',
      inputs: [{ namespace: 'shop', name: 'silver.orders' }],
      outputs: [{ ...outputWithRows('gold.orders', 2), namespace: 'shop' }],
    });
    await fetch(`${url}/api/v1/lineage`, { method: 'POST', body: Buffer.from(flow) });
    const lineage = await assay('lineage', 'gold.orders');
    assert.equal(lineage.code, 0);
    assert.match(lineage.stdout, /silver\.orders → gold\.orders {2}\(load\)/);
    assert.equal((await assay('lineage', 'nothing.like.it')).code, 4);

    // contracts
    const contract = join(folder, 'orders.yaml');
    writeFileSync(contract, CONTRACT);
    assert.equal((await assay('contract', 'lint', contract)).code, 0);
    assert.equal((await assay('contract', 'push', contract, '--by', 'ada@example.com')).code, 0);
    assert.match((await assay('contract', 'push', contract)).stdout, /already stored/);
    assert.equal((await assay('contract', 'show', 'gold.orders')).stdout, CONTRACT);
    writeFileSync(contract, CONTRACT.replace('> 1', '> 2'));
    const changed = await assay('contract', 'push', contract);
    assert.equal(changed.code, 4);
    assert.match(changed.stderr, /raise the version/);

    // the gate: nothing known 3, allowed 0, blocked 1, empty 1 or 3, version moved 6, unknown dataset 4
    assert.equal((await assay('gate', 'status', 'gold.orders', '--partition', 'dt=2026-01-01')).code, 3);
    const good = await assay(
      'gate',
      'check',
      'gold.orders',
      '--partition',
      'dt=2026-01-01',
      '--candidate',
      'staging.good',
      '--json',
    );
    assert.equal(good.code, 0, good.stdout + good.stderr);
    const evaluation = json(good) as { id: string; candidate: { version: string } };
    await warehouse.query("insert into staging.good values ('2026-01-01', 3, 9)");
    const moved = await assay(
      'gate',
      'publish',
      evaluation.id,
      '--expected-version',
      evaluation.candidate.version,
    );
    assert.equal(moved.code, 6, moved.stderr);
    assert.equal((await warehouse.query('select * from gold.orders')).rowCount, 0);
    const published = await assay(
      'gate',
      'check',
      'gold.orders',
      '--partition',
      'dt=2026-01-01',
      '--candidate',
      'staging.good',
      '--publish',
    );
    assert.equal(published.code, 0, published.stderr);
    assert.equal((await warehouse.query('select * from gold.orders')).rowCount, 3);
    assert.equal((await assay('gate', 'status', 'gold.orders', '--partition', 'dt=2026-01-01')).code, 0);

    const bad = await assay(
      'gate',
      'check',
      'gold.orders',
      '--partition',
      'dt=2026-01-02',
      '--candidate',
      'staging.bad',
      '--publish',
      '--json',
    );
    assert.equal(bad.code, 1);
    const failures = (json(bad)['checks'] as { text: string; status: string }[]).filter(
      (check) => check.status === 'fail',
    );
    assert.equal(failures.length, 3, JSON.stringify(failures));
    const empty = await assay(
      'gate',
      'check',
      'gold.orders',
      '--partition',
      'dt=2026-01-03',
      '--candidate',
      'staging.empty',
      '--publish',
    );
    assert([1, 3].includes(empty.code ?? 0), empty.stdout);
    const refused = await assay(
      'gate',
      'check',
      'gold.orders',
      '--partition',
      'dt=2026-01-05',
      '--candidate',
      'staging.nullable',
      '--publish',
    );
    assert.equal(refused.code, 1, refused.stdout + refused.stderr);
    assert.match(refused.stderr, /The target cannot take this candidate: /);
    const absent = await assay(
      'gate',
      'check',
      'gold.orders',
      '--partition',
      'dt=2026-01-04',
      '--candidate',
      'staging.absent',
    );
    assert.equal(absent.code, 3, absent.stdout + absent.stderr);
    assert.equal((await warehouse.query('select * from gold.orders')).rowCount, 3);
    assert.equal(
      (await assay('gate', 'check', 'gold.nothing', '--partition', 'dt=1', '--candidate', 'x.y')).code,
      4,
    );

    // a waiver needs a second person
    const { id } = json(bad) as { id: string };
    const ids = (json(bad)['reasons'] as { checkId: string; holds: boolean }[])
      .filter((reason) => reason.holds)
      .map((reason) => reason.checkId);
    const expires = new Date(Date.now() + 86_400_000).toISOString();
    const waiver = await assay(
      'gate',
      'waive',
      id,
      '--check',
      ...ids,
      '--reason',
      'known',
      '--by',
      'ada@example.com',
      '--expires',
      expires,
      '--json',
    );
    assert.equal(waiver.code, 0, waiver.stderr);
    const waiverId = String(json(waiver)['id']);
    assert.equal((await assay('gate', 'approve', waiverId, '--by', 'ADA@example.com')).code, 4);
    assert.equal((await assay('gate', 'status', 'gold.orders', '--partition', 'dt=2026-01-02')).code, 1);
    assert.equal((await assay('gate', 'approve', waiverId, '--by', 'grace@example.com')).code, 0);
    const { version } = json(bad)['candidate'] as { version: string };
    assert.equal((await assay('gate', 'publish', id, '--expected-version', version)).code, 0);
    assert.equal((await assay('gate', 'publish', id, waiverId, '--expected-version', version)).code, 4);
    assert.equal((await warehouse.query('select * from gold.orders')).rowCount, 6);

    // checks on what was measured, doctor, and the quarantine that import filled
    const check = await assay('check', 'gold.orders', '--partition', 'dt=2026-01-01');
    assert.equal(check.code, 0, check.stdout + check.stderr);
    const doctor = await assay('doctor');
    assert.match(doctor.stdout, /gold:gold\.orders: (enforced|advisory)/);
    assert.equal(
      ((await (await fetch(`${url}/api/v2/quarantine`)).json()) as { events: unknown[] }).events.length,
      2,
    );
  });

  test('migrate and replay work on a store that no server uses', { timeout: 60_000 }, async (t) => {
    const database = await emptyDatabase(t);
    const migrated = await runAssay(['migrate', '--json'], { DATABASE_URL: database });
    assert.equal(migrated.code, 0, migrated.stderr);
    assert((json(migrated)['applied'] as string[]).length >= 3);
    assert.deepEqual(json(await runAssay(['migrate', '--json'], { DATABASE_URL: database }))['applied'], []);
    const replayed = await runAssay(['replay', '--json'], { DATABASE_URL: database });
    assert.deepEqual([replayed.code, json(replayed)['events'], json(replayed)['failed']], [0, 0, []]);
  });

  test('the help of every command is there and names its options', async () => {
    for (const args of [
      ['gate', 'check'],
      ['gate', 'rollback'],
      ['contract', 'push'],
      ['import'],
      ['lineage'],
      ['demo'],
      ['doctor'],
    ]) {
      const help = await runAssay([...args, '--help']);
      assert.equal(help.code, 0);
      assert.match(help.stdout, /--json/);
    }
  });
});
