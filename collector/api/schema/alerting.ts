import { Type, type Static } from 'typebox';
import { EVIDENCE_KINDS } from '#model/evidence-kinds.ts';

const text = Type.String({ minLength: 1, maxLength: 500 });
const Nullable = <T extends ReturnType<typeof Type.String>>(type: T) => Type.Union([type, Type.Null()]);
const closed = { additionalProperties: false } as const;
const oneOf = (names: readonly string[]) => Type.Unsafe<string>(Type.Enum([...names]));
const moment = Type.String({ format: 'date-time' });
const uuid = Type.String({ format: 'uuid' });

/** What of an alert decides where it goes. */
export const SimulateBody = Type.Object(
  {
    severity: Type.Optional(oneOf(['info', 'warning', 'critical'])),
    urgency: Type.Optional(oneOf(['page', 'notice'])),
    state: Type.Optional(oneOf(['firing', 'acknowledged', 'resolved'])),
    kind: Type.Optional(oneOf(EVIDENCE_KINDS)),
    tier: Type.Optional(Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3)])),
    owner: Type.Optional(text),
    domain: Type.Optional(text),
    namespace: Type.Optional(text),
    dataset: Type.Optional(text),
    layer: Type.Optional(text),
    tags: Type.Optional(Type.Array(text, { maxItems: 100 })),
    subject: Type.Optional(text),
    partition: Type.Optional(text),
    /** When it would happen; now, unless told. */
    at: Type.Optional(moment),
  },
  closed,
);

export const Simulation = Type.Object({
  visits: Type.Array(Type.Object({ route: Type.String(), matched: Type.Boolean(), because: Type.String() })),
  now: Type.Array(Type.Object({ receiver: Type.String(), kind: Type.String(), because: Type.String() })),
  held: Type.Array(
    Type.Object({ receiver: Type.String(), until: Nullable(Type.String()), because: Type.String() }),
  ),
  later: Type.Array(
    Type.Object({ receiver: Type.String(), afterMinutes: Type.Number(), route: Type.String() }),
  ),
});
export type Simulation = Static<typeof Simulation>;

const patterns = Type.Array(text, { minItems: 1, maxItems: 50 });
export const SilenceMatch = Type.Record(Type.String(), patterns);

export const SilenceBody = Type.Object(
  {
    match: SilenceMatch,
    comment: Type.String({ minLength: 1, maxLength: 2000 }),
    /** Who says so; where keys are configured it is the key's name. */
    author: Type.Optional(text),
    startsAt: Type.Optional(moment),
    endsAt: moment,
  },
  closed,
);

export const SilenceItem = Type.Object({
  id: Type.String(),
  match: SilenceMatch,
  comment: Type.String(),
  author: Type.String(),
  startsAt: Type.String(),
  endsAt: Type.String(),
  endedBy: Nullable(Type.String()),
  state: oneOf(['pending', 'active', 'over']),
  /** Incidents that it held back. */
  held: Type.Integer(),
});
export type SilenceItem = Static<typeof SilenceItem>;
export const SilenceList = Type.Object({ items: Type.Array(SilenceItem) });
export type SilenceList = Static<typeof SilenceList>;
export const SilenceListQuery = Type.Object({
  /** With those that are over. */
  over: Type.Optional(Type.Boolean()),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
});
export const SilencePath = Type.Object({ id: uuid });
export const EndBody = Type.Object({ author: Type.Optional(text) }, closed);

export const Held = Type.Object({
  incident: Type.String(),
  version: Type.Integer(),
  receiver: Type.String(),
  until: Nullable(Type.String()),
  because: Type.String(),
  at: Type.String(),
});
export const SilenceAnswer = Type.Object({ silence: SilenceItem, held: Type.Array(Held) });
export type SilenceAnswer = Static<typeof SilenceAnswer>;

export const DeliveryQuery = Type.Object({
  incident: Type.Optional(uuid),
  state: Type.Optional(oneOf(['waiting', 'delivered', 'dead'])),
  channel: Type.Optional(text),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
});
export const DeliveryList = Type.Object({
  items: Type.Array(
    Type.Object({
      key: Type.String(),
      receiver: Type.String(),
      kind: Type.String(),
      incidents: Type.Array(Type.String()),
      summary: Type.String(),
      because: Type.String(),
      state: oneOf(['waiting', 'delivered', 'dead']),
      attempts: Type.Integer(),
      nextAt: Nullable(Type.String()),
      error: Nullable(Type.String()),
      createdAt: Type.String(),
      settledAt: Nullable(Type.String()),
    }),
  ),
  /** What was held back, of the incident that was asked for. */
  held: Type.Array(Held),
});
export type DeliveryList = Static<typeof DeliveryList>;

export const AlertingStatus = Type.Object({
  configured: Type.Boolean(),
  /** How to configure it, when it is not. */
  hint: Nullable(Type.String()),
  channels: Type.Array(
    Type.Object({
      name: Type.String(),
      kind: Type.String(),
      up: Type.Boolean(),
      failures: Type.Integer(),
      lastSuccessAt: Nullable(Type.String()),
      lastError: Nullable(Type.String()),
      waiting: Type.Integer(),
      dead: Type.Integer(),
    }),
  ),
});
export type AlertingStatus = Static<typeof AlertingStatus>;
