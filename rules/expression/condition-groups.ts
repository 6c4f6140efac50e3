import type { Groups, NoGaps } from '#model/expression.ts';
import { formatNumber } from '#model/number-text.ts';
import type { Literal } from '#model/predicate.ts';

import { absent, contradiction, FactReader, missing } from './fact-view.ts';
import { factAt, type Ground, placeOf, ROWS } from './needed-fact.ts';
import { printColumn, printLiteral } from './print-names.ts';
import { outcomeOf, type PreparedCondition, type Situation } from './situation.ts';
import { unknownOutcome } from './unknown.ts';

/** Which values of a column occur. Rows without a value belong to no group. */
export function prepareGroups(condition: Groups, ground: Ground): PreparedCondition {
  if (condition.relation === 'most_common') return prepareMostCommon(condition, ground);
  const { name } = condition.column;
  const groups = factAt({ ...placeOf(ground, 'partition'), per: name }, 'row_count');
  const text = `groups(${printColumn(name)})`;
  const past = condition.relation === 'unchanged';
  return {
    facts: [ROWS, groups],
    pastFacts: past ? [groups] : [],
    history: past ? 1 : 0,
    expected: past ? 'as in the last partition' : condition.values.map(printLiteral).join(', '),
    evaluate: (situation) => {
      const found = labelsOf(situation.segments(groups.key));
      if (found === null) {
        const empty = situation.view.get(ROWS.key) === 0;
        const stop = empty
          ? ({ status: 'no_data', cause: 'empty', reason: 'the partition is empty' } as const)
          : absent(situation.view, groups);
        return unknownOutcome(text, stop, situation);
      }
      const wanted = past
        ? lastGroups(situation, groups.key)
        : { from: 'the check', labels: condition.values };
      if (wanted === null) {
        const message = `${text} is not judged: no earlier partition tells its groups`;
        return { verdict: 'learning', value: found.length, message };
      }
      const { lost, surplus } = compareGroups(found, wanted.labels);
      const faults = [
        ...(condition.relation === 'within' ? [] : lost.map((label) => `${label} is absent`)),
        ...(condition.relation === 'contain' ? [] : surplus.map((label) => `${label} was not expected`)),
      ];
      if (faults.length === 0)
        return outcomeOf(true, found.length, `${text} has ${found.length} values, all as expected`);
      const shown = faults.slice(0, 5).join('; ');
      const more = faults.length > 5 ? ` and ${faults.length - 5} more` : '';
      return outcomeOf(false, found.length, `${text}: ${shown}${more}, compared with ${wanted.from}`);
    },
  };
}

/** The values that occur most often, all of them where several do equally often, are among those of the check. */
function prepareMostCommon(condition: Groups, ground: Ground): PreparedCondition {
  const { name } = condition.column;
  const groups = factAt({ ...placeOf(ground, 'partition'), per: name }, 'row_count');
  const text = `most_common(${printColumn(name)})`;
  const expected = condition.values.map(printLiteral).join(', ');
  return {
    facts: [ROWS, groups],
    pastFacts: [],
    history: 0,
    expected,
    evaluate: (situation) => {
      const counts = situation.segments(groups.key);
      const known = [...(counts ?? [])].filter(([label, count]) => label !== null && count > 0);
      if (known.length === 0) {
        const empty = situation.view.get(ROWS.key) === 0;
        const stop = empty
          ? ({ status: 'no_data', cause: 'empty', reason: 'the partition is empty' } as const)
          : counts === null
            ? absent(situation.view, groups)
            : ({ status: 'no_data', cause: 'all_null', reason: `every ${name} is null` } as const);
        return unknownOutcome(text, stop, situation);
      }
      const most = Math.max(...known.map(([, count]) => count));
      const labels = known.flatMap(([label, count]) => (count === most && label !== null ? [label] : []));
      const strange = labels.filter((label) => !condition.values.some((value) => says(label, value)));
      const shown = labels
        .slice(0, 5)
        .map((label) => `'${label}'`)
        .join(', ');
      const message = `${text} is ${shown} with ${formatNumber(most)} rows, expected one of ${expected}`;
      return outcomeOf(strange.length === 0, most, message);
    },
  };
}

function labelsOf(counts: ReadonlyMap<string | null, number> | null): readonly string[] | null {
  if (counts === null) return null;
  return [...counts].flatMap(([label, count]) => (label === null || count === 0 ? [] : [label]));
}

function lastGroups(
  situation: Situation,
  key: string,
): { readonly from: string; readonly labels: readonly Literal[] } | null {
  const { evidence } = situation;
  for (const point of evidence.history.toReversed()) {
    if (point.excluded !== null || point.partition === evidence.partition) continue;
    const labels = labelsOf(situation.segments(key, point));
    if (labels === null) continue;
    const span = { offset: 0, length: 0 };
    return {
      from: point.partition === '' ? 'the last time' : point.partition,
      labels: labels.map((value) => ({ type: 'text', value, span })),
    };
  }
  return null;
}

function compareGroups(
  found: readonly string[],
  wanted: readonly Literal[],
): { readonly lost: readonly string[]; readonly surplus: readonly string[] } {
  return {
    lost: wanted.filter((literal) => !found.some((label) => says(label, literal))).map(printLiteral),
    surplus: found
      .filter((label) => !wanted.some((literal) => says(label, literal)))
      .map((label) => `'${label}'`),
  };
}

/** Engines write numbers and booleans differently: `5.00`, `t`, `1`. */
function says(label: string, { type, value }: Literal): boolean {
  if (type === 'number') return label.trim() !== '' && Number(label) === value;
  if (type === 'boolean')
    return (value ? ['true', 't', '1'] : ['false', 'f', '0']).includes(label.toLowerCase());
  return label === value;
}

const SECONDS = { hour: 3600, day: 86_400, week: 7 * 86_400 } as const;
/** 1970-01-01 was a Thursday; weeks begin on Monday. */
const WEEK_SHIFT = 3 * 86_400;

/** Every hour, day, week or month between the first and the last value occurs, in UTC. */
export function prepareNoGaps({ column, step }: NoGaps, ground: Ground): PreparedCondition {
  const place = placeOf(ground, 'partition');
  const first = factAt(place, 'min', [column.name]);
  const last = factAt(place, 'max', [column.name]);
  const periods = factAt(place, 'period_count', [column.name], { step });
  const nulls = factAt(place, 'null_count', [column.name]);
  const text = `no_gaps(${printColumn(column.name)}, ${step})`;
  return {
    facts: [ROWS, first, last, periods, nulls],
    pastFacts: [],
    history: 0,
    expected: `every ${step}`,
    evaluate: (situation) => {
      const reader = new FactReader(situation.view);
      if (reader.read(ROWS) === 0)
        return unknownOutcome(
          text,
          { status: 'no_data', cause: 'empty', reason: 'the partition is empty' },
          situation,
        );
      const from = reader.read(first);
      const to = reader.read(last);
      const found = reader.read(periods);
      if (reader.problem !== null) return unknownOutcome(text, reader.problem, situation);
      if (found === 0) {
        const reason = `every ${column.name} is null`;
        return unknownOutcome(text, { status: 'no_data', cause: 'all_null', reason }, situation);
      }
      if (from === null || to === null || found === null) {
        const unknown = from === null ? first : to === null ? last : periods;
        return unknownOutcome(text, missing(unknown), situation);
      }
      const whole = periodOf(to, step) - periodOf(from, step) + 1;
      if (found > whole)
        return unknownOutcome(
          text,
          contradiction(periods.key, found, `${step}s between first and last`, whole),
          situation,
        );
      const gaps = whole - found;
      const message = `${formatNumber(gaps)} of ${formatNumber(whole)} ${step}s from the first to the last ${column.name} ${gaps === 1 ? 'has' : 'have'} no row`;
      return outcomeOf(gaps === 0, gaps, message);
    },
  };
}

function periodOf(seconds: number, step: NoGaps['step']): number {
  if (step === 'month') {
    const at = new Date(seconds * 1000);
    return at.getUTCFullYear() * 12 + at.getUTCMonth();
  }
  return Math.floor((seconds + (step === 'week' ? WEEK_SHIFT : 0)) / SECONDS[step]);
}
