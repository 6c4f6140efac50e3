import { Type, type Static } from 'typebox';

const nullable = <T extends ReturnType<typeof Type.String>>(type: T) => Type.Union([type, Type.Null()]);

export const QuarantineProblem = Type.Object({
  /** JSON pointer into the event; empty for the whole. */
  pointer: Type.String(),
  detail: Type.String(),
});

export const QuarantinedEvent = Type.Object({
  id: Type.String(),
  state: Type.Union([Type.Literal('open'), Type.Literal('replayed'), Type.Literal('discarded')]),
  /** not_json, invalid_envelope or projection_failed. */
  reason: Type.String(),
  problems: Type.Array(QuarantineProblem),
  producer: nullable(Type.String()),
  source: Type.String(),
  /** How often the same bytes arrived. */
  times: Type.Integer(),
  /** Bytes as received. */
  size: Type.Integer(),
  firstReceivedAt: Type.String(),
  lastReceivedAt: Type.String(),
  settledAt: nullable(Type.String()),
  settledBy: nullable(Type.String()),
  note: nullable(Type.String()),
  /** The event that it became. */
  replayedAs: nullable(Type.String()),
});
export type QuarantinedEvent = Static<typeof QuarantinedEvent>;

export const QuarantineList = Type.Object({
  events: Type.Array(QuarantinedEvent),
  /** Give this as `cursor` for the next page; null when there is none. */
  next: nullable(Type.String()),
});
export type QuarantineList = Static<typeof QuarantineList>;

export const QuarantineDetail = Type.Object({
  ...QuarantinedEvent.properties,
  /** The bytes as text; what is no UTF-8 is shown as U+FFFD. */
  text: Type.String(),
  /** False when the text is not all there is: download the bytes then. */
  exact: Type.Boolean(),
});
export type QuarantineDetail = Static<typeof QuarantineDetail>;

const filter = {
  reason: Type.Optional(Type.String({ minLength: 1 })),
  producer: Type.Optional(Type.String({ minLength: 1 })),
  source: Type.Optional(Type.Union(['http', 'file', 'kafka', 'replay'].map((name) => Type.Literal(name)))),
  /** A text in the event, the producer or a problem. */
  q: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
  /** Last received at this instant (RFC 3339) or later. */
  since: Type.Optional(Type.String()),
  until: Type.Optional(Type.String()),
};

export const QuarantineQuery = Type.Object({
  ...filter,
  state: Type.Optional(
    Type.Union(['open', 'replayed', 'discarded', 'all'].map((state) => Type.Literal(state))),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  cursor: Type.Optional(Type.String()),
});
export type QuarantineQuery = Static<typeof QuarantineQuery>;

export const BulkReplayOrder = Type.Object(
  {
    ...filter,
    by: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    cursor: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
export type BulkReplayOrder = Static<typeof BulkReplayOrder>;

export const BulkReplayAnswer = Type.Object({
  replayed: Type.Integer(),
  failed: Type.Array(Type.Object({ id: Type.String(), problems: Type.Array(QuarantineProblem) })),
  /** Give this as `cursor` to go on; null when nothing that matches is left. */
  next: nullable(Type.String()),
});
export type BulkReplayAnswer = Static<typeof BulkReplayAnswer>;

export const DiscardOrder = Type.Object(
  {
    reason: Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' }),
    by: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  { additionalProperties: false },
);
