import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { factKey } from '#model/measurement.ts';
import { columnFact } from '#model/statistics/column-fact.ts';
import type { ColumnStatistics } from '#model/statistics/column-statistics.ts';
import { derive, quantileOf } from '#model/statistics/derived-statistics.ts';
import { HyperLogLog } from '#model/statistics/hyperloglog.ts';
import { packSketches, unpackSketches, type Sketches } from '#model/statistics/packed-sketches.ts';
import {
  mergeStatistics,
  statisticsOf,
  type PartitionStatistics,
} from '#model/statistics/partition-statistics.ts';
import { QuantileSketch } from '#model/statistics/quantile-sketch.ts';
import { rollUpMonths, rollUpWindow } from '#model/statistics/roll-up.ts';
import { profileOf } from '#test/support/profiles.ts';

const columnOf = (statistics: PartitionStatistics, name = 'c'): ColumnStatistics => {
  const column = statistics.columns.get(name);
  assert.ok(column, `there is no column ${name}`);
  return column;
};
const statistics = (values: readonly (number | null)[]): PartitionStatistics => {
  const { facts, sketches } = profileOf({ c: values });
  return statisticsOf(facts, sketches);
};
const rows = fc.array(
  fc.oneof(
    fc.constant(null),
    fc.integer({ min: -1000, max: 1000 }),
    fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
  ),
  { maxLength: 40 },
);
const close = (found: number | null, expected: number | null, what: string): void => {
  if (found === null || expected === null) assert.equal(found, expected, what);
  else
    assert.ok(
      Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
      `${what}: ${found}, not ${expected}`,
    );
};

/** All that can be read of a column; sketches as bytes. */
function summary(column: ColumnStatistics): Record<string, unknown> {
  const { sum: _, squaredDeviations: __, distinctSketch, quantileSketch, ...exact } = column;
  const sketches = new Map([
    ['c', { distinct: distinctSketch ?? undefined, quantiles: quantileSketch ?? undefined }],
  ]);
  return { ...exact, sketches: packSketches(sketches) };
}

function agree(found: PartitionStatistics, expected: PartitionStatistics): void {
  assert.equal(found.rows, expected.rows);
  assert.deepEqual(summary(columnOf(found)), summary(columnOf(expected)));
  const [a, b] = [derive(columnOf(found)), derive(columnOf(expected))];
  close(a.mean, b.mean, 'mean');
  close(a.variance, b.variance, 'variance');
  assert.equal(a.nullRatio, b.nullRatio);
}

describe('statistics of partitions', () => {
  it('merge in any order and grouping', () => {
    fc.assert(
      fc.property(rows, rows, rows, (a, b, c) => {
        const [x, y, z] = [statistics(a), statistics(b), statistics(c)];
        const flat = mergeStatistics([x, y, z]);
        for (const other of [
          mergeStatistics([z, y, x]),
          mergeStatistics([x, mergeStatistics([y, z])]),
          mergeStatistics([mergeStatistics([z, x]), y]),
        ])
          agree(other, flat);
      }),
    );
  });

  it('merge to what the rows together would have given', () => {
    fc.assert(
      fc.property(fc.array(rows, { minLength: 1, maxLength: 6 }), (days) => {
        const merged = columnOf(mergeStatistics(days.map(statistics)));
        const all = days.flat();
        const direct = columnOf(statistics(all));
        for (const field of ['rows', 'nulls', 'count', 'min', 'max'] as const)
          if (direct.count !== 0 || field === 'rows' || field === 'nulls' || field === 'count')
            assert.equal(merged[field], direct[field], field);
        const [found, expected] = [derive(merged), derive(direct)];
        close(found.mean, expected.mean, 'mean');
        close(found.variance, expected.variance, 'variance');
        assert.equal(found.nullRatio, expected.nullRatio);
        // Sketches are the very sketches of all rows; the count of different values that goes with a single
        // partition is exact, so that of several is bounded by theirs.
        if (direct.count === 0) return;
        assert.deepEqual(merged.distinctSketch?.registers, direct.distinctSketch?.registers);
        for (const q of [0, 0.5, 0.99, 1]) assert.equal(quantileOf(merged, q), quantileOf(direct, q));
        const different = new Set(all.filter((value) => value !== null)).size;
        assert.ok(merged.distinct && merged.distinct.low <= different && merged.distinct.high >= different);
      }),
    );
  });

  it('keep a variance that squares would lose', () => {
    const [a, b] = [statistics([1e9 + 1, 1e9 + 2]), statistics([1e9 + 3, 1e9 + 4])];
    close(derive(columnOf(mergeStatistics([a, b]))).variance, 5 / 3, 'variance');
  });

  it('say nothing of the ratios of an empty partition, which changes no others', () => {
    const empty = statistics([]);
    const { nullRatio, mean, variance, distinct } = derive(columnOf(empty));
    assert.deepEqual([nullRatio, mean, variance], [null, null, null]);
    assert.equal(distinct?.value, 0);
    assert.equal(quantileOf(columnOf(empty), 0.5), null);
    const full = statistics([1, null, 3]);
    const both = mergeStatistics([empty, full]);
    assert.deepEqual(derive(columnOf(both)), derive(columnOf(full)));
    assert.equal(both.rows, 3);
    // row_count alone says that there are no values either.
    const silent = statisticsOf(new Map([['row_count', 0], ['distinct_count(c)', 0]])); // prettier-ignore
    assert.equal(columnOf(silent).count, 0);
    assert.equal(derive(columnOf(mergeStatistics([silent, full]))).mean, 2);
  });

  it('of a column of nulls only has a ratio and no mean', () => {
    const { nullRatio, mean } = derive(columnOf(statistics([null, null])));
    assert.deepEqual([nullRatio, mean], [1, null]);
    assert.equal(derive(columnOf(mergeStatistics([statistics([null, null]), statistics([2, 4])]))).mean, 3);
  });

  it('do not know what one of the partitions does not say', () => {
    const known = statistics([1, 2]);
    const silent = statisticsOf(new Map([['row_count', 5], ['null_count(c)', 1]])); // prettier-ignore
    const both = mergeStatistics([known, silent]);
    assert.equal(both.rows, 7);
    const column = columnOf(both);
    assert.equal(column.nulls, 1);
    assert.deepEqual(
      [
        column.sum,
        column.min,
        column.squaredDeviations,
        column.distinct,
        column.distinctSketch,
        column.quantileSketch,
      ],
      [null, null, null, null, null, null],
    );
    assert.equal(derive(column).mean, null);
    assert.equal(mergeStatistics([known, statisticsOf(new Map([['size_bytes', 3]]))]).rows, null);
    assert.equal(mergeStatistics([]).rows, null);
  });

  it('judge a column that was added by the rows that have it', () => {
    const before = statisticsOf(new Map([['row_count', 100]]));
    const after = statistics([1, null]);
    const both = mergeStatistics([before, after]);
    assert.equal(both.rows, 102);
    assert.equal(columnOf(both).partitions, 1);
    assert.equal(derive(columnOf(both)).nullRatio, 0.5);
  });

  it('take the deviations of one value for 0, and of a stated standard deviation for what it says', () => {
    const facts = (count: number): Map<string, number> =>
      new Map([['row_count', count], ['null_count(c)', 0], ['sum(c)', 10 * count], ['stddev(c)', 2]]); // prettier-ignore
    assert.equal(columnOf(statisticsOf(facts(5))).squaredDeviations, 16);
    assert.equal(columnOf(statisticsOf(new Map([['row_count', 1], ['count(c)', 1]]))).squaredDeviations, 0); // prettier-ignore
  });

  it('take contradictions for unknown', () => {
    const column = columnOf(statisticsOf(new Map([['row_count', 5], ['null_count(c)', 9]]))); // prettier-ignore
    assert.equal(column.count, null);
    assert.equal(derive(column).nullRatio, null);
  });

  it('bound what is different when only counts of it are known', () => {
    const day = (distinct: number): PartitionStatistics =>
      statisticsOf(new Map([['row_count', 100], ['count(c)', 90], ['distinct_count(c)', distinct]])); // prettier-ignore
    assert.deepEqual(derive(columnOf(day(40))).distinct, {
      value: 40,
      low: 40,
      high: 40,
      approximate: false,
    });
    assert.deepEqual(derive(columnOf(mergeStatistics([day(40), day(60)]))).distinct, {
      value: null, low: 60, high: 100, approximate: false,
    }); // prettier-ignore
  });
});

describe('roll-ups', () => {
  const day = (text: string, values: readonly (number | null)[]) => ({
    partition: `dt=${text}`,
    at: new Date(`${text}T00:00:00Z`),
    statistics: statistics(values),
  });
  const days = [day('2026-02-01', [7]), day('2026-01-30', [1, 2]), day('2026-01-31', [3, null])];

  it('put partitions into their months, and those without a time apart', () => {
    const months = rollUpMonths([...days, { partition: 'x', at: null, statistics: statistics([9]) }]);
    assert.deepEqual(
      months.map(({ month, statistics: { partitions, rows: count } }) => [month, partitions, count]),
      [['2026-01', 2, 4], ['2026-02', 1, 1], [null, 1, 1]], // prettier-ignore
    );
    const [january] = months;
    assert.deepEqual([january?.from, january?.to], [days[1]?.at, days[2]?.at]);
    agree(
      january?.statistics as PartitionStatistics,
      mergeStatistics(days.slice(1).map((one) => one.statistics)),
    );
  });

  it('take the whole window together', () => {
    const { month, from, to, statistics: whole } = rollUpWindow(days);
    assert.deepEqual([month, from, to, whole.rows], [null, days[1]?.at, days[0]?.at, 5]);
    assert.equal(rollUpWindow([]).statistics.partitions, 0);
  });
});

describe('sketches of a partition as bytes', () => {
  it('come back the same, columns of any name', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), rows, { maxKeys: 4 }), (columns) => {
        const { sketches } = profileOf(columns);
        assert.deepEqual(packSketches(unpackSketches(packSketches(sketches))), packSketches(sketches));
      }),
    );
    const some: Sketches = new Map([['b', { distinct: new HyperLogLog() }], ['a', { quantiles: new QuantileSketch() }], ['c', {}]]); // prettier-ignore
    assert.deepEqual([...unpackSketches(packSketches(some)).keys()], ['a', 'b']);
  });

  it('that are wrong are refused in a sentence', () => {
    const whole = packSketches(profileOf({ c: [1, 2] }).sketches);
    for (let length = 0; length < whole.length; length += 1)
      assert.throws(
        () => unpackSketches(whole.subarray(0, length)),
        /^StatisticsBytesError: Stored statistics cannot be read at byte \d+: .+\.$/,
      );
    assert.throws(() => unpackSketches(Uint8Array.of(...whole, 1)), /1 bytes too many/);
    assert.throws(() => unpackSketches(Uint8Array.of(1, 1, 1, 99, 4)), /4 names no sketches/);
  });
});

describe('facts of columns', () => {
  it('are taken apart as they were put together, and others left alone', () => {
    fc.assert(
      fc.property(fc.string(), (name) =>
        assert.deepEqual(columnFact(factKey('null_count', [name])), { metric: 'null_count', column: name }),
      ),
    );
    assert.deepEqual(columnFact('row_count'), { metric: 'row_count', column: null });
    for (const key of ['duplicate_count(a,b)', 'true_count(a > 1)', 'quantile(a, 0.5)', 'sum(', ''])
      assert.equal(columnFact(key), null);
  });
});
