import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Detection } from '#model/detection.ts';
import type { CheckStatus } from '#model/result.ts';
import type { AdaptiveQuestion, Evidence } from '#rules/expression/evaluate.ts';
import { daysOf, judge, type Numbers, segmentsOf, START } from './evidence.ts';

const STATUS_IN = "status in ('a', 'b')";
const COLUMNS = [
  { name: 'id', type: 'bigint' },
  { name: 'amount', type: 'NUMERIC(10, 2)' },
  { name: 'note', type: 'text' },
];
const schema = { now: COLUMNS, before: null, baseline: null };
const monday = new Date(START);

/** Check, facts, what else is known → status, message. */
const TABLE: [text: string, facts: Numbers, more: Partial<Evidence>, status: CheckStatus, message: string][] =
  [
    // Rows.
    [
      STATUS_IN,
      { row_count: 1000, [`true_count(${STATUS_IN})`]: 990, [`false_count(${STATUS_IN})`]: 3 },
      {},
      'fail',
      `3 rows of 993 tested do not fulfil ${STATUS_IN}`,
    ],
    [
      STATUS_IN,
      { row_count: 1000, [`true_count(${STATUS_IN})`]: 1000, [`false_count(${STATUS_IN})`]: 0 },
      {},
      'pass',
      `all 1 000 tested rows fulfil ${STATUS_IN}`,
    ],
    [
      `${STATUS_IN} for 99.9% of rows`,
      { row_count: 1000, [`true_count(${STATUS_IN})`]: 972, [`false_count(${STATUS_IN})`]: 28 },
      {},
      'fail',
      `97.2 % of 1 000 tested rows fulfil ${STATUS_IN}, expected at least 99.9 % of rows`,
    ],
    [
      STATUS_IN,
      { row_count: 1000, [`true_count(${STATUS_IN})`]: 972 },
      {},
      'no_data',
      `${STATUS_IN} is unknown: false_count(${STATUS_IN}) was not measured`,
    ],
    ['a is null', { row_count: 4, 'null_count(a)': 4 }, {}, 'pass', 'all 4 tested rows fulfil a is null'],
    [
      'a is null',
      { row_count: 4, 'null_count(a)': 5 },
      {},
      'error',
      'a is null could not be computed: null_count(a) is 5 but row_count only 4: the measurements are not of one version',
    ],
    // Metrics.
    [
      "missing_count(a, ['n/a']) = 3",
      { row_count: 9, 'null_count(a)': 1, "sentinel_count(a,['n/a'])": 2 },
      {},
      'pass',
      "missing_count(a, ['n/a']) is 3, expected = 3",
    ],
    [
      "missing_percentage(a, ['n/a']) < 10%",
      { row_count: 9, 'null_count(a)': 1, "sentinel_count(a,['n/a'])": 2 },
      {},
      'fail',
      "missing_percentage(a, ['n/a']) is 33.3333 %, expected < 10 %",
    ],
    [
      'empty_count(a) = 0',
      { row_count: 9, 'empty_count(a)': 2 },
      {},
      'fail',
      'empty_count(a) is 2, expected = 0',
    ],
    ['count(a) > 5', { row_count: 9, 'null_count(a)': 2 }, {}, 'pass', 'count(a) is 7, expected > 5'],
    [
      'variance(a) = 4',
      { row_count: 9, 'null_count(a)': 0, 'stddev(a)': 2 },
      {},
      'pass',
      'variance(a) is 4, expected = 4',
    ],
    [
      'stddev(a) > 1',
      { row_count: 9, 'null_count(a)': 8 },
      {},
      'no_data',
      'stddev(a) has no value: one value has no deviation',
    ],
    [
      'median(a) = 3',
      { row_count: 9, 'null_count(a)': 0, 'quantile(a,0.5)': 3 },
      {},
      'pass',
      'median(a) is 3, expected = 3',
    ],
    [
      'avg_length(a) = 2',
      { row_count: 9, 'null_count(a)': 1, 'sum_length(a)': 16 },
      {},
      'pass',
      'avg_length(a) is 2, expected = 2',
    ],
    [
      'invalid_percentage(a > 0) < 1%',
      { row_count: 9, 'true_count(a > 0)': 6, 'false_count(a > 0)': 2 },
      {},
      'fail',
      'invalid_percentage(a > 0) is 25 %, expected < 1 %',
    ],
    [
      'latency(a, b) < 10 minutes',
      { row_count: 9, 'max_lag(a,b)': 5400 },
      {},
      'fail',
      'latency(a, b) is 1.5 hours, expected < 10 minutes',
    ],
    ['size_bytes < 2 GB', { size_bytes: 3.5e9 }, {}, 'fail', 'size_bytes is 3.5 GB, expected < 2 GB'],
    ['column_count = 3', {}, { schema }, 'pass', 'column_count is 3, expected = 3'],
    ['column_count = 3', {}, {}, 'no_data', 'column_count is unknown: the columns are not known'],
    // Other tables.
    [
      'row_count = row_count(bronze.orders) within 0.1%',
      { row_count: 1001, 'row_count of bronze.orders': 1000 },
      {},
      'pass',
      'row_count is 1 001, expected = 1 000 (row_count(bronze.orders)) within 0.1 %',
    ],
    [
      'row_count = row_count(bronze.orders) within 0.1%',
      { row_count: 1002, 'row_count of bronze.orders': 1000 },
      {},
      'fail',
      'row_count is 1 002, expected = 1 000 (row_count(bronze.orders)) within 0.1 %',
    ],
    [
      'row_count != row_count(b) within 2',
      { row_count: 12, 'row_count of b': 10 },
      {},
      'fail',
      'row_count is 12, expected != 10 (row_count(b)) within 2',
    ],
    [
      'sum(a) = sum(b.a)',
      { row_count: 1, 'sum(a)': 5, 'row_count of b': 0 },
      {},
      'no_data',
      'sum(b.a) has no value: b is empty',
    ],
    [
      'u references dim.users(id)',
      { row_count: 100, 'null_count(u)': 10, 'orphan_count(u references dim.users(id))': 2 },
      {},
      'fail',
      '2 rows of 90 tested do not have a value of u that is in dim.users',
    ],
    [
      'u not references dim.users(id)',
      { row_count: 100, 'null_count(u)': 10, 'orphan_count(u references dim.users(id))': 89 },
      {},
      'fail',
      '1 row of 90 tested does not have a value of u that is not in dim.users',
    ],
    [
      'u references d(id) for 95% of rows',
      { row_count: 100, 'null_count(u)': 0, 'orphan_count(u references d(id))': 5 },
      {},
      'pass',
      '95 % of 100 tested rows have a value of u that is in d, expected at least 95 % of rows',
    ],
    [
      'u references d(id)',
      { row_count: 10, 'null_count(u)': 10, 'orphan_count(u references d(id))': 0 },
      {},
      'no_data',
      'u references d has no value: in no row all of u have a value',
    ],
    [
      'equals s on (k)',
      { row_count: 10, 'difference_count(k equals s(k))': 0 },
      {},
      'pass',
      'no key differs from s',
    ],
    [
      'equals s on (k)',
      { row_count: 10, 'difference_count(k equals s(k))': 3 },
      {},
      'fail',
      '3 keys differ from s, expected none',
    ],
    // Baselines.
    [
      'row_count > 0.5 * avg_last(3)',
      { row_count: 40 },
      { history: daysOf([100, 100, 100]) },
      'fail',
      'row_count is 40, expected > 50 (0.5 * avg_last(3))',
    ],
    [
      '0.5 * avg_last(3) < row_count',
      { row_count: 60 },
      { history: daysOf([100, 100, 100]) },
      'pass',
      'row_count is 60, expected > 50 (0.5 * avg_last(3))',
    ],
    [
      'row_count within 2 sigma of avg_last(3)',
      { row_count: 22.5 },
      { history: daysOf([9, 10, 11]) },
      'fail',
      'row_count is 22.5, expected within 2 sigma of 10 (average of the last 3 partitions)',
    ],
    [
      'row_count not within 5% of value_at(1)',
      { row_count: 100 },
      { history: daysOf([50, 100]) },
      'fail',
      'row_count is 100, expected not within 5 % of 100 (the last partition)',
    ],
    [
      'row_count = value_at(2)',
      { row_count: 50 },
      { history: daysOf([50, 100]) },
      'pass',
      'row_count is 50, expected = 50 (value_at(2))',
    ],
    [
      'row_count = value_at(2)',
      { row_count: 50 },
      { history: daysOf([50, 100], { 0: 'incident' }) },
      'learning',
      'row_count is 50, not judged: the partition 2 before is not there or stays out of baselines',
    ],
    [
      'row_count within 10% of same_weekday_last(2)',
      { row_count: 10 },
      { history: daysOf([10, 90, 90, 90, 90, 90, 90, 12, 90, 90, 90, 90, 90, 90]) },
      'pass',
      'row_count is 10, expected within 10 % of 11 (average of the last 2 partitions of this weekday)',
    ],
    [
      'row_count between min_last(3) and max_last(3)',
      { row_count: 12 },
      { history: daysOf([9, 10, 11]) },
      'fail',
      'row_count is 12, expected between 9 and 11',
    ],
    // Columns.
    ['has_columns(id, note)', {}, { schema }, 'pass', 'the columns id, note are there'],
    ['has_columns(id, ssn)', {}, { schema }, 'fail', 'the column ssn is absent'],
    ['not has_columns(id, ssn)', {}, { schema }, 'fail', 'the column id is there and must not be'],
    ['has_columns exactly (id, note)', {}, { schema }, 'fail', 'the column amount was not expected'],
    ['has_columns(note, id) in order', {}, { schema }, 'fail', 'the columns stand in the order id, note'],
    [
      'has_columns exactly (id, amount, note) in order',
      {},
      { schema },
      'pass',
      'the columns id, amount, note are there',
    ],
    ['has_columns(id)', {}, {}, 'no_data', 'has_columns is unknown: the columns are not known'],
    [
      'column_type(amount) = decimal(10,2)',
      {},
      { schema },
      'pass',
      'column_type(amount) is NUMERIC(10, 2), expected decimal(10,2)',
    ],
    [
      'column_type(amount) = double',
      {},
      { schema },
      'fail',
      'column_type(amount) is NUMERIC(10, 2), expected double',
    ],
    [
      'schema unchanged',
      {},
      { schema: { ...schema, before: COLUMNS } },
      'pass',
      'the columns are those of the last partition',
    ],
    [
      'schema unchanged',
      {},
      {
        schema: {
          ...schema,
          before: [
            { name: 'id', type: 'int' },
            { name: 'amount', type: 'decimal(10,2)' },
            { name: 'old', type: 'int' },
          ],
        },
      },
      'fail',
      'old is gone; note is new; id was int and is bigint, compared with the last partition',
    ],
    [
      'schema unchanged',
      {},
      { schema },
      'learning',
      'schema unchanged is not judged: the columns of the last partition are not known',
    ],
    [
      'schema unchanged since baseline',
      {},
      { schema: { ...schema, baseline: COLUMNS.slice(0, 2) } },
      'fail',
      "note is new, compared with the contract's schema",
    ],
    // Groups.
    [
      "groups(s) = ('a', 'b')",
      { row_count: 9 },
      { segments: segmentsOf({ 'row_count per s': { a: 4, c: 4, '<null>': 1 } }) },
      'fail',
      "groups(s): 'b' is absent; 'c' was not expected, compared with the check",
    ],
    [
      "groups(s) contain ('a')",
      { row_count: 9 },
      { segments: segmentsOf({ 'row_count per s': { a: 4, c: 5 } }) },
      'pass',
      'groups(s) has 2 values, all as expected',
    ],
    [
      "groups(s) within ('a')",
      { row_count: 9 },
      { segments: segmentsOf({ 'row_count per s': { a: 4, c: 5 } }) },
      'fail',
      "groups(s): 'c' was not expected, compared with the check",
    ],
    [
      'groups(n) = (5, -1)',
      { row_count: 9 },
      { segments: segmentsOf({ 'row_count per n': { '5.0': 4, '-1': 5 } }) },
      'pass',
      'groups(n) has 2 values, all as expected',
    ],
    [
      'groups(s) unchanged',
      { row_count: 9 },
      { segments: segmentsOf({ 'row_count per s': { a: 4 } }) },
      'learning',
      'groups(s) is not judged: no earlier partition tells its groups',
    ],
    [
      'groups(s) unchanged',
      { row_count: 9 },
      {},
      'no_data',
      'groups(s) is unknown: row_count per s was not measured',
    ],
    // Time.
    [
      'no_gaps(d, day)',
      { row_count: 9, 'min(d)': 0, 'max(d)': 9 * 86_400, 'period_count(d,day)': 8, 'null_count(d)': 0 },
      {},
      'fail',
      '2 of 10 days from the first to the last d have no row',
    ],
    [
      'no_gaps(d, month)',
      {
        row_count: 9,
        'min(d)': Date.UTC(2025, 10, 30) / 1000,
        'max(d)': Date.UTC(2026, 1, 1) / 1000,
        'period_count(d,month)': 4,
        'null_count(d)': 0,
      },
      {},
      'pass',
      '0 of 4 months from the first to the last d have no row',
    ],
    [
      'no_gaps(d, week)',
      // Sunday and the Monday after it lie in two weeks.
      {
        row_count: 9,
        'min(d)': START / 1000 - 86_400,
        'max(d)': START / 1000,
        'period_count(d,week)': 2,
        'null_count(d)': 0,
      },
      {},
      'pass',
      '0 of 2 weeks from the first to the last d have no row',
    ],
    [
      'no_gaps(d, hour)',
      { row_count: 9, 'min(d)': 0, 'max(d)': 60, 'period_count(d,hour)': 2, 'null_count(d)': 0 },
      {},
      'error',
      'no_gaps(d, hour) could not be computed: period_count(d,hour) is 2 but hours between first and last only 1: the measurements are not of one version',
    ],
    [
      "landed_by '06:30 UTC'",
      {},
      { partitionAt: monday, landedAt: new Date(START + 86_400_000 + 8 * 3_600_000) },
      'fail',
      'landed at 2026-01-06T08:00Z, 1.5 hours late, expected by 2026-01-06T06:30Z (06:30 UTC)',
    ],
    [
      "landed_by '23:30 UTC' same day",
      {},
      { partitionAt: monday, landedAt: null, now: new Date(START + 25 * 3_600_000) },
      'fail',
      'has not landed, 1.5 hours late, expected by 2026-01-05T23:30Z (23:30 UTC)',
    ],
    [
      "landed_by '06:30 UTC'",
      {},
      { partitionAt: null, landedAt: null },
      'no_data',
      "landed_by '06:30 UTC' is unknown: the partition tells no day",
    ],
    // Queries.
    ["sql('q') = 0", { row_count: 1, "custom_sql('q')": 3 }, {}, 'fail', 'the query gives 3, expected = 0'],
    [
      "sql('q') between 1 and 3",
      { row_count: 1, "custom_sql('q')": 3 },
      {},
      'pass',
      'the query gives 3, expected between 1 and 3',
    ],
    [
      "sql('q') not between 1 and 3",
      { row_count: 1, "custom_sql('q')": 3 },
      {},
      'fail',
      'the query gives 3, expected not between 1 and 3',
    ],
    ["sql('q') = 0", { row_count: 1 }, {}, 'no_data', 'the query is unknown: it gave no number'],
    // Joined.
    ['row_count > 0 and row_count < 5', { row_count: 9 }, {}, 'fail', 'row_count is 9, expected < 5'],
    [
      'row_count < 1 or row_count > 20',
      { row_count: 9 },
      {},
      'fail',
      'none holds: row_count is 9, expected < 1; row_count is 9, expected > 20',
    ],
    ['not (row_count > 5)', { row_count: 9 }, {}, 'fail', 'row_count is 9, expected not (row_count > 5)'],
  ];

describe('evaluating conditions', () => {
  for (const [text, facts, more, status, message] of TABLE) {
    test(`${text} on ${JSON.stringify(facts)}: ${status}`, () => {
      const result = judge(text, facts, more);
      assert.deepEqual([result.status, result.message], [status, message]);
    });
  }

  test('groups unchanged compares with the last partition that counts', () => {
    const past = daysOf([1, 1, 1], { 2: 'incident' }).map((point, index) => ({
      ...point,
      segments: segmentsOf({ 'row_count per s': [{ a: 1 }, { a: 1, b: 1 }, { z: 1 }][index] ?? {} }),
    }));
    const found = (groups: Record<string, number>): CheckStatus =>
      judge(
        'groups(s) unchanged',
        { row_count: 9 },
        { history: past, segments: segmentsOf({ 'row_count per s': groups }) },
      ).status;
    assert.equal(found({ b: 4, a: 9 }), 'pass');
    assert.equal(found({ a: 9 }), 'fail');
    assert.equal(found({ z: 1 }), 'fail');
  });
});

describe('per segment', () => {
  const numbers = {
    'row_count per country': { DE: 900, FR: 100, IT: 40, ES: 30, PT: 20 },
    'null_count(a) per country': { DE: 0, FR: 50, IT: 4, ES: 3, PT: 2 },
  };

  test('the condition must hold for each value; the worst ones are named, the largest first', () => {
    const result = judge(
      'null_percentage(a) < 5% per country',
      { row_count: 1090 },
      { segments: segmentsOf(numbers) },
    );
    assert.equal(result.status, 'fail');
    assert.equal(
      result.message,
      "it fails for 4 of 5 values of country: 'FR': null_percentage(a) is 50 %, expected < 5 %; 'IT': null_percentage(a) is 10 %, expected < 5 %; 'ES': null_percentage(a) is 10 %, expected < 5 %; and 1 more",
    );
    assert.equal(result.value, 0.5, 'of the worst');
    assert.equal(result.facts["null_count(a) per country: 'FR'"], 50);
  });

  test('it holds when it holds for all, a row without a value among them', () => {
    const segments = segmentsOf({
      'row_count per country': { DE: 900, '<null>': 5 },
      'null_count(a) per country': { DE: 0, '<null>': 0 },
    });
    const result = judge('null_percentage(a) < 5% per country', { row_count: 905 }, { segments });
    assert.deepEqual([result.status, result.message], ['pass', 'it holds for all 2 values of country']);
  });

  test('one value of which nothing is known leaves it unknown', () => {
    const segments = segmentsOf({
      'row_count per country': { DE: 900, FR: 5 },
      'null_count(a) per country': { DE: 0 },
    });
    const result = judge('null_percentage(a) < 5% per country', { row_count: 905 }, { segments });
    assert.equal(result.status, 'no_data');
    assert.match(
      result.message,
      /^it is unknown for 1 of 2 values of country: 'FR': null_percentage\(a\) is unknown/,
    );
  });

  test('each value is compared with its own past', () => {
    const history = daysOf([1000, 1000, 1000]).map((point) => ({
      ...point,
      segments: segmentsOf({ 'row_count per country': { DE: 900, FR: 100 } }),
    }));
    const judged = (counts: Record<string, number>) =>
      judge(
        'row_count within 20% of avg_last(3) per country',
        { row_count: 1000 },
        {
          history,
          segments: segmentsOf({ 'row_count per country': counts }),
        },
      );
    assert.equal(judged({ DE: 910, FR: 95 }).status, 'pass');
    const fallen = judged({ DE: 950, FR: 50 });
    assert.equal(fallen.status, 'fail');
    assert.match(
      fallen.message,
      /^it fails for 1 of 2 values of country: 'FR': row_count is 50, expected within 20 % of 100/,
    );
    assert.deepEqual(
      fallen.baseline.map(({ value }) => value),
      [100, 100, 100],
    );
    assert.equal(judged({ DE: 900, FR: 100, NL: 5 }).status, 'learning', 'NL is new');
  });
});

describe('distribution', () => {
  const KEYS = ['min(c)', ...Array.from({ length: 19 }, (_, n) => `quantile(c,${(n + 1) / 20})`), 'max(c)'];
  const uniform = (from: number, to: number, rows = 1000): Numbers => ({
    row_count: rows,
    'null_count(c)': 0,
    ...Object.fromEntries(KEYS.map((key, n) => [key, from + ((to - from) * n) / 20])),
  });
  const history = daysOf([uniform(0, 100), uniform(0, 100), uniform(0, 100)]);

  test('the same distribution has not moved, a shifted one has', () => {
    const psi = (facts: Numbers): number =>
      judge('distribution(c) psi < 0.2 vs last(3)', facts, { history }).value ?? Number.NaN;
    const ks = (facts: Numbers): number =>
      judge('distribution(c) ks < 0.2 vs last(3)', facts, { history }).value ?? Number.NaN;
    assert.ok(psi(uniform(0, 100)) < 1e-9);
    assert.ok(ks(uniform(0, 100)) < 1e-9);
    // Uniform on 0..100 against 30..130: the largest difference of the shares is 0.3.
    assert.ok(Math.abs(ks(uniform(30, 130)) - 0.3) < 0.01);
    assert.ok(psi(uniform(30, 130)) > 0.25);
    assert.ok(psi(uniform(2, 102)) < 0.1);
  });

  test('past partitions count by their rows', () => {
    const few = daysOf([uniform(0, 100, 1000), uniform(500, 600, 1), uniform(0, 100, 1000)]);
    assert.ok(
      (judge('distribution(c) ks < 0.2 vs last(3)', uniform(0, 100), { history: few }).value ?? 1) < 0.01,
    );
  });

  test('texts are compared by their groups', () => {
    const past = daysOf([10, 10, 10]).map((point) => ({
      ...point,
      segments: segmentsOf({ 'row_count per c': { a: 50, b: 50 } }),
    }));
    const judged = (groups: Record<string, number>) =>
      judge(
        'distribution(c) psi < 0.2 vs last(3)',
        { row_count: 10 },
        { history: past, segments: segmentsOf({ 'row_count per c': groups }) },
      );
    assert.equal(judged({ a: 500, b: 500, '<null>': 9 }).value, 0);
    // (0.9 - 0.5) ln(0.9 / 0.5) + (0.1 - 0.5) ln(0.1 / 0.5)
    assert.ok(Math.abs((judged({ a: 90, b: 10 }).value ?? 0) - 0.878_89) < 1e-4);
    assert.equal(judged({ a: 90, b: 10 }).status, 'fail');
    assert.equal(judged({ a: 50, b: 48, new: 2 }).status, 'pass');
  });

  test('what was not measured is unknown', () => {
    const { 'max(c)': left, ...without } = uniform(0, 1);
    assert.equal(left, 1);
    const result = judge('distribution(c) psi < 0.2 vs last(3)', without, { history });
    assert.deepEqual(
      [result.status, result.message],
      ['no_data', 'distribution(c) is unknown: max(c) was not measured'],
    );
  });
});

describe('not anomalous, with its options', () => {
  const steady = daysOf(Array.from({ length: 28 }, (_, day) => (day % 7 === 0 ? 1000 : 100 + (day % 3))));

  test('direction and minimum change excuse a crossing, and say so', () => {
    const history = daysOf(Array.from({ length: 14 }, (_, day) => 1000 + (day % 3)));
    const low = judge(
      'row_count not anomalous(seasonality none, direction up)',
      { row_count: 900 },
      { history },
    );
    assert.equal(low.status, 'pass');
    assert.match(low.message, /; only what lies above is asked for$/);
    const small = judge(
      'row_count not anomalous(seasonality none, min_change 3%)',
      { row_count: 990 },
      { history },
    );
    assert.equal(small.status, 'pass');
    assert.match(small.message, /; that is 1\.\d+ % off, less than 3 %$/);
    assert.equal(
      judge('row_count not anomalous(seasonality none)', { row_count: 990 }, { history }).status,
      'fail',
    );
    assert.equal(
      judge(
        'row_count not anomalous(seasonality none, min_change 3%, direction down)',
        { row_count: 900 },
        { history },
      ).status,
      'fail',
    );
  });

  test('seasonality weekday compares with the same weekday alone', () => {
    // The day after 28 days is a Monday.
    const monday = judge(
      'row_count not anomalous(seasonality none, 3 sigma)',
      { row_count: 1000 },
      { history: steady },
    );
    assert.equal(monday.baseline.length, 28);
    const slot = judge(
      'row_count not anomalous(seasonality weekday)',
      { row_count: 1000 },
      { history: steady },
    );
    assert.equal(slot.status, 'learning', 'four Mondays are too few');
    const longer = daysOf(Array.from({ length: 56 }, (_, day) => (day % 7 === 0 ? 1000 + day : 100)));
    const found = judge(
      'row_count not anomalous(seasonality weekday)',
      { row_count: 1010 },
      { history: longer },
    );
    assert.equal(found.status, 'pass');
    assert.equal(found.baseline.length, 8);
    assert.equal(
      judge('row_count not anomalous(seasonality weekday)', { row_count: 100 }, { history: longer }).status,
      'fail',
    );
  });

  test('train bounds how far back it learns', () => {
    assert.equal(
      judge('row_count not anomalous(train 14, seasonality none)', { row_count: 100 }, { history: steady })
        .baseline.length,
      14,
    );
  });

  test('the adaptive mode asks the detector that is at hand, with excluded points left to its marks', () => {
    const asked: AdaptiveQuestion[] = [];
    const adaptive =
      (status: Detection['status']) =>
      (question: AdaptiveQuestion): Detection => {
        asked.push(question);
        return answer(status);
      };
    const history = daysOf([100, 101, 5], { 2: 'incident' });
    const text = 'row_count not anomalous(adaptive, 3.5 sigma, direction down)';
    const bad = judge(text, { row_count: 4 }, { history, adaptive: adaptive('anomalous') });
    assert.deepEqual(
      [bad.status, bad.expected, bad.message],
      ['fail', '90 to 110', 'row_count is 4, expected 90 to 110'],
    );
    const [question] = asked;
    assert.deepEqual(
      question?.history.map(({ value }) => value),
      [100, 101, 5],
    );
    assert.deepEqual(
      [question?.kind, question?.threshold, question?.direction, question?.target.value],
      ['count', 3.5, 'down', 4],
    );
    for (const [status, expected] of [
      ['normal', 'pass'],
      ['notice', 'pass'],
      ['learning', 'learning'],
      ['no_data', 'no_data'],
    ] as const)
      assert.equal(judge(text, { row_count: 4 }, { history, adaptive: adaptive(status) }).status, expected);
    const small = judge(
      'row_count not anomalous(adaptive, min_change 200%)',
      { row_count: 4 },
      { history, adaptive: adaptive('anomalous') },
    );
    assert.equal(small.status, 'pass');
    assert.equal(judge(text, { row_count: 4 }, { history }).status, 'error', 'no detector is at hand');
  });

  test('means and rates tell the rows behind them', () => {
    const facts = { row_count: 40, 'null_count(c)': 1 };
    const asked: AdaptiveQuestion[] = [];
    const adaptive = (question: AdaptiveQuestion): Detection => {
      asked.push(question);
      return answer('normal');
    };
    judge('null_percentage(c) not anomalous(adaptive)', facts, { history: daysOf([facts]), adaptive });
    assert.deepEqual([asked[0]?.kind, asked[0]?.target.rows, asked[0]?.history[0]?.rows], ['rate', 40, 40]);
  });
});

function answer(status: Detection['status']): Detection {
  return {
    detector: 'adaptive',
    status,
    value: 4,
    expected: 100,
    low: 90,
    high: 110,
    z: -9,
    threshold: 4,
    ratio: 0.04,
    rules: [],
    holiday: null,
    hint: null,
    because: [],
    points: 3,
    message: 'row_count is 4, expected 90 to 110',
  };
}
