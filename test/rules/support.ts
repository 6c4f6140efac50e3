import * as fc from 'fast-check';
import type { Check, Severity } from '#model/contract.ts';
import type { Condition, Expression, MetricCall, NumberLiteral, Term } from '#model/expression.ts';
import type { ColumnRef } from '#model/predicate.ts';
import { makeCheck } from '#rules/contract/make-check.ts';
import { parseExpression } from '#rules/expression/parse.ts';

const span = { offset: 0, length: 0 };

/** The same value without anything called span, position: what a tree means, not where it stood. */
export function withoutSpans(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSpans);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'span' && name !== 'position')
      .map(([name, inner]) => [name, withoutSpans(inner)]),
  );
}

/** A check as a contract would hold it; the text must be valid. */
export function checkOf(
  text: string,
  severity: Severity = 'block',
  origin: Check['origin'] = 'quality',
): Check {
  const parsed = parseExpression(text);
  if (parsed.status === 'error') throw new Error(`${text}: ${parsed.problem.message}`);
  return makeCheck(text, parsed.expression, severity, { line: 1, column: 1 }, origin);
}

const column = fc.oneof(
  fc.constantFrom(
    'amount',
    'order_id',
    'a b',
    'say "x"',
    'back`tick',
    '住所',
    'and',
    'sigma',
    '__proto__',
    'Ünïcode',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((name) => !name.includes('\0')),
);

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));

const number: fc.Arbitrary<NumberLiteral> = fc
  .record({
    type: fc.constant('number'),
    value: fc.oneof(finite, fc.integer()),
    unit: fc.constantFrom('percent' as const, null),
    span: fc.constant(span),
  })
  // A larger percentage could not be written as a number.
  .filter(({ unit, value }) => unit === null || Math.abs(value) < 1e306);

const plain = { type: 'metric', table: null, quantile: null, values: null, predicate: null } as const;
const ref = (name: string): ColumnRef => ({ name, table: null, span });

const metric: fc.Arbitrary<MetricCall> = fc.oneof(
  fc.constant<MetricCall>({ ...plain, metric: 'row_count', columns: [], span }),
  fc
    .tuple(
      fc.constantFrom('null_percentage', 'null_count', 'min', 'max', 'sum', 'avg', 'distinct_count' as const),
      column,
    )
    .map(([name, only]): MetricCall => ({ ...plain, metric: name, columns: [ref(only)], span })),
  fc
    .uniqueArray(column, { minLength: 1, maxLength: 3 })
    .map((columns): MetricCall => ({ ...plain, metric: 'duplicate_count', columns: columns.map(ref), span })),
);

const { term } = fc.letrec<{ term: Term; arithmetic: Term }>((tie) => ({
  term: fc.oneof({ maxDepth: 4 }, metric, number, tie('arithmetic')),
  arithmetic: fc.record({
    type: fc.constant('arithmetic'),
    operator: fc.constantFrom('+', '-', '*', '/'),
    left: tie('term'),
    right: tie('term'),
    span: fc.constant(span),
  }),
}));

/** Terms that measure something: the parser refuses the others. */
const measuring: fc.Arbitrary<Term> = fc.oneof(
  metric,
  fc
    .tuple(metric, term, fc.constantFrom('+', '-', '*', '/'))
    .map(([left, right, operator]): Term => ({ type: 'arithmetic', operator, left, right, span })),
);

const conditions: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    type: fc.constant('comparison'),
    operator: fc.constantFrom('=', '!=', '<', '<=', '>', '>='),
    left: measuring,
    right: term,
    tolerance: fc.constant(null),
    span: fc.constant(span),
  }),
  fc.record({
    type: fc.constant('between'),
    negated: fc.boolean(),
    subject: measuring,
    low: metric,
    high: term,
    lowOpen: fc.constant(false),
    highOpen: fc.constant(false),
    span: fc.constant(span),
  }),
  fc.record({
    type: fc.constant('within'),
    subject: measuring,
    negated: fc.constant(false),
    tolerance: number.map((literal) => ({
      value: { ...literal, value: Math.abs(literal.value) },
      sigma: false,
    })),
    target: fc.record({
      type: fc.constant('baseline'),
      function: fc.constantFrom('avg_last', 'median_last', 'min_last', 'max_last'),
      points: fc.integer({ min: 1, max: 1000 }),
      span: fc.constant(span),
    }),
    span: fc.constant(span),
  }),
  fc.record({
    type: fc.constant('not_anomalous'),
    subject: measuring,
    sigma: fc.double({ min: 0.001, max: 20, noNaN: true }),
    mode: fc.constant('simple'),
    seasonality: fc.constant('auto'),
    direction: fc.constant('both'),
    minimumChange: fc.constant(0),
    train: fc.constant(30),
    span: fc.constant(span),
  }),
  fc
    .uniqueArray(column, { minLength: 1, maxLength: 4 })
    .map((columns): Condition => ({ type: 'unique', columns: columns.map(ref), span })),
);

/** Any tree that the language can write. */
export const expressions: fc.Arbitrary<Expression> = conditions.map((condition) => ({
  condition,
  where: null,
  scope: null,
  per: null,
  span,
}));
