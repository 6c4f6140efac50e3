import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { registerObjectives } from '#api/objectives.ts';
import type { DatasetObjectives, ObjectiveList } from '#api/schema/objectives.ts';
import { answerProblems } from '#api/answer.ts';
import { at, promised } from '#test/objectives/promised.ts';

test('the board says what is due, late, foreseen and left of the budget; a dataset its history', async (t) => {
  const of = await promised(t);
  await of.promise('gold', 'partition: {column: dt, grain: day}\ndeadline: "06:30 UTC"\nsla: 2 days');
  for (let day = 1; day <= 9; day += 1)
    await of.write('gold', `2026-05-0${day}`, `2026-05-${String(day + 1).padStart(2, '0')}T05:00`);
  await of.write('gold', '2026-05-10', '2026-05-11T08:30');
  of.clock.now = at('2026-05-12T08:00');
  await of.begin().look();
  const app = Fastify();
  t.after(() => app.close());
  answerProblems(app);
  registerObjectives(app, { database: of.database, now: () => of.clock.now });
  const get = async <T>(url: string): Promise<T> => {
    const answer = await app.inject(url);
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.json<T>();
  };
  const board = await get<ObjectiveList>('/api/v2/objectives');
  assert.deepEqual(
    board.items.map(({ dataset, name, state, period, dueAt, lateSeconds }) => [
      dataset,
      name,
      state,
      period,
      dueAt,
      lateSeconds,
    ]),
    [
      ['gold', 'freshness', 'met', '2026-05-10', '2026-05-13T00:00:00.000Z', null],
      ['gold', 'landed_by', 'missed', '2026-05-11', '2026-05-12T06:30:00.000Z', 5400],
    ],
  );
  const [, late] = board.items;
  assert.equal(late?.promise, 'landed by 06:30 UTC');
  assert.equal(late.owner, 'data');
  // Eleven days were due since the contract was made; one came late and one did not come.
  assert.deepEqual([late.budget.due, late.budget.broken], [11, 2]);
  assert.ok((late.budget.left ?? 0) < -2 && (late.budget.burnWeek ?? 0) > 5, JSON.stringify(late.budget));
  const first = await get<ObjectiveList>('/api/v2/objectives?limit=1');
  const second = await get<ObjectiveList>(`/api/v2/objectives?limit=1&cursor=${first.next}`);
  assert.deepEqual(
    [...first.items, ...second.items].map(({ name }) => name),
    ['freshness', 'landed_by'],
  );
  assert.equal(second.next, null);
  assert.equal((await get<ObjectiveList>('/api/v2/objectives?state=at_risk')).items.length, 0);
  const { objectives } = await get<DatasetObjectives>('/api/v2/datasets/gold/objectives?limit=3');
  const history = objectives.find(({ name }) => name === 'landed_by')?.periods;
  assert.deepEqual(
    history?.map(({ period, state, lateSeconds }) => [period, state, lateSeconds]),
    [
      ['2026-05-12', 'waiting', null],
      ['2026-05-11', 'missed', null],
      ['2026-05-10', 'late', 7200],
    ],
  );
  assert.equal((await app.inject('/api/v2/objectives?cursor=x')).statusCode, 400);
  assert.equal((await app.inject('/api/v2/datasets/none/objectives')).statusCode, 404);
});
