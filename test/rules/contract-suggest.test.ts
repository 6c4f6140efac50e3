import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseContract } from '#rules/contract/parse.ts';
import { formatProblem } from '#rules/contract/problem.ts';
import { suggestContract, type KnownDataset } from '#rules/contract/suggest.ts';

const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

/** Days with these facts; each lands at four in the morning of the next day, every third an hour later. */
function days(
  count: number,
  facts: (day: number) => Readonly<Record<string, number>>,
): KnownDataset['points'] {
  return Array.from({ length: count }, (_, day) => {
    const at = new Date(START + day * 24 * HOUR);
    return {
      partition: `dt=${at.toISOString().slice(0, 10)}`,
      facts: new Map(Object.entries(facts(day))),
      at,
      excluded: null,
      landedAt: new Date(at.getTime() + 28 * HOUR + (day % 3 === 2 ? HOUR : 0)),
    };
  });
}

const ORDERS: Omit<KnownDataset, 'points'> = {
  dataset: 'gold.orders',
  namespace: 'demo',
  owner: 'ann',
  description: 'All orders',
  columns: [
    { name: 'id', type: 'int8', description: 'The key' },
    { name: 'amount', type: 'numeric(10,2)', description: null },
    { name: 'note', type: 'text', description: null },
    { name: 'shape', type: 'geography', description: null },
    { name: 'in out', type: null, description: null },
  ],
};

test('what failed and what lies far off says nothing about good partitions', () => {
  const rows = [...Array.from({ length: 28 }, (_, day) => 1000 + day), 6, 5000];
  const points = days(30, (day) => ({ row_count: rows[day] ?? 0 })).map((point, day) =>
    day === 29 ? { ...point, excluded: 'failed: row_count < 2000' } : point,
  );
  const { text, reasons, partitions } = suggestContract({ ...ORDERS, columns: [], points });
  assert.match(text, /- check: row_count between 500 and 2100\n/);
  assert.equal(partitions, 29);
  assert.deepEqual(reasons.slice(0, 2), [
    { about: 'partitions', because: '1 was left out: failed, waived or marked as incidents' },
    {
      about: 'row_count',
      because:
        'between 1000 and 1027 in 28 of 29 partitions; half and double are allowed; far off and left aside: 6',
    },
  ]);
});

test('a series of which much lies far off is taken as it is', () => {
  const points = days(30, (day) => ({ row_count: day % 5 === 0 ? 10 : 1000 }));
  const { text } = suggestContract({ ...ORDERS, columns: [], points });
  assert.match(text, /- check: row_count between 5 and 2000\n/);
});

describe('a suggested contract', () => {
  const points = days(30, (day) => ({
    row_count: 1000 + (day % 7) * 10,
    'null_count(id)': 0,
    'distinct_count(id)': 1000 + (day % 7) * 10,
    'null_count(amount)': 0,
    'distinct_count(amount)': 500,
    'min(amount)': day % 2,
    'null_count(note)': 100 + (day % 7),
    'null_count("in out")': day === 3 ? 1 : 0,
  }));
  const { text, reasons, partitions } = suggestContract({ ...ORDERS, points });

  test('says what always held, with the reasons', () => {
    assert.equal(
      text,
      `# Suggested from 30 partitions. What always was so need not be what is meant: read it, change it.
dataset: gold.orders
namespace: demo
version: 0.1.0
owner: ann
description: All orders
status: draft
sla: 38 hours
partition:
  column: dt
  grain: day
quality:
  - check: row_count > 0
  - check: row_count between 500 and 2200
    severity: warn
  - check: unique(id) on partition
    severity: warn
  - check: null_percentage(note) <= 15%
    severity: warn
  - check: null_percentage("in out") <= 0.15%
    severity: warn
schema:
  - name: id
    type: bigint
    description: The key
    required: true
  - name: amount
    type: numeric(10,2)
    required: true
    constraints:
      - min_value(0)
  - name: note
    type: text
`,
    );
    assert.equal(partitions, 30);
    const of = (about: string): string[] =>
      reasons.filter((reason) => reason.about === about).map(({ because }) => because);
    assert.deepEqual(of('row_count'), [
      'between 1000 and 1060 in 30 partitions; half and double are allowed',
    ]);
    assert.deepEqual(of('id'), [
      'never null in 30 partitions',
      'as many different values as rows in each of 30 partitions',
    ]);
    assert.deepEqual(of('amount'), [
      'never null in 30 partitions',
      'its smallest value was never below 0 in 30 partitions',
    ]);
    assert.deepEqual(of('shape'), ['left out: the short form has no type geography']);
    assert.deepEqual(of('in out'), [
      'at most 0.0971% null in 30 partitions',
      'left out: its type is not known',
    ]);
    assert.deepEqual(of('sla'), ['new data came at least every 25 hours']);
  });

  test('is a contract', () => {
    const parsed = parseContract(text, 'c.yaml');
    assert.equal(
      parsed.status,
      'ok',
      parsed.status === 'error' ? parsed.problems.map(formatProblem).join('\n') : '',
    );
  });
});

test('little history promises nothing but the schema', () => {
  const { text, reasons } = suggestContract({
    ...ORDERS,
    points: days(3, () => ({ row_count: 5, 'null_count(id)': 0 })),
  });
  assert.doesNotMatch(text, /quality|required|sla/);
  assert.match(text, /name: id/);
  assert.deepEqual(reasons[0], {
    about: 'checks',
    because: 'only 3 partitions were measured, at least 7 are needed',
  });
});

test('what was not measured in every partition, and what names no condition can be written for, is left out', () => {
  const { text } = suggestContract({
    ...ORDERS,
    columns: [{ name: 'a\u0000b', type: 'int', description: null }],
    points: days(10, (day) => ({ ...(day > 0 && { row_count: 5 }), 'null_count(id)': 0 })),
  });
  assert.doesNotMatch(text, /row_count/);
});

test('a dataset of which nothing is known gives a contract to be filled', () => {
  const { text } = suggestContract({ ...ORDERS, owner: null, columns: [], points: [] });
  assert.equal(parseContract(text, 'c.yaml').status, 'ok');
});
