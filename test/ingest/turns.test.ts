import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from '#ingest/turns.ts';

/** What has happened by the time that everything which can has. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('each begins when the one before waits for its commit, and knows when that is over', async () => {
  const turns = new Turns();
  const seen: string[] = [];
  const first = turns.take();
  const second = turns.take();
  const third = turns.take();
  for (const [name, { before }] of Object.entries({ first, second, third })) {
    void before.committing.then(() => seen.push(`${name} may begin`));
    void before.over.then(() => seen.push(`what was before ${name} is over`));
  }
  await settled();
  assert.deepEqual(seen.splice(0), ['first may begin', 'what was before first is over']);
  first.turn.commits();
  await settled();
  assert.deepEqual(seen.splice(0), ['second may begin']);
  // The second ends, as one that fails does, before the first is over.
  second.turn.end();
  await settled();
  assert.deepEqual(seen.splice(0), ['third may begin', 'what was before third is over']);
  first.turn.end();
  first.turn.end();
  await settled();
  assert.deepEqual(seen.splice(0), ['what was before second is over']);
});
