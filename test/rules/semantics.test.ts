import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Severity } from '#model/contract.ts';
import type { CheckStatus } from '#model/result.ts';
import { blocks, raisesIncident } from '#rules/check/status.ts';
import { checkEstimates, checkTypes } from '#rules/expression/check-types.ts';
import { factsOf } from '#rules/expression/facts.ts';
import { daysOf, judge, segmentsOf, START, statusOf } from './evidence.ts';
import { checkOf } from './support.ts';

/** What a check means, where other tools are silent or say different things. */

test('ratio against percent: a percentage is a ratio of 0 to 1, and a literal with % is divided by 100', () => {
  const facts = { row_count: 1000, 'null_count(c)': 10 };
  assert.equal(judge('null_percentage(c) < 0.01', facts).value, 0.01);
  assert.equal(statusOf('null_percentage(c) <= 1%', facts), 'pass');
  assert.equal(statusOf('null_percentage(c) <= 0.01', facts), 'pass');
  assert.equal(statusOf('null_percentage(c) < 0.99%', facts), 'fail');
  // 0.07 * 100 is 7.000000000000001 in floating point; the edge is meant exactly.
  assert.equal(statusOf('null_percentage(c) <= 7%', { row_count: 100, 'null_count(c)': 7 }), 'pass');
  for (const metric of ['null', 'missing', 'distinct', 'duplicate']) {
    const [problem] = checkTypes(checkOf(`${metric}_percentage(c) < 5`).expression, []);
    assert.deepEqual([problem?.severity, problem?.mend], ['warning', 'Write 5% if per cent is meant.']);
  }
  assert.deepEqual(checkTypes(checkOf('null_percentage(c) < 5%').expression, []), []);
});

test('empty partition: nothing of nothing is no_data, never 0 and never a pass', () => {
  const empty = {
    row_count: 0,
    'row_count on table': 0,
    'null_count(c)': 0,
    'repeat_count(c) on table': 0,
    'distinct_count(c)': 0,
    'true_count(c > 0)': 0,
    'false_count(c > 0)': 0,
    'orphan_count(c references d(c))': 0,
    'difference_count(c equals d(c))': 0,
    'period_count(c,day)': 0,
  };
  const checks = [
    'null_percentage(c) < 1%',
    'null_count(c) = 0',
    'sum(c) = 0',
    'unique(c)',
    'c > 0',
    'c is not null',
    'invalid_percentage(c > 0) = 0',
    'c references d(c)',
    'equals d on (c)',
    'no_gaps(c, day)',
    'avg(c) not anomalous',
    'groups(c) within (1)',
    'distribution(c) psi < 0.2 vs last(3)',
    'row_count > 0 per c',
  ];
  for (const text of checks) {
    assert.equal(statusOf(text, empty), 'no_data', text);
    assert.equal(statusOf(text, empty, {}, { emptyPartition: 'allow' }), 'skipped', text);
  }
  // The count itself is known: it is 0.
  assert.equal(statusOf('row_count > 0', empty), 'fail');
  assert.equal(statusOf('row_count = 0', empty), 'pass');
  // A partition with rows, none of which is meant, is not an empty partition that a contract may allow.
  const none = {
    row_count: 5,
    "row_count where country = 'DE'": 0,
    "true_count(c > 0) where country = 'DE'": 0,
    "false_count(c > 0) where country = 'DE'": 0,
  };
  const selected = judge("c > 0 where country = 'DE'", none, {}, { emptyPartition: 'allow' });
  assert.deepEqual(
    [selected.status, selected.message],
    ['no_data', "c > 0 has no value: no row fulfils country = 'DE'"],
  );
});

test('error is not pass: what could not be computed or measured is never read as good', () => {
  assert.equal(statusOf('sum(a) / sum(b) > 0', { row_count: 1, 'sum(a)': 1, 'sum(b)': 0 }), 'error');
  assert.equal(statusOf('sum(a) > 0', { row_count: 1, 'sum(a)': Number.POSITIVE_INFINITY }), 'error');
  assert.equal(statusOf('null_percentage(a) < 1', { row_count: 1, 'null_count(a)': 2 }), 'error');
  const faults = new Map([['sum(a)', 'numeric field overflow']]);
  const failed = judge('sum(a) > 0', { row_count: 1 }, { faults });
  assert.deepEqual(
    [failed.status, failed.message],
    ['error', 'sum(a) could not be computed: numeric field overflow'],
  );
  for (const status of ['error', 'no_data', 'learning'] satisfies CheckStatus[])
    assert.ok(blocks({ severity: 'block', status }), status);
});

test('error is not pass: joined conditions are three-valued', () => {
  const facts = { row_count: 5, 'null_count(a)': 0 };
  const [good, bad, unknown, broken] = ['row_count > 0', 'row_count > 9', 'sum(b) > 0', 'row_count / 0 > 1'];
  const table: [text: string, status: CheckStatus][] = [
    [`${good} and ${unknown}`, 'no_data'],
    [`${bad} and ${unknown}`, 'fail'],
    [`${unknown} and ${bad}`, 'fail'],
    [`${good} or ${unknown}`, 'pass'],
    [`${unknown} or ${good}`, 'pass'],
    [`${bad} or ${unknown}`, 'no_data'],
    [`${unknown} or ${broken}`, 'error'],
    [`${good} and ${broken}`, 'error'],
    [`not (${unknown})`, 'no_data'],
    [`not (${broken})`, 'error'],
    [`not (${bad})`, 'pass'],
    [`not (${good})`, 'fail'],
    [`(${good} or ${bad}) and not (${bad})`, 'pass'],
    [`${good} and ${unknown} or ${good}`, 'pass'],
  ];
  for (const [text, status] of table) assert.equal(statusOf(text, facts), status, text);
});

test('error is not pass: no way of joining makes a pass that what is known does not make', () => {
  type Tree = string | { join: 'and' | 'or'; of: Tree[] } | { not: Tree };
  const text = (tree: Tree): string => {
    if (typeof tree === 'string') return tree;
    if ('not' in tree) return `not (${text(tree.not)})`;
    return `(${tree.of.map(text).join(` ${tree.join} `)})`;
  };
  const leaves = ['row_count > 0', 'row_count > 9', 'sum(b) > 0'];
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(...leaves),
      fc.record({
        join: fc.constantFrom('and' as const, 'or' as const),
        of: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
      }),
      fc.record({ not: tie('tree') }),
    ),
  }));
  // Whatever sum(b) turns out to be, a check that was decided without it must stay as it was.
  fc.assert(
    fc.property(tree, (check) => {
      const known = statusOf(text(check), { row_count: 5 });
      const [low, high] = [-1, 1].map((value) =>
        statusOf(text(check), { row_count: 5, 'sum(b)': value, 'null_count(b)': 0 }),
      );
      if (known === 'no_data') return;
      assert.deepEqual([low, high], [known, known], text(check));
    }),
    { numRuns: 500 },
  );
});

test('between includes both ends, unless round brackets say otherwise', () => {
  const at = (text: string, rows: number): CheckStatus => statusOf(`row_count ${text}`, { row_count: rows });
  assert.deepEqual(
    [1, 5, 0, 6].map((rows) => at('between 1 and 5', rows)),
    ['pass', 'pass', 'fail', 'fail'],
  );
  assert.deepEqual(
    [1, 5].map((rows) => at('between [1 and 5]', rows)),
    ['pass', 'pass'],
  );
  assert.deepEqual(
    [1, 5].map((rows) => at('between (1 and 5]', rows)),
    ['fail', 'pass'],
  );
  assert.deepEqual(
    [1, 5].map((rows) => at('between [1 and 5)', rows)),
    ['pass', 'fail'],
  );
  assert.deepEqual(
    [1, 3, 5].map((rows) => at('between (1 and 5)', rows)),
    ['fail', 'pass', 'fail'],
  );
  assert.deepEqual(
    [1, 5].map((rows) => at('not between (1 and 5)', rows)),
    ['pass', 'pass'],
  );
});

test('nulls: a row is tested when the predicate is true or false of it; not null is a check of its own', () => {
  const found = (good: number, bad: number): CheckStatus =>
    statusOf("s in ('a')", { row_count: 10, "true_count(s in ('a'))": good, "false_count(s in ('a'))": bad });
  assert.equal(found(4, 0), 'pass', 'six nulls are neither good nor bad');
  assert.equal(found(4, 1), 'fail');
  assert.equal(found(0, 0), 'no_data', 'nothing was tested');
  const share = judge("s in ('a') for 75% of rows", {
    row_count: 100,
    "true_count(s in ('a'))": 3,
    "false_count(s in ('a'))": 1,
  });
  assert.deepEqual(
    [share.status, share.message],
    ['pass', "75 % of 4 tested rows fulfil s in ('a'), expected at least 75 % of rows"],
  );
  assert.equal(statusOf('s is not null', { row_count: 10, 'null_count(s)': 6 }), 'fail');
  assert.equal(statusOf('s is not null for 40% of rows', { row_count: 10, 'null_count(s)': 6 }), 'pass');
});

test('uniqueness scope: of the table, unless the check names the partition', () => {
  assert.deepEqual(factsOf(checkOf('unique(id)').expression).facts.at(-1), 'repeat_count(id) on table');
  assert.deepEqual(
    factsOf(checkOf('unique(id) on partition').expression).facts.at(-1),
    'duplicate_count(id)',
  );
  const facts = { row_count: 5, 'row_count on table': 50, 'duplicate_count(id)': 0 };
  assert.equal(statusOf('unique(id)', facts), 'no_data', 'a partition alone says nothing of the table');
  // What the candidate adds to a table that was checked as it grew; or the whole, where somebody stated it.
  assert.equal(statusOf('unique(id)', { ...facts, 'repeat_count(id) on table': 0 }), 'pass');
  assert.equal(statusOf('unique(id)', { ...facts, 'repeat_count(id) on table': 2 }), 'fail');
  assert.equal(statusOf('unique(id)', { ...facts, 'duplicate_count(id) on table': 0 }), 'pass');
  assert.equal(statusOf('unique(id)', { ...facts, 'duplicate_count(id) on table': 3 }), 'fail');
  assert.equal(statusOf('unique(id) on partition', { ...facts, 'duplicate_count(id) on table': 3 }), 'pass');
  assert.equal(
    statusOf('unique(id)', { ...facts, 'duplicate_count(id)': 1 }),
    'fail',
    'but repeats are repeats',
  );
  // A dataset without partitions is its one partition.
  assert.equal(statusOf('unique(id)', facts, { partition: '' }), 'pass');
});

test('baselines: without the current value, what is excluded, and with too few points learning', () => {
  const history = [
    ...daysOf([100, 100, 100_000, 100, 100], { 2: 'incident' }),
    // The candidate's own partition, seen before.
    { partition: 'dt=today', facts: new Map([['row_count', 1]]), at: null, excluded: null },
  ];
  const result = judge('row_count within 1% of avg_last(7)', { row_count: 100 }, { history });
  assert.equal(result.status, 'pass');
  assert.deepEqual(
    result.baseline.map(({ value }) => value),
    [100, 100, 100, 100],
  );
  const learning = { history: daysOf([100, 100, 100], { 1: 'waived' }) };
  for (const text of [
    'row_count within 5% of avg_last(7)',
    'row_count > 0.5 * median_last(7)',
    'row_count between min_last(7) and max_last(7)',
    'row_count within 2 sigma of avg_last(7)',
    'row_count not anomalous',
    'row_count = same_weekday_last(3)',
    'row_count >= value_at(2)',
    'distribution(c) ks < 0.1 vs last(7)',
  ]) {
    const facts = { row_count: 100, 'null_count(c)': 0, ...quantiles(0, 1) };
    const young = judge(text, facts, learning);
    assert.equal(young.status, 'learning', `${text}: ${young.message}`);
    assert.ok(!raisesIncident(young), 'learning pages nobody');
    assert.ok(blocks(young), 'and lets nothing through silently');
  }
});

function quantiles(from: number, to: number): Record<string, number> {
  const keys = ['min(c)', ...Array.from({ length: 19 }, (_, n) => `quantile(c,${(n + 1) / 20})`), 'max(c)'];
  return Object.fromEntries(keys.map((key, n) => [key, from + ((to - from) * n) / 20]));
}

test('severity and action: info records, warn raises an incident, block keeps the candidate back as well', () => {
  const rows: [Severity, CheckStatus, incident: boolean, blocked: boolean][] = [
    ['info', 'warn', false, false],
    ['warn', 'warn', true, false],
    ['block', 'fail', true, true],
  ];
  for (const [severity, status, incident, blocked] of rows) {
    const result = judge(checkOf('row_count > 0', severity), { row_count: 0 });
    assert.equal(result.status, status);
    assert.equal(raisesIncident(result), incident, severity);
    assert.equal(blocks(result), blocked, severity);
  }
});

test('duplicates: rows beyond the first of each value; duplicated_rows counts all of them', () => {
  // 1 1 1 2 2 3: three rows beyond the first, five rows that are not alone.
  const facts = { row_count: 6, 'null_count(c)': 0, 'duplicate_count(c)': 3, 'duplicated_rows(c)': 5 };
  assert.equal(judge('duplicate_count(c) = 3', facts).status, 'pass');
  assert.equal(judge('duplicated_rows(c) = 5', facts).status, 'pass');
  assert.equal(judge('duplicate_percentage(c) = 50%', facts).value, 0.5);
  // Different values and repeats add up to the rows that have a value.
  const withNulls = { row_count: 8, 'null_count(c)': 2, 'duplicate_count(c)': 3, 'distinct_count(c)': 3 };
  assert.equal(judge('distinct_percentage(c) + duplicate_percentage(c) = 1', withNulls).status, 'pass');
});

test('time: freshness is of the data, a deadline of the publication, in its zone through summer and winter', () => {
  const now = new Date('2026-03-10T12:00:00Z');
  const facts = { row_count: 1, 'null_count(t)': 0, 'max(t)': now.getTime() / 1000 - 3 * 3600 };
  const fresh = judge('freshness(t) < 2 hours', facts, { now });
  assert.deepEqual(
    [fresh.status, fresh.value, fresh.message],
    ['fail', 10_800, 'freshness(t) is 3 hours, expected < 2 hours'],
  );
  assert.equal(statusOf('freshness(t) <= 3 hours', facts, { now, landedAt: null }), 'pass');
  assert.equal(statusOf('freshness(t) <= 3 hours', facts), 'no_data', 'without a time nothing is said');

  const due = "landed_by '06:30 Europe/Berlin' on mon-fri";
  const landed = (day: string, at: string | null, clock = '2026-12-31T00:00:00Z'): CheckStatus =>
    statusOf(
      due,
      {},
      {
        partitionAt: new Date(`${day}T00:00:00Z`),
        landedAt: at === null ? null : new Date(at),
        now: new Date(clock),
      },
    );
  // Winter: 06:30 in Berlin is 05:30 UTC. Summer: 04:30.
  assert.equal(landed('2026-01-05', '2026-01-06T05:30:00Z'), 'pass');
  assert.equal(landed('2026-01-05', '2026-01-06T05:30:01Z'), 'fail');
  assert.equal(landed('2026-07-06', '2026-07-07T04:30:00Z'), 'pass');
  assert.equal(landed('2026-07-06', '2026-07-07T04:30:01Z'), 'fail');
  // Saturday's data would be due on a Sunday, when nothing is.
  assert.equal(landed('2026-01-10', null), 'skipped');
  assert.equal(landed('2026-01-05', null, '2026-01-06T05:00:00Z'), 'skipped', 'not due yet');
  assert.equal(landed('2026-01-05', null, '2026-01-06T05:31:00Z'), 'fail', 'due, and not there');
  assert.equal(statusOf(due, {}), 'skipped', 'nothing is due of a candidate');

  // The night in which the clock jumps from 02:00 to 03:00, and the one in which 02:30 comes twice.
  const night = (zoneDay: string, at: string): CheckStatus =>
    statusOf(
      "landed_by '02:30 Europe/Berlin'",
      {},
      {
        partitionAt: new Date(`${zoneDay}T00:00:00Z`),
        landedAt: new Date(at),
      },
    );
  assert.equal(night('2026-03-28', '2026-03-29T01:30:00Z'), 'pass', '02:30 does not exist: 03:30 is meant');
  assert.equal(night('2026-03-28', '2026-03-29T01:30:01Z'), 'fail');
  assert.equal(night('2026-10-24', '2026-10-25T00:30:00Z'), 'pass', 'the first 02:30');
  assert.equal(night('2026-10-24', '2026-10-25T00:30:01Z'), 'fail');
});

test('approximation: an estimate blocks only where the check says that it will do', () => {
  const facts = { row_count: 10, 'approx_distinct_count(c)': 9 };
  const check = checkOf('approx_distinct_count(c) > 5');
  const refused = judge(check, facts);
  assert.equal(refused.status, 'error');
  assert.match(refused.message, /^approx_distinct_count\(c\) is an estimate, which cannot block/);
  assert.equal(statusOf({ ...check, approx: true }, facts), 'pass');
  assert.equal(statusOf(checkOf('approx_distinct_count(c) > 50', 'warn'), facts), 'warn');
  assert.equal(statusOf(checkOf('row_count > 0 or approx_distinct_count(c) > 5'), facts), 'error');
  const found = (severity: Severity, approx: boolean): number =>
    checkEstimates(check.expression, severity, approx).length;
  assert.deepEqual([found('block', false), found('block', true), found('warn', false)], [1, 0, 0]);
});

test('determinism: the same check and evidence give the same result, with all numbers that went into it', () => {
  const history = daysOf([100, 110, 90, 100]);
  const check = checkOf("sum(a) within 50% of avg_last(4) and s in ('x') where b = 1 per country");
  const key = (metric: string): string => `${metric} where b = 1 per country`;
  const numbers = {
    [key('row_count')]: { DE: 5, FR: 3 },
    [key('sum(a)')]: { DE: 10, FR: 99 },
    [key('null_count(a)')]: { DE: 0, FR: 0 },
    [key("true_count(s in ('x'))")]: { DE: 5, FR: 3 },
    [key("false_count(s in ('x'))")]: { DE: 0, FR: 0 },
  };
  const past = history.map((point) => ({ ...point, segments: segmentsOf(numbers) }));
  const evidence = { history: past, segments: segmentsOf(numbers), now: new Date(START) };
  const first = judge(check, { row_count: 20 }, evidence);
  assert.equal(first.status, 'pass', first.message);
  assert.deepEqual(judge(check, { row_count: 20 }, evidence), first);
  // Prepared anew, in another order of facts.
  const again = judge(
    { ...check, expression: structuredClone(check.expression) },
    { row_count: 20 },
    evidence,
  );
  assert.deepEqual(again, first);
  assert.equal(first.facts["sum(a) where b = 1 per country: 'FR'"], 99);
  assert.deepEqual(
    first.baseline.map(({ partition }) => partition),
    past.map(({ partition }) => partition),
  );
});
