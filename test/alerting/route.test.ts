import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { fits } from '#model/glob.ts';
import { chooseRoutes } from '#alerting/route.ts';
import { covers, endOf, type TimeWindow } from '#alerting/time-window.ts';
import { wallTime } from '#alerting/wall-clock.ts';
import { alert, dataset, NOW, route } from './support.ts';

const window = (more: Partial<TimeWindow>): TimeWindow => ({
  days: null,
  from: 0,
  to: 0,
  firstDate: null,
  lastDate: null,
  zone: 'Europe/Berlin',
  ...more,
});
const at = (text: string): Date => new Date(text);

test('a pattern fits as the regular expression that it stands for would', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 8 });
  fc.assert(
    fc.property(
      letters,
      fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 10 }),
      (pattern, text) => {
        const expression = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
        assert.equal(fits(pattern, text), new RegExp(`^${expression}$`, 's').test(text));
      },
    ),
  );
});

test('a pattern that would take a backtracking matcher for ever is quick', () => {
  assert.equal(fits(`${'a*'.repeat(200)}b`, 'a'.repeat(5000)), false);
});

test('the first route that matches takes the alert, deeper ones before it, and continue goes on', () => {
  const root = route('default', ['mail'], {
    routes: [
      route('audit', ['hook'], { continue: true, match: { fields: { dataset: ['gold.*'] }, time: null } }),
      route('gold', ['chat'], {
        match: { fields: { dataset: ['gold.*'] }, time: null },
        routes: [
          route('gold-first', ['pager'], {
            match: { fields: { tier: ['1'], severity: ['critical'] }, time: null },
          }),
        ],
      }),
      route('never', ['mail'], { match: { fields: { dataset: ['gold.*'] }, time: null } }),
    ],
  });
  const names = (event: Parameters<typeof chooseRoutes>[1]): string[] =>
    chooseRoutes(root, event, NOW).routes.map(({ name }) => name);
  assert.deepEqual(names(alert(1)), ['audit', 'gold']);
  assert.deepEqual(names(alert(1, { root: dataset('gold.orders', { tier: 1 }) })), ['audit', 'gold-first']);
  assert.deepEqual(names(alert(1, { root: dataset('silver.orders') })), ['default']);
  const { visits } = chooseRoutes(root, alert(1), NOW);
  assert.deepEqual(
    visits.find(({ route: name }) => name === 'gold-first'),
    { route: 'gold-first', matched: false, because: 'tier is 2, not 1' },
  );
});

test('none stands for no owner, and a tag fits when one of them does', () => {
  const root = route('default', ['mail'], {
    routes: [
      route('orphans', ['chat'], { match: { fields: { owner: ['none'] }, time: null } }),
      route('pii', ['hook'], { match: { fields: { tag: ['pii*'] }, time: null } }),
    ],
  });
  const names = (more: Parameters<typeof dataset>[1]): string[] =>
    chooseRoutes(root, alert(1, { root: dataset('x', more) }), NOW).routes.map(({ name }) => name);
  assert.deepEqual(names({ owner: null }), ['orphans']);
  assert.deepEqual(names({ owner: 'finance', tags: ['daily', 'pii.mail'] }), ['pii']);
  assert.deepEqual(names({ owner: 'finance' }), ['default']);
});

test('a window over midnight belongs to the day on which it begins', () => {
  const friday = window({ days: [5], from: 22 * 60, to: 6 * 60 });
  assert.equal(covers(friday, at('2026-03-06T21:30:00Z')), true, 'Friday 22:30 in Berlin');
  assert.equal(covers(friday, at('2026-03-07T04:59:00Z')), true, 'Saturday 05:59');
  assert.equal(covers(friday, at('2026-03-07T05:00:00Z')), false, 'Saturday 06:00');
  assert.equal(covers(friday, at('2026-03-06T04:00:00Z')), false, 'Friday 05:00 belongs to Thursday');
  assert.deepEqual(endOf(friday, at('2026-03-06T21:30:00Z')), at('2026-03-07T05:00:00Z'));
});

test('on days on which clocks change a window is what the clock shows', () => {
  const night = window({ from: 22 * 60, to: 7 * 60 });
  // Spring: 02:00 to 03:00 does not come on 29 March; the night has eight hours.
  assert.deepEqual(endOf(night, at('2026-03-28T21:00:00Z')), at('2026-03-29T05:00:00Z'));
  // Autumn: the hour comes twice on 25 October; the night has ten hours.
  assert.deepEqual(endOf(night, at('2026-10-24T20:00:00Z')), at('2026-10-25T06:00:00Z'));
  const left = window({ from: 2 * 60, to: 3 * 60, firstDate: '2026-03-29', lastDate: '2026-03-29' });
  for (let minute = 0; minute < 24 * 60; minute += 10)
    assert.equal(covers(left, new Date(at('2026-03-28T23:00:00Z').getTime() + minute * 60_000)), false);
  const twice = window({ from: 2 * 60, to: 3 * 60 });
  assert.equal(covers(twice, at('2026-10-25T00:30:00Z')), true);
  assert.equal(covers(twice, at('2026-10-25T01:30:00Z')), true);
  assert.equal(covers(twice, at('2026-10-25T02:00:00Z')), false);
});

test('a window ends where it says, in any zone and on any day', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'];
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: 0, max: 1439 }),
      fc.integer({ min: 0, max: 1439 }),
      fc.integer({ min: 0, max: 365 * 24 * 60 }),
      (zone, from, to, minute) => {
        const one = window({ zone, from, to });
        const moment = new Date(Date.UTC(2026, 0, 1) + minute * 60_000);
        if (from === to || !covers(one, moment)) return;
        const end = endOf(one, moment);
        assert.equal(covers(one, new Date(end.getTime() - 60_000)), true);
        assert.equal(covers(one, end), false);
        assert.ok(end > moment);
        assert.ok(wallTime(end, zone).minute >= 0);
      },
    ),
    { numRuns: 200 },
  );
});
