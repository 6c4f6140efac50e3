import type { Expression } from '#model/expression.ts';
import type { FactKey } from '#model/measurement.ts';
import { formatNumber } from '#model/number-text.ts';

import { absent, EMPTY, type FactView } from './fact-view.ts';
import { type NeededFact, ROWS } from './needed-fact.ts';
import type { PreparedCheck } from './prepare.ts';
import { printText } from './print-names.ts';
import { isPerSegment, segmentKey } from './segment-key.ts';
import type { Outcome, PastPartition, SegmentFacts, Situation } from './situation.ts';
import { unknownOutcome } from './unknown.ts';

const MOST_SHOWN = 3;
/** Facts are kept of so many segments; numbers of all would swell a result. */
const MOST_KEPT = 10;

/** From worst to best. */
const ORDER: readonly Outcome['verdict'][] = ['broken', 'error', 'no_data', 'learning', 'holds', 'skipped'];

/** The condition must hold for each value of the column that occurs; the worst ones are named. */
export function evaluateSegments(
  prepared: PreparedCheck,
  rows: NeededFact,
  situation: Situation,
  { per }: Expression,
): Outcome {
  const column = per?.name ?? '';
  const counts = situation.segments(rows.key);
  if (counts === null) {
    const empty = situation.view.get(ROWS.key) === 0;
    return unknownOutcome(`per ${column}`, empty ? EMPTY : absent(situation.view, rows), situation);
  }
  const labels = [...counts].flatMap(([label, count]) => (count === 0 ? [] : [label]));
  if (labels.length === 0) {
    const selected = situation.view.get(ROWS.key) !== 0;
    const none = { status: 'no_data', cause: 'none_selected', reason: 'no row is meant' } as const;
    return unknownOutcome(`per ${column}`, selected ? none : EMPTY, situation);
  }
  const outcomes = labels.map((label) => {
    const own = new Map<FactKey, number>();
    const segment = segmentOf(situation, label, own);
    return { label, outcome: prepared.evaluate(segment), own, baseline: segment.baseline };
  });
  outcomes.sort(
    (a, b) =>
      ORDER.indexOf(a.outcome.verdict) - ORDER.indexOf(b.outcome.verdict) ||
      (counts.get(b.label) ?? 0) - (counts.get(a.label) ?? 0) ||
      labelText(a.label).localeCompare(labelText(b.label)),
  );
  for (const { label, own } of outcomes.slice(0, MOST_KEPT))
    for (const [key, value] of own)
      situation.view.used?.set(isPerSegment(key) ? segmentKey(key, label) : key, value);
  // The result's value is the worst one's, and so are the points that it was compared with.
  for (const [key, point] of outcomes[0]?.baseline ?? []) situation.baseline.set(key, point);
  return summed(outcomes, column);
}

function summed(
  outcomes: readonly { readonly label: string | null; readonly outcome: Outcome }[],
  column: string,
): Outcome {
  const [first] = outcomes;
  if (first === undefined) throw new RangeError('no segments');
  const { verdict, value } = first.outcome;
  const alike = outcomes.filter(({ outcome }) => outcome.verdict === verdict);
  if (verdict === 'holds' || verdict === 'skipped') {
    const what = verdict === 'holds' ? 'holds' : 'has nothing to judge';
    const message = `it ${what} for ${outcomes.length === 1 ? 'the one value' : `all ${formatNumber(outcomes.length)} values`} of ${column}`;
    return { verdict, value, message };
  }
  const shown = alike
    .slice(0, MOST_SHOWN)
    .map(({ label, outcome }) => `${labelText(label)}: ${outcome.message}`)
    .join('; ');
  const more = alike.length > MOST_SHOWN ? `; and ${formatNumber(alike.length - MOST_SHOWN)} more` : '';
  const word = verdict === 'broken' ? 'fails' : verdict === 'error' ? 'cannot be judged' : 'is unknown';
  const message = `it ${word} for ${formatNumber(alike.length)} of ${formatNumber(outcomes.length)} values of ${column}: ${shown}${more}`;
  return { verdict, value, message };
}

function labelText(label: string | null): string {
  return label === null ? 'null' : printText(label);
}

/** The situation as it is for one value of the column. */
function segmentOf(situation: Situation, label: string | null, used: Map<FactKey, number>): Situation {
  const view = (whole: FactView, segments: SegmentFacts | undefined): FactView => ({
    ...whole,
    get: (key) => {
      const values = segments?.get(key);
      return values === undefined ? whole.get(key) : values.get(label);
    },
  });
  return {
    ...situation,
    view: { ...view(situation.view, situation.evidence.segments), used },
    baseline: new Map(),
    past: (point: PastPartition) => view(situation.past(point), point.segments),
  };
}
