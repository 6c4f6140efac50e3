import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from '#ingest/turns.ts';

/** What has happened by the time that everything which can has. */
async function happened(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function watched(
  turns: Turns<number>,
  seen: string[],
  name: string,
): ReturnType<Turns<number>['take']>['turn'] {
  const { before, turn } = turns.take();
  void before.appended.then((what) =>
    seen.push(`${name} may append, beside ${[...what].join() || 'nothing'}`),
  );
  void before.settled.then((over) => seen.push(over ? `${name} may go on` : `${name} makes way`));
  void before.over.then(() => seen.push(`what was before ${name} is over`));
  return turn;
}

test('each appends when the one before has, and goes on when that is over', async () => {
  const turns = new Turns<number>();
  const seen: string[] = [];
  const first = watched(turns, seen, 'first');
  const second = watched(turns, seen, 'second');
  watched(turns, seen, 'third');
  await happened();
  assert.deepEqual(seen.splice(0), [
    'first may append, beside nothing',
    'first may go on',
    'what was before first is over',
  ]);
  first.appends(new Set([1, 2]));
  await happened();
  assert.deepEqual(seen.splice(0), ['second may append, beside 1,2']);
  // The second ends, as one that fails does, before the first is over.
  second.end();
  await happened();
  assert.deepEqual(seen.splice(0), [
    'third may append, beside nothing',
    'third may go on',
    'what was before third is over',
  ]);
  first.end();
  first.end();
  await happened();
  assert.deepEqual(seen.splice(0), ['second may go on', 'what was before second is over']);
});

test('one that is made anew has the next make way, and wait until it is over', async () => {
  const turns = new Turns<number>();
  const seen: string[] = [];
  const first = watched(turns, [], 'first');
  watched(turns, seen, 'second');
  first.appends(new Set([1]));
  first.beginsAnew();
  await happened();
  assert.deepEqual(seen.splice(0), ['second may append, beside 1', 'second makes way']);
  first.end();
  await happened();
  assert.deepEqual(seen.splice(0), ['what was before second is over']);
});
