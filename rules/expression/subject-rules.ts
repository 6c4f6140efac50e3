import type { Baseline, Term } from '#model/expression.ts';
import type { Span } from '#model/predicate.ts';

import { ExpressionError } from './problem.ts';
import type { Level, RawValue } from './raw-value.ts';
import { baselineIn, metricsIn, refuseClock } from './subject.ts';

/** A word that speaks of the whole stands after a value of rows. */
export function refuseRows(subject: RawValue, word: string, mend: string): never {
  throw new ExpressionError(
    subject.span,
    `${word} is said of measures of all rows, and this is a value of single ones`,
    mend,
  );
}

/** Numbers alone measure nothing. */
export function refuseConstants(level: Level, span: Span): void {
  if (level !== 'number') return;
  throw new ExpressionError(
    span,
    'This check measures nothing: it compares numbers only',
    'Name a metric, for example: row_count > 0.',
  );
}

/** The measured side is measured now. */
export function refuseBaselineIn(subject: Term): void {
  const baseline = baselineIn(subject);
  if (baseline === null) return;
  throw new ExpressionError(
    baseline.span,
    'A baseline stands where the measured value belongs',
    'Put the measured value first: row_count > 0.5 * avg_last(7).',
  );
}

/** One side is measured now, the other may look back. */
export function refuseTwoBaselines(left: Term, right: Term): void {
  const sides: readonly (Baseline | null)[] = [baselineIn(left), baselineIn(right)];
  const [first, second] = sides;
  const only = first ?? second ?? null;
  if (only === null) return;
  if (first && second)
    throw new ExpressionError(
      second.span,
      'Both sides look back, so nothing is measured now',
      'Write for example: row_count > 0.5 * avg_last(7).',
    );
  const subject = first ? right : left;
  if (metricsIn(subject).length === 0)
    throw new ExpressionError(
      only.span,
      'A baseline is compared with a number, and nothing says of what',
      'Write for example: row_count > 0.5 * avg_last(7).',
    );
  refuseClock(subject, only.span);
}
