import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rollUpDays } from '#detectors/hourly/daily-roll-up.ts';
import type { DetectionPoint } from '#model/detection.ts';

const at = (day: number, hour: number): Date => new Date(Date.UTC(2026, 2, day, hour));
const point = (day: number, hour: number, value: number | null, rows?: number): DetectionPoint => ({
  partition: at(day, hour).toISOString(),
  at: at(day, hour),
  value,
  ...(rows !== undefined && { rows }),
});
const day = (number: number, value: number): DetectionPoint[] =>
  Array.from({ length: 24 }, (_, hour) => point(number, hour, value));

test('a day is the sum of its hours, and only when all are there', () => {
  const points = [
    ...day(2, 10),
    ...day(1, 5),
    ...day(3, 7).slice(1),
    ...day(4, 1).with(3, point(4, 3, null)),
  ];
  assert.deepEqual(rollUpDays(points, { kind: 'count' }), [
    { partition: 'day=2026-03-01', at: at(1, 0), value: 120 },
    { partition: 'day=2026-03-02', at: at(2, 0), value: 240 },
  ]);
});

test('only the expected hours count', () => {
  const points = [point(1, 8, 4), point(1, 9, 6), point(2, 8, 4), point(1, 23, 100)];
  assert.deepEqual(
    rollUpDays(points, { kind: 'sum', expectedHours: [8, 9] }).map(({ value }) => value),
    [10],
  );
  assert.deepEqual(rollUpDays(points, { kind: 'sum', expectedHours: [] }), []);
});

test('a rate weighs its hours by their rows', () => {
  const hours = { kind: 'rate', expectedHours: [0, 1] } as const;
  assert.deepEqual(rollUpDays([point(1, 0, 0.1, 900), point(1, 1, 0.5, 100)], hours), [
    { partition: 'day=2026-03-01', at: at(1, 0), value: 0.14, rows: 1000 },
  ]);
  assert.equal(rollUpDays([point(1, 0, 0.1), point(1, 1, 0.5, 100)], hours)[0]?.value, 0.3);
  assert.deepEqual(rollUpDays([point(1, 0, 0.1, 0), point(1, 1, 0.5, 0)], hours), []);
});

test('delays take the worst hour; distinct counts cannot be added', () => {
  const points = [point(1, 0, 60), point(1, 1, 500)];
  assert.equal(rollUpDays(points, { kind: 'delay', expectedHours: [0, 1] })[0]?.value, 500);
  assert.deepEqual(rollUpDays(points, { kind: 'distinct', expectedHours: [0, 1] }), []);
});

test('of two values of an hour the later counts', () => {
  const found = rollUpDays([point(1, 0, 60), point(1, 0, 61)], { kind: 'bytes', expectedHours: [0] });
  assert.equal(found[0]?.value, 61);
});
