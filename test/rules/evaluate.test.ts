import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { detectSigma } from '#detectors/sigma.ts';
import type { Check, Severity } from '#model/contract.ts';
import type { FactKey, HistoryPoint } from '#model/measurement.ts';
import type { CheckResult } from '#model/result.ts';
import { type EvaluationOptions, evaluateCheck, type Evidence } from '#rules/expression/evaluate.ts';
import { checkOf, expressions } from './support.ts';
import { checkId } from '#rules/contract/check-id.ts';
import { printExpression } from '#rules/expression/print.ts';

type Numbers = Readonly<Record<FactKey, number>>;

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 5);

function pointsOf(
  history: readonly (Numbers | number)[],
  excluded: Readonly<Record<number, string>> = {},
): HistoryPoint[] {
  return history.map((numbers, index) => {
    const at = new Date(START + index * DAY_MS);
    const facts = new Map(Object.entries(typeof numbers === 'number' ? { row_count: numbers } : numbers));
    return { partition: `dt=${at.toISOString().slice(0, 10)}`, facts, at, excluded: excluded[index] ?? null };
  });
}

function evaluate(
  check: string | Check,
  numbers: Numbers,
  history: readonly HistoryPoint[] = [],
  options: EvaluationOptions = {},
): CheckResult {
  const evidence: Evidence = {
    facts: new Map(Object.entries(numbers)),
    history,
    partition: 'dt=today',
    partitionAt: new Date(START + history.length * DAY_MS),
    anomaly: detectSigma,
  };
  return evaluateCheck(typeof check === 'string' ? checkOf(check) : check, evidence, options);
}

/** Check, facts → status, message. */
const TABLE: [text: string, facts: Numbers, status: CheckResult['status'], message: string][] = [
  ['row_count > 0', { row_count: 4200 }, 'pass', 'row_count is 4 200, expected > 0'],
  ['row_count > 0', { row_count: 0 }, 'fail', 'row_count is 0, expected > 0'],
  ['row_count > 0', {}, 'no_data', 'row_count was not measured'],
  ['0 < row_count', { row_count: 0 }, 'fail', 'row_count is 0, expected > 0'],
  ['row_count = 5', { row_count: 5 }, 'pass', 'row_count is 5, expected = 5'],
  ['row_count != 5', { row_count: 5 }, 'fail', 'row_count is 5, expected != 5'],
  ['row_count >= 5', { row_count: 5 }, 'pass', 'row_count is 5, expected >= 5'],
  ['row_count <= 5', { row_count: 6 }, 'fail', 'row_count is 6, expected <= 5'],
  [
    'null_percentage(c) < 0.01',
    { row_count: 1000, 'null_count(c)': 13 },
    'fail',
    'null_percentage(c) is 1.3 %, expected < 1 %',
  ],
  [
    'null_percentage(c) < 1%',
    { row_count: 1000, 'null_count(c)': 10 },
    'fail',
    'null_percentage(c) is 1 %, expected < 1 %',
  ],
  [
    'null_percentage(c) <= 1%',
    { row_count: 300, 'null_count(c)': 3 },
    'pass',
    'null_percentage(c) is 1 %, expected <= 1 %',
  ],
  [
    'null_percentage(c) < 1%',
    { row_count: 0, 'null_count(c)': 0 },
    'no_data',
    'null_percentage(c) has no value: the partition is empty',
  ],
  [
    'null_percentage(c) < 1%',
    { row_count: 10 },
    'no_data',
    'null_percentage(c) is unknown: null_count(c) was not measured',
  ],
  [
    'null_percentage(c) < 1%',
    { 'null_count(c)': 1 },
    'no_data',
    'null_percentage(c) is unknown: row_count was not measured',
  ],
  [
    'null_percentage(c) < 1%',
    { row_count: 10, 'null_count(c)': 11 },
    'error',
    'null_percentage(c) could not be computed: null_count(c) is 11 but row_count only 10: the measurements are not of one version',
  ],
  [
    'null_count(c) = 0',
    { row_count: 0, 'null_count(c)': 0 },
    'no_data',
    'null_count(c) has no value: the partition is empty',
  ],
  ['null_count(c) = 0', { 'null_count(c)': 0 }, 'pass', 'null_count(c) is 0, expected = 0'],
  [
    'null_count(c) = 0',
    { row_count: 5, 'null_count(c)': -1 },
    'error',
    'null_count(c) could not be computed: null_count(c) is -1, and a count is never negative',
  ],
  [
    'null_count("a b") = 0',
    { row_count: 5, 'null_count("a b")': 1 },
    'fail',
    'null_count("a b") is 1, expected = 0',
  ],
  ['min(c) >= 0', { row_count: 5, 'min(c)': -0.5 }, 'fail', 'min(c) is -0.5, expected >= 0'],
  ['min(c) >= 0', { row_count: 5, 'null_count(c)': 5 }, 'no_data', 'min(c) has no value: every c is null'],
  ['min(c) >= 0', { row_count: 5, 'null_count(c)': 4 }, 'no_data', 'min(c) was not measured'],
  ['max(c) < 10', { row_count: 5, 'max(c)': 9.999_999_99 }, 'pass', 'max(c) is 9.99999999, expected < 10'],
  [
    'sum(c) < 10',
    { row_count: 5, 'sum(c)': Number.NaN },
    'error',
    'sum(c) could not be computed: sum(c) is not a finite number',
  ],
  ['avg(c) = 2', { row_count: 5, 'sum(c)': 8, 'null_count(c)': 1 }, 'pass', 'avg(c) is 2, expected = 2'],
  [
    'avg(c) = 4',
    { row_count: 5, 'sum(c)': 8, 'null_count(c)': 1, 'count(c)': 2 },
    'pass',
    'avg(c) is 4, expected = 4',
  ],
  [
    'avg(c) = 4',
    { row_count: 5, 'sum(c)': 8 },
    'no_data',
    'avg(c) is unknown: null_count(c) was not measured',
  ],
  ['avg(c) = 4', { row_count: 5, 'null_count(c)': 5 }, 'no_data', 'avg(c) has no value: every c is null'],
  [
    'avg(c) = 4',
    { row_count: 5, 'null_count(c)': 1 },
    'no_data',
    'avg(c) is unknown: sum(c) was not measured',
  ],
  [
    'avg(c) = 4',
    { row_count: 5, 'sum(c)': 4, 'null_count(c)': 7 },
    'error',
    'avg(c) could not be computed: null_count(c) is 7 but row_count only 5: the measurements are not of one version',
  ],
  [
    'avg(c) = 0.3',
    { row_count: 1, 'sum(c)': 0.1 + 0.2, 'null_count(c)': 0 },
    'pass',
    'avg(c) is 0.3, expected = 0.3',
  ],
  [
    'sum(a) = sum(b)',
    { row_count: 1, 'sum(a)': 4100, 'sum(b)': 4200 },
    'fail',
    'sum(a) is 4 100, expected = 4 200 (sum(b))',
  ],
  ['sum(a) = sum(b)', { row_count: 1, 'sum(a)': 4100 }, 'no_data', 'sum(b) was not measured'],
  [
    'sum(a) / row_count > 2',
    { row_count: 4, 'sum(a)': 6 },
    'fail',
    'sum(a) / row_count is 1.5, expected > 2',
  ],
  [
    'row_count / sum(a) > 2',
    { row_count: 4, 'sum(a)': 0 },
    'error',
    'row_count / sum(a) could not be computed: it divides by zero',
  ],
  [
    'sum(a) * sum(a) > 2',
    { row_count: 4, 'sum(a)': 1e200 },
    'error',
    'sum(a) * sum(a) could not be computed: the result is too large for a number',
  ],
  ['row_count - 2 * 3 = 4', { row_count: 10 }, 'pass', 'row_count - 2 * 3 is 4, expected = 4'],
  ['row_count between 1 and 5', { row_count: 1 }, 'pass', 'row_count is 1, expected between 1 and 5'],
  ['row_count between 1 and 5', { row_count: 5 }, 'pass', 'row_count is 5, expected between 1 and 5'],
  ['row_count between 1 and 5', { row_count: 6 }, 'fail', 'row_count is 6, expected between 1 and 5'],
  ['row_count not between 1 and 5', { row_count: 5 }, 'fail', 'row_count is 5, expected not between 1 and 5'],
  ['row_count not between 1 and 5', { row_count: 6 }, 'pass', 'row_count is 6, expected not between 1 and 5'],
  [
    'null_percentage(c) between 0 and 0.5',
    { row_count: 4, 'null_count(c)': 3 },
    'fail',
    'null_percentage(c) is 75 %, expected between 0 % and 50 %',
  ],
  [
    'distinct_count(c) between 1 and row_count',
    { row_count: 4, 'distinct_count(c)': 4 },
    'pass',
    'distinct_count(c) is 4, expected between 1 and 4',
  ],
  [
    'distinct_count(c) between sum(a) and 9',
    { row_count: 4, 'distinct_count(c)': 4 },
    'no_data',
    'sum(a) was not measured',
  ],
  [
    'duplicate_count(a, b) = 0',
    { row_count: 4, 'duplicate_count(a,b)': 1 },
    'fail',
    'duplicate_count(a, b) is 1, expected = 0',
  ],
  [
    'unique(a, b)',
    { row_count: 4, 'duplicate_count(a,b) on table': 0 },
    'pass',
    'no row repeats the a, b of another row',
  ],
  [
    'unique(a)',
    { row_count: 4, 'duplicate_count(a) on table': 1 },
    'fail',
    '1 row repeats the a of another row, expected none',
  ],
  [
    'unique(a)',
    { row_count: 4000, 'duplicate_count(a) on table': 1200 },
    'fail',
    '1 200 rows repeat the a of another row, expected none',
  ],
  [
    'unique(a)',
    { row_count: 0, 'duplicate_count(a) on table': 0 },
    'no_data',
    'duplicate_count(a) has no value: the partition is empty',
  ],
];

describe('evaluating a check on facts', () => {
  for (const [text, facts, status, message] of TABLE) {
    test(`${text} on ${JSON.stringify(facts)}: ${status}`, () => {
      const result = evaluate(text, facts);
      assert.deepEqual([result.status, result.message], [status, message]);
    });
  }

  test('a result carries the check, its number, what was expected and the facts that it read', () => {
    const check = checkOf('null_percentage(c) < 0.01');
    const result = evaluate(check, { row_count: 1000, 'null_count(c)': 13, 'sum(other)': 5 });
    assert.deepEqual(result, {
      checkId: check.id,
      text: 'null_percentage(c) < 0.01',
      severity: 'block',
      status: 'fail',
      value: 0.013,
      expected: '< 1 %',
      message: 'null_percentage(c) is 1.3 %, expected < 1 %',
      facts: { row_count: 1000, 'null_count(c)': 13 },
      baseline: [],
    });
  });

  const severities: [Severity, CheckResult['status']][] = [
    ['block', 'fail'],
    ['warn', 'warn'],
    ['info', 'warn'],
  ];
  for (const [severity, status] of severities) {
    test(`a condition of severity ${severity} that does not hold gives ${status}; unknown stays unknown`, () => {
      assert.equal(evaluate(checkOf('row_count > 0', severity), { row_count: 0 }).status, status);
      assert.equal(evaluate(checkOf('row_count > 0', severity), {}).status, 'no_data');
      assert.equal(evaluate(checkOf('row_count > 0', severity), { row_count: 1 }).status, 'pass');
    });
  }

  test('an empty partition that the contract allows skips what it has no values for, and still judges row_count', () => {
    const allow: EvaluationOptions = { emptyPartition: 'allow' };
    assert.equal(
      evaluate('unique(a)', { row_count: 0, 'duplicate_count(a) on table': 0 }, [], allow).status,
      'skipped',
    );
    assert.equal(evaluate('avg(a) > 1', { row_count: 0 }, [], allow).status, 'skipped');
    assert.equal(evaluate('row_count > 0', { row_count: 0 }, [], allow).status, 'fail');
    assert.equal(
      evaluate('avg(a) > 1', {}, [], allow).status,
      'no_data',
      'nothing measured is not the same as empty',
    );
  });

  test('a constraint on a column of nulls has nothing to judge; a stated check does not pass', () => {
    const facts = { row_count: 5, 'null_count(c)': 5 };
    assert.equal(evaluate(checkOf('min(c) >= 0', 'block', 'constraint'), facts).status, 'skipped');
    assert.equal(evaluate(checkOf('min(c) >= 0'), facts).status, 'no_data');
  });

  test('a message never shows two different numbers as the same', () => {
    const { message } = evaluate('avg(c) < 10', {
      row_count: 1,
      'null_count(c)': 0,
      'sum(c)': 10.000_000_000_1,
    });
    assert.equal(message, 'avg(c) is 10.0000000001, expected < 10');
  });
});

describe('within a share of a baseline', () => {
  const week = pointsOf([4000, 3800, 3900, 4000, 3950, 3850, 3884]);

  test('says what is missing and against what', () => {
    const result = evaluate('row_count within 50% of avg_last(7)', { row_count: 4 }, week);
    assert.equal(result.status, 'fail');
    assert.equal(
      result.message,
      'row_count is 4, expected within 50 % of 3 912 (average of the last 7 partitions)',
    );
    assert.equal(result.expected, '3 912 ± 50 %');
    assert.deepEqual(
      result.baseline.map(({ value }) => value),
      [4000, 3800, 3900, 4000, 3950, 3850, 3884],
    );
  });

  const functions: [text: string, status: CheckResult['status'], message: string][] = [
    [
      'row_count within 0 of avg_last(2)',
      'fail',
      'row_count is 130, expected within 0 of 200 (average of the last 2 partitions)',
    ],
    [
      'row_count within 30 of median_last(3)',
      'pass',
      'row_count is 130, expected within 30 of 100 (median of the last 3 partitions)',
    ],
    [
      'row_count within 29% of min_last(9)',
      'fail',
      'row_count is 130, expected within 29 % of 100 (minimum of the last 4 partitions)',
    ],
    [
      'row_count within 57% of max_last(9)',
      'pass',
      'row_count is 130, expected within 57 % of 300 (maximum of the last 4 partitions)',
    ],
    [
      'row_count within 60% of avg_last(1)',
      'pass',
      'row_count is 130, expected within 60 % of 300 (the last partition)',
    ],
  ];
  for (const [text, status, message] of functions) {
    test(text, () => {
      const result = evaluate(text, { row_count: 130 }, pointsOf([100, 100, 100, 300]));
      assert.deepEqual([result.status, result.message], [status, message]);
    });
  }

  test('both edges are inside, whatever the rounding of the percentage', () => {
    for (const percent of [1, 7, 29, 33, 57, 58]) {
      for (const value of [100 - percent, 100 + percent]) {
        assert.equal(
          evaluate(
            `row_count within ${percent}% of avg_last(3)`,
            { row_count: value },
            pointsOf([100, 100, 100]),
          ).status,
          'pass',
          `${value} within ${percent} %`,
        );
        assert.equal(
          evaluate(
            `row_count within ${percent}% of avg_last(3)`,
            { row_count: value + Math.sign(value - 100) },
            pointsOf([100, 100, 100]),
          ).status,
          'fail',
        );
      }
    }
  });

  test('only the last n usable points count', () => {
    const result = evaluate(
      'row_count within 1% of avg_last(3)',
      { row_count: 100 },
      pointsOf([9999, 9999, 100, 100, 100]),
    );
    assert.equal(result.status, 'pass');
    assert.equal(result.baseline.length, 3);
  });

  test('excluded, unmeasured and own points stay out', () => {
    const history = [
      ...pointsOf([100, 100, 5, 100, {}], { 2: 'failed check' }),
      { partition: 'dt=today', facts: new Map([['row_count', 1]]), at: null, excluded: null },
    ];
    const result = evaluate('row_count within 1% of avg_last(7)', { row_count: 100 }, history);
    assert.equal(result.status, 'pass');
    assert.deepEqual(
      result.baseline.map(({ value }) => value),
      [100, 100, 100],
    );
  });

  const learning: [points: number[], text: string, message: string][] = [
    [
      [],
      'row_count within 5% of avg_last(7)',
      'row_count is 100, not judged: there is no earlier partition, avg_last(7) needs 3',
    ],
    [
      [100],
      'row_count within 5% of avg_last(7)',
      'row_count is 100, not judged: only 1 earlier partition can be compared, avg_last(7) needs 3',
    ],
    [
      [100, 100],
      'row_count within 5% of avg_last(7)',
      'row_count is 100, not judged: only 2 earlier partitions can be compared, avg_last(7) needs 3',
    ],
    [
      [100],
      'row_count within 5% of avg_last(2)',
      'row_count is 100, not judged: only 1 earlier partition can be compared, avg_last(2) needs 2',
    ],
  ];
  for (const [points, text, message] of learning) {
    test(`${text} over ${points.length} points is learning`, () => {
      const result = evaluate(text, { row_count: 100 }, pointsOf(points));
      assert.deepEqual([result.status, result.message], ['learning', message]);
      assert.equal(result.value, 100);
    });
  }

  test('a derived metric is derived on every point', () => {
    const history = pointsOf([1, 2, 3].map((nulls) => ({ row_count: 100, 'null_count(c)': nulls })));
    const result = evaluate(
      'null_percentage(c) within 1% of avg_last(3)',
      { row_count: 100, 'null_count(c)': 9 },
      history,
    );
    assert.equal(
      result.message,
      'null_percentage(c) is 9 %, expected within 1 % of 2 % (average of the last 3 partitions)',
    );
  });

  test('an empty candidate is judged by its row count and unknown otherwise', () => {
    assert.equal(evaluate('row_count within 50% of avg_last(3)', { row_count: 0 }, week).status, 'fail');
    assert.equal(evaluate('sum(a) within 50% of avg_last(3)', { row_count: 0 }, week).status, 'no_data');
  });

  test('a baseline of zero expects zero', () => {
    assert.equal(
      evaluate('row_count within 50% of avg_last(3)', { row_count: 0 }, pointsOf([0, 0, 0])).status,
      'pass',
    );
    assert.equal(
      evaluate('row_count within 50% of avg_last(3)', { row_count: 1 }, pointsOf([0, 0, 0])).status,
      'fail',
    );
  });
});

describe('not anomalous', () => {
  const steady = pointsOf([100, 102, 98, 101, 99, 100, 102, 98, 101, 99, 100, 102, 98, 101, 99, 100]);

  test('hands the detector the usable series and takes its word', () => {
    const normal = evaluate('row_count not anomalous', { row_count: 101 }, steady);
    assert.equal(normal.status, 'pass');
    const odd = evaluate('row_count not anomalous(2 sigma)', { row_count: 4 }, steady);
    assert.equal(odd.status, 'fail');
    assert.match(
      odd.message,
      /^row_count is 4, below the expected \d+\.?\d* to \d+\.?\d* \(2 sigma around 100, the mean of the last 16 partitions\)$/,
    );
    assert.match(odd.expected, /^\d+\.?\d* to \d+\.?\d*$/);
    assert.equal(odd.baseline.length, 16);
    assert.equal(
      evaluate(checkOf('row_count not anomalous', 'warn'), { row_count: 4 }, steady).status,
      'warn',
    );
  });

  test('an excluded incident does not widen the band', () => {
    const withIncident = pointsOf([...Array.from({ length: 15 }, (_, index) => 100 + (index % 3)), 100_000], {
      15: 'incident',
    });
    assert.equal(evaluate('row_count not anomalous', { row_count: 200 }, withIncident).status, 'fail');
    const unmarked = withIncident.map((point) => ({ ...point, excluded: null }));
    assert.equal(evaluate('row_count not anomalous', { row_count: 200 }, unmarked).status, 'pass');
  });

  test('too little history is learning, an empty partition has no mean', () => {
    const young = evaluate('row_count not anomalous', { row_count: 4 }, steady.slice(0, 4));
    assert.equal(young.status, 'learning');
    assert.equal(
      young.message,
      'row_count is 4, not judged: only 4 earlier partitions can be compared, at least 5 are needed',
    );
    assert.equal(young.expected, 'within 2 sigma of the history');
    assert.equal(evaluate('avg(a) not anomalous', { row_count: 0 }, steady).status, 'no_data');
    assert.equal(evaluate('row_count not anomalous', { row_count: 0 }, steady).status, 'fail');
  });

  test('ratios are told in per cent and the band stays in 0 to 100 %', () => {
    const history = pointsOf(
      Array.from({ length: 8 }, (_, index) => ({ row_count: 1000, 'null_count(c)': index % 2 })),
    );
    const result = evaluate(
      'null_percentage(c) not anomalous',
      { row_count: 1000, 'null_count(c)': 500 },
      history,
    );
    assert.match(result.message, /^null_percentage\(c\) is 50 %, above the expected 0 % to 0\.\d+ % /);
  });
});

test('evaluation never throws, and passes nothing that it could not know', () => {
  const value = fc.oneof(
    fc.integer({ min: 0, max: 1000 }),
    fc.double(),
    fc.constantFrom(0, -1, Number.NaN, Infinity),
  );
  fc.assert(
    fc.property(
      expressions,
      fc.dictionary(
        fc.constantFrom(
          'row_count',
          'sum(amount)',
          'min(amount)',
          'null_count(amount)',
          'duplicate_count(amount)',
        ),
        value,
      ),
      fc.array(value, { maxLength: 9 }),
      (expression, facts, history) => {
        const check: Check = {
          ...checkOf('row_count > 0'),
          id: checkId(expression),
          text: printExpression(expression),
          expression,
        };
        const result = evaluate(check, facts, pointsOf(history));
        assert.ok(result.message.length > 0);
        if (result.status !== 'pass') return;
        assert.ok(result.value !== null && Number.isFinite(result.value));
        assert.ok(Object.keys(result.facts).length > 0, 'a pass rests on a fact');
      },
    ),
    { numRuns: 2000 },
  );
});
