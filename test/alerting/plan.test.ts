import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { latestOf } from '#alerting/alert-record.ts';
import { MATCHES_ALL } from '#alerting/matcher.ts';
import { planAlerts } from '#alerting/plan.ts';
import type { Silence } from '#alerting/silence.ts';
import type { TimeWindow } from '#alerting/time-window.ts';
import {
  after,
  alert,
  context,
  dataset,
  fresh,
  HOUR,
  incidentId,
  later,
  MINUTE,
  NOW,
  route,
  routing,
  said,
} from './support.ts';

const silence = (more: Partial<Silence> = {}): Silence => ({
  id: '00000000-0000-4000-a000-000000000001',
  match: MATCHES_ALL,
  author: 'ada',
  comment: 'the import is being moved',
  startsAt: later(-MINUTE),
  endsAt: later(HOUR),
  ...more,
});
const NIGHT: TimeWindow = {
  days: null,
  from: 22 * 60,
  to: 7 * 60,
  firstDate: null,
  lastDate: null,
  zone: 'Europe/Berlin',
};

test('an incident pages once, whatever is looked at again, and its end is told where it was told', () => {
  const settings = routing(route('default', ['mail', 'pager']));
  let record = fresh(alert(1));
  const first = planAlerts([record], context(settings));
  assert.deepEqual(said(first), ['page mail', 'page pager']);
  record = after(record, first);
  assert.deepEqual(said(planAlerts([record], context(settings, { now: later(HOUR) }))), []);
  record = { ...record, event: alert(1, { version: 2, summary: 'More is known.' }) };
  const second = planAlerts([record], context(settings, { now: later(HOUR) }));
  assert.deepEqual(
    said(second),
    ['update mail'],
    'a pager that was closed by hand must not ring for an update',
  );
  assert.equal(
    second.deliveries.reduce((sum, { calls }) => sum + calls, 0),
    0,
  );
  record = after(record, second, alert(1, { version: 3, state: 'resolved' }));
  const end = planAlerts([record], context(settings, { now: later(2 * HOUR) }));
  assert.deepEqual(said(end), ['resolved mail', 'resolved pager']);
  record = after(record, end);
  assert.deepEqual(said(planAlerts([record], context(settings, { now: later(50 * HOUR) }))), []);
  assert.equal(planAlerts([record], context(settings)).records[0]?.lookAt, null);
  const back = planAlerts(
    [{ ...record, event: alert(1, { version: 4 }) }],
    context(settings, { now: later(3 * HOUR) }),
  );
  assert.deepEqual(said(back), ['page mail', 'page pager'], 'it came back');
});

test('what nobody acknowledges is repeated and escalates, until somebody does', () => {
  const steps = [
    { afterMs: 15 * MINUTE, to: [{ channel: 'pager', recipient: null }] },
    { afterMs: 30 * MINUTE, to: [{ channel: 'mail', recipient: 'boss@example.com' }] },
  ];
  const settings = routing(route('default', ['chat'], { escalate: steps }));
  let record = fresh(alert(1));
  const step = (now: Date): string[] => {
    const plan = planAlerts([record], context(settings, { now }));
    record = after(record, plan);
    return said(plan);
  };
  assert.deepEqual(step(NOW), ['page chat']);
  assert.deepEqual(planAlerts([record], context(settings)).records[0]?.lookAt, later(15 * MINUTE));
  assert.deepEqual(step(later(14 * MINUTE)), []);
  assert.deepEqual(step(later(15 * MINUTE)), ['escalation pager']);
  assert.deepEqual(step(later(31 * MINUTE)), ['escalation mail:boss@example.com']);
  assert.deepEqual(step(later(4 * HOUR)), ['repeat chat']);
  record = { ...record, event: alert(1, { version: 2, state: 'acknowledged' }) };
  assert.deepEqual(step(later(5 * HOUR)), [
    'acknowledged chat',
    'acknowledged mail:boss@example.com',
    'acknowledged pager',
  ]);
  assert.deepEqual(step(later(48 * HOUR)), []);
});

test('a receiver that forgets is reminded while the alert fires, also when it is acknowledged', () => {
  const settings = routing(route('default', ['am']));
  let record = fresh(alert(1));
  record = after(record, planAlerts([record], context(settings)));
  assert.deepEqual(planAlerts([record], context(settings)).records[0]?.lookAt, later(5 * MINUTE));
  const plan = planAlerts([record], context(settings, { now: later(5 * MINUTE) }));
  assert.deepEqual(said(plan), ['refresh am']);
  record = after(record, plan, alert(1, { version: 2, state: 'acknowledged' }));
  record = after(record, planAlerts([record], context(settings, { now: later(6 * MINUTE) })));
  assert.deepEqual(said(planAlerts([record], context(settings, { now: later(20 * MINUTE) }))), [
    'refresh am',
  ]);
});

test('a notice wakes nobody', () => {
  const settings = routing(route('default', ['mail', 'pager']));
  const plan = planAlerts([fresh(alert(1, { urgency: 'notice' }))], context(settings));
  assert.deepEqual(said(plan), ['notice mail']);
  assert.match(plan.holds[0]?.because ?? '', /pager wakes people, and this is a notice/);
  assert.equal(plan.records[0]?.lookAt, null, 'and is not said again');
});

test('owners of what lies below get one notice along a route of their own', () => {
  const owned = (name: string) => ({ fields: { owner: [name] }, time: null });
  const settings = routing(
    route('default', ['mail'], {
      routes: [
        route('finance', ['mail:finance@example.com', 'pager'], { match: owned('finance') }),
        route('sales', ['chat:#sales'], { match: owned('sales') }),
      ],
    }),
  );
  const event = alert(1, {
    root: dataset('silver.orders', { owner: 'finance' }),
    impacted: [
      dataset('gold.revenue', { owner: 'finance' }),
      dataset('gold.leads', { owner: 'sales' }),
      dataset('gold.deals', { owner: 'sales' }),
      dataset('gold.misc', { owner: 'nobody-routed' }),
    ],
  });
  const plan = planAlerts([fresh(event)], context(settings));
  assert.deepEqual(said(plan), ['impact chat:#sales', 'page mail:finance@example.com', 'page pager']);
  const impact = plan.deliveries.find(({ kind }) => kind === 'impact')?.events[0];
  assert.match(impact?.summary ?? '', /^gold\.leads, gold\.deals may be affected\./);
  assert.equal(impact?.urgency, 'notice');
});

test('alerts of one group go as one message to people, one by one to machines', () => {
  const settings = routing(route('default', ['mail', 'am'], { groupBy: ['owner'] }));
  const events = [1, 2, 3].map((n) =>
    alert(n, { root: dataset(`gold.t${n}`, { owner: n < 3 ? 'a' : 'b' }) }),
  );
  const plan = planAlerts(events.map(fresh), context(settings));
  assert.deepEqual(
    plan.deliveries.map(({ receiver, events: { length } }) => `${receiver.channel} ${length}`).toSorted(),
    ['am 1', 'am 1', 'am 1', 'mail 1', 'mail 2'],
  );
});

test('quiet hours hold what is not critical until they end', () => {
  const settings = routing(route('default', ['mail'], { quiet: { windows: [NIGHT], except: ['critical'] } }));
  const night = new Date('2026-03-02T22:30:00Z');
  const records = [fresh(alert(1, { severity: 'warning' })), fresh(alert(2))];
  const plan = planAlerts(records, context(settings, { now: night }));
  assert.deepEqual(
    plan.deliveries.map(({ events }) => events[0]?.incidentId),
    [incidentId(2)],
  );
  const held = plan.records.find((one) => one.incidentId === incidentId(1));
  assert.deepEqual(held?.lookAt, new Date('2026-03-03T06:00:00Z'));
  assert.equal(held.plannedVersion, null);
  assert.match(plan.holds[0]?.because ?? '', /quiet hours last until 2026-03-03 06:00 UTC/);
  const morning = planAlerts(
    [after(fresh(alert(1, { severity: 'warning' })), plan)],
    context(settings, { now: held.lookAt ?? NOW }),
  );
  assert.deepEqual(said(morning), ['page mail']);
});

test('a silence holds pages, repeats and escalations, not the end; after it what still fires pages', () => {
  const settings = routing(route('default', ['mail']));
  const muted = { silences: [silence()] };
  let record = fresh(alert(1));
  let plan = planAlerts([record], context(settings, muted));
  assert.deepEqual(said(plan), []);
  assert.equal(plan.holds[0]?.silence, silence().id);
  assert.match(plan.holds[0]?.because ?? '', /ada silenced it until .*: the import is being moved/);
  assert.deepEqual(plan.records[0]?.lookAt, later(HOUR));
  record = after(record, plan);
  plan = planAlerts([record], context(settings, { ...muted, now: later(HOUR) }));
  assert.deepEqual(said(plan), ['page mail']);
  record = after(record, plan, alert(1, { version: 2, state: 'resolved' }));
  const again = {
    silences: [silence({ startsAt: later(HOUR), endsAt: later(9 * HOUR) })],
    now: later(2 * HOUR),
  };
  assert.deepEqual(said(planAlerts([record], context(settings, again))), ['resolved mail']);
});

test('a channel over its budget gets all of them as digest, and so does what comes later in that time', () => {
  const budget = { most: 20, perMs: HOUR };
  const settings = routing(route('default', ['mail']), { channels: { mail: { groups: true, budget } } });
  const flood = Array.from({ length: 50 }, (_, n) => fresh(alert(n)));
  const plan = planAlerts(flood, context(settings));
  assert.deepEqual([plan.deliveries.length, plan.digest.length], [0, 50]);
  const next = planAlerts([fresh(alert(99))], context(settings, { spent: new Map([['mail', 50]]) }));
  assert.deepEqual([next.deliveries.length, next.digest.length], [0, 1]);
  const [record] = flood;
  assert.ok(record);
  const told = after(record, plan, alert(0, { version: 2, state: 'resolved' }));
  const end = planAlerts([told], context(settings));
  assert.deepEqual(said(end), [], 'a line of a digest is not answered by itself');
  assert.equal(end.records[0]?.told[0]?.state, 'resolved', 'and yet it can page again');
});

test('a page that was sent by itself is also ended by itself when its repetition went into a digest', () => {
  const budget = { most: 1, perMs: HOUR };
  const settings = routing(route('default', ['pager']), { channels: { pager: { wakes: true, budget } } });
  let record = fresh(alert(1));
  record = after(record, planAlerts([record], context(settings)));
  const over = planAlerts(
    [record],
    context(settings, { now: later(4 * HOUR), spent: new Map([['pager', 1]]) }),
  );
  assert.equal(over.digest.length, 1);
  record = after(record, over, alert(1, { version: 2, state: 'resolved' }));
  assert.deepEqual(said(planAlerts([record], context(settings, { now: later(5 * HOUR) }))), [
    'resolved pager',
  ]);
});

const versions = fc.array(
  fc.record({
    n: fc.integer({ min: 1, max: 6 }),
    version: fc.integer({ min: 1, max: 4 }),
    severity: fc.constantFrom('info' as const, 'warning' as const, 'critical' as const),
    urgency: fc.constantFrom('page' as const, 'notice' as const),
    owner: fc.constantFrom('a', 'b', null),
  }),
  { maxLength: 20 },
);

test('every order of the same events delivers the same', () => {
  const settings = routing(route('default', ['mail', 'pager', 'am'], { groupBy: ['owner'] }), {
    channels: { pager: { wakes: true, budget: { most: 3, perMs: HOUR } } },
  });
  fc.assert(
    fc.property(versions, fc.infiniteStream(fc.nat()), (drawn, keys) => {
      // An incident has one content for each version.
      const unique = new Map(drawn.map((one) => [`${one.n}/${one.version}`, one]));
      const events = [...unique.values()].map(({ n, version, severity, urgency, owner }) =>
        alert(n, { version, severity, urgency, root: dataset(`t${n}`, { owner }) }),
      );
      const shuffled = events
        .map((event) => ({ event, key: keys.next().value ?? 0 }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ event }) => event);
      const plan = (list: typeof events) =>
        planAlerts([...latestOf(list).values()].map(fresh), context(settings));
      assert.deepEqual(plan(shuffled), plan(events));
      // At-least-once: events that come twice change nothing.
      assert.deepEqual(plan([...shuffled, ...events]), plan(events));
    }),
  );
});

test('nothing calls anybody during its silence, whatever happens in it', () => {
  const settings = routing(
    route('default', ['mail', 'pager', 'am'], {
      escalate: [{ afterMs: 5 * MINUTE, to: [{ channel: 'chat', recipient: null }] }],
      repeatMs: { critical: 10 * MINUTE, warning: 10 * MINUTE, info: 10 * MINUTE },
    }),
  );
  const step = fc.record({
    minutes: fc.integer({ min: 1, max: 30 }),
    state: fc.constantFrom('firing' as const, 'acknowledged' as const, 'resolved' as const),
    severity: fc.constantFrom('warning' as const, 'critical' as const),
  });
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 15 }),
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 1, max: 100 }),
      (steps, begin, length) => {
        const silences = [
          silence({ startsAt: later(begin * MINUTE), endsAt: later((begin + length) * MINUTE) }),
        ];
        let record = fresh(alert(1));
        let now = NOW;
        let version = 1;
        for (const { minutes, state, severity } of steps) {
          const plan = planAlerts([record], context(settings, { silences, now }));
          const isSilent = silences.some(({ startsAt, endsAt }) => startsAt <= now && now < endsAt);
          if (isSilent)
            for (const { kind } of plan.deliveries)
              assert.ok(['resolved', 'acknowledged'].includes(kind), kind);
          for (const { lookAt } of plan.records) assert.ok(lookAt === null || lookAt > now, 'no busy loop');
          version += 1;
          record = after(record, plan, alert(1, { version, state, severity }));
          now = later(minutes * MINUTE, now);
        }
      },
    ),
  );
});
