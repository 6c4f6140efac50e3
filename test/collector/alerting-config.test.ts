import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { allRoutes } from '#alerting/routing.ts';
import { readAlerting, type AlertingConfig } from '#collector/alerting-config.ts';
import { ConfigError, parseConfig } from '#collector/config-file.ts';
import { scratchFolder } from '#test/support/assay-process.ts';

const CHANNELS = `
  channels:
    mail: { kind: email, smtp: "smtp://localhost:2525", from: a@example.com, to: [b@example.com], allow_plain: true }
    chat: { kind: slack, token: "\${TOKEN}", channel: "#data", signing_secret: "\${SIGNING}" }
    oncall: { kind: pagerduty, routing_key: "\${KEY}" }`;
const ENVIRONMENT = { TOKEN: 'xoxb-very-secret', SIGNING: 'signing-secret', KEY: 'routing-secret' };

function read(text: string, directory = '.'): AlertingConfig {
  const { alerting } = parseConfig(text, 'assay.yaml', ENVIRONMENT, directory);
  const { config, faults } = readAlerting(alerting, directory);
  assert.deepEqual(faults, []);
  assert.ok(config);
  return config;
}

function faultOf(text: string): string {
  try {
    parseConfig(text, 'assay.yaml', ENVIRONMENT);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  return '';
}

describe('alerting in assay.yaml', () => {
  test('routes inherit what they do not say', () => {
    const { routing, slackSigningSecrets } = read(`alerting:${CHANNELS}
  default: { to: [mail], repeat: { critical: 1h } }
  quiet_hours: { from: "22:00", to: "07:00", zone: Europe/Berlin }
  routes:
    - name: first
      match: { tier: 1, dataset: "gold.*", time: { from: "08:00", to: "18:00", days: [mon, fri], zone: UTC } }
      to: [oncall, "chat:#oncall"]
      quiet_hours: none
      escalate: [{ after: 15m, to: ["mail:boss@example.com"] }]
      routes: [{ match: { severity: [info, warning] }, repeat: { critical: never } }]
`);
    const [root, first, inner] = allRoutes(routing.root);
    assert.deepEqual(root?.to, [{ channel: 'mail', recipient: null }]);
    assert.deepEqual(root?.repeatMs, { critical: 3_600_000, warning: 86_400_000, info: null });
    assert.deepEqual(root?.quiet?.except, ['critical']);
    assert.equal(first?.quiet, null);
    assert.deepEqual(first?.match.fields, { tier: ['1'], dataset: ['gold.*'] });
    assert.deepEqual(first?.match.time?.[0]?.days, [1, 5]);
    assert.equal(inner?.name, 'routes/0/routes/0');
    assert.deepEqual(inner?.to, first?.to);
    assert.deepEqual(inner?.escalate, first?.escalate);
    assert.equal(inner?.repeatMs.critical, null);
    assert.deepEqual(slackSigningSecrets, ['signing-secret']);
    assert.equal(routing.channels.get('oncall')?.wakes, true);
    assert.deepEqual(routing.channels.get('mail')?.budget, { most: 30, perMs: 3_600_000 });
  });

  test('a secret may come from a file', (t) => {
    const folder = scratchFolder(t);
    writeFileSync(join(folder, 'key'), 'from-a-file\n');
    const { channels } = read(
      'alerting:\n  channels: { p: { kind: pagerduty, routing_key_file: key } }\n  default: { to: [p] }\n',
      folder,
    );
    const channel = channels.get('p');
    assert.equal(channel?.kind === 'pagerduty' && channel.settings.routingKey, 'from-a-file');
  });

  const rest = (text: string): string => `alerting:${CHANNELS}\n  default: { to: [mail] }\n${text}`;
  for (const [what, text, message] of [
    ['no default', `alerting:${CHANNELS}\n`, /\/alerting lacks default\./],
    ['a default for nobody', `alerting:${CHANNELS}\n  default: { to: [] }\n`, /\/alerting\/default\/to /],
    ['no channel', 'alerting:\n  channels: {}\n  default: { to: [a] }\n', /\/alerting\/channels /],
    [
      'a channel that is not there',
      rest('  fallback: pager\n'),
      /^assay\.yaml:7:13: \/alerting\/fallback names no channel: pager is not among mail, chat, oncall\.$/,
    ],
    [
      'a kind that is not known',
      'alerting:\n  channels: { a: { kind: fax } }\n  default: { to: [a] }\n',
      /\/alerting\/channels\/a\/kind must be one of email, slack/,
    ],
    [
      'a misspelt setting',
      'alerting:\n  channels: { a: { kind: pagerduty, routing_key: "${KEY}", uri: x } }\n  default: { to: [a] }\n',
      /\/alerting\/channels\/a\/uri is no setting here/,
    ],
    [
      'a secret in the file',
      'alerting:\n  channels: { a: { kind: pagerduty, routing_key: very-secret } }\n  default: { to: [a] }\n',
      /^assay\.yaml:2:\d+: \/alerting\/channels\/a\/routing_key holds a secret; write routing_key: \$\{A_VARIABLE\}/,
    ],
    [
      'a password in an address',
      'alerting:\n  channels: { a: { kind: email, smtp: "smtps://u:very-secret@h", from: a@b.c, to: [a@b.c] } }\n  default: { to: [a] }\n',
      /\/smtp holds a secret/,
    ],
    [
      'no secret',
      'alerting:\n  channels: { a: { kind: opsgenie } }\n  default: { to: [a] }\n',
      /\/alerting\/channels\/a lacks api_key: write api_key: \$\{A_VARIABLE\} or api_key_file: a path\./,
    ],
    [
      'a file that is not there',
      'alerting:\n  channels: { a: { kind: opsgenie, api_key_file: nowhere } }\n  default: { to: [a] }\n',
      /api_key_file names a file that cannot be read \(ENOENT\)/,
    ],
    [
      'a recipient where there is none',
      rest('  routes: [{ to: ["oncall:x"] }]\n'),
      /\/alerting\/routes\/0\/to\/0 names a recipient, but a channel of kind pagerduty has only one/,
    ],
    ['a mail address that is none', rest('  routes: [{ to: ["mail:bob"] }]\n'), /bob is no mail address/],
    [
      'a matcher that is misspelt',
      rest('  routes: [{ match: { severty: critical } }]\n'),
      /\/alerting\/routes\/0\/match\/severty is no setting here/,
    ],
    [
      'a time that is none',
      rest('  quiet_hours: { from: "25:00", to: "07:00", zone: UTC }\n'),
      /\/alerting\/quiet_hours\/from must look like "22:00"/,
    ],
    [
      'a zone that is none',
      rest('  quiet_hours: { from: "22:00", to: "07:00", zone: Berlin }\n'),
      /Berlin is no time zone; write it as Europe\/Berlin/,
    ],
    [
      'a maintenance without end',
      rest(
        '  maintenance: [{ name: m, first_date: "2026-03-01", last_date: "2026-03-31", zone: UTC, reason: r }]\n',
      ),
      /makes it 31 days long; 7 are the most/,
    ],
    [
      'a day that is not',
      rest(
        '  maintenance: [{ name: m, first_date: "2026-02-28", last_date: "2026-02-30", zone: UTC, reason: r }]\n',
      ),
      /2026-02-30 is no day of the calendar/,
    ],
    [
      'two routes of one name',
      rest('  routes: [{ name: a }, { name: a }]\n'),
      /\/alerting\/routes\/1\/name names a second route a/,
    ],
    [
      'a duration that is none',
      rest('  routes: [{ escalate: [{ after: soon, to: [mail] }] }]\n'),
      /after must look like 30s, 15m, 4h or 1d/,
    ],
    [
      'an ARN that is none',
      'alerting:\n  channels: { a: { kind: sns, topic_arn: x, access_key_id: i, secret_access_key: "${KEY}" } }\n  default: { to: [a] }\n',
      /topic_arn must look like arn:aws:sns:/,
    ],
  ] as const)
    test(`is refused with ${what}, with place and mend, and without secrets`, () => {
      const fault = faultOf(text);
      assert.match(fault, message);
      assert.match(fault, /^assay\.yaml:\d+:\d+: /);
      assert.doesNotMatch(fault, /very-secret|routing-secret|xoxb/);
    });

  test('a deep tree of routes is read as it is written', () => {
    const depth = 50;
    const open = Array.from({ length: depth }, () => '{ routes: [').join('');
    const { routing } = read(rest(`  routes: [${open}{ to: [oncall] }${'] }'.repeat(depth)}]\n`));
    assert.equal(allRoutes(routing.root).length, depth + 2);
  });
});
