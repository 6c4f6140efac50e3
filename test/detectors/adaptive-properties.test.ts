import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { detectAdaptive } from '#detectors/adaptive.ts';
import type { Detection, DetectionQuestion, MetricKind } from '#model/detection.ts';
import { businessDays, daily, day, judgeNext, partition } from './adaptive-support.ts';

const kinds: readonly MetricKind[] = [
  'count',
  'sum',
  'distinct',
  'bytes',
  'mean',
  'rate',
  'duration',
  'delay',
];
const value = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: 0, max: 1e6, noNaN: true }) },
  fc.constantFrom(0, 1, -1, 1e300, -1e300, 5e-324, Number.NaN, Infinity, 0.5),
  fc.double({ noNaN: false, min: -1e307, max: 1e307 }),
);
const series = fc.oneof(
  fc.array(fc.option(value), { maxLength: 60 }),
  fc.tuple(value, fc.nat(60)).map(([constant, length]) => Array.from({ length }, () => constant)),
);

function numbersOf(found: Detection): number[] {
  return [
    found.expected,
    found.low,
    found.high,
    found.z,
    found.threshold,
    found.ratio,
    found.value,
    ...found.because.flatMap(({ weight, forecast }) => [weight, forecast]),
  ].filter((number) => number !== null);
}

describe('any series', () => {
  test('gets an answer without NaN, for every kind and cadence', () => {
    fc.assert(
      fc.property(
        series,
        fc.option(value),
        fc.constantFrom(...kinds),
        fc.constantFrom('daily' as const, 'other' as const),
        fc.boolean(),
        (values, target, kind, cadence, holidays) => {
          const found = judgeNext(values, target, {
            kind,
            cadence,
            calendar: (date) => (holidays && date.endsWith('3') ? 'Third' : null),
            target: { partition: 'now', at: day(values.length), value: target },
          });
          assert.deepEqual(
            numbersOf(found).filter((number) => !Number.isFinite(number)),
            [],
          );
          assert.ok(found.message.length > 0 && !/NaN|undefined|Infinity/.test(found.message), found.message);
          if (found.low !== null && found.high !== null) assert.ok(found.low <= found.high);
        },
      ),
      { numRuns: 600 },
    );
  });

  test('has the same answer again, whatever was judged between', () => {
    fc.assert(
      fc.property(series, series, fc.constantFrom(...kinds), (values, other, kind) => {
        const first = judgeNext(values, 7, { kind });
        judgeNext(other, 7, { kind: 'count' });
        assert.deepEqual(judgeNext(values, 7, { kind }), first);
      }),
      { numRuns: 200 },
    );
  });

  test('of days may come in any order', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(1e6), (length, seed) => {
        const history = daily(businessDays(length, { seed }));
        const shuffled = history.toSorted(
          (a, b) => ((a.at.getTime() * 7919) % 61) - ((b.at.getTime() * 7919) % 61),
        );
        assert.deepEqual(
          judgeNext([], 9_000, at(length, shuffled)),
          judgeNext([], 9_000, at(length, history)),
        );
      }),
    );
  });
});

/** The question about the day after `length` days. */
function at(length: number, history: DetectionQuestion['history']): Partial<DetectionQuestion> {
  return { history, target: { partition: partition(length), at: day(length), value: 9_000 } };
}

test('the unit of a sum says nothing: thousandfold values have the same z', () => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (seed, factor) => {
      const values = businessDays(35, { seed });
      const plain = judgeNext(values, 7_000, { kind: 'sum' });
      const scaled = judgeNext(
        values.map((each) => each * factor),
        7_000 * factor,
        { kind: 'sum' },
      );
      assert.ok(Math.abs((scaled.z ?? 0) - (plain.z ?? 1)) < 1e-6 * (1 + Math.abs(plain.z ?? 0)));
      assert.ok(Math.abs((scaled.expected ?? 0) / factor / (plain.expected ?? 1) - 1) < 1e-6);
    }),
    { numRuns: 100 },
  );
});

test('the target and what lies after it never help to excuse it', () => {
  const values = businessDays(40);
  const history = daily(values);
  const target = { partition: partition(35), at: day(35), value: 30_000 };
  const question = {
    kind: 'count',
    cadence: 'daily',
    marks: [],
    calendar: () => null,
    label: 'rows',
  } as const;
  assert.deepEqual(
    detectAdaptive({ ...question, target, history: [...history, { ...target }] }),
    detectAdaptive({ ...question, target, history: history.slice(0, 35) }),
  );
});

test('farther out is never less of an alarm', () => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.double({ min: 0, max: 50_000, noNaN: true }), (seed, offset) => {
      const values = businessDays(35, { seed });
      const near = judgeNext(values, 12_000 + offset);
      const far = judgeNext(values, 12_000 + 1.1 * offset + 1);
      assert.ok((far.z ?? 0) >= (near.z ?? 0));
    }),
  );
});
