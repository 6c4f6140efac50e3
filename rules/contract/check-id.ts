import { createHash } from 'node:crypto';

import type { Expression } from '#model/expression.ts';

import { printExpression } from '../expression/print.ts';

const WORDS: Readonly<Record<string, string>> = {
  '<': 'below',
  '<=': 'at_most',
  '>': 'above',
  '>=': 'at_least',
  '=': 'is',
  '!=': 'is_not',
  '%': 'percent',
  '+': 'plus',
  '*': 'times',
  '/': 'by',
};

const SLUG_LENGTH = 48;

/**
 * The name of a check that stays when the contract is reformatted or its order changes: a readable slug of
 * the canonical text and eight hexadecimal digits of its SHA-256, `row_count_above_0-1b2c3d4e`.
 */
export function checkId(expression: Expression): string {
  const text = printExpression(expression);
  const slug = text
    .replaceAll(/<=|>=|!=|[<>=%+*/]/g, (sign) => ` ${WORDS[sign] ?? ''} `)
    .replaceAll(/[^A-Za-z0-9_]+/g, '_')
    .slice(0, SLUG_LENGTH)
    .replaceAll(/^_+|_+$/g, '')
    .toLowerCase();
  return `${slug}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
}
