import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { evaluateCandidate } from '#gate/evaluate.ts';
import type { Detection } from '#model/detection.ts';
import { datasetId } from '#model/ids.ts';
import { sql } from '#store/sql.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';
import { testGate } from '#test/gate/gate.ts';
import { day, dayKey, watch } from './judged-days.ts';

// What the gate measured once answers what the detectors ask of it later.

const CONTRACT = `
dataset: orders
namespace: "postgres://db:5432"
owner: planning@example.com
partition: { column: dt, grain: day }
gate: { publish_to: "warehouse:gold.orders" }
profile: { segments: [country] }
quality:
  - check: "row_count > 0"
  - check: "null_percentage(amount) < 100%"
    severity: warn
schema:
  - { name: id, type: integer }
  - { name: dt, type: date }
  - { name: country, type: string }
  - { name: amount, type: "decimal(12,2)" }
`;

interface Told {
  readonly metric: string;
  readonly detector: string;
  readonly status: string;
  readonly finding: boolean;
  readonly message: string;
  readonly detection: Detection;
}

/** Stages a day's orders, has the gate evaluate them and their writer tell of them; the monitor's odd verdicts. */
async function shop(t: TestContext): Promise<(n: number, rows: string) => Promise<Told[]>> {
  const { services, house } = await testGate(t, CONTRACT);
  const { database } = services;
  const { ingest, monitor } = watch(database, () => new Date('2026-06-01T00:00:00Z'));
  const dataset = datasetId('postgres://db:5432', 'orders');
  await house.run(
    'create table gold.orders (id integer, dt date, country text, amount numeric(12,2)) partition by list (dt)',
  );
  return async (n, rows) => {
    const ref = `staging.orders_${n}`;
    await house.run(`create table ${ref} (id integer, dt date, country text, amount numeric(12,2));
      insert into ${ref} (dt, id, country, amount) select '${day(n)}', o.* from (${rows}) as o`);
    const [count = '0'] = await house.values(`select count(*) from ${ref}`);
    const at = (hour: number): Date => new Date(Date.UTC(2026, 0, 1 + n, hour));
    await evaluateCandidate(
      services,
      { datasetId: dataset, partition: dayKey(n), candidate: { kind: 'table', ref } },
      at(24),
    );
    const output = outputWithRows('orders', Number(count), { partition: { dt: day(n) } });
    const event = sampleEvent({
      runId: `018cc251-f400-7000-8000-${String(n).padStart(12, '0')}`,
      type: 'COMPLETE',
      time: at(25).toISOString(),
      outputs: [output],
    });
    assert.equal((await ingest.receive(event, 'http')).status, 'accepted');
    await monitor.settle();
    return database.rows<Told>(sql`
      select metric, detector, status, finding, message, detection from verdict
       where partition = ${dayKey(n)} and status in ('anomalous', 'notice') and detection is not null
       order by metric, detector`);
  };
}

const COUNTRIES = "(array['DE','FR','FR','IT','IT','IT'])[1 + i % 6]";

/** A day's orders: amounts by a hash of the day and the number, so that each day has its own. */
const orders = (n: number, change: { count?: number; where?: string; amount?: string } = {}): string => `
  select ${n} * 100000 + i as id, ${COUNTRIES} as country,
         (${change.amount ?? 'h'})::numeric(12,2) as amount
    from generate_series(1, ${change.count ?? 3000 + ((n * 7919) % 97)}) as i
   cross join lateral (select abs(hashint4(${n} * 100003 + i)) % 100000 / 100.0 as h) as hashed
   where ${change.where ?? 'true'}`;

test('segments, distributions and copies are told from stored profiles', async (t) => {
  const tell = await shop(t);
  for (let n = 0; n < 24; n += 1) {
    const said = (await tell(n, orders(n))).filter(({ status }) => status === 'anomalous');
    assert.deepEqual(said, [], `day ${n} is as all others: ${JSON.stringify(said)}`);
  }

  // As many rows as the day before, and others: no copy.
  const asMany = await tell(24, orders(24, { count: 3000 + ((23 * 7919) % 97) }));
  assert.deepEqual(asMany, []);

  const missing = await tell(25, orders(25, { where: 'i % 6 not in (3, 4, 5)' }));
  const rows = missing.find(({ metric, detector }) => metric === 'row_count' && detector === 'adaptive');
  assert.equal(rows?.finding, true);
  assert.match(rows.message, /; country=IT explains (?:9\d|10\d) % of the missing rows \(gone altogether\)$/);
  assert.ok(rows.message.endsWith(`; ${rows.detection.where}`));
  const [first] = rows.detection.segments ?? [];
  assert.deepEqual([first?.name, first?.actual], ['country=IT', 0]);
  assert.ok(Math.abs((first?.share ?? 0) - 1) < 0.1);
  const mix = missing.find(({ metric }) => metric === 'mix(country)');
  assert.equal(mix?.status, 'anomalous');
  assert.match(mix.message, /gone IT \(50 %\)/);

  const nulls = await tell(26, orders(26, { amount: 'case when i % 6 <> 0 then h end' }));
  const share = nulls.find(({ metric }) => metric === 'null_percentage(amount)');
  assert.match(share?.message ?? '', /country=DE explains (?:9\d|10\d) % of the additional nulls$/);

  const moved = await tell(27, orders(27, { amount: 'h * 1.5 + 100' }));
  const amounts = moved.find(({ metric }) => metric === 'distribution(amount)');
  assert.equal(amounts?.status, 'anomalous');
  assert.match(amounts.message, /^another distribution: \d+ % of amount are at most/);
  // Numbers that count upwards are others every day, and nobody is told.
  assert.deepEqual(
    [...missing, ...nulls, ...moved].filter(({ metric }) => metric === 'distribution(id)'),
    [],
  );

  // The next day's load took the files of the day before.
  const copied = await tell(28, orders(27, { amount: 'h * 1.5 + 100' }));
  const copy = copied.find(({ detector }) => detector === 'stale_copy');
  assert.deepEqual([copy?.metric, copy?.status, copy?.finding], ['content', 'anomalous', true]);
  assert.equal(copy?.message, 'a stale copy: partition dt=2026-01-29 has exactly the rows of dt=2026-01-28');
});
