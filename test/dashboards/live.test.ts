import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { CHANGE_TOPICS } from '#store/changes.ts';
import { CALM, LEISURE, LivePace } from '../../dashboards/web/shell/live-pace.ts';
import { pollEvery, setListening } from '../../dashboards/web/shell/listening.ts';
import { isTouched, topicsOf } from '../../dashboards/web/shell/topics.ts';

/** A pace whose time is the test's, and what it handed on. */
function paced(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  const told: (readonly string[] | null)[] = [];
  const seen = { now: true };
  const pace = new LivePace(
    (changed) => told.push(changed && [...changed].toSorted()),
    () => seen.now,
  );
  t.after(() => pace.stop());
  return { pace, told, seen, tick: (milliseconds: number) => t.mock.timers.tick(milliseconds) };
}

test('what happened is told at once, the next together after two seconds', (t) => {
  const { pace, told, tick } = paced(t);
  pace.note(['incidents']);
  tick(0);
  assert.deepEqual(told, [['incidents']]);
  pace.note(['publications']);
  pace.note(['incidents', 'quarantine']);
  tick(CALM - 1);
  assert.equal(told.length, 1);
  tick(1);
  assert.deepEqual(told[1], ['incidents', 'publications', 'quarantine']);
  tick(60_000);
  assert.equal(told.length, 2, 'nothing is told when nothing changed');
});

test('what changes with every event is told every fifteen seconds, and holds nothing else up', (t) => {
  const { pace, told, tick } = paced(t);
  for (let second = 0; second < 60; second += 1) {
    pace.note(['runs', 'datasets']);
    tick(1000);
  }
  assert.equal(told.length, 60_000 / LEISURE);
  pace.note(['incidents']);
  tick(0);
  assert.deepEqual(told.at(-1), ['incidents']);
});

test('nobody looks: nothing is told until somebody does, and then all of it', (t) => {
  const { pace, told, seen, tick } = paced(t);
  pace.note(['runs']);
  tick(0);
  seen.now = false;
  pace.note(['runs']);
  pace.note(['incidents']);
  tick(60_000);
  assert.deepEqual(told, [['runs']]);
  seen.now = true;
  pace.look();
  assert.deepEqual(told.at(-1), ['incidents', 'runs']);
  pace.look();
  tick(60_000);
  assert.equal(told.length, 2);
});

test('what it missed may be anything, and is told as such', (t) => {
  const { pace, told, tick } = paced(t);
  pace.note(['runs']);
  pace.note(null);
  tick(0);
  tick(60_000);
  assert.deepEqual(told.filter((one) => one === null).length, 1);
});

test('an answer is read again for its own topics only', () => {
  const touched = (path: string, ...topics: string[]) => isTouched(path, new Set(topics));
  assert.equal(touched('/api/v2/overview', 'incidents'), true);
  assert.equal(touched('/api/v2/overview', 'silences', 'quarantine'), false);
  assert.equal(touched('/api/v2/quarantine?limit=50', 'runs', 'datasets'), false);
  assert.equal(touched('/api/v2/quarantine/abc', 'quarantine'), true);
  assert.equal(touched('/api/v2/publications?state=held', 'runs'), false);
  assert.equal(touched('/api/v2/contracts', 'runs', 'incidents'), false);
  assert.equal(touched('/api/v2/datasets/x/series?metric=a', 'runs'), false);
  assert.equal(touched('/api/v2/datasets/x/series?metric=a', 'incidents'), true);
  assert.equal(touched('/api/v2/search?q=a', ...CHANGE_TOPICS), false);
  assert.equal(touched('contract diff', ...CHANGE_TOPICS), false);
  // A route that the table does not know, and a change of which nothing is known.
  assert.equal(touched('/api/v2/new-thing', 'runs'), true);
  assert.equal(isTouched('/api/v2/incidents', null), true);
  assert.equal(isTouched('/api/v2/search?q=a', null), false);
});

test('every topic that the collector tells of is some page’s', () => {
  const paths = ['overview', 'silences', 'quarantine', 'contracts', 'runs'].map((one) => `/api/v2/${one}`);
  const known = new Set(paths.flatMap((path) => topicsOf(path) ?? []));
  assert.deepEqual(
    CHANGE_TOPICS.filter((topic) => !known.has(topic)),
    [],
  );
});

test('a page looks by itself more often while nobody tells it', (t) => {
  t.after(() => setListening(false));
  const alone = pollEvery('/api/v2/overview');
  setListening(true);
  assert.ok(pollEvery('/api/v2/overview') > 5 * alone);
  assert.equal(pollEvery('/api/v2/status'), alone, 'nothing tells of this one');
});
