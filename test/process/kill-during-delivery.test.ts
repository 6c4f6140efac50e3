import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { deliverDue } from '#alerting/deliverer.ts';
import { planDue } from '#alerting/planner.ts';
import { openChannels } from '#adapters/open-channels.ts';
import { listDeliveries, type DeliveryRow } from '#store/alert-deliveries.ts';
import { putAlerts } from '#store/alert-incidents.ts';
import { NO_INCIDENTS } from '#alerting/no-incidents.ts';
import { alert, HOUR, incidentId, route, routing } from '#test/alerting/support.ts';
import { testDatabase } from '#test/support/database.ts';
import { httpDouble } from '#test/support/http-double.ts';

const COUNT = 60;

function deliverElsewhere(store: string, webhook: string): ChildProcess {
  const script = join(import.meta.dirname, 'delivering-process.ts');
  return spawn(process.execPath, [script, store, webhook], { stdio: ['ignore', 'pipe', 'inherit'] });
}

interface Posted {
  readonly id: string;
  readonly alert: { readonly incidentId: string };
}

test(
  'kill -9 again and again while alerts are planned and delivered: none is lost, repetitions bear the same key',
  { timeout: 120_000 },
  async (t) => {
    const database = await testDatabase(t);
    const double = await httpDouble(t);
    await database.execute(
      putAlerts(
        Array.from({ length: COUNT }, (_, n) => alert(n)),
        new Date(),
      ),
    );
    let kill = (): void => {};
    let until = 0;
    // Every so many messages the one who delivers dies before it hears of the receiver's answer.
    double.answer = () => {
      until -= 1;
      if (until > 0) return { code: 200 };
      kill();
      return 'hang';
    };
    for (const messages of [1, 7, 3, 12]) {
      until = messages;
      const child = deliverElsewhere(database.url, `${double.url}/hook`);
      kill = () => void child.kill('SIGKILL');
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
      assert.equal(signal, 'SIGKILL');
    }
    const read = (): Promise<DeliveryRow[]> =>
      database.rows<DeliveryRow>(listDeliveries({ incident: null, state: null, channel: null }, 1000));
    assert.ok(
      (await read()).some(({ state }) => state === 'waiting'),
      'some were left over',
    );

    // Once the leases of the dead have run out, whoever comes finishes it.
    double.answer = () => ({ code: 200 });
    const later = new Date(Date.now() + HOUR);
    const settings = {
      kind: 'webhook',
      allowPrivate: true,
      settings: { url: `${double.url}/hook`, secret: 's' },
    } as const;
    const channels = openChannels(new Map([['hook', settings]]));
    const services = {
      database,
      routing: routing(route('default', ['hook'])),
      source: NO_INCIDENTS,
      channels,
      now: () => later,
      random: () => 0,
      onAttempt: () => {},
      onChannel: () => {},
    };
    await planDue(services, later);
    const [hook] = channels.values();
    assert.ok(hook);
    await deliverDue(services, hook);

    const rows = await read();
    assert.equal(rows.length, COUNT, 'one message for each');
    assert.deepEqual([...new Set(rows.map(({ state }) => state))], ['delivered']);
    const posted = double.got.map(({ body }) => JSON.parse(body) as Posted);
    const keys = Map.groupBy(posted, (one) => one.alert.incidentId);
    assert.deepEqual(
      [...keys.keys()].toSorted(),
      Array.from({ length: COUNT }, (_, n) => incidentId(n)),
    );
    for (const list of keys.values())
      assert.equal(new Set(list.map(({ id }) => id)).size, 1, 'the receiver can tell');
    // Each death may repeat what was under way: four at a time at most.
    assert.ok(posted.length <= COUNT + 4 * 4, `${posted.length} requests`);
  },
);
