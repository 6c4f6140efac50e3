import type { Check, ContractColumn, Dimension } from '#model/contract.ts';
import type { DialectName } from '#model/ports.ts';
import type { Node } from 'yaml';

import { checkEstimates } from '../../expression/check-types.ts';
import { COMPARISONS } from '../../expression/comparisons.ts';
import { parseExpression } from '../../expression/parse.ts';
import { columnProblems } from '../column-problems.ts';
import { engineProblems } from '../engine-problems.ts';
import { makeCheck, sqlExpression, type SqlThreshold, type Stated } from '../make-check.ts';
import { DIMENSIONS } from '../odcs/quality-shape.ts';
import { queryProblem, queryProblems } from '../query-problem.ts';
import type { ContractSource, Field, Fields } from '../source.ts';
import { optionalText, read, readTags } from './read-fields.ts';
import { keysOf, MUST, QualityForm, SEVERITIES } from './short-form.ts';

const KEYS = keysOf(QualityForm);

/**
 * Reads the list `quality`; the columns are those of the schema, for the type check, the engines those in which the
 * data is known to lie.
 */
export function readQuality(
  source: ContractSource,
  field: Field,
  columns: readonly ContractColumn[],
  engines: readonly DialectName[],
): readonly Check[] {
  const checks = new Map<string, Check>();
  for (const item of source.items(field, '- check: "row_count > 0"')) {
    const check = readItem(source, item, columns, engines);
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

function readItem(
  source: ContractSource,
  item: Node,
  columns: readonly ContractColumn[],
  engines: readonly DialectName[],
): Check | null {
  const fields = source.fields(item, KEYS, 'A quality item');
  if (fields === null) return null;
  const severityField = fields.get('severity');
  const severity = severityField === undefined ? 'block' : source.choice(severityField, SEVERITIES);
  const stated = readStated(source, fields);
  const sql = fields.get('sql');
  const check = fields.get('check');
  const must = fields.get('must');
  if (sql !== undefined && check !== undefined)
    return source.report(sql.key, 'A quality item is a check or a query, not both', 'Make two items of it.');
  if (sql === undefined && must !== undefined)
    return source.report(must.key, 'must belongs to sql', 'Write the condition in check itself.');
  if (sql !== undefined) return readSql(source, item, sql, must, severity, stated);
  if (check === undefined)
    return source.report(item, 'A quality item has no check', 'For example: - check: "row_count > 0".');
  const text = source.text(check, 'check: "row_count > 0"');
  if (text === null) return null;
  const parsed = parseExpression(text.value);
  if (parsed.status === 'error') {
    const { span, message, mend } = parsed.problem;
    return source.reportIn(text.scalar, span.offset, message, mend);
  }
  const problems = [
    ...columnProblems(parsed.expression, columns),
    ...checkEstimates(parsed.expression, severity ?? 'block', stated.approx === true),
    ...queryProblems(parsed.expression),
    ...engineProblems(parsed.expression, engines),
  ];
  for (const problem of problems)
    source.reportIn(text.scalar, problem.span.offset, problem.message, problem.mend, problem.severity);
  if (severity === null) return null;
  const position = source.positionIn(text.scalar, parsed.expression.span.offset);
  return makeCheck(text.value, parsed.expression, severity, position, 'quality', stated);
}

function readSql(
  source: ContractSource,
  item: Node,
  sql: Field,
  must: Field | undefined,
  severity: Check['severity'] | null,
  stated: Stated,
): Check | null {
  const text = source.text(sql, 'sql: "select count(*) from {dataset} where {partition} and amount < 0"');
  const threshold =
    must === undefined
      ? source.report(item, 'A query needs what its number must be', 'For example: must: "= 0".')
      : readMust(source, must);
  if (text === null || threshold === null || severity === null) return null;
  const query = text.value.trim();
  const problem = queryProblem(query);
  if (problem !== null) return source.reportIn(text.scalar, 0, problem.message, problem.mend);
  if (!query.includes('{dataset}'))
    source.reportIn(
      text.scalar,
      0,
      'The query names its table itself, so it looks at what is published and not at the candidate',
      'Write {dataset} for the table.',
      'warning',
    );
  const position = source.positionIn(text.scalar, 0);
  const from = { dialect: 'short', construct: 'sql', column: null } as const;
  return makeCheck(query, sqlExpression(query, threshold), severity, position, 'quality', {
    ...stated,
    from,
  });
}

/** `= 0`, `between 1 and 5`; a bare number must be met exactly. */
function readMust(source: ContractSource, field: Field): SqlThreshold | null {
  const example = 'must: "= 0"';
  const scalar = source.scalar(field, 'a condition on the number', example);
  if (scalar === null) return null;
  const match = MUST.exec(String(scalar.value));
  if (match === null || typeof scalar.value === 'boolean')
    return source.report(
      scalar,
      `"${String(scalar.value)}" is not a condition on a number`,
      `For example: ${example}, or must: "between 1 and 5".`,
    );
  const [, sign = '=', limit, not, low, high] = match;
  if (limit !== undefined) return { operator: COMPARISONS[sign] ?? '=', limit: Number(limit), high: null };
  const [from, to] = [Number(low), Number(high)];
  if (from > to)
    return source.report(scalar, `${from} is above ${to}: no number lies between`, 'Swap the two numbers.');
  // ODCS knows no pair of equal numbers.
  if (from === to) return { operator: not === undefined ? '=' : '!=', limit: from, high: null };
  return { operator: not === undefined ? 'between' : 'not_between', limit: from, high: to };
}

function readStated(source: ContractSource, fields: Fields): Stated {
  const runbook = optionalText(source, fields, 'runbook', 'runbook: "https://wiki.example.com/nulls"');
  return {
    ...(runbook !== null && { runbook }),
    name: optionalText(source, fields, 'name', 'name: "No negative amounts"'),
    description: optionalText(source, fields, 'description', 'description: "Refunds are rows of their own"'),
    dimension: read(fields, 'dimension', (field): Dimension | null => source.choice(field, DIMENSIONS)),
    owner: optionalText(source, fields, 'owner', 'owner: "finance@company.com"'),
    approx: read(fields, 'approx', (field) => readApprox(source, field)) ?? false,
    tags: readTags(source, fields),
  };
}

function readApprox(source: ContractSource, field: Field): boolean {
  const scalar = source.scalar(field, 'ok', 'approx: ok');
  if (scalar === null) return false;
  if (scalar.value === 'ok') return true;
  if (typeof scalar.value === 'boolean') return scalar.value;
  source.report(scalar, `approx must be ok, found ${String(scalar.value)}`, 'Write approx: ok.');
  return false;
}
