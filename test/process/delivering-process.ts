// A collector's process that only tells people: node delivering-process.ts STORE WEBHOOK. It ends when it is killed.
import { openChannels } from '#adapters/open-channels.ts';
import { Alerting } from '#alerting/alerting.ts';
import { NO_INCIDENTS } from '#alerting/no-incidents.ts';
import { openDatabase } from '#store/database.ts';
import { route, routing } from '#test/alerting/support.ts';

const [, , storeUrl = '', webhook = ''] = process.argv;
const settings = { kind: 'webhook', allowPrivate: true, settings: { url: webhook, secret: 's' } } as const;
const alerting = new Alerting({
  database: openDatabase({ url: storeUrl }),
  routing: routing(route('default', ['hook'])),
  source: NO_INCIDENTS,
  channels: openChannels(new Map([['hook', settings]])),
  now: () => new Date(),
  random: Math.random,
  onAttempt: () => {},
  onChannel: () => {},
  onError: (error) => process.stderr.write(`${String(error)}\n`),
  everyMs: 20,
});
await alerting.start();
process.stdout.write('started\n');
