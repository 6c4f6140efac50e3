import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addScores, dropSamples, readSamples, type SampleRow, type Score } from '#store/fleet-samples.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

const DAY = '2026-01-01';
const score = (key: number, z: number | null = key / 10): Score => ({
  metricClass: 'daily count',
  day: DAY,
  key: `metric ${key}`,
  z,
});
const range = (from: number, to: number): Score[] =>
  Array.from({ length: to - from }, (_, index) => score(from + index));

async function sample(database: TestDatabase): Promise<readonly number[]> {
  const rows = await database.rows<SampleRow>(readSamples(DAY));
  return (rows[0]?.scores ?? []).toSorted((a, b) => a - b);
}

test('the sample of a class and day is bounded and does not depend on the order of what came', async (t) => {
  const [one, other] = [await testDatabase(t), await testDatabase(t)];
  await one.execute(addScores(range(0, 600)));
  for (const part of [range(300, 600), range(0, 150), range(100, 300)]) await other.execute(addScores(part));
  const expected = await sample(one);
  assert.equal(expected.length, 200);
  assert.deepEqual(await sample(other), expected);
});

test('a score that is judged anew takes its own place, and an incident leaves', async (t) => {
  const database = await testDatabase(t);
  await database.execute(addScores(range(0, 10)));
  await database.execute(addScores([score(3, -7)]));
  assert.ok((await sample(database)).includes(7), 'the size counts, not the sign');
  assert.equal((await sample(database)).length, 10);
  await database.execute(addScores([score(3, null)]));
  assert.equal((await sample(database)).length, 9);
  assert.ok(!(await sample(database)).includes(7));
});

test('samples of other classes and of days that are over stay apart', async (t) => {
  const database = await testDatabase(t);
  await database.execute(
    addScores([
      ...range(0, 5),
      { ...score(0), metricClass: 'daily rate' },
      { ...score(9), day: '2025-09-01' },
    ]),
  );
  const rows = await database.rows<SampleRow>(readSamples(DAY));
  assert.deepEqual(
    rows.map((row) => [row.class, row.scores.length]),
    [
      ['daily count', 5],
      ['daily rate', 1],
    ],
  );
  assert.equal(await database.execute(dropSamples(DAY)), 1);
});
