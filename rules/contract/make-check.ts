import { createHash } from 'node:crypto';

import type { CarriedCheck, Check, StatedCheck } from '#model/contract-check.ts';
import type { Severity, SourcePosition } from '#model/contract.ts';
import type { CustomSql, Expression, NumberLiteral } from '#model/expression.ts';

import { CARRIED } from '../check/carried.ts';
import { checkId } from './check-id.ts';

/** What a check may state beside its condition; what is left out has its default. */
export type Stated = Partial<Omit<StatedCheck, 'id' | 'text' | 'severity' | 'position' | 'origin'>>;

const PLAIN = {
  name: null,
  description: null,
  dimension: null,
  owner: null,
  approx: false,
  tags: [],
  carried: {},
} as const;

const CONSTRUCTS = {
  quality: 'check',
  constraint: 'constraint',
  primary_key: 'primary_key',
  required: 'required',
  unique: 'unique',
  relationship: 'relationship',
} as const;

/** A check of an expression. */
export function makeCheck(
  text: string,
  expression: Expression,
  severity: Severity,
  position: SourcePosition,
  origin: Check['origin'],
  stated: Stated = {},
): Check {
  const from = { dialect: 'short', construct: CONSTRUCTS[origin], column: null } as const;
  const id = expression.condition.type === 'custom_sql' ? sqlId(expression.condition) : checkId(expression);
  return { ...PLAIN, from, ...stated, id, text, expression, severity, position, origin };
}

/** A check that is shown but not run. */
export function makeCarried(
  text: string,
  engine: string | null,
  reason: string,
  severity: Severity,
  position: SourcePosition,
  origin: Check['origin'],
  stated: Stated,
): CarriedCheck {
  const from = { dialect: 'short', construct: CONSTRUCTS[origin], column: null } as const;
  const id = `${CARRIED}${digest(JSON.stringify([engine, text, (stated.from ?? from).column]))}`;
  return { ...PLAIN, from, ...stated, id, text, engine, reason, severity, position, origin };
}

/** What the one value of a query must be. */
export type SqlThreshold = Pick<CustomSql, 'operator'> & {
  readonly limit: number;
  readonly high: number | null;
};

const NOWHERE = { offset: 0, length: 0 } as const;

/** The author's own query as an expression. */
export function sqlExpression(query: string, { operator, limit, high }: SqlThreshold): Expression {
  const number = (value: number): NumberLiteral => ({ type: 'number', value, unit: null, span: NOWHERE });
  return {
    condition: {
      type: 'custom_sql',
      query,
      operator,
      limit: number(limit),
      high: high === null ? null : number(high),
      span: NOWHERE,
    },
    where: null,
    scope: null,
    per: null,
    span: NOWHERE,
  };
}

/** `sql_select_count_from_dataset-1b2c3d4e`. */
function sqlId({ query, operator, limit, high }: CustomSql): string {
  const slug = query
    .replaceAll(/[^A-Za-z0-9_]+/g, '_')
    .slice(0, 40)
    .replaceAll(/^_+|_+$/g, '')
    .toLowerCase();
  return `sql_${slug}-${digest(JSON.stringify([query, operator, limit.value, high?.value ?? null]))}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
