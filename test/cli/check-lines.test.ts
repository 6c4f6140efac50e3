import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesOfChecks } from '#cli/check-lines.ts';

test('a failed check is shown with the rows that violate it', () => {
  const check = { text: 'amount > 0', severity: 'block', message: '3 of 9 rows are not' };
  assert.deepEqual(
    linesOfChecks([
      { ...check, text: 'row_count > 0', status: 'pass', message: '9', failingRows: null },
      {
        ...check,
        status: 'fail',
        failingRows: {
          columns: ['order_id', 'mail'],
          rows: [
            ['17', 'a… (9 characters)'],
            ['18', null],
          ],
          more: true,
        },
      },
    ]),
    [
      '  fail     amount > 0\n           3 of 9 rows are not',
      '           order_id = 17, mail = a… (9 characters)',
      '           order_id = 18, mail = null',
      '           …',
      '  pass     row_count > 0',
    ],
  );
});
