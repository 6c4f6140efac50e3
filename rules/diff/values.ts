import type { ColumnConstraints, ContractColumn } from '#model/contract.ts';
import type { Json } from '#model/json.ts';
import type { ChangeList, Place } from './change-list.ts';
import { ofIntervals, type End, type Interval } from './interval.ts';
import { patternRelation } from './pattern-relation.ts';
import { ofLimits, ofSets, type Relation } from './relation.ts';

/** B6: which values may appear. New values break whoever switches over a key or a critical element. */
export function compareValues(
  list: ChangeList,
  place: Place,
  before: ContractColumn,
  after: ContractColumn,
): void {
  const [was, is] = [before.constraints, after.constraints];
  const isKey = [before, after].some((column) => column.primaryKey || column.unique || column.critical);
  const say = (at: string, relation: Relation, what: string, old: Json, now: Json): void => {
    if (relation === 'same') return;
    const tightened = relation === 'tighter';
    list.add(place, {
      rule: 'B6',
      class: !tightened && isKey ? 'MAJOR' : 'MINOR',
      at,
      before: old,
      after: now,
      message: tightened
        ? `${what} of ${place.name} may be fewer values than before`
        : `${what} of ${place.name} may be values that it never had`,
      mend: tightened
        ? 'Raise the minor version.'
        : isKey
          ? 'Readers rely on the values of this column: raise the major version.'
          : 'Raise the minor version and tell readers who list the values.',
      notice: tightened || isKey ? null : 'consumers that list the values',
    });
  };
  say('one_of', allowed(was.oneOf, is.oneOf), 'The allowed values', was.oneOf, is.oneOf);
  say(
    'pattern',
    patternRelation(was.pattern, is.pattern),
    'By its pattern the values',
    was.pattern,
    is.pattern,
  );
  say(
    'range',
    ofIntervals(rangeOf(was), rangeOf(is)),
    'By its bounds the values',
    boundsOf(was),
    boundsOf(is),
  );
  say(
    'length',
    ofIntervals(closed(was.minLength, was.maxLength), closed(is.minLength, is.maxLength)),
    'By its length the values',
    [was.minLength, was.maxLength],
    [is.minLength, is.maxLength],
  );
  say(
    'multiple_of',
    multiples(was.multipleOf, is.multipleOf),
    'The multiples',
    was.multipleOf,
    is.multipleOf,
  );
}

function allowed(before: ColumnConstraints['oneOf'], after: ColumnConstraints['oneOf']): Relation {
  if (before === null || after === null)
    return before === after ? 'same' : after === null ? 'looser' : 'tighter';
  const keys = (values: NonNullable<ColumnConstraints['oneOf']>): string[] =>
    values.map((value) => JSON.stringify(value));
  return ofSets(keys(before), keys(after));
}

function multiples(before: number | null, after: number | null): Relation {
  if (before === null || after === null)
    return before === after ? 'same' : after === null ? 'looser' : 'tighter';
  if (before === after) return 'same';
  const isWhole = (ratio: number): boolean => Math.abs(ratio - Math.round(ratio)) < 1e-9;
  return isWhole(before / after) ? 'looser' : isWhole(after / before) ? 'tighter' : 'other';
}

function closed(low: number | null, high: number | null): Interval<number> {
  return {
    low: low === null ? null : { value: low, open: false },
    high: high === null ? null : { value: high, open: false },
  };
}

/** Numbers among texts (times) are compared as texts: a column has the ones or the others. */
function rangeOf(values: ColumnConstraints): Interval<number | string> {
  return {
    low: stricter(values.minimum, values.exclusiveMinimum, -1),
    high: stricter(values.maximum, values.exclusiveMaximum, 1),
  };
}

function stricter(
  closedEnd: number | string | null,
  openEnd: number | string | null,
  side: -1 | 1,
): End<number | string> | null {
  const closedOne = closedEnd === null ? null : { value: closedEnd, open: false };
  const openOne = openEnd === null ? null : { value: openEnd, open: true };
  if (closedOne === null || openOne === null) return closedOne ?? openOne;
  return ofLimits(order(closedOne.value, openOne.value) * side, 0) === 'looser' ? closedOne : openOne;
}

function order(a: number | string, b: number | string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function boundsOf(values: ColumnConstraints): Json {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = values;
  return [minimum ?? exclusiveMinimum, maximum ?? exclusiveMaximum];
}
