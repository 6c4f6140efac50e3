import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openChannels } from '#adapters/open-channels.ts';
import type { AlertChannel } from '#model/alert.ts';
import { delivery, nastyEvent } from '#test/adapters/channels/nasty.ts';
import { alert, dataset } from '#test/alerting/support.ts';
import { scratchFolder } from '#test/support/assay-process.ts';

const PROGRAM = 'prometheus-alertmanager';
const MISSING =
  spawnSync(PROGRAM, ['--version']).status === 0 ? false : `needs ${PROGRAM} (apt-get install ${PROGRAM})`;
const START_MS = 30_000;

interface Shown {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly endsAt: string;
  readonly status: { readonly state: string };
}

interface RealAlertmanager {
  readonly url: string;
  alerts(): Promise<Shown[]>;
  kill(): Promise<void>;
  start(): Promise<void>;
}

async function startAlertmanager(t: TestContext): Promise<RealAlertmanager> {
  const folder = scratchFolder(t);
  const config = join(folder, 'alertmanager.yml');
  writeFileSync(config, 'route: { receiver: nobody, group_wait: 1s }\nreceivers: [{ name: nobody }]\n');
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const start = async (): Promise<void> => {
    const flags = [
      `--config.file=${config}`,
      `--storage.path=${folder}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ];
    const started = spawn(PROGRAM, flags, { stdio: 'ignore' });
    child = started;
    for (const end = Date.now() + START_MS; ; await sleep(50)) {
      if (
        await fetch(`${url}/-/ready`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        return;
      if (started.exitCode !== null || Date.now() > end) throw new Error('Alertmanager did not start');
    }
  };
  t.after(kill);
  await start();
  const alerts = async (): Promise<Shown[]> =>
    (await (await fetch(`${url}/api/v2/alerts`)).json()) as Shown[];
  return { url, alerts, kill, start };
}

function channelOf({ url }: RealAlertmanager, forgetMs: number): AlertChannel {
  const channels = openChannels(
    new Map([['am', { kind: 'alertmanager', allowPrivate: true, settings: { url, headers: {}, forgetMs } }]]),
  );
  const channel = channels.get('am');
  assert.ok(channel);
  return channel;
}

test(
  'a real Alertmanager takes alerts of any text, knows them again, and lets them go',
  { skip: MISSING, timeout: 90_000 },
  async (t) => {
    const server = await startAlertmanager(t);
    const channel = channelOf(server, 900_000);
    const owned = { root: dataset('gold.orders', { owner: 'finance', tier: 1 }) };
    for (const event of [
      alert(1, owned),
      alert(1, { ...owned, version: 2, value: 3 }),
      nastyEvent({ dedupKey: 'other' }),
    ])
      assert.deepEqual(await channel.deliver(delivery(event), new Date()), {
        status: 'success',
        value: { thread: null },
      });
    const shown = await server.alerts();
    assert.equal(shown.length, 2, 'one incident is one alert, whatever its values');
    const mine = shown.find(({ labels }) => labels['assay_key'] === 'key-1');
    assert.deepEqual(
      [mine?.labels['alertname'], mine?.labels['owner'], mine?.labels['tier'], mine?.annotations['value']],
      ['AssayIncident', 'finance', '1', '3'],
    );
    assert.ok(Date.parse(mine?.endsAt ?? '') > Date.now() + 600_000);
    await channel.deliver(delivery(alert(1, { ...owned, version: 3, state: 'resolved' })), new Date());
    const left = await server.alerts();
    assert.deepEqual(
      left.map(({ labels }) => labels['assay_key']),
      ['other'],
    );
  },
);

test(
  'what it is not reminded of it forgets, and after a kill it hears again',
  { skip: MISSING, timeout: 90_000 },
  async (t) => {
    const server = await startAlertmanager(t);
    const channel = channelOf(server, 2000);
    const say = () => channel.deliver(delivery(alert(1)), new Date());
    await say();
    assert.equal((await server.alerts()).length, 1);
    for (const end = Date.now() + 30_000; (await server.alerts()).length > 0; await sleep(100))
      assert.ok(Date.now() < end, 'it forgot');
    await server.kill();
    assert.equal((await say()).status, 'retryable');
    await server.start();
    assert.equal((await say()).status, 'success');
    assert.equal((await channel.heartbeat(new Date())).status, 'success');
    const names = (await server.alerts()).map(({ labels }) => String(labels['alertname'])).toSorted();
    assert.deepEqual(names, ['AssayHeartbeat', 'AssayIncident']);
  },
);
