import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CheckResult } from '#model/result.ts';
import { checkTypes } from '#rules/expression/check-types.ts';
import { evaluateCheck } from '#rules/expression/evaluate.ts';
import { factsOf } from '#rules/expression/facts.ts';
import { parseExpression } from '#rules/expression/parse.ts';
import { populationShift, shiftOfGroups } from '#rules/expression/population-shift.ts';
import { printExpression } from '#rules/expression/print.ts';
import { checkOf } from './support.ts';

function judge(
  text: string,
  facts: Readonly<Record<string, number>>,
  groups: Readonly<Record<string, Readonly<Record<string, number>>>> = {},
): CheckResult {
  return evaluateCheck(checkOf(text), {
    facts: new Map(Object.entries(facts)),
    segments: new Map(Object.entries(groups).map(([key, counts]) => [key, new Map(Object.entries(counts))])),
    history: [],
    partition: 'dt=2026-01-31',
    partitionAt: null,
    anomaly: () => {
      throw new Error('nothing asks for it');
    },
  });
}

const printed = (text: string): string => {
  const parsed = parseExpression(text);
  return parsed.status === 'ok' ? printExpression(parsed.expression) : parsed.problem.message;
};

describe('numbers of a column', () => {
  const FACTS = { row_count: 5, 'null_count(a)': 1, 'min(a)': 2, 'max(a)': 12, 'sum(a)': 20, 'stddev(a)': 2 };
  const CASES: readonly (readonly [
    check: string,
    more: Record<string, number>,
    status: string,
    value: number,
  ])[] = [
    ['range(a) <= 10', {}, 'pass', 10],
    ['range(a) < 10', {}, 'fail', 10],
    ['iqr(a) = 3', { 'quantile(a,0.75)': 7, 'quantile(a,0.25)': 4 }, 'pass', 3],
    // The mean is 5: 12 lies 3.5 deviations from it, 2 lies 1.5.
    ['max_z_score(a) < 3', {}, 'fail', 3.5],
    ['max_z_score(a) < 3', { 'stddev(a)': 0, 'min(a)': 5, 'max(a)': 5 }, 'pass', 0],
    ['skew(a) between -1 and 1', { 'skew(a)': 0.5 }, 'pass', 0.5],
    ['kurtosis(a) < 3', { 'kurtosis(a)': 4 }, 'fail', 4],
    ['entropy(a) > 0.5', { 'entropy(a)': 0.69 }, 'pass', 0.69],
    ['casing_variants(a) = 0', { 'distinct_count(a)': 4, 'folded_count(a)': 3 }, 'fail', 1],
    ['consistent_casing(a)', { 'distinct_count(a)': 3, 'folded_count(a)': 3 }, 'pass', 0],
  ];
  for (const [check, more, status, value] of CASES)
    test(`${check} with ${JSON.stringify(more)}`, () => {
      const result = judge(check, { ...FACTS, ...more });
      assert.deepEqual([result.status, result.value], [status, value], result.message);
    });

  test('correlation is of two columns, and of nothing where one of them does not vary', () => {
    const facts = { row_count: 4, 'true_count(a is not null and b is not null)': 4 };
    assert.equal(judge('correlation(a, b) > 0.9', { ...facts, 'correlation(a,b)': 0.95 }).status, 'pass');
    const still = judge('correlation(a, b) > 0.9', { ...facts, 'min(b)': 3, 'max(b)': 3 });
    assert.deepEqual(
      [still.status, still.message],
      ['no_data', 'correlation(a, b) has no value: all values of b are equal'],
    );
    const unknown = judge('correlation(a, b) > 0.9', { ...facts, 'min(b)': 3, 'max(b)': 4 });
    assert.match(unknown.message, /was not measured/);
    assert.equal(printed('correlation(a) > 0'), 'correlation takes two columns');
  });
});

describe('the order of rows', () => {
  test('asks one number, and says which rows are compared', () => {
    const check = 'increasing(version by updated_at for each order_id)';
    assert.deepEqual(factsOf(checkOf(check).expression).facts, [
      'row_count',
      'falling_count(version,updated_at,order_id)',
      'true_count(version is not null and updated_at is not null and order_id is not null)',
    ]);
    const facts = {
      row_count: 9,
      'true_count(version is not null and updated_at is not null and order_id is not null)': 8,
    };
    const key = 'falling_count(version,updated_at,order_id)';
    assert.equal(judge(check, { ...facts, [key]: 0 }).status, 'pass');
    const broken = judge(check, { ...facts, [key]: 2 });
    assert.deepEqual(
      [broken.status, broken.message],
      ['fail', `2 rows do not follow the row before in ${check}`],
    );
    assert.equal(judge(check, facts).status, 'no_data');
    assert.equal(judge(check, { ...facts, row_count: 0, [key]: 0 }).status, 'no_data');
    const nulls = { row_count: 9, [key]: 0, [Object.keys(facts)[1] ?? '']: 0 };
    assert.match(judge(check, nulls).message, /in no row all of version, updated_at, order_id have a value/);
  });

  test('each form has its own number', () => {
    const keyOf = (text: string): string | undefined => factsOf(checkOf(text).expression).facts[1];
    assert.equal(keyOf('increasing strictly (a by b)'), 'not_rising_count(a,b)');
    assert.equal(keyOf('decreasing(a by b)'), 'rising_count(a,b)');
    assert.equal(keyOf('decreasing strictly (a by b)'), 'not_falling_count(a,b)');
    assert.equal(keyOf('sequential(line for each order_id)'), 'misstep_count(line,order_id,[1])');
    assert.equal(keyOf('sequential(line, 10)'), 'misstep_count(line,[10])');
    assert.equal(
      keyOf('mutually_exclusive(valid_from, valid_to for each id)'),
      'overlap_count(valid_from,valid_to,id)',
    );
  });

  test('rows have no order of their own; a step is above 0; a column is named once', () => {
    const mend = (text: string): string => {
      const parsed = parseExpression(text);
      return parsed.status === 'error' ? `${parsed.problem.message}. ${parsed.problem.mend}` : text;
    };
    assert.match(mend('increasing(a)'), /Rows have no order of their own/);
    assert.match(mend('sequential(a, 0)'), /^The step is a number above 0/);
    assert.match(mend('increasing(a by a)'), /^The column a is named twice/);
    assert.match(mend('mutually_exclusive(a)'), /Name where ranges begin and end/);
    const columns = [{ name: 'a', type: 'string' }];
    const [problem] = checkTypes(checkOf('sequential(a)').expression, columns);
    assert.equal(problem?.message, 'sequential(a) needs numbers, but a is of type string');
  });

  test('ranges without an end are compared, ranges without a beginning are not', () => {
    const facts = { row_count: 3, 'null_count(a)': 0, 'overlap_count(a,b)': 1 };
    const result = judge('mutually_exclusive(a, b)', facts);
    assert.equal(result.status, 'fail');
    assert.match(result.message, /^1 range begins before the end of an earlier one/);
  });
});

test('most_common: each of the values that occur most often is allowed', () => {
  const of = (counts: Record<string, number>): string =>
    judge("most_common(s) in ('paid', 'open')", { row_count: 9 }, { 'row_count per s': counts }).status;
  assert.equal(of({ paid: 5, void: 4 }), 'pass');
  assert.equal(of({ paid: 4, void: 5 }), 'fail');
  assert.equal(of({ paid: 4, void: 4 }), 'fail');
  assert.equal(of({ paid: 4, open: 4, void: 1 }), 'pass');
  assert.equal(of({}), 'no_data');
});

test('what is another way to write something is printed as that', () => {
  assert.equal(printed('complete_rows(a, b)'), 'a is not null and b is not null');
  assert.equal(printed('any_complete(a, b) where c = 1'), 'a is not null or b is not null where c = 1');
  assert.equal(printed('complete_rows(a) for 90% of rows'), 'a is not null for 90% of rows');
  assert.equal(printed('consistent_casing(a)'), 'casing_variants(a) = 0');
});

test('the measures of distributions: nothing moved is 0, all that moved is most', () => {
  const even = new Map([
    ['a', 50],
    ['b', 50],
  ]);
  const skewed = new Map([
    ['a', 80],
    ['b', 20],
  ]);
  for (const measure of ['psi', 'kl', 'js', 'chi_square'] as const) {
    assert.ok(Math.abs(shiftOfGroups(even, [even], measure)) < 1e-12, measure);
    assert.ok(shiftOfGroups(skewed, [even], measure) > 0.01, measure);
  }
  const near = (found: number, expected: number): void =>
    assert.ok(Math.abs(found - expected) < 1e-12, `${found}, not ${expected}`);
  near(shiftOfGroups(skewed, [even], 'kl'), 0.8 * Math.log(1.6) + 0.2 * Math.log(0.4));
  near(shiftOfGroups(skewed, [even], 'chi_square'), (0.3 ** 2 / 0.5) * 2);
  const apart = shiftOfGroups(new Map([['a', 1]]), [new Map([['b', 1]])], 'js');
  assert.ok(Math.abs(apart ** 2 - Math.log(2)) < 0.002, String(apart));
  const points = [0, 0.25, 0.5, 0.75, 1].map((share) => ({ share, value: share * 100 }));
  const moved = points.map(({ share, value }) => ({ share, value: value + 500 }));
  for (const measure of ['psi', 'kl', 'js', 'chi_square'] as const) {
    near(populationShift({ points, weight: 10 }, [{ points, weight: 5 }], measure), 0);
    assert.ok(populationShift({ points: moved, weight: 10 }, [{ points, weight: 5 }], measure) > 0.5);
  }
});
