import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isMailAddress } from '#adapters/email/settings.ts';
import type { ChannelSettings } from '#adapters/open-channels.ts';
import { regionOf } from '#adapters/sns/settings.ts';
import type { Budget, ChannelPolicy, Receiver } from '#alerting/routing.ts';
import { CHANNEL_FILES, durationMs, schemaFaults, type Fault } from './alerting-config-schema.ts';

/** A channel of the configuration: how it is reached, and what the plan must know of it. */
export interface ConfiguredChannel {
  readonly channel: ChannelSettings;
  readonly policy: ChannelPolicy;
  /** With which Slack signs the answers of its buttons; null: there are none. */
  readonly signingSecret: string | null;
}

type File = Readonly<Record<string, unknown>>;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** An Alertmanager hears of what fires every so often, and may forget it after three times as long. */
const REFRESH = 5 * 60_000;

const PEOPLE: Budget = { most: 30, perMs: HOUR };
const MACHINES: Budget = { most: 1000, perMs: HOUR };
const BUDGETS: Readonly<Record<ChannelSettings['kind'], Budget>> = {
  email: PEOPLE,
  slack: PEOPLE,
  teams: PEOPLE,
  pagerduty: { most: 20, perMs: HOUR },
  opsgenie: { most: 20, perMs: HOUR },
  alertmanager: MACHINES,
  sns: MACHINES,
  webhook: MACHINES,
};

/** Reads one channel; null, and faults, when it cannot be used. */
export function readChannel(
  value: unknown,
  pointer: string,
  directory: string,
  faults: Fault[],
): ConfiguredChannel | null {
  const kind = (value as { kind?: unknown }).kind;
  const schema = typeof kind === 'string' ? CHANNEL_FILES[kind] : undefined;
  if (schema === undefined) {
    faults.push({
      pointer: `${pointer}/kind`,
      fault: `must be one of ${Object.keys(CHANNEL_FILES).join(', ')}.`,
    });
    return null;
  }
  const before = faults.length;
  faults.push(...schemaFaults(schema, value, pointer));
  if (faults.length > before) return null;
  const file = value as File;
  const read = new Reader(file, pointer, directory, faults);
  const settings = settingsOf(kind as ChannelSettings['kind'], read);
  if (settings === null || faults.length > before) return null;
  const allowPrivate =
    file['allow_private'] === true || (settings.kind === 'alertmanager' && file['allow_private'] !== false);
  return {
    channel: { ...settings, allowPrivate },
    policy: policyOf(settings.kind, file),
    signingSecret: settings.kind === 'slack' ? read.secret('signing_secret', false) : null,
  };
}

/** Distributes over the union, which Omit alone would not. */
type Settings = ChannelSettings extends infer One
  ? One extends unknown
    ? Omit<One, 'allowPrivate'>
    : never
  : never;

function settingsOf(kind: ChannelSettings['kind'], read: Reader): Settings | null {
  switch (kind) {
    case 'email': {
      const smtp = read.secret('smtp');
      const to = read.list('to');
      if (smtp !== null && !(/^smtps?:\/\//.test(smtp) && URL.canParse(smtp)))
        read.fault(
          'smtp',
          'must look like smtps://user:password@smtp.example.com or smtp://smtp.example.com:587.',
        );
      const sender = /<([^<>]+)>\s*$/.exec(read.text('from') ?? '')?.[1] ?? read.text('from') ?? '';
      if (!isMailAddress(sender) || /[\r\n]/.test(read.text('from') ?? ''))
        read.fault('from', 'must look like Assay <assay@example.com>.');
      to.forEach((address, index) => {
        if (!isMailAddress(address)) read.fault(`to/${index}`, `${address} is no mail address.`);
      });
      if (smtp === null) return null;
      return {
        kind,
        settings: { smtp, from: read.text('from') ?? '', to, allowPlain: read.is('allow_plain') },
      };
    }
    case 'slack': {
      const webhook = read.secret('webhook', false);
      if (webhook !== null)
        return { kind, settings: { mode: 'webhook', url: read.address('webhook', webhook) } };
      const token = read.secret('token');
      const channel = read.text('channel');
      if (channel === null)
        read.fault('', 'lacks channel: where alerts without a recipient go, #data-alerts for instance.');
      if (token === null || channel === null) return null;
      const buttons = read.secret('signing_secret', false) !== null;
      return {
        kind,
        settings: { mode: 'token', token, channel, url: read.text('url') ?? 'https://slack.com', buttons },
      };
    }
    case 'pagerduty': {
      const routingKey = read.secret('routing_key');
      return routingKey === null
        ? null
        : { kind, settings: { routingKey, url: read.text('url') ?? 'https://events.pagerduty.com' } };
    }
    case 'opsgenie': {
      const apiKey = read.secret('api_key');
      return apiKey === null
        ? null
        : { kind, settings: { apiKey, url: read.text('url') ?? 'https://api.opsgenie.com' } };
    }
    case 'alertmanager': {
      const token = read.secret('bearer_token', false);
      const headers = token === null ? {} : { authorization: `Bearer ${token}` };
      return { kind, settings: { url: read.text('url') ?? '', headers, forgetMs: 3 * REFRESH } };
    }
    case 'teams': {
      const webhook = read.secret('webhook');
      return webhook === null ? null : { kind, settings: { url: read.address('webhook', webhook) } };
    }
    case 'sns': {
      const topicArn = read.text('topic_arn') ?? '';
      const region = regionOf(topicArn);
      if (region === null)
        read.fault('topic_arn', 'must look like arn:aws:sns:eu-central-1:123456789012:data-alerts.');
      const secretAccessKey = read.secret('secret_access_key');
      if (secretAccessKey === null || region === null) return null;
      const sessionToken = read.secret('session_token', false);
      const url = read.text('url') ?? `https://sns.${region}.amazonaws.com`;
      return {
        kind,
        settings: {
          topicArn,
          accessKeyId: read.text('access_key_id') ?? '',
          secretAccessKey,
          sessionToken,
          url,
        },
      };
    }
    default:
      return { kind, settings: { url: read.text('url') ?? '', secret: read.secret('secret', false) } };
  }
}

function policyOf(kind: ChannelSettings['kind'], file: File): ChannelPolicy {
  const budget = file['budget'] as 'none' | { most: number; per: string } | undefined;
  const heartbeat = file['heartbeat'] as string | undefined;
  return {
    kind,
    wakes: kind === 'pagerduty' || kind === 'opsgenie',
    groups: kind === 'email' || kind === 'slack' || kind === 'teams',
    refreshMs: kind === 'alertmanager' ? REFRESH : null,
    budget:
      budget === undefined
        ? BUDGETS[kind]
        : budget === 'none'
          ? null
          : { most: budget.most, perMs: durationMs(budget.per) },
    digestEveryMs: durationMs((file['digest_every'] as string | undefined) ?? '15m'),
    heartbeatMs:
      heartbeat === 'never'
        ? null
        : heartbeat !== undefined
          ? durationMs(heartbeat)
          : kind === 'alertmanager'
            ? REFRESH
            : DAY,
  };
}

const RECIPIENTS: Readonly<Partial<Record<ChannelSettings['kind'], (recipient: string) => string | null>>> = {
  email: (recipient) => (isMailAddress(recipient) ? null : `${recipient} is no mail address.`),
  slack: (recipient) =>
    /^#?[\p{L}\p{N}_-]{1,80}$/u.test(recipient)
      ? null
      : `${recipient} is no channel of Slack; write #data-alerts or its id.`,
  opsgenie: () => null,
  sns: (recipient) => (regionOf(recipient) === null ? `${recipient} is no topic's ARN.` : null),
};

/** What is wrong with a receiver of a route; null: nothing. */
export function receiverFault(
  { channel, recipient }: Receiver,
  channels: ReadonlyMap<string, Pick<ChannelPolicy, 'kind'>>,
): string | null {
  const policy = channels.get(channel);
  if (policy === undefined)
    return `names no channel: ${channel} is not among ${[...channels.keys()].join(', ')}.`;
  if (recipient === null) return null;
  const check = RECIPIENTS[policy.kind as ChannelSettings['kind']];
  if (check === undefined)
    return `names a recipient, but a channel of kind ${policy.kind} has only one: write ${channel} alone.`;
  return check(recipient);
}

/** Reads settings by name, and says what is missing. */
class Reader {
  readonly #file: File;
  readonly #pointer: string;
  readonly #directory: string;
  readonly #faults: Fault[];

  constructor(file: File, pointer: string, directory: string, faults: Fault[]) {
    this.#file = file;
    this.#pointer = pointer;
    this.#directory = directory;
    this.#faults = faults;
  }

  fault(name: string, fault: string): void {
    this.#faults.push({ pointer: name === '' ? this.#pointer : `${this.#pointer}/${name}`, fault });
  }

  text(name: string): string | null {
    const value = this.#file[name];
    return typeof value === 'string' ? value : null;
  }

  list(name: string): readonly string[] {
    const value = this.#file[name];
    return Array.isArray(value) ? value.map(String) : [];
  }

  is(name: string): boolean {
    return this.#file[name] === true;
  }

  /** The setting itself, or what the file named by `…_file` holds. */
  secret(name: string, isNeeded = true): string | null {
    const direct = this.text(name);
    if (direct !== null) return direct;
    const path = this.text(`${name}_file`);
    if (path === null) {
      if (isNeeded) this.fault('', `lacks ${name}: write ${name}: \${A_VARIABLE} or ${name}_file: a path.`);
      return null;
    }
    try {
      const value = readFileSync(resolve(this.#directory, path), 'utf8').trim();
      if (value !== '') return value;
      this.fault(`${name}_file`, 'names an empty file.');
    } catch (error) {
      this.fault(
        `${name}_file`,
        `names a file that cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      );
    }
    return null;
  }

  /** A secret that is an address: a fault must not show it. */
  address(name: string, value: string): string {
    if (!/^https?:\/\//.test(value) || !URL.canParse(value))
      this.fault(name, 'must be an address that begins with https://.');
    return value;
  }
}
