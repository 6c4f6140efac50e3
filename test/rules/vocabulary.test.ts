import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CheckResult } from '#model/result.ts';
import type { DialectName } from '#model/ports.ts';
import { ColumnTable } from '#rules/expression/check-columns.ts';
import { checkTypes } from '#rules/expression/check-types.ts';
import { evaluateCheck } from '#rules/expression/evaluate.ts';
import { parseFactKey } from '#rules/expression/fact-key.ts';
import { factMapOf, factsOf } from '#rules/expression/facts.ts';
import { parseExpression } from '#rules/expression/parse.ts';
import { populationShift, shiftOfGroups } from '#rules/expression/population-shift.ts';
import { printExpression } from '#rules/expression/print.ts';
import { timePattern } from '#rules/expression/time-pattern.ts';
import { checkOf } from './support.ts';
import { plainPlan } from './sql/plain-plan.ts';

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

describe('values that can be read, places, values far out', () => {
  const lint = (text: string): string[] => {
    const parsed = parseExpression(text);
    if (parsed.status === 'error') {
      const { message, mend, span } = parsed.problem;
      return [`${span.offset}: ${message}. ${mend}`];
    }
    const columns = [
      { name: 'lat', type: 'double' },
      { name: 'lon', type: 'double' },
      { name: 'born', type: 'varchar(20)' },
      { name: 'amount', type: 'decimal(10,2)' },
    ];
    return checkTypes(parsed.expression, new ColumnTable(columns)).map(({ message }) => message);
  };

  test('are said in one way, whatever way they were written', () => {
    const CASES: readonly (readonly [string, string])[] = [
      ['born IS PARSEABLE AS Date', 'born is parseable as date'],
      ["born is not parseable as date '%d.%m.%Y'", "born is not parseable as date '%d.%m.%Y'"],
      [
        'trim(born) is parseable as number for 99% of rows',
        'trim(born) is parseable as number for 99% of rows',
      ],
      ['lat is latitude', 'lat between -90 and 90'],
      ['lon is not longitude', 'lon not between -180 and 180'],
      [
        'inside_box(lat, lon, 47.2, 5.8, 55.1, 15.1)',
        'lat between 47.2 and 55.1 and lon between 5.8 and 15.1',
      ],
      // Around the 180th meridian.
      [
        'inside_box(lat, lon, -20, 170, -10, -170) for 90% of rows',
        '(lat between -20 and -10 and (lon >= 170 or lon <= -170)) for 90% of rows',
      ],
      ['outlier_count(amount, 3) = 0', 'outlier_count(amount, 3) = 0'],
      ['outlier_percentage(amount, 2.5) < 1%', 'outlier_percentage(amount, 2.5) < 1%'],
    ];
    for (const [text, canonical] of CASES) {
      assert.equal(printed(text), canonical);
      assert.equal(printed(canonical), canonical);
      assert.deepEqual(lint(text), []);
    }
  });

  test('are refused with the place where they cannot be meant', () => {
    assert.deepEqual(lint('born is parseable as datetime'), [
      '21: Found "datetime", expected what it is parseable as. Did you mean timestamp?',
    ]);
    assert.deepEqual(lint("born is parseable as date '%d.%m.%Q'"), [
      '33: %Q is no part of a date that Assay knows. It knows %Y, %y, %m, %b, %B, %d, %H, %I, %M, %S, %f, %p, %z, %j, %%.',
    ]);
    assert.match(lint("born is parseable as date '%d.%d'")[0] ?? '', /says again/);
    assert.match(lint("born is parseable as date 'today'")[0] ?? '', /names no part of a date/);
    assert.match(lint('inside_box(lat, lon, 55, 5, 47, 15)')[0] ?? '', /north of the box lies south/);
    assert.match(lint('inside_box(lat, lon, 95, 5, 99, 15)')[0] ?? '', /between -90 and 90/);
    assert.match(lint('outlier_count(amount, 0) = 0')[0] ?? '', /a number above 0/);
    assert.deepEqual(lint('amount is parseable as number'), [
      'parseable is said of texts, but amount is a number',
    ]);
    assert.deepEqual(lint('outlier_count(born, 3) = 0'), [
      'outlier_count(born, 3) needs numbers, but born is of type varchar(20)',
    ]);
  });

  test('a day is one of the calendar, wherever its parts stand', () => {
    const reads = (pattern: string, text: string): boolean => {
      const made = timePattern(pattern);
      assert.equal(made.status, 'ok');
      return made.status === 'ok' && new RegExp(made.regex, 'u').test(text);
    };
    for (const [text, expected] of [
      ['29.02.2024', true],
      ['29.02.2000', true],
      ['29.02.1900', false],
      ['29.02.2023', false],
      ['31.04.2024', false],
      ['00.01.2024', false],
      ['1.1.2024', false],
    ] as const)
      assert.equal(reads('%d.%m.%Y', text), expected, text);
    assert.equal(reads('%B %d, %Y', 'February 29, 2024'), true);
    assert.equal(reads('%B %d, %Y', 'February 30, 2024'), false);
    assert.equal(reads('%b %y', 'Feb 24'), true);
    assert.equal(reads('%H:%M:%S.%f', '23:59:59.123'), true);
    assert.equal(reads('%H:%M', '24:00'), false);
    assert.equal(reads('%Y-%j (%%)', '2024-366 (%)'), true);
  });

  test('outliers are told from one number, their share of the values that there are', () => {
    const { facts } = factsOf(checkOf('outlier_percentage(a, 3) < 1%').expression);
    assert.deepEqual(facts, ['row_count', 'outlier_count(a,[3])', 'null_count(a)']);
    const known = { row_count: 201, 'null_count(a)': 1, 'outlier_count(a,[3])': 4 };
    assert.deepEqual(
      [judge('outlier_percentage(a, 3) < 1%', known), judge('outlier_count(a, 3) <= 4', known)].map(
        ({ status, value }) => [status, value],
      ),
      [
        ['fail', 0.02],
        ['pass', 4],
      ],
    );
    assert.equal(parseFactKey('outlier_count(a,[3])')?.metric, 'outlier_count');
  });

  test('JSON is refused where the engine cannot tell it, and asked apart where an older one may not know it', () => {
    const expression = checkOf('born is parseable as json').expression;
    const ask = (dialect: DialectName) =>
      plainPlan(
        factMapOf(expression),
        { name: 's.t', from: 's.t', columns: [{ name: 'born', type: 'varchar(20)' }] },
        dialect,
      );
    for (const dialect of ['postgres', 'mysql', 'duckdb', 'clickhouse', 'trino'] as const) {
      const { statements, refused } = ask(dialect);
      assert.deepEqual([statements.length, refused.size], [2, 0], dialect);
    }
    for (const dialect of ['spark', 'starrocks'] as const) {
      const { refused } = ask(dialect);
      assert.match([...refused.values()][0] ?? '', /cannot tell whether a text is JSON.*write sql\(/s);
    }
  });
});

test('what columns say of each other, and how often something comes', () => {
  const both = 'true_count(a is not null and b is not null)';
  const told = judge('mutual_information(a, b) > 0.1', {
    row_count: 4,
    [both]: 4,
    'mutual_information(a,b)': 0.5,
  });
  assert.deepEqual([told.status, told.value], ['pass', 0.5]);
  const none = judge('mutual_information(a, b) > 0.1', { row_count: 4, [both]: 0 });
  assert.deepEqual(
    [none.status, none.message.includes('in every row one of a, b is null')],
    ['no_data', true],
  );
  assert.equal(printed('mutual_information(a) > 0'), 'mutual_information takes two columns');

  const facts = { row_count: 3, 'null_count(at)': 1 };
  const late = judge('update_interval(at) < 2 hours', { ...facts, 'max_gap(at)': 9000 });
  assert.deepEqual([late.status, late.value], ['fail', 9000]);
  assert.match(late.message, /2\.5 hours/);
  const lone = judge('update_interval(at) < 2 hours', { row_count: 2, 'null_count(at)': 1 });
  assert.deepEqual([lone.status, lone.message.includes('after one value comes no other')], ['no_data', true]);
  const [problem] = checkTypes(checkOf('update_interval(a) < 1 hour').expression, [
    { name: 'a', type: 'int' },
  ]);
  assert.equal(problem?.message, 'update_interval(a) needs times, but a is of type int');
});

test('swd is judged as the other distances are, and says where it has no scale', () => {
  const grid = (from: number, to: number): Record<string, number> =>
    Object.fromEntries(
      Array.from({ length: 21 }, (_, at) => {
        const key = at === 0 ? 'min(a)' : at === 20 ? 'max(a)' : `quantile(a,${at / 20})`;
        return [key, from + ((to - from) * at) / 20];
      }),
    );
  const ask = (now: Record<string, number>, past: Record<string, number>): CheckResult =>
    evaluateCheck(checkOf('distribution(a) swd < 0.2 vs last(28)'), {
      facts: new Map(Object.entries({ row_count: 100, 'null_count(a)': 0, ...now })),
      history: ['01', '02', '03'].map((day) => ({
        partition: `dt=2026-01-${day}`,
        at: null,
        excluded: null,
        facts: new Map(Object.entries({ row_count: 100, 'null_count(a)': 0, ...past })),
      })),
      partition: 'dt=2026-01-31',
      partitionAt: null,
      anomaly: () => {
        throw new Error('nothing asks for it');
      },
    });
  assert.equal(ask(grid(0, 10), grid(0, 10)).status, 'pass');
  const moved = ask(grid(1, 11), grid(0, 10));
  assert.equal(moved.status, 'fail');
  assert.ok(Math.abs((moved.value ?? 0) - Math.sqrt(12) / 10) < 1e-9, String(moved.value));
  const still = ask(grid(0, 10), grid(5, 5));
  assert.deepEqual([still.status, /no deviation to measure/.test(still.message)], ['no_data', true]);
});
