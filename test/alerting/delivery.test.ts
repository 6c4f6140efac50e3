import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Alerting } from '#alerting/alerting.ts';
import { deliverDue, type DelivererServices } from '#alerting/deliverer.ts';
import { planDue } from '#alerting/planner.ts';
import type { Routing } from '#alerting/routing.ts';
import type { AlertChannel, AlertEvent, Delivery, DeliveryOutcome } from '#model/alert.ts';
import type { AlertSource } from '#model/alert-source.ts';
import { putChannels } from '#store/alert-channels.ts';
import { listDeliveries, type DeliveryRow } from '#store/alert-deliveries.ts';
import { lookAtAllAlerts } from '#store/alert-incidents.ts';
import { addSilence, endSilence, listHolds, listSilences, type SilenceRow } from '#store/alert-silences.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { alert, dataset, HOUR, incidentId, later, MINUTE, NOW, route, routing } from './support.ts';

/** Events as they were added; told again from any position. */
class FakeSource implements AlertSource {
  readonly events: AlertEvent[] = [];
  async eventsSince(cursor: string | null, limit: number) {
    const from = cursor === null ? 0 : Number(cursor);
    const events = this.events.slice(from, from + limit);
    return { events, cursor: events.length === 0 ? cursor : String(from + events.length) };
  }
}

/** A receiver that does as it is told. */
class FakeChannel implements AlertChannel {
  readonly kind = 'webhook';
  readonly name: string;
  readonly got: Delivery[] = [];
  beats = 0;
  answer: (delivery: Delivery) => DeliveryOutcome | Promise<DeliveryOutcome> = () => ({
    status: 'success',
    value: { thread: `thread-${this.got.length}` },
  });
  constructor(name: string) {
    this.name = name;
  }
  async deliver(delivery: Delivery): Promise<DeliveryOutcome> {
    const outcome = await this.answer(delivery);
    this.got.push(delivery);
    return outcome;
  }
  async heartbeat(): Promise<DeliveryOutcome> {
    this.beats += 1;
    return { status: 'success', value: { thread: null } };
  }
  async close(): Promise<void> {}
}

interface Bench {
  readonly database: TestDatabase;
  readonly source: FakeSource;
  readonly channels: Readonly<Record<string, FakeChannel>>;
  readonly services: DelivererServices & { readonly source: AlertSource };
  readonly told: string[];
  now: Date;
  readonly plan: () => Promise<number>;
  readonly deliver: () => Promise<void>;
  readonly ledger: () => Promise<string[]>;
}

async function bench(t: TestContext, settings: Routing): Promise<Bench> {
  const database = await testDatabase(t);
  const source = new FakeSource();
  const channels = Object.fromEntries(
    [...settings.channels.keys()].map((name) => [name, new FakeChannel(name)]),
  );
  const told: string[] = [];
  const made: Bench = {
    database,
    source,
    channels,
    told,
    now: NOW,
    services: {
      database,
      source,
      routing: settings,
      channels: new Map(Object.entries(channels)),
      now: () => made.now,
      random: () => 0.5,
      onAttempt: () => {},
      onChannel: (channel, state) => told.push(`${channel} ${state}`),
    },
    plan: () => planDue(made.services, made.now),
    deliver: async () => {
      for (const channel of Object.values(channels)) await deliverDue(made.services, channel);
    },
    ledger: async () =>
      (await database.rows<DeliveryRow>(listDeliveries({ incident: null, state: null, channel: null }, 100)))
        .map(({ kind, channel, state }) => `${kind} ${channel} ${state}`)
        .toSorted(),
  };
  await database.execute(
    putChannels(
      [...settings.channels.keys()].map((name) => ({ name, heartbeat: false })),
      NOW,
    ),
  );
  return made;
}

test('an incident goes through the outbox to its receivers, with the thread of what was said before', async (t) => {
  const { source, channels, plan, deliver, ledger, ...one } = await bench(
    t,
    routing(route('default', ['mail', 'hook'])),
  );
  source.events.push(alert(1));
  assert.equal(await plan(), 2);
  assert.equal(await plan(), 0, 'planned once');
  await deliver();
  source.events.push(alert(1, { version: 2, state: 'resolved' }));
  assert.equal(await plan(), 2);
  await deliver();
  const [page, end] = channels['mail']?.got ?? [];
  assert.deepEqual([page?.event.state, page?.thread], ['firing', null]);
  assert.deepEqual([end?.event.state, end?.thread], ['resolved', 'thread-0']);
  assert.deepEqual(page?.event, alert(1), 'it comes out of the store as it went in');
  assert.notEqual(page?.idempotencyKey, end?.idempotencyKey);
  assert.deepEqual(await ledger(), [
    'page hook delivered',
    'page mail delivered',
    'resolved hook delivered',
    'resolved mail delivered',
  ]);
  assert.equal(one.told.length, 0);
});

test('events that come again, and two collectors that plan at once, double nothing', async (t) => {
  const { source, database, services, channels, plan, deliver } = await bench(
    t,
    routing(route('default', ['hook'])),
  );
  for (let n = 0; n < 30; n += 1) source.events.push(alert(n));
  await Promise.all([plan(), plan(), plan()]);
  source.events.push(...source.events.slice());
  await Promise.all([plan(), plan()]);
  const hook = channels['hook'] as FakeChannel;
  await Promise.all([deliverDue(services, hook), deliverDue(services, hook), deliver()]);
  assert.deepEqual(
    hook.got.map(({ event }) => event.incidentId).toSorted(),
    Array.from({ length: 30 }, (_, n) => incidentId(n)),
  );
  await database.execute(lookAtAllAlerts(later(MINUTE)));
  assert.equal(await plan(), 0);
});

test('a receiver that fails is asked again later, not before it wants to be, and in order', async (t) => {
  const made = await bench(t, routing(route('default', ['hook'])));
  const { source, channels, plan, deliver, ledger } = made;
  const hook = channels['hook'] as FakeChannel;
  const hours: DeliveryOutcome = { status: 'retryable', reason: 'too many', notBefore: later(10 * MINUTE) };
  hook.answer = () => hours;
  source.events.push(alert(1));
  await plan();
  await deliver();
  source.events.push(alert(1, { version: 2, state: 'resolved' }), alert(2));
  await plan();
  made.now = later(9 * MINUTE);
  await deliver();
  assert.equal(hook.got.length, 1, 'neither this message nor another before the time that it named');
  made.now = later(12 * MINUTE);
  hook.answer = ({ event }) =>
    event.state === 'resolved' || event.incidentId === incidentId(2)
      ? { status: 'success', value: { thread: null } }
      : { status: 'retryable', reason: 'still not' };
  await deliver();
  assert.deepEqual(await ledger(), ['page hook delivered', 'page hook waiting', 'resolved hook waiting']);
  made.now = later(HOUR);
  hook.answer = () => ({ status: 'success', value: { thread: null } });
  await deliver();
  assert.deepEqual(await ledger(), ['page hook delivered', 'page hook delivered', 'resolved hook delivered']);
  assert.deepEqual(
    hook.got.slice(-2).map(({ event }) => event.state),
    ['firing', 'resolved'],
  );
});

test('what a receiver does not want is a dead letter and goes to the fallback; a dead channel is told of', async (t) => {
  const settings = routing(route('default', ['chat']), { fallback: { channel: 'mail', recipient: null } });
  const made = await bench(t, settings);
  const { source, channels, plan, deliver, ledger, told } = made;
  const chat = channels['chat'] as FakeChannel;
  chat.answer = () => ({ status: 'failure', reason: 'chat answered 400: channel_not_found' });
  source.events.push(alert(1));
  await plan();
  await deliver();
  await deliver();
  assert.deepEqual(await ledger(), ['fallback mail delivered', 'page chat dead']);
  assert.equal(channels['mail']?.got.length, 1);
  chat.answer = () => ({ status: 'retryable', reason: 'chat cannot be reached: ECONNREFUSED' });
  source.events.push(alert(2));
  await plan();
  for (let minute = 0; minute < 40; minute += 2) {
    made.now = later(minute * MINUTE);
    await deliver();
  }
  assert.equal(told[0], 'chat dead');
  assert.equal(channels['mail']?.got.length, 2, 'the page that waits went to the fallback, once');
  chat.answer = () => ({ status: 'success', value: { thread: null } });
  made.now = later(2 * HOUR);
  await deliver();
  assert.equal(told.at(-1), 'chat alive');
  assert.deepEqual(await ledger(), [
    'fallback mail delivered',
    'fallback mail delivered',
    'page chat dead',
    'page chat delivered',
  ]);
});

test('a channel that throws or hangs holds up no other', async (t) => {
  const made = await bench(t, routing(route('default', ['chat', 'hook'])));
  (made.channels['chat'] as FakeChannel).answer = () => {
    throw new Error('a bug');
  };
  made.source.events.push(alert(1));
  await made.plan();
  await made.deliver();
  assert.deepEqual(await made.ledger(), ['page chat waiting', 'page hook delivered']);
});

test('a silence holds and says what it held; when it is ended early what still fires is told', async (t) => {
  const made = await bench(t, routing(route('default', ['hook'])));
  const { source, database, plan, deliver, channels } = made;
  const id = incidentId(7);
  const said = { author: 'ada', comment: 'we know', starts_at: NOW, ends_at: later(8 * HOUR) };
  await database.execute(addSilence({ id, match: { dataset: ['gold.*'] }, ...said }, NOW));
  source.events.push(alert(1), alert(2, { root: dataset('silver.orders') }));
  made.now = later(MINUTE);
  await plan();
  await deliver();
  assert.deepEqual(
    channels['hook']?.got.map(({ event }) => event.incidentId),
    [incidentId(2)],
  );
  const [silence] = await database.rows<SilenceRow>(listSilences(false, 10, made.now));
  assert.equal(silence?.held, 1);
  const [hold] = await database.rows<{ because: string }>(listHolds(null, id, 10));
  assert.match(hold?.because ?? '', /ada silenced it/);
  assert.equal(await database.execute(endSilence(id, 'bob', later(2 * MINUTE))), 1);
  await database.execute(lookAtAllAlerts(later(2 * MINUTE)));
  made.now = later(3 * MINUTE);
  await plan();
  await deliver();
  assert.equal(channels['hook']?.got.length, 2);
});

test('50,000 findings in one minute are one digest that names the noisiest, in bounded memory', async (t) => {
  const budget = { most: 20, perMs: HOUR };
  const made = await bench(
    t,
    routing(route('default', ['mail']), { channels: { mail: { groups: true, budget } } }),
  );
  const { channels, deliver, plan, ledger } = made;
  let held = 0;
  // Made when they are asked for, so that what stays in memory is alerting's own.
  const source: AlertSource = {
    async eventsSince(cursor, limit) {
      const from = Number(cursor ?? 0);
      const most = Math.min(limit, sent - from);
      held = Math.max(held, most);
      const events = Array.from({ length: most }, (_, index) => {
        const n = from + index;
        const noisy = n % 3 === 0;
        return alert(n, {
          severity: n === 31_337 ? 'critical' : 'warning',
          root: dataset(noisy ? 'bronze.clicks' : `t${n % 500}`),
        });
      });
      return { events, cursor: String(from + most) };
    },
  };
  let sent = 0;
  Object.assign(made.services, { source });
  for (const second of [0, 20, 40, 59]) {
    sent += 12_500;
    made.now = later(second * 1000);
    await plan();
    await deliver();
  }
  assert.ok(held <= 500, `${held} at a time`);
  const mail = channels['mail'] as FakeChannel;
  assert.equal(mail.got.length, 1);
  assert.deepEqual(await ledger(), ['digest mail delivered']);
  made.now = later(15 * MINUTE);
  await plan();
  await deliver();
  assert.equal(mail.got.length, 2, 'the rest, after the time between digests');
  const [first, second] = mail.got;
  assert.equal(Number(first?.event.value) + Number(second?.event.value), 50_000);
  assert.match(second?.event.summary ?? '', /The noisiest: row_count of bronze\.clicks \(12500\)/);
  assert.match(second?.event.summary ?? '', /1 of them critical/);
  assert.equal(second?.others[0]?.incidentId, incidentId(31_337), 'the gravest first');
  assert.equal(second?.others.length, 20);
});

test('the loop tells what comes, gives signs of life, and stops', async (t) => {
  const settings = routing(route('default', ['hook']), { channels: { hook: { heartbeatMs: HOUR } } });
  const made = await bench(t, settings);
  const hook = made.channels['hook'] as FakeChannel;
  const got = Promise.withResolvers<void>();
  hook.answer = () => {
    got.resolve();
    return { status: 'success', value: { thread: null } };
  };
  const errors: unknown[] = [];
  const alerting = new Alerting({
    ...made.services,
    now: () => new Date(),
    onError: (error) => errors.push(error),
    everyMs: 5,
  });
  await alerting.start();
  made.source.events.push(alert(1));
  alerting.wake();
  await got.promise;
  await alerting.stop();
  assert.deepEqual(errors, []);
  assert.equal(hook.beats, 1);
  assert.deepEqual(await made.ledger(), ['page hook delivered']);
});
