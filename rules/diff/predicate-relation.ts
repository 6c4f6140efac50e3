import type { Literal, Operand, Predicate } from '#model/predicate.ts';
import { ofIntervals, type Interval } from './interval.ts';
import { patternRelation } from './pattern-relation.ts';
import { ofLimits, ofSets, reversed, together, type Relation } from './relation.ts';
import { isSame, valueKey } from './value-key.ts';

/** How the rows that fulfil two predicates relate, as far as their form tells; null predicates hold for every row. */
export function ofPredicates(before: Predicate | null, after: Predicate | null): Relation {
  if (isSame(before, after)) return 'same';
  if (before === null) return 'tighter';
  if (after === null) return 'looser';
  const ranges = ofRanges(before, after);
  if (ranges !== null) return ranges;
  if (before.type === 'not' && after.type === 'not')
    return reversed(ofPredicates(before.predicate, after.predicate));
  if (before.type === 'and' || after.type === 'and') return ofLists(before, after, 'and');
  if (before.type === 'or' || after.type === 'or') return reversed(ofLists(before, after, 'or', reversed));
  if (before.type === 'within_radius' && after.type === 'within_radius') {
    const [{ kilometres: was, span: _was, ...one }, { kilometres: is, span: _is, ...other }] = [
      before,
      after,
    ];
    return isSame(one, other) ? ofLimits(was, is) : 'other';
  }
  if (before.type !== after.type || !('operand' in before) || !('operand' in after)) return 'other';
  if (!isSame(before.operand, after.operand) || before.negated !== after.negated) return 'other';
  const plain = ofPlain(before, after);
  return before.negated ? reversed(plain) : plain;
}

function ofPlain(before: Predicate, after: Predicate): Relation {
  if (before.type === 'in' && after.type === 'in')
    return ofSets(before.values.map(keyOf), after.values.map(keyOf));
  if (before.type === 'matches' && after.type === 'matches')
    return patternRelation(before.pattern, after.pattern);
  return 'other';
}

/** `and` of parts, or `or`: parts that have a like on the other side by its operands, and those that have none. */
function ofLists(
  before: Predicate,
  after: Predicate,
  type: 'and' | 'or',
  turn: (relation: Relation) => Relation = (relation) => relation,
): Relation {
  const left = [...partsOf(after, type)];
  const missing: Predicate[] = [];
  const relations: Relation[] = [];
  for (const was of partsOf(before, type)) {
    const exact = left.findIndex((one) => isSame(one, was));
    const near = exact === -1 ? left.findIndex((one) => ofPredicates(was, one) !== 'other') : exact;
    const [is] = near === -1 ? [] : left.splice(near, 1);
    if (is) relations.push(turn(ofPredicates(was, is)));
    else missing.push(was);
  }
  if (missing.length > 0) relations.push('looser');
  if (left.length > 0) relations.push('tighter');
  return together(relations);
}

function partsOf(predicate: Predicate, type: 'and' | 'or'): readonly Predicate[] {
  return predicate.type === type && 'predicates' in predicate ? predicate.predicates : [predicate];
}

interface Range {
  readonly subject: string;
  readonly interval: Interval<number | string>;
}

/** Comparisons and `between` of one operand with literals are ranges; null when one of the two is none. */
function ofRanges(before: Predicate, after: Predicate): Relation | null {
  const [was, is] = [rangeOf(before), rangeOf(after)];
  if (was === null || is === null) return null;
  return was.subject === is.subject ? ofIntervals(was.interval, is.interval) : 'other';
}

function rangeOf(predicate: Predicate): Range | null {
  if (predicate.type === 'between') {
    const [low, high] = [valueOf(predicate.low), valueOf(predicate.high)];
    if (low === null || high === null || predicate.negated) return null;
    const interval = {
      low: { value: low, open: predicate.lowOpen },
      high: { value: high, open: predicate.highOpen },
    };
    return { subject: valueKey(predicate.operand), interval };
  }
  if (predicate.type !== 'compare' || predicate.operator === '!=') return null;
  const value = valueOf(predicate.right);
  if (value === null) return null;
  const open = predicate.operator === '<' || predicate.operator === '>';
  const end = { value, open };
  const interval = {
    low: predicate.operator.startsWith('<') ? null : end,
    high: predicate.operator.startsWith('>') ? null : end,
  };
  return { subject: valueKey(predicate.left), interval };
}

function valueOf(operand: Operand): number | string | null {
  if (operand.type === 'number' || operand.type === 'text') return operand.value;
  return operand.type === 'date' || operand.type === 'timestamp' ? operand.value : null;
}

function keyOf(literal: Literal): string {
  return valueKey(literal);
}
