import type { MutuallyExclusive, Ordered } from '#model/expression.ts';
import type { FactMetric } from '#model/fact.ts';
import { formatNumber } from '#model/number-text.ts';
import type { ColumnRef } from '#model/predicate.ts';

import { FactReader, missing, type NoValue } from './fact-view.ts';
import { factAt, type Ground, type NeededFact, placeOf, ROWS, rowsAt } from './needed-fact.ts';
import { printCondition } from './print.ts';
import { outcomeOf, type PreparedCondition } from './situation.ts';
import { unknownOutcome } from './unknown.ts';
import { type ValueCount, valuesIn } from './value-counts.ts';
import { rowsText } from './words.ts';

/** Each row that is compared stands in order with the one before it. */
export function prepareOrdered(condition: Ordered, ground: Ground): PreparedCondition {
  const { column, by, each, direction, strictly, step } = condition;
  const names = [column, ...(by === null ? [] : [by]), ...each].map(({ name }) => name);
  const place = placeOf(ground, 'partition');
  const metric: FactMetric =
    direction === 'sequential'
      ? 'misstep_count'
      : direction === 'increasing'
        ? strictly
          ? 'not_rising_count'
          : 'falling_count'
        : strictly
          ? 'not_falling_count'
          : 'rising_count';
  const values =
    direction === 'sequential' ? ([{ type: 'number', value: step, span: condition.span }] as const) : null;
  const faults = factAt(place, metric, names, { values });
  const rows = rowsAt(place);
  const broken = (count: number): string =>
    `${rowsText(count)} ${count === 1 ? 'does' : 'do'} not follow the row before in ${printCondition(condition)}`;
  return prepareCounted(printCondition(condition), 'every row in order', faults, rows, {
    compared: valuesIn(place, names, rows),
    names,
    broken,
  });
}

/** No range begins before the end of an earlier one. */
export function prepareExclusive(condition: MutuallyExclusive, ground: Ground): PreparedCondition {
  const { low, high, each } = condition;
  const place = placeOf(ground, 'partition');
  const namesOf = (columns: readonly ColumnRef[]): readonly string[] => columns.map(({ name }) => name);
  const faults = factAt(place, 'overlap_count', namesOf([low, high, ...each]));
  const rows = rowsAt(place);
  // A range without an end is one that does not end.
  const names = namesOf([low, ...each]);
  const broken = (count: number): string =>
    `${formatNumber(count)} ${count === 1 ? 'range begins' : 'ranges begin'} before the end of an earlier one in ${printCondition(condition)}`;
  return prepareCounted(printCondition(condition), 'no overlap', faults, rows, {
    compared: valuesIn(place, names, rows),
    names,
    broken,
  });
}

/** Nothing may be counted of the rows that are compared. */
function prepareCounted(
  text: string,
  expected: string,
  faults: NeededFact,
  rows: NeededFact,
  about: {
    readonly compared: ValueCount;
    readonly names: readonly string[];
    readonly broken: (count: number) => string;
  },
): PreparedCondition {
  const { compared, names, broken } = about;
  return {
    facts: [ROWS, rows, faults, ...compared.facts],
    pastFacts: [],
    history: 0,
    expected,
    evaluate: (situation) => {
      const reader = new FactReader(situation.view);
      const all = reader.read(ROWS);
      const chosen = reader.read(rows);
      const count = all === 0 || chosen === 0 ? null : compared.read(reader);
      const found = reader.read(faults);
      const stop = ((): NoValue | null => {
        if (reader.problem !== null) return reader.problem;
        if (all === 0) return { status: 'no_data', cause: 'empty', reason: 'the partition is empty' };
        if (count === null) return { status: 'no_data', cause: 'none_selected', reason: 'no row is chosen' };
        if (count.status !== 'value') return count;
        if (count.value > 0) return found === null ? missing(faults) : null;
        const reason = `in no row all of ${names.join(', ')} have a value`;
        return { status: 'no_data', cause: 'all_null', reason };
      })();
      if (stop !== null || found === null) return unknownOutcome(text, stop ?? missing(faults), situation);
      const message = found === 0 ? `${text} holds of all rows that are compared` : broken(found);
      return outcomeOf(found === 0, found, message);
    },
  };
}
