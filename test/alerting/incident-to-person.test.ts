import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openChannels } from '#adapters/open-channels.ts';
import { deliverDue } from '#alerting/deliverer.ts';
import { planDue } from '#alerting/planner.ts';
import { incidentAlerts } from '#collector/incidents/alert-events.ts';
import { putChannels } from '#store/alert-channels.ts';
import { DAYS, estate, goodDays, rowsOf } from '#test/incidents/estate.ts';
import { httpDouble } from '#test/support/http-double.ts';
import { HOUR, later, MINUTE, route, routing } from './support.ts';

interface Posted {
  readonly alert: {
    readonly state: string;
    readonly version: number;
    readonly root: { readonly name: string };
    readonly dedupKey: string;
  };
}

test('from rows that are missing to the person: one page, an acknowledgement, and that it is over', async (t) => {
  const of = await estate(t);
  const double = await httpDouble(t);
  const settings = {
    kind: 'webhook',
    allowPrivate: true,
    settings: { url: double.url, secret: null },
  } as const;
  const channels = openChannels(new Map([['hook', settings]]));
  const [hook] = channels.values();
  assert.ok(hook);
  const source = incidentAlerts({
    database: of.database,
    now: () => of.clock.now,
    baseUrl: 'https://assay.example.com',
  });
  const services = {
    database: of.database,
    routing: routing(route('default', ['hook'])),
    source,
    channels,
    now: () => of.clock.now,
    random: () => 0,
    onAttempt: () => {},
    onChannel: () => {},
  };
  await of.database.execute(putChannels([{ name: 'hook', heartbeat: false }], of.clock.now));
  const tell = async (): Promise<string[]> => {
    const before = double.got.length;
    await planDue(services, of.clock.now);
    await deliverDue(services, hook);
    return double.got.slice(before).map(({ body }) => {
      const { alert } = JSON.parse(body) as Posted;
      return `${alert.state} ${alert.root.name} v${alert.version}`;
    });
  };

  await goodDays(of);
  for (const [table, inputs] of [
    ['bronze', []],
    ['silver', ['bronze']],
    ['gold', ['silver']],
  ] as const)
    await of.write(DAYS, table, 50, { inputs });
  await of.settle();
  assert.deepEqual(await tell(), [], 'it waits for causes');
  of.clock.now = later(31 * MINUTE, of.clock.now);
  assert.deepEqual(await tell(), ['firing bronze v1'], 'three tables, one page, at the root');
  assert.deepEqual(await tell(), []);
  const id = (await source.eventsSince(null, 1)).events[0]?.incidentId ?? '';
  assert.equal((await source.acknowledge(id, 'slack:ada', of.clock.now)).status, 'success');
  assert.deepEqual(await tell(), ['acknowledged bronze v2']);
  of.clock.now = later(5 * HOUR, of.clock.now);
  assert.deepEqual(await tell(), [], 'what somebody is at is not said again');
  for (const day of [1, 2])
    for (const [table, inputs] of [
      ['bronze', []],
      ['silver', ['bronze']],
      ['gold', ['silver']],
    ] as const)
      await of.write(DAYS + day, table, rowsOf(day), { inputs });
  await of.settle();
  assert.deepEqual(await tell(), ['resolved bronze v3']);
  const keys = new Set(double.got.map(({ body }) => (JSON.parse(body) as Posted).alert.dedupKey));
  assert.equal(keys.size, 1);
});
