import type { Severity } from '#model/contract.ts';
import type { Condition, Expression, NumberLiteral, Term } from '#model/expression.ts';

import { approximateMetric } from './approximate.ts';
import { checkColumns, ColumnTable, type TypedColumn } from './check-columns.ts';
import { checkPredicate } from './check-predicate.ts';
import { leavesOf, termsOf } from './conditions-in.ts';
import { METRICS } from './metrics.ts';
import { printTerm } from './print-term.ts';
import type { ExpressionProblem } from './problem.ts';
import { metricsIn } from './subject.ts';
import type { Dimension } from './units.ts';
import { dimensionOf } from './words.ts';

export type { TypedColumn } from './check-columns.ts';

/**
 * Checks an expression against the columns of its contract. Metrics that compute must stand on numbers, lengths
 * on texts, ages on times; values are compared with their like: errors. A column that the schema does not list
 * is a warning only, because a short contract may list just the columns it promises something about; so is a
 * ratio compared with a literal above 1, which was nearly always meant as a percentage. Without a schema (no
 * columns) columns are not judged.
 * @param columns as a table where many checks are held to one schema
 */
export function checkTypes(
  expression: Expression,
  columns: readonly TypedColumn[] | ColumnTable,
): readonly ExpressionProblem[] {
  const known = columns instanceof ColumnTable ? columns : new ColumnTable(columns);
  const { condition, where } = expression;
  const predicates = [
    ...(where === null ? [] : [where]),
    ...leavesOf(condition).flatMap((leaf) => (leaf.type === 'rows' ? [leaf.predicate] : [])),
    ...termsOf(condition)
      .flatMap(metricsIn)
      .flatMap(({ predicate }) => predicate ?? []),
  ];
  return [
    ...checkColumns(expression, known),
    ...predicates.flatMap((predicate) => checkPredicate(predicate, known)),
    ...leavesOf(condition).flatMap(numberProblems),
    ...leavesOf(condition).flatMap((leaf) => groundProblems(leaf, expression)),
  ];
}

/** A sketch's estimate is no ground for blocking, unless the check says that it will do. */
export function checkEstimates(
  expression: Expression,
  severity: Severity,
  approx: boolean,
): readonly ExpressionProblem[] {
  const metric = severity === 'block' && !approx ? approximateMetric(expression) : null;
  if (metric === null) return [];
  return [
    {
      severity: 'error',
      span: expression.span,
      message: `${metric} is an estimate, and this check blocks`,
      mend: 'Write approx: ok beside it, set severity warn, or use distinct_count.',
    },
  ];
}

/** The measured side of a condition and the numbers that it is compared with. */
function comparedIn(leaf: Condition): readonly (readonly [subject: Term, limit: Term])[] {
  switch (leaf.type) {
    case 'comparison':
      return [
        [leaf.left, leaf.right],
        [leaf.right, leaf.left],
        ...(leaf.tolerance === null ? [] : [[leaf.left, leaf.tolerance.value] as const]),
      ];
    case 'between':
      return [
        [leaf.subject, leaf.low],
        [leaf.subject, leaf.high],
      ];
    case 'within':
      return leaf.tolerance.sigma
        ? [[leaf.subject, leaf.target]]
        : [
            [leaf.subject, leaf.tolerance.value],
            [leaf.subject, leaf.target],
          ];
    default:
      return [];
  }
}

function numberProblems(leaf: Condition): readonly ExpressionProblem[] {
  return comparedIn(leaf).flatMap(([subject, limit]) =>
    limit.type === 'number' ? literalProblem(subject, limit, leaf) : [],
  );
}

const WORDS: Readonly<Record<Dimension, string>> = {
  ratio: 'a ratio from 0 to 1',
  seconds: 'a time',
  rows: 'a number of rows',
  bytes: 'a size in bytes',
};

function literalProblem(
  subject: Term,
  literal: NumberLiteral,
  leaf: Condition,
): readonly ExpressionProblem[] {
  if (subject.type !== 'metric') return [];
  const { metric } = subject;
  const wanted = METRICS[metric].gives;
  const found = dimensionOf(literal);
  const { span } = literal;
  if (wanted === 'ratio' && literal.unit === null && literal.value > 1)
    return [
      {
        severity: 'warning',
        span,
        message: `${metric} is a ratio from 0 to 1, but it is compared with ${literal.value}`,
        mend: `Write ${literal.value}% if per cent is meant.`,
      },
    ];
  // A tolerance in per cent is relative, whatever the subject is.
  const relative =
    literal.unit === 'percent' &&
    (leaf.type === 'within' || leaf.type === 'comparison') &&
    isTolerance(leaf, literal);
  if (relative) return [];
  if (wanted === 'seconds' && literal.unit === null && literal.value !== 0)
    return [
      {
        severity: 'warning',
        span,
        message: `${metric} is a time, but ${literal.value} has no unit`,
        mend: `Write for example ${literal.value} hours; without a unit it is seconds.`,
      },
    ];
  if (found === null || wanted === found) return [];
  const what = wanted === null ? "of the column's own unit" : WORDS[wanted];
  return [
    {
      severity: 'error',
      span,
      message: `${printTerm(subject)} is ${what}, but it is compared with ${WORDS[found]}`,
      mend: 'Leave the unit out, or write the one that fits.',
    },
  ];
}

function isTolerance(leaf: Condition, literal: NumberLiteral): boolean {
  return (
    (leaf.type === 'within' && leaf.tolerance.value === literal) ||
    (leaf.type === 'comparison' && leaf.tolerance?.value === literal)
  );
}

/** Conditions that are not about rows, so that choosing rows says nothing of them. */
const OF_NO_ROWS: ReadonlySet<Condition['type']> = new Set<Condition['type']>([
  'has_columns',
  'column_type',
  'schema_unchanged',
  'landed_by',
  'custom_sql',
]);
const OF_NO_SEGMENT: ReadonlySet<Condition['type']> = new Set<Condition['type']>([
  'groups',
  'equals',
  'distribution',
]);

/** `where`, `on` and `per` beside a condition that they cannot say anything about. */
function groundProblems(
  leaf: Condition,
  { where, scope, per, span }: Expression,
): readonly ExpressionProblem[] {
  const words = [
    ...(where === null ? [] : ['where']),
    ...(scope === null || scope.type === 'partition' ? [] : ['on']),
    ...(per === null ? [] : ['per']),
  ];
  const metadata = termsOf(leaf)
    .flatMap(metricsIn)
    .find(({ metric }) => metric === 'size_bytes' || metric === 'file_count' || metric === 'column_count');
  const refused = OF_NO_ROWS.has(leaf.type) || metadata !== undefined ? words : [];
  const unsplit = per !== null && OF_NO_SEGMENT.has(leaf.type) ? ['per'] : [];
  const [word] = [...refused, ...unsplit];
  if (word === undefined) return [];
  const name = metadata?.metric ?? leaf.type.replace('custom_sql', 'sql').replace('_unchanged', ' unchanged');
  return [
    {
      severity: 'error',
      span: word === 'where' ? (where?.span ?? span) : word === 'per' ? (per?.span ?? span) : span,
      message: `${word} says nothing about ${name}`,
      mend: `Leave ${word} out, or write two checks.`,
    },
  ];
}
