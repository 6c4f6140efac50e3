import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { factKey } from '#model/measurement.ts';
import { parseFactKey, plainFact, printFact } from '#rules/expression/fact-key.ts';
import { factMapOf, factsOf, type FactsNeeded } from '#rules/expression/facts.ts';
import { checks } from './expression-trees.ts';
import { checkOf, withoutSpans } from './support.ts';

const NEEDED: [text: string, needed: Partial<FactsNeeded>][] = [
  ['row_count > 0', { facts: ['row_count'], columns: [], history: 0, costClass: 'metadata' }],
  [
    'null_percentage(c) < 1%',
    { facts: ['row_count', 'null_count(c)'], columns: ['c'], history: 0, costClass: 'stats' },
  ],
  [
    'min(c) >= 0',
    { facts: ['row_count', 'min(c)', 'null_count(c)'], columns: ['c'], history: 0, costClass: 'stats' },
  ],
  [
    'avg(c) > 1',
    { facts: ['row_count', 'sum(c)', 'null_count(c)'], columns: ['c'], history: 0, costClass: 'scan' },
  ],
  [
    'sum(a) = sum("b c") + row_count',
    {
      facts: ['row_count', 'sum(a)', 'null_count(a)', 'sum("b c")', 'null_count("b c")'],
      columns: ['a', 'b c'],
      history: 0,
      costClass: 'scan',
    },
  ],
  [
    'unique(a, b)',
    {
      facts: ['row_count', 'repeat_count(a,b) on table'],
      columns: ['a', 'b'],
      costClass: 'scan',
    },
  ],
  [
    'distinct_count(a) between 1 and null_count(b)',
    {
      facts: ['row_count', 'distinct_count(a)', 'null_count(b)'],
      columns: ['a', 'b'],
      history: 0,
      costClass: 'scan',
    },
  ],
  [
    'row_count within 5% of avg_last(7)',
    { facts: ['row_count'], pastFacts: ['row_count'], history: 7, costClass: 'metadata' },
  ],
  [
    'row_count not anomalous',
    { facts: ['row_count'], pastFacts: ['row_count'], history: 30, costClass: 'metadata' },
  ],
  [
    "sum(amount) > 0.5 * same_weekday_last(4) where country = 'DE'",
    {
      facts: [
        'row_count',
        "row_count where country = 'DE'",
        "sum(amount) where country = 'DE'",
        "null_count(amount) where country = 'DE'",
      ],
      pastFacts: [
        'row_count',
        "row_count where country = 'DE'",
        "sum(amount) where country = 'DE'",
        "null_count(amount) where country = 'DE'",
      ],
      columns: ['amount', 'country'],
      history: 28,
      costClass: 'scan',
    },
  ],
  [
    "status in ('paid', 'open')",
    {
      facts: [
        'row_count',
        "true_count(status in ('paid', 'open'))",
        "false_count(status in ('paid', 'open'))",
      ],
      columns: ['status'],
      costClass: 'scan',
    },
  ],
  [
    'email is not null',
    { facts: ['row_count', 'null_count(email)'], columns: ['email'], costClass: 'stats' },
  ],
  [
    'row_count = row_count(bronze.orders) within 0.1%',
    { facts: ['row_count', 'row_count of bronze.orders'], tables: ['bronze.orders'], costClass: 'metadata' },
  ],
  [
    '(a, b) references dim.users(x, y)',
    {
      facts: [
        'row_count',
        'orphan_count(a,b references dim.users(x,y))',
        'true_count(a is not null and b is not null)',
      ],
      columns: ['a', 'b'],
      tables: ['dim.users'],
      costClass: 'scan',
    },
  ],
  [
    'row_count > 0 per country',
    { facts: ['row_count', 'row_count per country'], columns: ['country'], costClass: 'scan' },
  ],
  [
    'freshness(updated_at) < 2 hours and retention(day) <= 3 years',
    {
      facts: [
        'row_count',
        'max(updated_at)',
        'null_count(updated_at)',
        'row_count on table',
        'min(day) on table',
        'null_count(day) on table',
      ],
      columns: ['updated_at', 'day'],
      costClass: 'stats',
    },
  ],
  ['has_columns(a)', { facts: ['row_count'], columns: ['a'], schema: true, costClass: 'metadata' }],
  [
    'no_gaps(day, month) on last(3)',
    {
      facts: [
        'row_count',
        'min(day) on last(3)',
        'max(day) on last(3)',
        'period_count(day,month) on last(3)',
        'null_count(day) on last(3)',
      ],
      columns: ['day'],
      costClass: 'scan',
    },
  ],
  [
    "equals silver.orders on (id) comparing (amount) within 0.01 where country = 'DE'",
    {
      facts: [
        'row_count',
        "row_count where country = 'DE'",
        "difference_count(id equals silver.orders(id) comparing (amount) within 0.01) where country = 'DE'",
      ],
      columns: ['id', 'amount', 'country'],
      tables: ['silver.orders'],
      costClass: 'scan',
    },
  ],
  [
    "sql('select count(*) from {dataset}') = 0",
    { facts: ['row_count', "custom_sql('select count(*) from {dataset}')"], costClass: 'scan' },
  ],
];

describe('what a check needs', () => {
  for (const [text, needed] of NEEDED) {
    test(text, () => {
      const plain = { pastFacts: [], tables: [], schema: false, adaptive: false, columns: [], history: 0 };
      assert.deepEqual(factsOf(checkOf(text).expression), { ...plain, ...needed });
    });
  }

  test('every needed fact is a fact key that can be taken apart and put together again', () => {
    fc.assert(
      fc.property(checks, (expression) => {
        for (const [key, fact] of factMapOf(expression)) {
          const parsed = parseFactKey(key);
          assert.ok(parsed !== null, key);
          assert.equal(printFact(parsed), key);
          assert.deepEqual(withoutSpans(parsed), withoutSpans(fact), key);
        }
      }),
      { numRuns: 5000 },
    );
  });

  test('facts of a partition are written as measurements are stored', () => {
    const names = ['user_id', 'a b', 'select', 'row_count', '住所', 'say "x"'];
    for (const metric of ['null_count', 'count', 'sum', 'min', 'max', 'distinct_count'] as const)
      for (const name of names) assert.equal(printFact(plainFact(metric, [name])), factKey(metric, [name]));
    assert.equal(printFact(plainFact('duplicate_count', names)), factKey('duplicate_count', names));
    assert.equal(printFact(plainFact('row_count')), factKey('row_count'));
  });

  test('a distribution of texts is told by groups, of numbers by quantiles', () => {
    const { expression } = checkOf('distribution(c) psi < 0.2 vs last(28)');
    assert.deepEqual(factsOf(expression, [{ name: 'c', type: 'string' }]).facts, [
      'row_count',
      'row_count per c',
    ]);
    const { facts, pastFacts, history } = factsOf(expression, [{ name: 'c', type: 'double' }]);
    assert.equal(facts.length, 23);
    assert.ok(facts.includes('quantile(c,0.05)') && facts.includes('max(c)'));
    assert.deepEqual(pastFacts, facts);
    assert.equal(history, 28);
  });

  test('the longest check still gives a readable key', () => {
    const { facts } = factsOf(checkOf(`unique(${'x'.repeat(7992)})`).expression);
    assert.equal(parseFactKey(facts.at(-1) ?? '')?.columns[0]?.length, 7992);
  });

  for (const key of [
    '',
    'row_count(a)',
    'avg(a)',
    'sum',
    'sum()',
    'sum(a',
    'sum(a,b)',
    'sum(a))',
    'sum(a) ',
    'null_count(a) or 1=1',
    'duplicate_count(a,)',
    'duplicate_count(a b)',
    'sum(a)sum(b)',
    'toString',
    'sum("a)',
  ]) {
    // A trailing space is no harm; everything else here is no fact key.
    const expected = key === 'sum(a) ' ? plainFact('sum', ['a']) : null;
    test(`parseFactKey(${JSON.stringify(key)})`, () => assert.deepEqual(parseFactKey(key), expected));
  }
});
