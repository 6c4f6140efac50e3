import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test, type TestContext } from 'node:test';
import { Incidents } from '#collector/incidents/incidents.ts';
import { pushContracts } from '#gate/contracts.ts';
import type { GateServices } from '#gate/services.ts';
import { Ingest } from '#ingest/ingest.ts';
import { datasetId } from '#model/ids.ts';
import { Monitor } from '#monitor/monitor.ts';
import type { Database } from '#store/database.ts';
import { deleteOldChecks } from '#store/partition-checks.ts';
import { sql } from '#store/sql.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { facet, sampleEvent } from '#test/support/sample-events.ts';

const NAMESPACE = 'postgres://db:5432';
const T = datasetId(NAMESPACE, 't');
const day = (n: number): string => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);
const key = (n: number): string => `dt=${day(n)}`;
const runIdOf = (n: number): string => `018cc251-f400-7000-8000-${String(n).padStart(12, '0')}`;

const contractOf = (version: string, ...lines: readonly string[]): string =>
  [
    'dataset: t',
    `namespace: ${NAMESPACE}`,
    `version: "${version}"`,
    'owner: a@example.com',
    'quality:',
    ...lines,
    '',
  ].join('\n');

const CONTRACT = contractOf(
  '1.0.0',
  '  - check: row_count > 0',
  '  - check: null_percentage(a) < 10%',
  '    severity: warn',
  '  - check: row_count within 50% of avg_last(3)',
  '  - check: min(b) > 0',
  "  - check: sql('select count(*) from {dataset}') > 0",
  '  - check: row_count > 1000000',
  '    severity: info',
);

interface Written {
  readonly rows: number;
  readonly nulls?: number;
  readonly run?: number;
  readonly second?: number;
  readonly type?: string;
}

/** A run of day n that states rows and nulls. */
function write(n: number, { rows, nulls = 0, run = n, second = 0, type = 'COMPLETE' }: Written): Buffer {
  return sampleEvent({
    runId: runIdOf(run),
    type,
    time: new Date(Date.UTC(2026, 0, 2 + n, 1, 0, second)).toISOString(),
    outputs: [
      {
        namespace: NAMESPACE,
        name: 't',
        facets: {
          dataQualityMetrics: facet({ rowCount: rows, columnMetrics: { a: { nullCount: nulls } } }),
        },
        outputFacets: {
          subset: facet({
            outputCondition: {
              type: 'partition',
              partitions: [{ identifier: 'p', dimensions: { dt: day(n) } }],
            },
          }),
        },
      },
    ],
  });
}

const FIRST = new Date('2026-01-01T00:00:00Z');

interface Setting {
  readonly database: TestDatabase;
  readonly clock: { now: Date };
  readonly send: (...events: readonly Buffer[]) => Promise<void>;
  readonly judge: () => Promise<void>;
  /** At the first day unless told. */
  readonly push: (text: string, at?: Date) => Promise<void>;
}

async function setting(t: TestContext, database?: TestDatabase): Promise<Setting> {
  const store = database ?? (await testDatabase(t));
  const clock = { now: new Date('2026-01-20T00:00:00Z') };
  const now = (): Date => clock.now;
  const ingest = new Ingest({ database: store, now });
  const monitor = new Monitor({ database: store, now, excludedOf: async () => new Map() });
  const incidents = new Incidents({ database: store, now });
  const gate: GateServices = { database: store, warehouses: new Map(), newId: randomUUID };
  return {
    database: store,
    clock,
    send: async (...events) => {
      for (const event of events) await ingest.receive(event, 'http');
    },
    judge: async () => {
      await monitor.settle();
      await incidents.pass();
    },
    push: async (text, at = FIRST) => void (await pushContracts(gate, { text, fileName: 't.yaml' }, at)),
  };
}

interface StoredRow {
  readonly partition: string;
  readonly version: string;
  readonly status: string;
  readonly wrong: boolean;
  readonly statuses: string;
  readonly results: unknown;
}

const stored = (database: Database): Promise<StoredRow[]> =>
  database.rows<StoredRow>(
    sql`select partition, contract_version as version, status, wrong, results, contract_hash, run_id, stated_at, series,
               (select string_agg(r->>'status', ' ' order by at) from jsonb_array_elements(results) with ordinality as t(r, at)) as statuses
          from partition_check order by partition`,
  );

const told = async (database: Database): Promise<string[]> =>
  (
    await database.rows<{ text: string }>(
      sql`select partition || ' ' || summary || coalesce(' (' || cleared_by || ')', '') as text
            from evidence where source = 'check' order by 1`,
    )
  ).map(({ text }) => text);

describe('the monitor asks the checks of contracts', () => {
  test('results are stored with all that they follow from, and what is not known passes nothing', async (t) => {
    const { database, send, judge, push } = await setting(t);
    await push(CONTRACT);
    for (let n = 0; n < 4; n += 1) await send(write(n, { rows: 100 + n, nulls: 1 }));
    await judge();
    const rows = await stored(database);
    assert.deepEqual(
      rows.map(({ statuses }) => statuses),
      [
        'pass pass learning no_data no_data warn',
        'pass pass learning no_data no_data warn',
        'pass pass learning no_data no_data warn',
        'pass pass pass no_data no_data warn',
      ],
    );
    assert.ok(rows.every(({ version, wrong }) => version === '1.0.0' && !wrong));
    const [result] = await database.rows<{
      hash: string;
      of: { facts: unknown; baseline: unknown; value: number };
    }>(sql`select contract_hash as hash, results->2 as of from partition_check where partition = ${key(3)}`);
    assert.match(result?.hash ?? '', /^[0-9a-f]{64}$/);
    assert.deepEqual(result?.of.value, 103);
    assert.deepEqual(result.of.facts, { row_count: 103 });
    assert.deepEqual(
      result.of.baseline,
      [0, 1, 2].map((n) => ({ partition: key(n), value: 100 + n })),
    );
    assert.deepEqual(await told(database), []);
    assert.equal(await database.execute(deleteOldChecks(new Date('2026-01-04T00:00:00Z'), 10)), 2);
    assert.equal((await stored(database)).length, 2);
  });

  test('what is broken is evidence, and is cleared when the partition or a later one passes', async (t) => {
    const { database, send, judge, push } = await setting(t);
    await push(CONTRACT);
    await send(write(0, { rows: 100 }), write(1, { rows: 100, nulls: 40 }));
    await judge();
    const [piece] = await told(database);
    assert.match(piece ?? '', /^dt=2026-01-02 null_percentage\(a\) is 40 %/);
    const [incident] = await database.rows<{ state: string }>(sql`select state from incident`);
    assert.equal(incident?.state, 'open');
    // Written again, as bad: one piece stands, of the run that wrote it last.
    await send(write(1, { rows: 100, nulls: 41, run: 50, second: 9 }));
    await judge();
    assert.deepEqual(
      (await told(database)).map((text) => text.replace(/^\S+ /, '').replace(/,.*?( \(|$)/, '$1')),
      ['null_percentage(a) is 40 % (reversed)', 'null_percentage(a) is 41 %'],
    );
    // No nulls are told of the next day: that passes nothing.
    await send(
      sampleEvent({
        runId: runIdOf(60),
        type: 'COMPLETE',
        time: '2026-01-05T00:00:00Z',
        outputs: [
          {
            namespace: NAMESPACE,
            name: 't',
            outputFacets: {
              outputStatistics: facet({ rowCount: 100 }),
              subset: facet({
                outputCondition: {
                  type: 'partition',
                  partitions: [{ identifier: 'p', dimensions: { dt: day(2) } }],
                },
              }),
            },
          },
        ],
      }),
    );
    await judge();
    assert.equal((await told(database)).filter((text) => !text.endsWith(')')).length, 1, 'it stands');
    await send(write(3, { rows: 100, nulls: 2 }));
    await judge();
    assert.match((await told(database)).at(-1) ?? '', /41 %.*\(good\)$/);
  });

  test('a new contract is held against the newest partitions; a check that it drops is cleared', async (t) => {
    const { database, send, judge, push } = await setting(t);
    await push(contractOf('1.0.0', '  - check: row_count > 500'));
    await send(write(0, { rows: 100 }));
    await judge();
    assert.equal((await told(database)).length, 1);
    await push(contractOf('1.1.0', '  - check: row_count > 50'));
    await judge();
    assert.deepEqual(
      (await stored(database)).map(({ version, status }) => [version, status]),
      [['1.1.0', 'pass']],
    );
    assert.match((await told(database))[0] ?? '', /\(reversed\)$/);
  });

  test('of what was stated before there was a contract the newest partition alone is news', async (t) => {
    const today = new Date('2026-01-19T00:00:00Z');
    const standing: string[][] = [];
    for (const isFirst of [true, false]) {
      const { database, send, judge, push } = await setting(t);
      if (isFirst) await push(contractOf('1.0.0', '  - check: row_count > 500'), today);
      for (const n of [0, 1, 2]) {
        await send(write(n, { rows: 100 + n }));
        if (isFirst) await judge();
      }
      if (!isFirst) await push(contractOf('1.0.0', '  - check: row_count > 500'), today);
      await judge();
      assert.deepEqual(
        (await stored(database)).map(({ status }) => status),
        ['fail', 'fail', 'fail'],
      );
      standing.push((await told(database)).filter((text) => !text.endsWith(')')));
    }
    assert.deepEqual(standing, [
      ['dt=2026-01-03 row_count is 102, expected > 500'],
      ['dt=2026-01-03 row_count is 102, expected > 500'],
    ]);
  });

  test('a stricter contract is news of the newest partitions alone', async (t) => {
    const { database, send, judge, push } = await setting(t);
    await push(contractOf('1.0.0', '  - check: row_count > 50'));
    for (const n of [0, 1, 2]) await send(write(n, { rows: 100 + n }));
    await judge();
    await push(contractOf('1.1.0', '  - check: row_count > 500'), new Date('2026-01-19T00:00:00Z'));
    await judge();
    assert.deepEqual(
      (await stored(database)).map(({ version, status }) => [version, status]),
      [
        ['1.0.0', 'pass'],
        ['1.0.0', 'pass'],
        ['1.1.0', 'fail'],
      ],
    );
    assert.equal((await told(database)).length, 1);
  });

  test('checks that Assay does not run stand as skipped and pass nothing', async (t) => {
    const { database, send, judge, push } = await setting(t);
    await push(`apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
team: { name: a, members: [{ username: a@example.com, role: owner }] }
servers: [{ server: s, type: postgres, host: db, port: 5432, database: d, schema: s }]
schema:
  - name: t
    physicalName: t
    quality:
      - type: text
        description: somebody looks at it
      - type: library
        metric: rowCount
        mustBeGreaterThan: 0
`);
    await database.execute(sql`update contract set dataset_id = ${T}`);
    await send(write(0, { rows: 100 }));
    await judge();
    assert.deepEqual(
      (await stored(database)).map(({ statuses, status }) => [statuses, status]),
      [['pass skipped', 'pass']],
    );
  });

  test('the same check of the same partition is told once, by the gate where it has the word', async (t) => {
    const { database, send, judge, push, clock } = await setting(t);
    await push(contractOf('1.0.0', '  - check: row_count > 500'));
    await send(write(0, { rows: 100 }));
    await judge();
    assert.equal((await told(database)).length, 1);
    const [{ check } = { check: '' }] = await database.rows<{ check: string }>(
      sql`select results->0->>'checkId' as check from partition_check`,
    );
    const evaluate = async (decision: 'allow' | 'block', status: string): Promise<void> => {
      const id = randomUUID();
      clock.now = new Date(clock.now.getTime() + 60_000);
      await database.execute(sql`
        insert into evaluation (id, dataset_id, namespace, name, partition, contract_version, contract_hash, warehouse, target,
          empty_partition, candidate_kind, candidate_ref, state, decision, reasons, requested_at, decided_at)
        values (${id}, ${T}, ${NAMESPACE}, 't', ${key(0)}, '1.0.0', '00', 'w', 'gold.t', 'block', 'table', 's.t',
          ${decision === 'block' ? 'failed' : 'passed'}, ${decision}, '[]'::jsonb, ${clock.now}, ${clock.now})`);
      await database.execute(sql`
        insert into check_result (evaluation_id, position, check_id, text, severity, status, value, expected, message, facts, baseline)
        values (${id}, 0, ${check}, 'row_count > 500', 'block', ${status}, 1, '> 500', 'of the gate', '{}', '[]')`);
    };
    await evaluate('block', 'fail');
    await judge();
    await judge();
    const standing = async (): Promise<string[]> =>
      (
        await database.rows<{ summary: string }>(
          sql`select summary from evidence where source = 'check' and cleared_at is null order by 1`,
        )
      ).map(({ summary }) => summary);
    assert.deepEqual(await standing(), ['of the gate']);
    await evaluate('allow', 'pass');
    await judge();
    assert.deepEqual(await standing(), [], 'the gate measured the data itself');
    // Written behind the gate's back, and bad: the monitor has the word again.
    await send(write(0, { rows: 7, run: 70, second: 5_000_000 }));
    await judge();
    assert.match((await standing())[0] ?? '', /^row_count is 7/);
  });

  test('events in any order and number, judged at any time, end in the same results and evidence', async (t) => {
    const events = [
      write(0, { rows: 100, nulls: 3 }),
      write(1, { rows: 101, nulls: 60 }),
      write(2, { rows: 0 }),
      write(3, { rows: 99, nulls: 2 }),
      write(4, { rows: 10 }),
      write(4, { rows: 300, nulls: 1, run: 44, second: 30 }),
      write(3, { rows: 98, nulls: 0, run: 33, second: 20, type: 'FAIL' }),
    ];
    const orders = [
      [0, 1, 2, 3, 4, 5, 6],
      [6, 5, 4, 3, 2, 1, 0],
      [4, 0, 6, 2, 5, 1, 3],
      [5, 4, 1, 1, 0, 3, 6, 2, 5],
      [2, 6, 3, 0, 5, 4, 1],
    ];
    const seen: unknown[] = [];
    for (const [index, order] of orders.entries()) {
      const { database, send, judge, push } = await setting(t);
      if (index % 2 === 0) await push(CONTRACT);
      for (const [place, at] of order.entries()) {
        await send(events[at] ?? Buffer.alloc(0));
        if ((place + index) % 2 === 0) await judge();
      }
      if (index % 2 === 1) await push(CONTRACT);
      await judge();
      await judge();
      const standing = await database.rows(
        sql`select id, partition, subject, summary, severity, at from evidence
             where source = 'check' and cleared_at is null order by id`,
      );
      seen.push({ rows: await stored(database), standing });
    }
    const [first, ...others] = seen;
    assert.equal((first as { rows: readonly unknown[] }).rows.length, 5);
    for (const other of others) assert.deepEqual(other, first);
  });
});
