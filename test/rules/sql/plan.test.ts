import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fact } from '#model/fact.ts';
import { statementText, type TableDescription } from '#model/measure-plan.ts';
import { MEASUREMENT_SOURCES } from '#model/measurement.ts';
import { planHash, planQueries, type Plan, type PlanRequest } from '#rules/sql/plan.ts';
import { equals, fact, tableRef } from './facts.ts';

const ORDERS: TableDescription = {
  from: 'only "staging"."orders"',
  name: 'staging.orders',
  columns: [
    { name: 'id', type: 'bigint' },
    { name: 'user_id', type: 'bigint' },
    { name: 'email', type: 'text' },
    { name: 'amount', type: 'numeric(10,2)' },
    { name: 'dt', type: 'date' },
    { name: 'extra', type: 'jsonb' },
  ],
};
const GOLD: TableDescription = { ...ORDERS, from: '"gold"."orders"', name: 'gold.orders' };
const USERS: TableDescription = {
  from: '"dim"."users"',
  name: 'dim.users',
  columns: [{ name: 'id', type: 'integer' }],
};

function plan(facts: Record<string, Fact>, change: Partial<PlanRequest> = {}): Plan {
  return planQueries({
    facts: new Map(Object.entries(facts)),
    known: new Map(),
    trustAtLeast: 100,
    candidate: { table: ORDERS, partition: [['dt', '2026-01-31']], whole: true, target: GOLD, previous: [] },
    tables: new Map([['dim.users', USERS]]),
    dialect: 'postgres',
    now: new Date('2026-02-01T00:00:00Z'),
    seconds: 60,
    groups: 100,
    ...change,
  });
}

const texts = (made: Plan): string[] => made.statements.map((statement) => statementText(statement));

describe('a plan', () => {
  test('asks all facts of the candidate in one statement, with which its version can be read', () => {
    const made = plan({
      row_count: fact({ metric: 'row_count' }),
      'null_count(email)': fact({ metric: 'null_count', columns: ['email'] }),
      'sum(amount) where user 1': fact({ metric: 'sum', columns: ['amount'], where: equals('user_id', 1) }),
    });
    assert.deepEqual(texts(made), [
      [
        'select',
        'count(*) as assay_0,',
        'count(*) filter (where ("email"::text is null)) as assay_1,',
        `(sum(case when ("user_id" = 1) then nullif("amount", 'NaN') end))::double precision as assay_2`,
        'from only "staging"."orders" as c',
      ].join('\n'),
    ]);
    assert.equal(made.statements[0]?.candidate, true);
  });

  test('makes no statement for what statistics answer', () => {
    const facts = {
      row_count: fact({ metric: 'row_count' }),
      'null_count(email)': fact({ metric: 'null_count', columns: ['email'] }),
    };
    const known = (source: keyof typeof MEASUREMENT_SOURCES) =>
      new Map(Object.keys(facts).map((key) => [key, MEASUREMENT_SOURCES[source]]));
    const trustAtLeast = MEASUREMENT_SOURCES.iceberg_commit;
    assert.deepEqual(plan(facts, { known: known('query'), trustAtLeast }).statements, []);
    assert.deepEqual(plan(facts, { known: known('iceberg_commit'), trustAtLeast }).statements, []);
    // A count that Spark stated is not good enough here.
    assert.equal(plan(facts, { known: known('output_statistics'), trustAtLeast }).statements.length, 1);
    const half = plan(facts, { known: new Map([['row_count', 100]]), trustAtLeast });
    assert.deepEqual(
      half.statements.flatMap(({ items }) => items.map(({ key }) => key)),
      ['null_count(email)'],
    );
  });

  test('makes none for what no row tells, but asks PostgreSQL for the bytes of a table', () => {
    const facts = { size_bytes: fact({ metric: 'size_bytes' }), file_count: fact({ metric: 'file_count' }) };
    assert.deepEqual(plan(facts, { dialect: 'mysql' }), { statements: [], refused: new Map() });
    const [text, ...others] = texts(plan(facts));
    assert.deepEqual(others, []);
    assert.match(text ?? '', /pg_total_relation_size\('"staging"\."orders"'::regclass\)/);
    assert.doesNotMatch(text ?? '', /file_count/);
  });

  test('has one more statement for each other table, each column of a per, each query', () => {
    const orphans = (columns: string[]) =>
      fact({
        metric: 'orphan_count',
        columns,
        other: { table: tableRef('dim', 'users'), columns: ['id'], compared: [], tolerance: null },
      });
    const made = plan({
      row_count: fact({ metric: 'row_count' }),
      a: orphans(['user_id']),
      b: orphans(['id']),
      users: fact({ metric: 'row_count', table: tableRef('dim', 'users') }),
      'row_count per email': fact({ metric: 'row_count', per: 'email' }),
      'max(amount) per email': fact({ metric: 'max', columns: ['amount'], per: 'email' }),
      'row_count per dt': fact({ metric: 'row_count', per: 'dt' }),
      q: fact({ metric: 'custom_sql', query: 'select count(*) from {dataset} where {partition}' }),
    });
    assert.deepEqual([...made.refused], []);
    assert.deepEqual(
      made.statements.map(({ about, items }) => [about, items.length]),
      [
        ['staging.orders', 1],
        ['staging.orders per email', 2],
        ['staging.orders per dt', 1],
        ['dim.users', 3],
        ['the query of a check', 1],
      ],
    );
    assert.match(texts(made)[1] ?? '', /group by "email"::text collate "C" limit 101$/);
    assert.equal(
      texts(made)[4],
      'select *\nfrom (select count(*) from only "staging"."orders" where (1 = 1)\n) as q limit 2',
    );
  });

  test('reads the published rows of other partitions beside a candidate in a table of its own', () => {
    const scopes = (target: TableDescription | null) =>
      plan(
        {
          row_count: fact({ metric: 'row_count' }),
          table: fact({ metric: 'duplicate_count', columns: ['id'], scope: { type: 'table' } }),
          last: fact({ metric: 'row_count', scope: { type: 'last', partitions: 2 } }),
        },
        {
          candidate: {
            table: ORDERS,
            partition: [['dt', '2026-01-31']],
            whole: true,
            target,
            previous: [[['dt', '2026-01-30']], [['dt', '2026-01-29']]],
          },
        },
      );
    const [own, wide, ...more] = texts(scopes(GOLD));
    assert.equal(more.length, 0);
    assert.match(own ?? '', /^select\ncount\(\*\) as assay_0\nfrom only "staging"\."orders" as c$/);
    assert.match(
      wide ?? '',
      /from \(select "id" as "id", "dt" as "dt" from only "staging"\."orders" as s union all select "id" as "id", "dt" as "dt" from "gold"\."orders" as p where case when \("dt" = date '2026-01-31'\) then 1 else 0 end = 0\) as c$/,
    );
    assert.match(
      wide ?? '',
      /filter \(where \(\("dt" = date '2026-01-31'\) or \("dt" = date '2026-01-30'\)\)\)/,
    );
    // Without a published table the candidate is all there is.
    assert.equal(scopes(null).statements.length, 1);
  });

  test('reads only the partition of a table that holds all, and all of it once for wider scopes', () => {
    const candidate = {
      table: GOLD,
      partition: [['dt', '2026-01']] as const,
      whole: false,
      target: null,
      previous: [],
    };
    const facts = { row_count: fact({ metric: 'row_count' }) };
    const month = `("dt" >= date '2026-01-01' and "dt" < date '2026-02-01')`;
    assert.deepEqual(texts(plan(facts, { candidate })), [
      `select\ncount(*) as assay_0\nfrom "gold"."orders" as c where ${month}`,
    ]);
    const table = fact({ metric: 'row_count', scope: { type: 'table' } });
    assert.deepEqual(texts(plan({ ...facts, table }, { candidate })), [
      `select\ncount(*) filter (where ${month}) as assay_0,\ncount(*) as assay_1\nfrom "gold"."orders" as c`,
    ]);
  });

  test('refuses single facts with the mend, and asks the others', () => {
    const made = plan({
      row_count: fact({ metric: 'row_count' }),
      typo: fact({ metric: 'null_count', columns: ['emial'] }),
      text: fact({ metric: 'sum', columns: ['email'] }),
      json: fact({ metric: 'distinct_count', columns: ['extra'] }),
      mixed: fact({ metric: 'true_count', predicate: equals('email', 5) }),
      regex: fact({
        metric: 'true_count',
        predicate: {
          type: 'matches',
          negated: false,
          operand: {
            type: 'column',
            column: { name: 'email', table: null, span: { offset: 0, length: 0 } },
            span: { offset: 0, length: 0 },
          },
          pattern: '(a+)+$',
          span: { offset: 0, length: 0 },
        },
      }),
      absent: fact({ metric: 'row_count', table: tableRef('dim', 'nothing') }),
      write: fact({ metric: 'custom_sql', query: 'delete from {dataset}' }),
      'per amount': fact({ metric: 'row_count', per: 'amount' }),
    });
    assert.deepEqual(
      made.statements.flatMap(({ items }) => items.map(({ key }) => key)),
      ['row_count'],
    );
    const words: Record<string, RegExp> = {
      typo: /staging\.orders has no column emial\. Did you mean email\? It has id, user_id, email/,
      text: /sum needs numbers, and there is a text/,
      json: /cannot be told apart/,
      mixed: /texts and Numbers|Numbers and texts|cannot be compared/,
      regex: /The pattern "\(a\+\)\+\$"/,
      absent: /There is no table dim\.nothing/,
      write: /does not begin with SELECT/,
      'per amount': /amount is a decimal/,
    };
    assert.deepEqual([...made.refused.keys()].sort(), Object.keys(words).sort());
    for (const [key, text] of made.refused) assert.match(text, words[key] ?? /^$/);
  });

  test('has a hash that tells other statements apart, not their order', () => {
    const one = fact({ metric: 'row_count' });
    const two = fact({ metric: 'count', columns: ['id'] });
    const hash = (facts: Record<string, Fact>): string => planHash(plan(facts).statements);
    assert.equal(hash({ a: one, b: two }), hash({ b: two, a: one }));
    assert.notEqual(hash({ a: one }), hash({ a: two }));
  });
});
