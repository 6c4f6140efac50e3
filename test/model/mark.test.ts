import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { marksInForce, type StatedMark } from '#model/mark.ts';

let made = 0;
function mark(kind: StatedMark['kind'], partition: string, more: Partial<StatedMark> = {}): StatedMark {
  made += 1;
  return {
    id: `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`,
    kind,
    partition,
    metric: null,
    reason: 'seen',
    author: 'ada',
    markedAt: new Date(Date.UTC(2026, 5, 1, 0, 0, made)),
    ...more,
  };
}
const shown = (marks: ReturnType<typeof marksInForce>): string[] =>
  marks.map(({ kind, partition }) => `${kind} ${partition}`);

describe('marks in force', () => {
  const marks = [
    mark('expected', 'dt=2026-01-05'),
    mark('incident', 'dt=2026-01-05'),
    mark('new_normal', 'dt=2026-01-03', { metric: 'row_count' }),
    mark('noisy', 'dt=2026-01-04', { metric: 'row_count' }),
    mark('noisy', 'dt=2026-01-04', { metric: 'row_count' }),
    mark('incident', 'dt=2026-01-09'),
    mark('incident', 'dt=2026-01-02', { metric: 'avg(x)' }),
  ];

  test('of what excludes each other the last word stands, noisy adds up, later partitions do not count', () => {
    assert.deepEqual(shown(marksInForce(marks, 'row_count', 'dt=2026-01-05')), [
      'incident dt=2026-01-05',
      'new_normal dt=2026-01-03',
      'noisy dt=2026-01-04',
      'noisy dt=2026-01-04',
    ]);
    assert.deepEqual(shown(marksInForce(marks, 'avg(x)', 'dt=2026-01-04')), ['incident dt=2026-01-02']);
  });

  test('the order that they are given in does not matter', () => {
    const expected = marksInForce(marks, 'row_count', 'dt=2026-02-01');
    for (let turn = 0; turn < marks.length; turn += 1) {
      const turned = [...marks.slice(turn), ...marks.slice(0, turn)].toReversed();
      assert.deepEqual(marksInForce(turned, 'row_count', 'dt=2026-02-01'), expected);
    }
  });

  test('a mark of one metric corrects one of all, for that metric alone', () => {
    const two = [
      mark('incident', 'dt=2026-01-05'),
      mark('expected', 'dt=2026-01-05', { metric: 'row_count' }),
    ];
    assert.deepEqual(shown(marksInForce(two, 'row_count', 'dt=2026-01-05')), ['expected dt=2026-01-05']);
    assert.deepEqual(shown(marksInForce(two, 'avg(x)', 'dt=2026-01-05')), ['incident dt=2026-01-05']);
  });
});
