import { Type, type Static, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { GROUP_FIELDS } from '#alerting/routing.ts';
import { MATCH_FIELDS } from '#alerting/matcher.ts';

/** A setting that cannot be used: where it is, and what to write instead. */
export interface Fault {
  readonly pointer: string;
  readonly fault: string;
}

const closed = { additionalProperties: false } as const;
const text = Type.String({ minLength: 1 });
const DURATION = '^[1-9][0-9]{0,5}(s|m|h|d)$';
const CLOCK = '^([01][0-9]|2[0-3]):[0-5][0-9]$';
const DATE = '^[0-9]{4}-[0-9]{2}-[0-9]{2}$';
const WEB = '^https?://[^\\s]+$';
const duration = Type.String({ pattern: DURATION });
const clock = Type.String({ pattern: CLOCK });
const date = Type.String({ pattern: DATE });
const receivers = Type.Array(text, { minItems: 1 });
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export const SEVERITIES = ['critical', 'warning', 'info'] as const;
const oneOf = (names: readonly string[]): TSchema => Type.Enum([...names]);
const weekdays = Type.Array(oneOf(WEEKDAYS), { minItems: 1 });

const window = { days: Type.Optional(weekdays), from: clock, to: clock, zone: text };
export const WindowFile = Type.Object(window, closed);
export type WindowFile = {
  readonly days?: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly zone: string;
};

export const QuietFile = Type.Object(
  { ...window, except: Type.Optional(Type.Array(oneOf(SEVERITIES))) },
  closed,
);
export type QuietFile = WindowFile & { readonly except?: readonly string[] };

export const MaintenanceFile = Type.Object(
  {
    name: text,
    match: Type.Optional(Type.Unknown()),
    first_date: date,
    last_date: date,
    days: Type.Optional(weekdays),
    from: Type.Optional(clock),
    to: Type.Optional(clock),
    zone: text,
    reason: text,
  },
  closed,
);

const scalarOrList = Type.Union([
  Type.String(),
  Type.Integer(),
  Type.Array(Type.Union([Type.String(), Type.Integer()]), { minItems: 1 }),
]);
export const MatchFile = Type.Object(
  {
    ...Object.fromEntries(MATCH_FIELDS.map((field) => [field, Type.Optional(scalarOrList)])),
    time: Type.Optional(Type.Union([WindowFile, Type.Array(WindowFile, { minItems: 1 })])),
  },
  closed,
);

const step = Type.Object({ after: duration, to: receivers }, closed);
const repeat = Type.Union([duration, Type.Literal('never')]);
const how = {
  group_by: Type.Optional(Type.Array(oneOf(GROUP_FIELDS))),
  repeat: Type.Optional(
    Type.Object(
      { critical: Type.Optional(repeat), warning: Type.Optional(repeat), info: Type.Optional(repeat) },
      closed,
    ),
  ),
  escalate: Type.Optional(Type.Array(step)),
  quiet_hours: Type.Optional(Type.Unknown()),
};
export const DefaultFile = Type.Object({ to: receivers, ...how }, closed);
export const RouteFile = Type.Object(
  {
    name: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9 _.-]{0,99}$' })),
    match: Type.Optional(Type.Unknown()),
    to: Type.Optional(receivers),
    continue: Type.Optional(Type.Boolean()),
    ...how,
    routes: Type.Optional(Type.Array(Type.Unknown())),
  },
  closed,
);

export const AlertingFile = Type.Object(
  {
    url: Type.Optional(Type.String({ pattern: '^https?://' })),
    channels: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_-]{0,49}$' }), Type.Object({ kind: text }), {
      minProperties: 1,
    }),
    default: DefaultFile,
    routes: Type.Optional(Type.Array(Type.Unknown())),
    quiet_hours: Type.Optional(Type.Unknown()),
    maintenance: Type.Optional(Type.Array(MaintenanceFile)),
    fallback: Type.Optional(text),
  },
  closed,
);

const anyChannel = {
  budget: Type.Optional(
    Type.Union([
      Type.Object({ most: Type.Integer({ minimum: 1 }), per: duration }, closed),
      Type.Literal('none'),
    ]),
  ),
  digest_every: Type.Optional(duration),
  heartbeat: Type.Optional(Type.Union([duration, Type.Literal('never')])),
};
const overHttp = { ...anyChannel, allow_private: Type.Optional(Type.Boolean()) };
const url = Type.String({ pattern: WEB });
const optional = (...names: readonly string[]): Record<string, TSchema> =>
  Object.fromEntries(names.map((name) => [name, Type.Optional(text)]));

/** What each kind of channel takes. A secret comes as `name` from the environment, or as `name_file`. */
export const CHANNEL_FILES: Readonly<Record<string, TSchema>> = {
  email: Type.Object(
    {
      kind: text,
      ...anyChannel,
      ...optional('smtp', 'smtp_file'),
      from: text,
      to: Type.Array(text, { minItems: 1 }),
      allow_plain: Type.Optional(Type.Boolean()),
    },
    closed,
  ),
  slack: Type.Object(
    {
      kind: text,
      ...overHttp,
      ...optional(
        'token',
        'token_file',
        'webhook',
        'webhook_file',
        'signing_secret',
        'signing_secret_file',
        'channel',
      ),
      url: Type.Optional(url),
    },
    closed,
  ),
  pagerduty: Type.Object(
    { kind: text, ...overHttp, ...optional('routing_key', 'routing_key_file'), url: Type.Optional(url) },
    closed,
  ),
  opsgenie: Type.Object(
    { kind: text, ...overHttp, ...optional('api_key', 'api_key_file'), url: Type.Optional(url) },
    closed,
  ),
  alertmanager: Type.Object(
    { kind: text, ...overHttp, ...optional('bearer_token', 'bearer_token_file'), url },
    closed,
  ),
  teams: Type.Object({ kind: text, ...overHttp, ...optional('webhook', 'webhook_file') }, closed),
  sns: Type.Object(
    {
      kind: text,
      ...overHttp,
      topic_arn: text,
      access_key_id: text,
      ...optional('secret_access_key', 'secret_access_key_file', 'session_token', 'session_token_file'),
      url: Type.Optional(url),
    },
    closed,
  ),
  webhook: Type.Object({ kind: text, ...overHttp, url, ...optional('secret', 'secret_file') }, closed),
};

/** Settings that hold secrets: in the file itself they may only come from the environment. */
export const SECRETS: readonly string[] = [
  'smtp',
  'token',
  'webhook',
  'signing_secret',
  'routing_key',
  'api_key',
  'bearer_token',
  'secret_access_key',
  'session_token',
  'secret',
];

export type AlertingFile = Static<typeof AlertingFile>;
export type MaintenanceFile = Static<typeof MaintenanceFile>;
export type DefaultFile = Static<typeof DefaultFile>;
export type RouteFile = Static<typeof RouteFile>;

const compiled = new Map<TSchema, ReturnType<typeof Compile>>();

/** What a schema says against a value, in sentences; empty when nothing. */
export function schemaFaults(schema: TSchema, value: unknown, pointer: string): Fault[] {
  let validator = compiled.get(schema);
  if (validator === undefined) compiled.set(schema, (validator = Compile(schema)));
  if (validator.Check(value)) return [];
  const faults = validator.Errors(value).flatMap((error): Fault[] => {
    const at = `${pointer}${error.instancePath}`;
    switch (error.keyword) {
      case 'boolean':
      case 'const':
        return [];
      case 'additionalProperties':
        return error.params.additionalProperties.map((name) => ({
          pointer: `${at}/${name}`,
          fault: 'is no setting here; docs/alerting.md lists them.',
        }));
      case 'enum':
        return [{ pointer: at, fault: `must be one of ${error.params.allowedValues.join(', ')}.` }];
      case 'required':
        return [{ pointer: at, fault: `lacks ${error.params.requiredProperties.join(', ')}.` }];
      case 'pattern':
        return [
          {
            pointer: at,
            fault: `must look like ${EXAMPLES[error.params.pattern as string] ?? `/${error.params.pattern}/`}.`,
          },
        ];
      default:
        return [{ pointer: at, fault: `${error.message}.` }];
    }
  });
  return faults.length > 0
    ? faults
    : [{ pointer, fault: 'is not written as it must be; docs/alerting.md shows how.' }];
}

const EXAMPLES: Readonly<Record<string, string>> = {
  [DURATION]: '30s, 15m, 4h or 1d',
  [CLOCK]: '"22:00"',
  [DATE]: '2026-03-29',
  [WEB]: 'https://example.com/path',
};

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `15m` in milliseconds, after the schema has looked at it. */
export function durationMs(text: string): number {
  return Number(text.slice(0, -1)) * UNITS[text.slice(-1) as keyof typeof UNITS];
}
