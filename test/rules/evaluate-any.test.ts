import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { detectSigma } from '#detectors/sigma.ts';
import { makeCheck } from '#rules/contract/make-check.ts';
import { type Evidence, evaluateCheck, type SegmentFacts } from '#rules/expression/evaluate.ts';
import { factMapOf } from '#rules/expression/facts.ts';
import { parseExpression } from '#rules/expression/parse.ts';
import { printExpression } from '#rules/expression/print.ts';
import { isPerSegment, joinSegments, splitSegments } from '#rules/expression/segment-key.ts';
import { daysOf, START, statusOf } from './evidence.ts';
import { checks, names } from './expression-trees.ts';

/** Numbers as they come: often small counts, now and then what no count can be. */
const numbers = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 20 }) },
  fc.double(),
  fc.constantFrom(-1, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_VALUE),
);

const STATUSES = new Set(['pass', 'warn', 'fail', 'error', 'no_data', 'learning', 'skipped']);

test('any check on any facts has a status and a sentence, twice the same', () => {
  fc.assert(
    fc.property(
      checks,
      fc.infiniteStream(fc.tuple(numbers, fc.nat(9))),
      fc.boolean(),
      (expression, stream, past) => {
        const drawn = (): number | null => {
          const next = stream.next().value;
          const [value, absent] = next ?? [0, 0];
          return absent === 0 ? null : value;
        };
        const keys = [...factMapOf(expression).keys()];
        const known = (): { facts: Map<string, number>; segments: SegmentFacts } => {
          const facts = new Map<string, number>();
          const segments = new Map<string, Map<string | null, number>>();
          for (const key of keys) {
            const value = drawn();
            if (value === null) continue;
            facts.set(key, value);
            if (isPerSegment(key))
              segments.set(
                key,
                new Map([
                  ['a', value],
                  [null, drawn() ?? 0],
                ]),
              );
          }
          return { facts, segments };
        };
        const evidence: Evidence = {
          ...known(),
          history: past ? daysOf([1, 1, 1, 1]).map((point) => ({ ...point, ...known() })) : [],
          partition: 'dt=today',
          partitionAt: new Date(START),
          now: new Date(START),
          landedAt: null,
          schema: { now: [{ name: 'amount', type: 'int' }], before: null, baseline: null },
          anomaly: detectSigma,
        };
        const check = makeCheck('', expression, 'block', { line: 1, column: 1 }, 'quality');
        const result = evaluateCheck(check, evidence);
        assert.ok(STATUSES.has(result.status));
        assert.ok(result.message.length > 0 && result.expected.length > 0);
        assert.deepEqual(evaluateCheck(check, evidence), result);
        // What was read is among what was asked for, or is told of one value of a column.
        for (const key of Object.keys(result.facts)) assert.ok(key !== '');
      },
    ),
    { numRuns: 5000 },
  );
});

test('nothing known is never a pass and never a failure', () => {
  fc.assert(
    fc.property(checks, (expression) => {
      const check = makeCheck('', expression, 'block', { line: 1, column: 1 }, 'quality');
      const status = statusOf(check, {}, { partitionAt: null });
      assert.ok(
        ['error', 'no_data', 'learning', 'skipped'].includes(status),
        `${printExpression(expression)}: ${status}`,
      );
    }),
    { numRuns: 5000 },
  );
});

test('numbers per segment are stored beside others and read back', () => {
  const labels = fc.oneof(
    fc.constant(null),
    fc.constantFrom("it's", "a: 'b", ': null', '', '\n'),
    fc.string(),
  );
  fc.assert(
    fc.property(
      names,
      fc.uniqueArray(labels, { minLength: 1 }),
      fc.double({ noNaN: true }),
      (name, all, value) => {
        const facts = new Map([['row_count', value]]);
        const key = `row_count where s = 'x per y: ''z''' per "${name.replaceAll('"', '""')}"`;
        const segments = new Map([[key, new Map(all.map((label) => [label, value]))]]);
        assert.deepEqual(splitSegments(joinSegments(facts, segments)), { facts, segments });
      },
    ),
  );
});

test('too much arithmetic is refused', () => {
  const parsed = parseExpression(`row_count > ${'1+'.repeat(3990)}1`);
  assert.match(parsed.status === 'error' ? parsed.problem.message : '', /more than 500 signs of arithmetic/);
});

test('the longest chain that is read can be printed, taken apart and evaluated', () => {
  for (const text of [
    `row_count > ${'1+'.repeat(499)}1`,
    `a > ${'1+'.repeat(499)}1`,
    `${'a=1 or '.repeat(1140)}a=2`,
    `${'row_count=1 or '.repeat(530)}row_count=2`,
  ]) {
    const parsed = parseExpression(text);
    assert.ok(parsed.status === 'ok', text.slice(0, 30));
    const check = makeCheck(text, parsed.expression, 'block', { line: 1, column: 1 }, 'quality');
    assert.ok(printExpression(parsed.expression).length >= text.length);
    assert.ok(STATUSES.has(statusOf(check, { row_count: 2 })));
  }
});
