import { nearest } from '../spelling.ts';

export const CONSTRAINTS = ['min_value', 'max_value'] as const;

export interface Constraint {
  readonly name: (typeof CONSTRAINTS)[number];
  readonly value: number;
  /** Canonical text: `min_value(0)`. */
  readonly text: string;
}

export type ParsedConstraint =
  | { readonly status: 'ok'; readonly constraint: Constraint }
  | { readonly status: 'error'; readonly message: string; readonly mend: string };

/** Reads a column's constraint, `min_value(0)` or `max_value(99.5)`. Nulls are not its business. */
export function parseConstraint(text: string): ParsedConstraint {
  const [, word = '', argument] = /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?:\(([^()]*)\))?\s*$/.exec(text) ?? [];
  const name = CONSTRAINTS.find((candidate) => candidate === word.toLowerCase());
  if (name === undefined) {
    const meant = nearest(word === '' ? text : word, CONSTRAINTS);
    return {
      status: 'error',
      message: `"${text}" is not a constraint`,
      mend:
        meant === null ? `The constraints are ${CONSTRAINTS.join('(n), ')}(n).` : `Did you mean ${meant}(n)?`,
    };
  }
  const digits = argument?.trim() ?? '';
  const value = /^[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?$/i.test(digits) ? Number(digits) : Number.NaN;
  if (!Number.isFinite(value))
    return {
      status: 'error',
      message: `${name} needs one number, found "${digits}"`,
      mend: `For example: ${name}(0).`,
    };
  const number = value === 0 ? 0 : value;
  return { status: 'ok', constraint: { name, value: number, text: `${name}(${number})` } };
}
