import type { StatedCheck } from '#model/contract-check.ts';
import type { Check, ContractColumn, Severity, SourcePosition } from '#model/contract.ts';
import type { Expression } from '#model/expression.ts';
import type { Node } from 'yaml';

import { checkTypes } from '../expression/check-types.ts';
import { parseExpression } from '../expression/parse.ts';
import { checkId } from './check-id.ts';
import type { ContractSource, Field } from './source.ts';

const SEVERITIES: readonly Severity[] = ['info', 'warn', 'block'];

/** Reads the list `quality`; the columns are those of the schema, for the type check. */
export function parseQuality(
  source: ContractSource,
  field: Field,
  columns: readonly ContractColumn[],
): readonly Check[] {
  const checks = new Map<string, Check>();
  for (const item of source.items(field, '- check: "row_count > 0"')) {
    const check = parseCheck(source, item, columns);
    if (check === null) continue;
    const first = checks.get(check.id);
    if (first === undefined) checks.set(check.id, check);
    else
      source.report(
        item,
        `This check says the same as the one on line ${first.position.line}`,
        'Remove one of the two.',
      );
  }
  return [...checks.values()];
}

function parseCheck(source: ContractSource, item: Node, columns: readonly ContractColumn[]): Check | null {
  const fields = source.fields(item, ['check', 'severity'], 'A quality item');
  if (fields === null) return null;
  const severityField = fields.get('severity');
  const severity = severityField === undefined ? 'block' : source.choice(severityField, SEVERITIES);
  const checkField = fields.get('check');
  if (checkField === undefined)
    return source.report(item, 'A quality item has no check', 'For example: - check: "row_count > 0".');
  const text = source.text(checkField, 'check: "row_count > 0"');
  if (text === null) return null;
  const parsed = parseExpression(text.value);
  if (parsed.status === 'error') {
    const { span, message, mend } = parsed.problem;
    return source.reportIn(text.scalar, span.offset, message, mend);
  }
  for (const problem of checkTypes(parsed.expression, columns)) {
    source.reportIn(text.scalar, problem.span.offset, problem.message, problem.mend, problem.severity);
  }
  if (severity === null) return null;
  const position = source.positionIn(text.scalar, parsed.expression.span.offset);
  return makeCheck(text.value, parsed.expression, severity, position, 'quality');
}

/** What a check says of itself when its author states nothing more than the condition. */
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

/** A check of an expression; what is not stated has its default. */
export function makeCheck(
  text: string,
  expression: Expression,
  severity: Severity,
  position: SourcePosition,
  origin: Check['origin'],
  stated: Partial<Omit<StatedCheck, 'id' | 'text' | 'severity' | 'position' | 'origin'>> = {},
): Check {
  const from = { dialect: 'short', construct: CONSTRUCTS[origin], column: null } as const;
  return { ...PLAIN, from, ...stated, id: checkId(expression), text, expression, severity, position, origin };
}
