import type { Between, Comparison, Term, Tolerance, Within } from '#model/expression.ts';
import { formatPercent } from '#model/number-text.ts';
import type { ComparisonOperator } from '#model/predicate.ts';
import { sampleStandardDeviation } from 'simple-statistics';

import { describeBaseline, findBaseline, lookBackOf, reachOf } from './baseline.ts';
import type { NoValue, TermValue } from './fact-view.ts';
import type { Ground } from './needed-fact.ts';
import { outcomeOf, type Outcome, type PreparedCondition, type Situation } from './situation.ts';
import { baselinesIn, measuredFirst } from './subject.ts';
import { type PreparedTerm, prepareTerm } from './term-measure.ts';
import { unknownOutcome } from './unknown.ts';
import { numberText, numberTexts, termText } from './words.ts';

/** Shares of rounded products: a value exactly on the edge is still inside. */
const EDGE = 1 + 1e-12;

/** How far the baselines of some terms reach back, and the facts that their subject needs there. */
function pastOf(
  subject: PreparedTerm,
  terms: readonly Term[],
): Pick<PreparedCondition, 'pastFacts' | 'history'> {
  const baselines = terms.flatMap(baselinesIn);
  const history = Math.max(0, ...baselines.map(reachOf));
  return { pastFacts: history === 0 ? [] : subject.facts, history };
}

export function prepareComparison(condition: Comparison, ground: Ground): PreparedCondition {
  const told = measuredFirst(condition);
  const subject = prepareTerm(told.subject, ground);
  const limit = prepareTerm(told.limit, ground);
  const { operator } = told;
  const { tolerance } = condition;
  const compare = COMPARE[operator];
  return {
    facts: [...subject.facts, ...limit.facts],
    ...pastOf(subject, [told.limit]),
    expected: `${operator} ${termText(subject.term, limit)}${toleranceWords(subject.term, tolerance)}`,
    evaluate: (situation) => {
      const [left, right] = readPair(subject, limit, situation);
      if (left.status !== 'value') return unknownOutcome(subject.text, left, situation);
      if (right.status !== 'value') return noLimit(subject, left.value, limit, right, situation);
      const reach = tolerance === null ? 0 : reachAround(right.value, tolerance);
      const near = Math.abs(left.value - right.value) <= reach * EDGE;
      const holds = tolerance === null ? compare(left.value, right.value) : near === (operator === '=');
      const [found, bound] = numberTexts(subject.term, left.value, right.value);
      const source = limit.term.type === 'number' ? '' : ` (${limit.text})`;
      const expected = `${operator} ${bound}${source}${toleranceWords(subject.term, tolerance)}`;
      return outcomeOf(holds, left.value, `${subject.text} is ${found}, expected ${expected}`, expected);
    },
  };
}

export function prepareBetween(condition: Between, ground: Ground): PreparedCondition {
  const subject = prepareTerm(condition.subject, ground);
  const low = prepareTerm(condition.low, ground);
  const high = prepareTerm(condition.high, ground);
  const { negated, lowOpen, highOpen } = condition;
  return {
    facts: [...subject.facts, ...low.facts, ...high.facts],
    ...pastOf(subject, [condition.low, condition.high]),
    expected: `${negated ? 'not ' : ''}between ${termText(subject.term, low)} and ${termText(subject.term, high)}`,
    evaluate: (situation) => {
      const [value, from] = readPair(subject, low, situation);
      if (value.status !== 'value') return unknownOutcome(subject.text, value, situation);
      if (from.status !== 'value') return noLimit(subject, value.value, low, from, situation);
      const [, to] = readPair(subject, high, situation);
      if (to.status !== 'value') return noLimit(subject, value.value, high, to, situation);
      const above = lowOpen ? value.value > from.value : value.value >= from.value;
      const below = highOpen ? value.value < to.value : value.value <= to.value;
      const text = (number: number): string => numberText(subject.term, number);
      const ends = [
        `${text(from.value)}${lowOpen ? ' (not included)' : ''}`,
        `${text(to.value)}${highOpen ? ' (not included)' : ''}`,
      ];
      const expected = `${negated ? 'not ' : ''}between ${ends.join(' and ')}`;
      const message = `${subject.text} is ${text(value.value)}, expected ${expected}`;
      return outcomeOf((above && below) !== negated, value.value, message, expected);
    },
  };
}

export function prepareWithin(condition: Within, ground: Ground): PreparedCondition {
  const subject = prepareTerm(condition.subject, ground);
  const target = prepareTerm(condition.target, ground);
  const { tolerance, negated } = condition;
  return {
    facts: [...subject.facts, ...target.facts],
    ...pastOf(subject, [condition.target]),
    expected: `${negated ? 'not ' : ''}within ${toleranceText(subject.term, tolerance)} of ${target.text}`,
    evaluate: (situation) => {
      const value = subject.read(situation.view, null);
      const centre = readTarget(subject, target, situation);
      if (value.status !== 'value') return unknownOutcome(subject.text, value, situation);
      if (centre.value.status !== 'value')
        return noLimit(subject, value.value, target, centre.value, situation);
      const middle = centre.value.value;
      const reach = tolerance.sigma ? spread(centre.values, tolerance) : reachAround(middle, tolerance);
      if (reach === null) {
        const message = `${subject.text} is ${numberText(subject.term, value.value)}, not judged: one earlier partition has no deviation`;
        return { verdict: 'learning', value: value.value, message };
      }
      const holds = Math.abs(value.value - middle) <= reach * EDGE;
      const [found, around] = numberTexts(subject.term, value.value, middle);
      const give = toleranceText(subject.term, tolerance);
      const word = negated ? 'not within' : 'within';
      const message = `${subject.text} is ${found}, expected ${word} ${give} of ${around} (${centre.description})`;
      const expected = `${negated ? 'not ' : ''}${around} ± ${give}`;
      return outcomeOf(holds !== negated, value.value, message, expected);
    },
  };
}

interface Centre {
  readonly value: TermValue;
  readonly values: readonly number[];
  readonly description: string;
}

function readTarget(subject: PreparedTerm, target: PreparedTerm, situation: Situation): Centre {
  if (target.term.type === 'baseline') {
    const { points, value } = findBaseline(target.term, subject, situation);
    const values = points.map((point) => point.value);
    return { value, values, description: describeBaseline(target.term, points.length) };
  }
  const value = target.read(situation.view, lookBackOf(subject, situation));
  return { value, values: [], description: target.text };
}

function readPair(
  subject: PreparedTerm,
  limit: PreparedTerm,
  situation: Situation,
): readonly [TermValue, TermValue] {
  return [subject.read(situation.view, null), limit.read(situation.view, lookBackOf(subject, situation))];
}

/** The measured side is known, what it is compared with is not. */
function noLimit(
  subject: PreparedTerm,
  value: number,
  limit: PreparedTerm,
  found: NoValue,
  situation: Situation,
): Outcome {
  if (found.status !== 'learning') return unknownOutcome(limit.text, found, situation, value);
  const message = `${subject.text} is ${numberText(subject.term, value)}, not judged: ${found.reason}`;
  return { verdict: 'learning', value, message };
}

function reachAround(centre: number, { value }: Tolerance): number {
  return value.unit === 'percent' ? value.value * Math.abs(centre) : value.value;
}

function spread(values: readonly number[], { value }: Tolerance): number | null {
  return values.length < 2 ? null : value.value * sampleStandardDeviation([...values]);
}

function toleranceWords(subject: Term, tolerance: Tolerance | null): string {
  return tolerance === null ? '' : ` within ${toleranceText(subject, tolerance)}`;
}

function toleranceText(subject: Term, { value, sigma }: Tolerance): string {
  if (sigma) return `${value.value} sigma`;
  return value.unit === 'percent' ? formatPercent(value.value) : numberText(subject, value.value);
}

export const COMPARE: Readonly<Record<ComparisonOperator, (left: number, right: number) => boolean>> = {
  '=': equal,
  '!=': (left, right) => !equal(left, right),
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/** Integers are compared exactly; sums of fractions may differ in the last digits by the order of adding. */
function equal(left: number, right: number): boolean {
  if (Number.isInteger(left) && Number.isInteger(right)) return left === right;
  return Math.abs(left - right) <= 1e-12 * Math.max(Math.abs(left), Math.abs(right));
}
