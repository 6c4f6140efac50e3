import { Type, type Static, type TSchema } from 'typebox';
import { PAUSE_STATES } from '#model/feed-pause.ts';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Moment = Type.String({ format: 'date-time' });

const Breach = Type.Object({
  id: Type.String(),
  /** checks, objectives or freeze. */
  kind: Type.String(),
  message: Type.String(),
});

/** A pause of a load that feeds a table by itself. */
export const Pause = Type.Object({
  id: Type.String(),
  load: Type.String(),
  target: Type.String(),
  /** pausing, paused, resuming, released, overridden, foreign or ended. */
  state: Type.Enum([...PAUSE_STATES]),
  reasons: Type.Array(Breach),
  /** The warehouse's words, or what went wrong. */
  detail: Type.String(),
  begunAt: Moment,
  changedAt: Moment,
});
export type Pause = Static<typeof Pause>;

export const BreakerAnswer = Type.Object({
  /** What stands broken now, whatever the target is paused for. */
  breaches: Type.Array(Breach),
  /** Pauses of loads that feed the dataset, the last first. */
  items: Type.Array(Pause),
});
export type BreakerAnswer = Static<typeof BreakerAnswer>;

export const OpenPauses = Type.Object({
  /** The longest first, at most a hundred. */
  items: Type.Array(
    Type.Object({
      ...Pause.properties,
      datasetId: Type.String(),
      namespace: nullable(Type.String()),
      dataset: Type.String(),
    }),
  ),
});
export type OpenPauses = Static<typeof OpenPauses>;
