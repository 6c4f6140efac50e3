import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from 'pg';
import { statementText } from '#model/measure-plan.ts';
import { planQueries } from '#rules/sql/plan.ts';
import { emptyDatabase } from '#test/support/database.ts';
import { fact } from './facts.ts';

const COLUMNS = [
  { name: 'id', type: 'bigint' },
  { name: 'dt', type: 'date' },
];
const DAY = '2026-01-31';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Parent Relationship'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** The nodes above a scan of the table, the nearest first; one path for each scan. */
function pathsTo(node: PlanNode, table: string, above: readonly PlanNode[] = []): (readonly PlanNode[])[] {
  if (node['Relation Name'] === table) return [[node, ...above]];
  return (node.Plans ?? []).flatMap((inner) => pathsTo(inner, table, [node, ...above]));
}

test('a key of the whole table is looked up in what is published, which is neither sorted nor gathered', async (t) => {
  const client = new Client({ connectionString: await emptyDatabase(t) });
  await client.connect();
  t.after(() => client.end());
  // Thirty published days, and the same day twice: as it is served and as it is staged.
  await client.query(`
    create table gold as select n as id, date '2026-01-02' + n / 2000 as dt from generate_series(0, 59999) n;
    create table staged as select n + 100000 as id, date '${DAY}' as dt from generate_series(1, 1000) n;
    insert into staged values (100001, '${DAY}'), (100001, '${DAY}'), (7, '${DAY}'), (59999, '${DAY}'), (null, '${DAY}');
    analyze`);
  const { statements, refused } = planQueries({
    facts: new Map([
      ['repeats', fact({ metric: 'repeat_count', columns: ['id'], scope: { type: 'table' } })],
    ]),
    known: new Map(),
    trustAtLeast: 0,
    candidate: {
      table: { from: 'staged', name: 'staged', columns: COLUMNS },
      partition: [['dt', DAY]],
      whole: true,
      target: { from: 'gold', name: 'gold', columns: COLUMNS },
      previous: [],
    },
    tables: new Map(),
    dialect: 'postgres',
    now: new Date('2026-02-01T00:00:00Z'),
    seconds: 60,
    groups: 100,
  });
  assert.deepEqual([...refused], []);
  const [statement] = statements;
  assert.ok(statement);
  const text = statementText(statement);
  // 100001 stands there three times, 7 is published; 59999 is of the day that is replaced.
  const { rows } = await client.query<unknown[]>({ text, rowMode: 'array' });
  assert.deepEqual(rows, [['3']]);
  const explained = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    `explain (format json) ${text}`,
  );
  const plan = explained.rows[0]?.['QUERY PLAN'][0].Plan ?? assert.fail('no plan');
  const paths = pathsTo(plan, 'gold');
  assert.equal(paths.length, 1, 'it is read once');
  for (const [scan, parent] of paths) {
    // The rows go past a table of the candidate's keys: no sort, no aggregate and no hash stands between.
    assert.match(parent?.['Node Type'] ?? '', /^(?:Hash Join|Nested Loop)$/, JSON.stringify(plan));
    assert.equal(scan?.['Parent Relationship'], 'Outer');
  }
});
