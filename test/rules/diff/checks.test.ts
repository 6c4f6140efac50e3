import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffTexts } from './support.ts';

function contract(quality: string): string {
  return `dataset: orders\nversion: "1.0.0"\nowner: o@example.com\nquality:\n${quality}`;
}

const check = (text: string, rest = ''): string => `  - check: ${JSON.stringify(text)}\n${rest}`;

/** What becomes of a check, and what of it the other way round: MAJOR weakens the promise, MINOR strengthens it. */
for (const [before, after, there, back] of [
  ['row_count > 100', 'row_count > 50', 'loosened', 'tightened'],
  ['row_count >= 100', 'row_count > 100', 'tightened', 'loosened'],
  ['row_count > 100', '100 < row_count', '', ''],
  ['null_percentage(a) < 1%', 'null_percentage(a) < 0.02', 'loosened', 'tightened'],
  ['row_count between 1 and 10', 'row_count between 0 and 10', 'loosened', 'tightened'],
  ['row_count between 1 and 10', 'row_count between 0 and 9', 'changed', 'changed'],
  ['row_count between 1 and 10', 'row_count >= 1', 'loosened', 'tightened'],
  ['row_count = 10', 'row_count between 9 and 11', 'loosened', 'tightened'],
  ['row_count != 10', 'row_count != 11', 'changed', 'changed'],
  ['sum(a) within 5% of avg_last(7)', 'sum(a) within 6% of avg_last(7)', 'loosened', 'tightened'],
  ['sum(a) within 5% of avg_last(7)', 'sum(a) within 5% of avg_last(14)', 'changed', 'changed'],
  [
    'row_count = row_count(bronze.orders)',
    'row_count = row_count(bronze.orders) within 1%',
    'loosened',
    'tightened',
  ],
  ['row_count not anomalous(2 sigma)', 'row_count not anomalous(3 sigma)', 'loosened', 'tightened'],
  [
    'row_count not anomalous(2 sigma)',
    'row_count not anomalous(2 sigma, direction down)',
    'loosened',
    'tightened',
  ],
  ["status in ('a', 'b')", "status in ('a', 'b', 'c')", 'loosened', 'tightened'],
  ["status not in ('a', 'b')", "status not in ('a')", 'loosened', 'tightened'],
  ["code matches '^[a-z]+$'", "code matches '^[a-z0-9]+$'", 'loosened', 'tightened'],
  ["code matches '^[a-z]+$'", "code matches '^[a-z]+$' for 99% of rows", 'loosened', 'tightened'],
  ['amount > 0', 'amount >= 0', 'loosened', 'tightened'],
  ['amount > 0', "amount > 0 where country = 'DE'", 'loosened', 'tightened'],
  ['amount between 1 and 5', 'amount between 1 and 6', 'loosened', 'tightened'],
  ['unique(a)', 'unique(a, b)', 'loosened', 'tightened'],
  ['unique(a)', 'unique(a) on partition', 'loosened', 'tightened'],
  [
    'user_id references dim.users(user_id)',
    'user_id references dim.users(user_id) for 99% of rows',
    'loosened',
    'tightened',
  ],
  ['user_id references dim.users(user_id)', 'user_id references dim.people(user_id)', 'changed', 'changed'],
  ['has_columns(a, b)', 'has_columns(a)', 'loosened', 'tightened'],
  ['distribution(a) psi < 0.2 vs last(28)', 'distribution(a) psi < 0.3 vs last(28)', 'loosened', 'tightened'],
  ["landed_by '06:30 Europe/Berlin'", "landed_by '07:30 Europe/Berlin'", 'loosened', 'tightened'],
  ['freshness(t) < 2 hours', 'freshness(t) < 120 minutes', '', ''],
  ['freshness(t) < 2 hours', 'freshness(t) < 3 hours', 'loosened', 'tightened'],
  ['row_count > 5 and sum(a) > 0', 'row_count > 5', 'loosened', 'tightened'],
  ['row_count > 5', 'row_count > 5 per country', 'changed', 'changed'],
] as const)
  test(`${before} becomes ${after}: ${there === '' ? 'the same' : there}`, () => {
    assert.deepEqual(said(before, after), there === '' ? [] : [there]);
    assert.deepEqual(said(after, before), back === '' ? [] : [back]);
  });

function said(before: string, after: string): readonly string[] {
  return diffTexts(contract(check(before)), contract(check(after))).map((change) => {
    const [, how = change.message] = / is (loosened|tightened|changed) to /.exec(change.message) ?? [];
    assert.equal(change.rule, 'B11');
    assert.equal(change.class, how === 'tightened' ? 'MINOR' : 'MAJOR');
    return how;
  });
}

test('a check about another thing is one removed and one added', () => {
  const changes = diffTexts(contract(check('row_count > 100')), contract(check('sum(a) > 100')));
  assert.deepEqual(
    changes.map(({ class: weight, message }) => [weight, message]),
    [
      ['MAJOR', 'The check "row_count > 100" of orders is removed'],
      ['MINOR', 'The check "sum(a) > 100" of orders is added'],
    ],
  );
});

test('of several checks of one thing each finds its own', () => {
  const changes = diffTexts(
    contract(check('row_count > 10') + check("amount > 0 where country = 'DE'") + check('amount > 5')),
    contract(check('amount > 6') + check("amount > 1 where country = 'DE'") + check('row_count > 10')),
  );
  assert.deepEqual(
    changes.map(({ message }) => message),
    [
      `The check "amount > 0 where country = 'DE'" of orders is tightened to "amount > 1 where country = 'DE'"`,
      'The check "amount > 5" of orders is tightened to "amount > 6"',
    ],
  );
});

test('severity that no longer blocks weakens, one that does strengthens', () => {
  const [warn, block] = [
    contract(check('row_count > 1', '    severity: warn\n')),
    contract(check('row_count > 1')),
  ];
  assert.deepEqual(
    diffTexts(block, warn).map(({ rule, class: weight, path }) => [rule, weight, path.split('/').at(-1)]),
    [['B11', 'MAJOR', 'severity']],
  );
  assert.deepEqual(
    diffTexts(warn, block).map(({ class: weight }) => weight),
    ['MINOR'],
  );
});

test("the author's SQL is compared by its threshold", () => {
  const sql = (must: string): string =>
    contract(`  - sql: "select count(*) from {dataset} where amount < 0"\n    must: "${must}"\n`);
  assert.match(diffTexts(sql('= 0'), sql('<= 5'))[0]?.message ?? '', /changed|loosened/);
  assert.equal(diffTexts(sql('<= 0'), sql('<= 5'))[0]?.class, 'MAJOR');
  assert.equal(diffTexts(sql('<= 5'), sql('<= 0'))[0]?.class, 'MINOR');
});

test('checks that follow from a column are told of once, at the column', () => {
  const schema = (rest: string): string =>
    `dataset: o\nversion: "1.0.0"\nowner: o@example.com\nschema:\n  - {name: a, type: int${rest}}\n`;
  assert.deepEqual(
    diffTexts(schema(', required: true, constraints: ["min_value(0)"]'), schema('')).map(({ rule }) => rule),
    ['B4', 'B6'],
  );
});
