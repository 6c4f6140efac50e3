import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { describe, test, type TestContext } from 'node:test';
import { AwsV4Signer } from 'aws4fetch';
import { openChannels, type ChannelSettings } from '#adapters/open-channels.ts';
import { isFromSlack, readInteraction } from '#adapters/slack/callback.ts';
import type { AlertChannel, AlertEvent } from '#model/alert.ts';
import { redact } from '#model/alert-text.ts';
import { alert, later, NOW } from '#test/alerting/support.ts';
import { httpDouble, type HttpDouble } from '#test/support/http-double.ts';
import { delivery, nastyEvent } from './nasty.ts';
import * as schemas from './vendor-schemas.ts';

type Kind = Exclude<ChannelSettings['kind'], 'email'>;

function settingsOf(kind: Kind, url: string): ChannelSettings {
  const allowPrivate = true;
  switch (kind) {
    case 'slack':
      return {
        kind,
        allowPrivate,
        settings: { mode: 'token', token: 'xoxb-secret', channel: '#data', url, buttons: true },
      };
    case 'pagerduty':
      return { kind, allowPrivate, settings: { routingKey: 'routing-secret', url } };
    case 'opsgenie':
      return { kind, allowPrivate, settings: { apiKey: 'genie-secret', url } };
    case 'alertmanager':
      return {
        kind,
        allowPrivate,
        settings: { url, headers: { authorization: 'Bearer am-secret' }, forgetMs: 900_000 },
      };
    case 'teams':
      return { kind, allowPrivate, settings: { url: `${url}/workflow-secret` } };
    case 'sns':
      return {
        kind,
        allowPrivate,
        settings: {
          topicArn: 'arn:aws:sns:eu-central-1:123456789012:alerts.fifo',
          accessKeyId: 'AKIDEXAMPLE',
          secretAccessKey: 'sns-secret',
          sessionToken: null,
          url,
        },
      };
    default:
      return { kind: 'webhook', allowPrivate, settings: { url: `${url}/hook`, secret: 'hook-secret' } };
  }
}

const KINDS: readonly Kind[] = ['slack', 'pagerduty', 'opsgenie', 'alertmanager', 'teams', 'sns', 'webhook'];
const SECRET = /(?:xoxb|routing|genie|am|workflow|sns|hook)-secret/;

async function opened(t: TestContext, kind: Kind): Promise<{ channel: AlertChannel; double: HttpDouble }> {
  const double = await httpDouble(t);
  let ts = 0;
  if (kind === 'slack')
    double.answer = () => ({
      code: 200,
      body: JSON.stringify({ ok: true, channel: 'C1', ts: `1700000000.00000${(ts += 1)}` }),
    });
  const channel = openChannels(new Map([['c', settingsOf(kind, double.url)]])).get('c');
  assert.ok(channel);
  t.after(() => channel.close());
  return { channel, double };
}

const bodies = (double: HttpDouble): unknown[] => double.got.map(({ body }) => JSON.parse(body) as unknown);

for (const kind of KINDS) {
  describe(`the channel ${kind}`, () => {
    test('a receiver that answers 500 or 429, is slow to accept or is gone is asked again; 400 is final', async (t) => {
      const { channel, double } = await opened(t, kind);
      const good = double.answer;
      const attempt = () => channel.deliver(delivery(alert(1)), NOW);
      double.answer = () => ({ code: 500, body: 'oops\u001b[31m' });
      const failed = await attempt();
      assert.equal(failed.status, 'retryable');
      assert.doesNotMatch(JSON.stringify(failed), SECRET);
      double.answer = () => ({ code: 429, headers: { 'retry-after': '60' } });
      const limited = await attempt();
      assert.ok(limited.status === 'retryable' && 'notBefore' in limited && limited.notBefore !== undefined);
      double.answer = () => 'drop';
      assert.equal((await attempt()).status, 'retryable');
      double.answer = () => ({ code: 400, body: 'no' });
      assert.equal((await attempt()).status, 'failure');
      double.answer = good;
      assert.equal((await attempt()).status, 'success');
      await double.close();
      const gone = await attempt();
      assert.equal(gone.status, 'retryable');
      assert.doesNotMatch(JSON.stringify(gone), SECRET, 'no secret in a reason');
      await double.open();
      assert.equal((await attempt()).status, 'success');
    });

    test('its sign of life is taken', async (t) => {
      const { channel, double } = await opened(t, kind);
      assert.equal((await channel.heartbeat(NOW)).status, 'success');
      assert.equal(double.got.length, 1);
    });

    test('attempts of one delivery are the same to the receiver', async (t) => {
      const { channel, double } = await opened(t, kind);
      await channel.deliver(delivery(alert(1)), NOW);
      await channel.deliver(delivery(alert(1)), NOW);
      assert.equal(double.got[0]?.body, double.got[1]?.body);
    });
  });
}

const states = (make: (more: Partial<AlertEvent>) => AlertEvent): AlertEvent[] => [
  make({}),
  make({ version: 2, severity: 'warning' }),
  make({ version: 3, state: 'acknowledged' }),
  make({ version: 4, state: 'resolved' }),
];

test('PagerDuty: trigger, acknowledge and resolve under one key, as its documentation has them', async (t) => {
  const { channel, double } = await opened(t, 'pagerduty');
  for (const event of states(nastyEvent)) await channel.deliver(delivery(event), NOW);
  const sent = bodies(double) as { event_action: string; dedup_key: string }[];
  for (const one of sent) assert.deepEqual(schemas.faultsOf(schemas.pagerdutyEvent, one), []);
  assert.deepEqual(
    sent.map((one) => one.event_action),
    ['trigger', 'trigger', 'acknowledge', 'resolve'],
  );
  assert.equal(new Set(sent.map((one) => one.dedup_key)).size, 1);
  await channel.heartbeat(NOW);
  assert.equal(double.got.at(-1)?.path, '/v2/change/enqueue');
  assert.deepEqual(schemas.faultsOf(schemas.pagerdutyChange, bodies(double).at(-1)), []);
});

test('Opsgenie: an alert, acknowledged and closed by its alias', async (t) => {
  const { channel, double } = await opened(t, 'opsgenie');
  for (const event of states((more) => nastyEvent({ dedupKey: 'a/b?c', ...more })))
    await channel.deliver(delivery(event, { recipient: 'Data' }), NOW);
  assert.deepEqual(schemas.faultsOf(schemas.opsgenieAlert, bodies(double)[0]), []);
  assert.deepEqual(
    double.got.map(({ path }) => path),
    [
      '/v2/alerts',
      '/v2/alerts',
      '/v2/alerts/a%2Fb%3Fc/acknowledge?identifierType=alias',
      '/v2/alerts/a%2Fb%3Fc/close?identifierType=alias',
    ],
  );
  assert.equal(double.got[0]?.headers.authorization, 'GenieKey genie-secret');
});

test('Alertmanager: fires ahead of being forgotten, ends when it is over, values never are labels', async (t) => {
  const { channel, double } = await opened(t, 'alertmanager');
  await channel.deliver(delivery(nastyEvent({ value: 17.25 })), NOW);
  await channel.deliver(delivery(nastyEvent({ value: 3, version: 2 })), later(300_000));
  await channel.deliver(delivery(nastyEvent({ version: 3, state: 'resolved' })), later(600_000));
  const [first, second, end] = (
    bodies(double) as { labels: object; endsAt: string; annotations: object }[][]
  ).map(([one]) => one);
  for (const one of bodies(double)) assert.deepEqual(schemas.faultsOf(schemas.alertmanagerAlerts, one), []);
  assert.equal(first?.endsAt, later(900_000).toISOString());
  assert.deepEqual(second?.labels, first?.labels);
  assert.doesNotMatch(JSON.stringify(first?.labels), /17\.25/);
  assert.match(JSON.stringify(first?.annotations), /17\.25/);
  assert.equal(end?.endsAt, later(600_000).toISOString());
  assert.equal(double.got[0]?.path, '/api/v2/alerts');
});

test('Slack: one message that changes, with replies in its thread and nothing that mentions or links', async (t) => {
  const { channel, double } = await opened(t, 'slack');
  const first = await channel.deliver(delivery(nastyEvent(), { recipient: '#oncall' }), NOW);
  assert.ok(first.status === 'success');
  const { thread } = first.value;
  const end = await channel.deliver(delivery(nastyEvent({ version: 2, state: 'resolved' }), { thread }), NOW);
  assert.ok(end.status === 'success' && end.value.thread === thread);
  assert.deepEqual(
    double.got.map(({ path }) => path),
    ['/api/chat.postMessage', '/api/chat.update', '/api/chat.postMessage'],
  );
  const sent = bodies(double) as { channel: string; ts?: string; thread_ts?: string; blocks: object[] }[];
  for (const one of sent) assert.deepEqual(schemas.faultsOf(schemas.slackMessage, one), []);
  assert.deepEqual(
    sent.map((one) => one.channel),
    ['#oncall', 'C1', 'C1'],
  );
  assert.deepEqual([sent[1]?.ts, sent[2]?.thread_ts], ['1700000000.000001', '1700000000.000001']);
  for (const { blocks } of sent)
    for (const text of JSON.stringify(blocks).matchAll(/"type":"mrkdwn","text":"(.*?)(?<!\\)"/g))
      assert.doesNotMatch(text[1] ?? '', /<[!@#h]/);
  assert.doesNotMatch(double.got.map(({ body }) => body).join(''), /javascript:/);
  assert.match(JSON.stringify(sent[0]?.blocks), /"action_id":"acknowledge"/);
  assert.doesNotMatch(
    JSON.stringify(sent[1]?.blocks),
    /"action_id":"acknowledge"/,
    'nobody acknowledges what is over',
  );
});

test('Slack: what several share is answered, not overwritten; a refusal in a good answer is one', async (t) => {
  const { channel, double } = await opened(t, 'slack');
  const group = await channel.deliver(delivery(alert(1), { others: [alert(2)] }), NOW);
  assert.ok(group.status === 'success');
  await channel.deliver(delivery(alert(2, { version: 2 }), { thread: group.value.thread }), NOW);
  assert.deepEqual(
    double.got.map(({ path }) => path),
    ['/api/chat.postMessage', '/api/chat.postMessage'],
  );
  double.answer = () => ({ code: 200, body: JSON.stringify({ ok: false, error: 'channel_not_found' }) });
  assert.deepEqual(await channel.deliver(delivery(alert(3)), NOW), {
    status: 'failure',
    reason: 'c refused it: channel_not_found',
  });
  double.answer = () => ({ code: 200, body: JSON.stringify({ ok: false, error: 'ratelimited' }) });
  assert.equal((await channel.deliver(delivery(alert(3)), NOW)).status, 'retryable');
});

test('Teams: a card of plain text runs', async (t) => {
  const { channel, double } = await opened(t, 'teams');
  for (const event of states(nastyEvent))
    await channel.deliver(delivery(event, { others: [nastyEvent()] }), NOW);
  for (const one of bodies(double)) assert.deepEqual(schemas.faultsOf(schemas.teamsCard, one), []);
  assert.doesNotMatch(double.got.map(({ body }) => body).join(''), /javascript:|"TextBlock"/);
});

test('SNS: a signed Publish, grouped and deduplicated on a FIFO topic', async (t) => {
  const { channel, double } = await opened(t, 'sns');
  await channel.deliver(delivery(nastyEvent()), NOW);
  const [got] = double.got;
  assert.ok(got);
  const sent = new URLSearchParams(got.body);
  assert.match(sent.get('Subject') ?? '', /^[\x21-\x7e][\x20-\x7e]{0,99}$/);
  assert.equal(sent.get('MessageGroupId'), 'key-1');
  assert.equal(sent.get('MessageDeduplicationId'), 'key-1-firing');
  assert.ok(Buffer.byteLength(sent.get('Message') ?? '') <= 256 * 1024);
  assert.match(
    got.headers.authorization ?? '',
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20260302\/eu-central-1\/sns\/aws4_request, SignedHeaders=host;[^,]*x-amz-date, Signature=[0-9a-f]{64}$/,
  );
  // What the receiver computes from the request as it came, step by step as AWS documents it.
  const signed = /SignedHeaders=([^,]+)/.exec(got.headers.authorization ?? '')?.[1] ?? '';
  const canonical = [
    'POST',
    '/',
    '',
    ...signed.split(';').map((name) => `${name}:${String(got.headers[name])}`),
    '',
    signed,
    sha256(got.body),
  ].join('\n');
  const scope = '20260302/eu-central-1/sns/aws4_request';
  const toSign = ['AWS4-HMAC-SHA256', String(got.headers['x-amz-date']), scope, sha256(canonical)].join('\n');
  const key = scope.split('/').reduce<Buffer | string>((made, part) => hmac(made, part), 'AWS4sns-secret');
  assert.match(
    got.headers.authorization ?? '',
    new RegExp(`Signature=${hmac(key, toSign).toString('hex')}$`),
  );
});

test('the library signs as AWS documents it (get-vanilla of its test suite)', async () => {
  const signer = new AwsV4Signer({
    method: 'GET',
    url: 'https://example.amazonaws.com/',
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    service: 'service',
    region: 'us-east-1',
    datetime: '20150830T123600Z',
  });
  const { headers } = await signer.sign();
  assert.match(
    headers.get('authorization') ?? '',
    /Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31$/,
  );
});

test('webhook: the signature is of time and body, and the key the same for every attempt', async (t) => {
  const { channel, double } = await opened(t, 'webhook');
  await channel.deliver(delivery(nastyEvent()), NOW);
  await channel.deliver(delivery(nastyEvent()), later(5000));
  const [first, second] = double.got;
  const seconds = NOW.getTime() / 1000;
  const expected = createHmac('sha256', 'hook-secret').update(`${seconds}.${first?.body}`).digest('hex');
  assert.equal(first?.headers['assay-signature'], `t=${seconds},v1=${expected}`);
  assert.notEqual(second?.headers['assay-signature'], first?.headers['assay-signature']);
  assert.equal(second?.headers['assay-idempotency-key'], first?.headers['assay-idempotency-key']);
});

test('an answer of Slack counts when Slack signed it, within five minutes', () => {
  const incidentId = '00000000-0000-4000-9000-000000000001';
  const payload = {
    type: 'block_actions',
    user: { username: 'ada<x>', id: 'U1' },
    actions: [{ action_id: 'acknowledge', value: incidentId }],
  };
  const body = Buffer.from(`payload=${encodeURIComponent(JSON.stringify(payload))}`);
  const at = String(NOW.getTime() / 1000);
  const sign = (secret: string, time: string, content: Buffer): string =>
    `v0=${createHmac('sha256', secret).update(`v0:${time}:${content.toString()}`).digest('hex')}`;
  const good = sign('s', at, body);
  assert.equal(isFromSlack('s', at, good, body, NOW), true);
  assert.equal(isFromSlack('other', at, good, body, NOW), false);
  assert.equal(isFromSlack('s', at, good, Buffer.concat([body, Buffer.from('x')]), NOW), false);
  assert.equal(isFromSlack('s', at, good, body, later(6 * 60_000)), false, 'a recording');
  assert.equal(isFromSlack('s', undefined, good, body, NOW), false);
  assert.equal(isFromSlack('s', at, 'v0=', body, NOW), false);
  assert.deepEqual(readInteraction(body), { action: 'acknowledge', incidentId, by: 'slack:adax' });
  for (const other of [
    '',
    'payload=nonsense',
    'payload=null',
    'payload={"type":"view_submission"}',
    `payload=${encodeURIComponent('{"type":"block_actions","actions":[{"action_id":"drop","value":"x"}]}')}`,
  ])
    assert.equal(readInteraction(Buffer.from(other)), null);
});

test('Slack signs as its documentation shows', () => {
  const body = Buffer.from(
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  );
  const signature = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
  assert.equal(
    isFromSlack(
      '8f742231b10e8888abcd99yyyzzz85a5',
      '1531420618',
      signature,
      body,
      new Date(1_531_420_618_000),
    ),
    true,
  );
});

test('what looks like a secret or a person does not leave the house', () => {
  for (const [text, clean] of [
    ['could not open postgres://etl:hunter2@db:5432/x', 'could not open postgres://…@db:5432/x'],
    ['password=hunter2 user=x', 'password=… user=x'],
    ['{"api_key": "abc def"}', '{"api_key": …}'],
    ['Authorization: Bearer abcdefgh12345678', 'Authorization: Bearer …'],
    ['key AKIAIOSFODNN7EXAMPLE was refused', 'key … was refused'],
    ['duplicate key (ada.lovelace@example.com)', 'duplicate key (…@…)'],
    ['card 4111 1111 1111 1111 twice', 'card … twice'],
    ['run 20260301120000 failed', 'run 20260301120000 failed'],
    [
      'row_count of gold.orders is 1204, expected 900 to 1100',
      'row_count of gold.orders is 1204, expected 900 to 1100',
    ],
    ['dt=2026-03-01 at 2026-03-01T12:00:00Z', 'dt=2026-03-01 at 2026-03-01T12:00:00Z'],
  ] as const)
    assert.equal(redact(text), clean);
  redact(`${'a:'.repeat(50_000)}@`); // ends
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();
