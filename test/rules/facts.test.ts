import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { factKey } from '#model/measurement.ts';
import { checkTypes } from '#rules/expression/check-types.ts';
import { parseFactKey } from '#rules/expression/fact-key.ts';
import { factsOf, type FactsNeeded } from '#rules/expression/facts.ts';
import { checkOf, expressions } from './support.ts';

const NEEDED: [text: string, needed: FactsNeeded][] = [
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
    { facts: ['row_count', 'duplicate_count(a,b)'], columns: ['a', 'b'], history: 0, costClass: 'scan' },
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
    { facts: ['row_count'], columns: [], history: 7, costClass: 'metadata' },
  ],
  ['row_count not anomalous', { facts: ['row_count'], columns: [], history: 30, costClass: 'metadata' }],
];

describe('what a check needs', () => {
  for (const [text, needed] of NEEDED) {
    test(text, () => assert.deepEqual(factsOf(checkOf(text).expression), needed));
  }

  test('every needed fact is a fact key that can be taken apart and put together again', () => {
    fc.assert(
      fc.property(expressions, (expression) => {
        for (const key of factsOf(expression).facts) {
          const fact = parseFactKey(key);
          assert.ok(fact !== null, key);
          assert.equal(factKey(fact.metric, fact.columns), key);
        }
      }),
    );
  });

  test('the longest check still gives a readable key', () => {
    const [, key = ''] = factsOf(checkOf(`unique(${'x'.repeat(1992)})`).expression).facts;
    assert.equal(parseFactKey(key)?.columns[0]?.length, 1992);
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
    const expected = key === 'sum(a) ' ? { metric: 'sum', columns: ['a'] } : null;
    test(`parseFactKey(${JSON.stringify(key)})`, () => assert.deepEqual(parseFactKey(key), expected));
  }
});

describe('the type check', () => {
  const columns = [
    { name: 'amount', type: 'decimal(10,2)' },
    { name: 'status', type: 'string' },
    { name: 'day', type: 'date' },
    { name: 'user_id', type: 'bigint' },
  ];
  const cases: [
    text: string,
    problems: [severity: string, offset: number, message: string, mend: string][],
  ][] = [
    ['sum(amount) > 0', []],
    ['null_count(status) = 0', []],
    ['unique(status, day)', []],
    [
      'sum(status) > 0',
      [
        [
          'error',
          0,
          'sum(status) needs numbers, but status is of type string',
          'Use it on a numeric column, or measure null_count or distinct_count.',
        ],
      ],
    ],
    [
      'row_count > max(day)',
      [
        [
          'error',
          12,
          'max(day) needs numbers, but day is of type date',
          'Use it on a numeric column, or measure null_count or distinct_count.',
        ],
      ],
    ],
    [
      'null_count(user_ids) = 0',
      [['warning', 0, 'The schema has no column user_ids', 'Did you mean user_id?']],
    ],
    [
      'null_count(zzz) = 0',
      [['warning', 0, 'The schema has no column zzz', 'Add it to the schema, or name one of its columns.']],
    ],
    [
      'null_percentage(user_id) < 5',
      [
        [
          'warning',
          27,
          'null_percentage is a ratio from 0 to 1, but it is compared with 5',
          'Write 5% if per cent is meant.',
        ],
      ],
    ],
    [
      '5 > null_percentage(user_id)',
      [
        [
          'warning',
          0,
          'null_percentage is a ratio from 0 to 1, but it is compared with 5',
          'Write 5% if per cent is meant.',
        ],
      ],
    ],
    [
      'null_percentage(user_id) between 0 and 2',
      [
        [
          'warning',
          39,
          'null_percentage is a ratio from 0 to 1, but it is compared with 2',
          'Write 2% if per cent is meant.',
        ],
      ],
    ],
    [
      'null_percentage(user_id) within 2 of avg_last(7)',
      [
        [
          'warning',
          32,
          'null_percentage is a ratio from 0 to 1, but it is compared with 2',
          'Write 2% if per cent is meant.',
        ],
      ],
    ],
    ['null_percentage(user_id) < 5%', []],
    ['null_percentage(user_id) < 1', []],
  ];
  for (const [text, problems] of cases) {
    test(text, () => {
      const found = checkTypes(checkOf(text).expression, columns);
      assert.deepEqual(
        found.map(({ severity, span, message, mend }) => [severity, span.offset, message, mend]),
        problems,
      );
    });
  }

  test('without a schema columns are not judged', () => {
    assert.deepEqual(checkTypes(checkOf('sum(status) > 0').expression, []), []);
  });
});
