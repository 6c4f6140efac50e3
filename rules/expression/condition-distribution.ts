import type { DistributionMeasure, DistributionShift } from '#model/expression.ts';
import { formatNumber } from '#model/number-text.ts';

import { absent, FactReader, type FactView } from './fact-view.ts';
import { factAt, type Ground, type NeededFact, placeOf, ROWS, rowsAt } from './needed-fact.ts';
import { printColumn } from './print-names.ts';
import {
  type Distribution,
  ksDistance,
  populationShift,
  type ShareMeasure,
  shiftOfGroups,
} from './population-shift.ts';
import {
  keepPoint,
  outcomeOf,
  type Outcome,
  type PastPartition,
  type PreparedCondition,
  type Situation,
} from './situation.ts';
import { MINIMUM_BASELINE_POINTS } from './baseline.ts';
import { unknownOutcome } from './unknown.ts';
import { wassersteinDistance } from './wasserstein.ts';

/** 5 %, 10 %, … 95 %; the least and the greatest value are the ends. */
const SHARES = Array.from({ length: 19 }, (_, index) => (index + 1) / 20);

/** How far a column's values have moved from those of the last partitions. */
export function prepareDistribution(condition: DistributionShift, ground: Ground): PreparedCondition {
  const { name } = condition.column;
  const place = placeOf(ground, 'partition');
  const rows = rowsAt(place);
  const groups = factAt({ ...place, per: name }, 'row_count');
  const grid: readonly (readonly [share: number, fact: NeededFact])[] = [
    [0, factAt(place, 'min', [name])],
    ...SHARES.map((quantile) => [quantile, factAt(place, 'quantile', [name], { quantile })] as const),
    [1, factAt(place, 'max', [name])],
  ];
  const nulls = factAt(place, 'null_count', [name]);
  const facts = ground.isText(name) ? [ROWS, groups] : [ROWS, rows, nulls, ...grid.map(([, fact]) => fact)];
  const text = `distribution(${printColumn(name)})`;
  const { measure, operator, limit } = condition;
  const expected = `${measure} ${operator} ${limit}`;
  const byNumbers = (view: FactView): Distribution | null => {
    const reader = new FactReader(view);
    const all = reader.read(rows);
    const weight = all === null ? null : all - (reader.read(nulls) ?? 0);
    const points = grid.map(([share, fact]) => ({ share, value: reader.read(fact) }));
    if (weight === null || weight <= 0 || reader.problem !== null) return null;
    const known = points.flatMap(({ share, value }) => (value === null ? [] : [{ share, value }]));
    return known.length === grid.length ? { points: known, weight } : null;
  };
  const measured = (situation: Situation): Outcome | number => {
    const counts = situation.segments(groups.key);
    if (counts !== null && !isOfShares(measure)) {
      const message = `${text} could not be computed: ${measure} is a distance of numbers`;
      return { verdict: 'error', value: null, message };
    }
    const past = usable(situation, condition.partitions);
    if (counts !== null && isOfShares(measure)) {
      const before = past.flatMap((point) => situation.segments(groups.key, point) ?? []);
      return enough(before, past, situation) ?? shiftOfGroups(counts, before, measure);
    }
    const now = byNumbers(situation.view);
    if (now === null) return notMeasured(text, situation, [nulls, ...grid.map(([, fact]) => fact)]);
    const before = past.flatMap((point) => byNumbers(situation.past(point)) ?? []);
    return enough(before, past, situation) ?? distance(now, before, measure) ?? unmoved(text);
  };
  const enough = (
    before: readonly unknown[],
    past: readonly PastPartition[],
    situation: Situation,
  ): Outcome | null => {
    const needed = Math.min(condition.partitions, MINIMUM_BASELINE_POINTS);
    for (const { partition, facts: known } of past)
      keepPoint(situation, 'row_count', { partition, value: known.get(ROWS.key) ?? 0 });
    if (before.length >= needed) return null;
    const message = `${text} is not judged: ${before.length} of ${needed} earlier partitions tell theirs`;
    return { verdict: 'learning', value: null, message };
  };
  return {
    facts,
    pastFacts: facts,
    history: condition.partitions,
    expected,
    evaluate: (situation) => {
      const found = measured(situation);
      if (typeof found !== 'number') return found;
      const holds = operator === '<' ? found < limit : found <= limit;
      const message = `${text} has moved by ${measure} ${formatNumber(found, 3)}, expected ${expected}`;
      return outcomeOf(holds, found, message);
    },
  };
}

const isOfShares = (measure: DistributionMeasure): measure is ShareMeasure =>
  measure !== 'ks' && measure !== 'swd';

function distance(
  now: Distribution,
  before: readonly Distribution[],
  measure: DistributionMeasure,
): number | null {
  if (measure === 'swd') return wassersteinDistance(now, before);
  return measure === 'ks' ? ksDistance(now, before) : populationShift(now, before, measure);
}

function unmoved(text: string): Outcome {
  const reason = 'the past has one value alone, so there is no deviation to measure the way by';
  return { verdict: 'no_data', value: null, message: `${text} has no swd: ${reason}` };
}

function usable({ evidence }: Situation, partitions: number): readonly PastPartition[] {
  return evidence.history
    .filter(({ excluded, partition }) => excluded === null && partition !== evidence.partition)
    .slice(-partitions);
}

function notMeasured(text: string, situation: Situation, facts: readonly NeededFact[]): Outcome {
  const rows = situation.view.get(ROWS.key);
  if (rows === 0)
    return unknownOutcome(
      text,
      { status: 'no_data', cause: 'empty', reason: 'the partition is empty' },
      situation,
    );
  const unknown = facts.find(({ key }) => situation.view.get(key) === undefined);
  const reason = 'every value is null';
  const stop = unknown
    ? absent(situation.view, unknown)
    : ({ status: 'no_data', cause: 'all_null', reason } as const);
  return unknownOutcome(text, stop, situation);
}
