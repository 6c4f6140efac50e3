import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkTypes } from '#rules/expression/check-types.ts';
import { checkOf } from './support.ts';

describe('the type check', () => {
  const columns = [
    { name: 'amount', type: 'decimal(10,2)' },
    { name: 'status', type: 'string' },
    { name: 'day', type: 'date' },
    { name: 'user_id', type: 'bigint' },
    { name: 'code', type: 'varchar(3)' },
    { name: 'loaded_at', type: 'timestamp' },
    { name: 'address', type: 'struct<city: string>' },
    { name: 'active', type: 'boolean' },
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
      [
        [
          'error',
          0,
          'The schema has no column user_ids',
          'Did you mean user_id? If not, add user_ids to the schema.',
        ],
      ],
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
    // Units.
    ['freshness(loaded_at) < 2 hours', []],
    ['row_count within 5% of avg_last(7)', []],
    ['row_count = row_count(b) within 0.1%', []],
    ['sum(amount) > 5', []],
    [
      'freshness(loaded_at) < 2',
      [
        [
          'warning',
          23,
          'freshness is a time, but 2 has no unit',
          'Write for example 2 hours; without a unit it is seconds.',
        ],
      ],
    ],
    [
      'row_count > 5 hours',
      [
        [
          'error',
          12,
          'row_count is a number of rows, but it is compared with a time',
          'Leave the unit out, or write the one that fits.',
        ],
      ],
    ],
    [
      'sum(amount) between 1 and 5 GB',
      [
        [
          'error',
          26,
          "sum(amount) is of the column's own unit, but it is compared with a size in bytes",
          'Leave the unit out, or write the one that fits.',
        ],
      ],
    ],
    // What metrics need.
    [
      'max_length(amount) < 5',
      [
        [
          'error',
          0,
          'max_length(amount) needs texts, but amount is of type decimal(10,2)',
          'Use it on a column of texts.',
        ],
      ],
    ],
    [
      'freshness(amount) < 1 hour',
      [
        [
          'error',
          0,
          'freshness(amount) needs times, but amount is of type decimal(10,2)',
          'Use it on a column of dates or timestamps.',
        ],
      ],
    ],
    ['latency(day, loaded_at) < 1 day', []],
    [
      'no_gaps(status, day)',
      [
        [
          'error',
          8,
          'no_gaps(status) needs times, but status is of type string',
          'Use it on a column of dates or timestamps.',
        ],
      ],
    ],
    [
      'distribution(status) ks < 0.1 vs last(7)',
      [['error', 0, 'ks is a distance of numbers, but status holds none', 'Write psi.']],
    ],
    // Other tables, and what only looks like one.
    ['max(bronze.orders.status) = 5', []],
    [
      'max(address.city) = 5',
      [
        [
          'error',
          4,
          'address is a column, and stands here for a table',
          'Quote a column name that contains a dot: "address.city".',
        ],
      ],
    ],
    [
      'row_count(status) > 5',
      [
        [
          'error',
          10,
          'status is a column, and stands here for a table',
          'Write count(status) for its values, or give the table its whole name.',
        ],
      ],
    ],
    // Rows.
    ["status in ('a') and amount > 5 and day >= date '2026-01-31' and active = true", []],
    ['loaded_at <= now() and length(status) < 5', []],
    [
      "amount > '5'",
      [
        [
          'error',
          0,
          "amount is a number, but '5' is a text",
          'Write a text in single quotes, and a number without.',
        ],
      ],
    ],
    [
      "day >= '2026-01-31'",
      [
        [
          'error',
          0,
          "day is a time, but '2026-01-31' is a text",
          "Write a time as date '2026-01-31' or timestamp '2026-01-31T10:00:00Z'.",
        ],
      ],
    ],
    [
      'status in (1, 2)',
      [
        [
          'error',
          0,
          'status is a text, but 1 is a number',
          'Write a text in single quotes, and a number without.',
        ],
      ],
    ],
    [
      "amount like '5%'",
      [['error', 0, 'like is said of texts, but amount is a number', 'Name a column of texts.']],
    ],
    [
      'user_id is uuid',
      [['error', 0, 'a format is said of texts, but user_id is a number', 'Name a column of texts.']],
    ],
    [
      'abs(status) > 1',
      [['error', 4, 'abs needs a number, but status is a text', 'Name a column that holds such values.']],
    ],
    [
      'status + 1 > 1',
      [['error', 0, '+ needs a number, but status is a text', 'Name a column that holds such values.']],
    ],
    [
      "code in ('ab', 'abcd')",
      [
        [
          'warning',
          15,
          "'abcd' is longer than code, which is of type varchar(3)",
          'Write a value that the column can hold.',
        ],
      ],
    ],
    [
      "row_count > 0 where code = 'abcd' per countr",
      [
        [
          'warning',
          38,
          'The schema has no column countr',
          'Add it to the schema, or name one of its columns.',
        ],
        [
          'warning',
          27,
          "'abcd' is longer than code, which is of type varchar(3)",
          'Write a value that the column can hold.',
        ],
      ],
    ],
    // What a condition is not about.
    [
      'has_columns(amount) where amount > 5',
      [['error', 26, 'where says nothing about has_columns', 'Leave where out, or write two checks.']],
    ],
    [
      'size_bytes < 1 GB per status',
      [['error', 22, 'per says nothing about size_bytes', 'Leave per out, or write two checks.']],
    ],
    [
      "groups(status) = ('a') per code",
      [['error', 27, 'per says nothing about groups', 'Leave per out, or write two checks.']],
    ],
    [
      'schema unchanged on table',
      [['error', 0, 'on says nothing about schema unchanged', 'Leave on out, or write two checks.']],
    ],
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
