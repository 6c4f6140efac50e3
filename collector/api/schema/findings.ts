import { Type, type Static, type TSchema } from 'typebox';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/** ISO 8601 in UTC. */
const Moment = Type.String();

/** A forecaster's part in the expectation. */
export const Because = Type.Object({
  name: Type.String(),
  weight: Type.Number(),
  forecast: nullable(Type.Number()),
});

/** What the adaptive modes add to a verdict; null of the 2 sigma mode. */
export const Explanation = Type.Object({
  z: nullable(Type.Number()),
  threshold: Type.Number(),
  /** value / expected */
  ratio: nullable(Type.Number()),
  hint: nullable(Type.String()),
  holiday: nullable(Type.String()),
  /** Hard rules that were broken: absent, empty, exact_repeat, out_of_bounds_while_learning. */
  rules: Type.Array(Type.String()),
  /** Heaviest first. */
  because: Type.Array(Because),
  /** Usable points of history. */
  points: Type.Integer(),
  /** `country=DE explains 83 % of the missing rows`; null where rows are not counted by group. */
  where: nullable(Type.String()),
  /** The groups that make up the deviation, largest share of it first; empty where none stands out. */
  segments: Type.Array(
    Type.Object({
      name: Type.String(),
      actual: Type.Number(),
      expected: Type.Number(),
      share: Type.Number(),
    }),
  ),
  /** How rare such a distance is among metrics of its class; null: not known. */
  p: nullable(Type.Number()),
});
export type Explanation = Static<typeof Explanation>;

/** Findings of the same metric in a row that are one state. */
export const Since = Type.Object({
  partition: Type.String(),
  partitions: Type.Integer(),
  /** What is asked of a person. */
  message: Type.String(),
});

/** What stands beside a finding and may explain it. */
export const FindingContext = Type.Object({
  /** What most tables of the same place did on the same day: `14 of 16 tables are down 30 % today`. */
  siblings: nullable(Type.String()),
  /** What is another since the last good partition: columns, job, code, engine, contract. */
  changes: Type.Array(Type.String()),
  lastGood: nullable(Type.String()),
  /** It is certain, or rarer than is tolerated at its dataset's tier: worth waking somebody. */
  pages: Type.Boolean(),
});

/** An anomalous verdict that is worth telling, with the names of what it is about. */
export const FindingItem = Type.Object({
  datasetId: Type.String(),
  namespace: nullable(Type.String()),
  dataset: Type.String(),
  partition: Type.String(),
  metric: Type.String(),
  detector: Type.String(),
  direction: nullable(Type.String()),
  value: nullable(Type.Number()),
  mean: nullable(Type.Number()),
  low: nullable(Type.Number()),
  high: nullable(Type.Number()),
  score: nullable(Type.Number()),
  slot: Type.String(),
  message: Type.String(),
  /** Why; null of the 2 sigma mode, which has the word only where no time is told. */
  explanation: nullable(Explanation),
  /** Since when, for three or more in a row; null for one alone. */
  since: nullable(Since),
  /** null where it was not looked up: of the overview, and beyond the first fifty. */
  context: nullable(FindingContext),
  decidedAt: Moment,
});
export type FindingItem = Static<typeof FindingItem>;

/** A run that wrote many partitions at once: one event, instead of a finding for each. */
export const BackfillItem = Type.Object({
  datasetId: Type.String(),
  namespace: nullable(Type.String()),
  dataset: Type.String(),
  runId: Type.String(),
  partitions: Type.Integer(),
  oldest: Type.String(),
  newest: Type.String(),
  statedAt: Moment,
});

/** A change that no load explains, or tasks of a load that nobody saw. */
export const LoadFindingItem = Type.Object({
  datasetId: Type.String(),
  namespace: Type.String(),
  dataset: Type.String(),
  /** unattributed_change or missed_tasks. */
  kind: Type.String(),
  message: Type.String(),
  runId: Type.String(),
  at: Moment,
});

export const FindingList = Type.Object({
  findings: Type.Array(FindingItem),
  /** What is worth a note and no alarm: of each owner and day the rarest, up to a budget; the latest first. */
  notices: Type.Array(FindingItem),
  backfills: Type.Array(BackfillItem),
  /** What watchers of loads found in the last week, the latest first. */
  loads: Type.Array(LoadFindingItem),
});
export type FindingList = Static<typeof FindingList>;
