import type { Span } from '#model/predicate.ts';

/** What is wrong (or, as a warning, suspicious) in a check's text, and how to mend it. */
export interface ExpressionProblem {
  readonly severity: 'error' | 'warning';
  /** Where, in the check's text. */
  readonly span: Span;
  /** What was found and what was expected; no full stop at the end. */
  readonly message: string;
  /** What to write instead, as one sentence. */
  readonly mend: string;
}

/** Thrown inside the parser only; `parseExpression` catches it and returns the problem. */
export class ExpressionError extends Error {
  readonly problem: ExpressionProblem;

  constructor(span: Span, message: string, mend: string) {
    super(message);
    this.name = 'ExpressionError';
    this.problem = { severity: 'error', span, message, mend };
  }
}
