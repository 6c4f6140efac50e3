import type { CarriedCheck, Check, ContractColumn, Severity } from '#model/contract.ts';
import type { CheckSource } from '#model/contract-check.ts';

import type { DialectName } from '#model/ports.ts';
import { checkEstimates } from '../../expression/check-types.ts';
import { parseExpression } from '../../expression/parse.ts';
import { printOperandColumn } from '../../expression/print-names.ts';
import { columnProblems } from '../column-problems.ts';
import { engineProblems } from '../engine-problems.ts';
import { printValues } from '../constraint-checks.ts';
import {
  flagAt,
  plain,
  plainMap,
  textAt,
  textsAt,
  valueAt,
  type LocatedMap,
  type LocatedScalar,
} from '../located.ts';
import { makeCarried, makeCheck, sqlExpression, type SqlThreshold, type Stated } from '../make-check.ts';
import type { ContractSource } from '../source.ts';
import { EXTRAS, extrasOf } from './extras.ts';
import { libraryCheck } from './library-check.ts';
import { fillPlaceholders } from './placeholders.ts';
import { queryProblem, queryProblems } from '../query-problem.ts';
import { DIMENSIONS, METRICS, operatorsOf } from './quality-shape.ts';

/** Where the quality items of a file stand. */
export interface QualityPlace {
  /** As the file calls it; null for the schema object itself. */
  readonly property: string | null;
  /** Its name in the table. */
  readonly column: string | null;
}

export interface QualityContext {
  readonly source: ContractSource;
  readonly columns: readonly ContractColumn[];
  /** In which the data is known to lie. */
  readonly engines: readonly DialectName[];
  /** The name in the table of a property. */
  readonly nameOf: (property: string) => string;
}

type ReadCheck =
  | { readonly kind: 'check'; readonly check: Check }
  | { readonly kind: 'carried'; readonly check: CarriedCheck };

/**
 * Reads a quality item, whose shape has been checked; null after a report. `promise` holds the values of an
 * item that stands for the one_of of a column in the short form.
 */
export function readQualityItem(
  context: QualityContext,
  item: LocatedMap,
  place: QualityPlace,
  promise: readonly (string | number | boolean)[] | null = null,
): ReadCheck | null {
  if (promise !== null && place.column !== null) return readPromise(item, place, place.column, promise);
  const type = textAt(item, 'type');
  const metric = METRICS.find((name) => name === textAt(item, 'metric'));
  if (type === 'sql') return readSql(context, item, place);
  if (type === 'custom') return readCustom(context, item, place);
  if (metric === undefined) {
    const words = textAt(item, 'description') ?? textAt(item, 'name') ?? '';
    return carried(item, 'text', place, words, null, 'These are words for people.');
  }
  const written = libraryCheck(metric, item, place.column, context.nameOf);
  const name = place.property === null ? metric : `${metric} of ${place.property}`;
  if (written.text === null) {
    context.source.warnPlace(
      item.at,
      `${name} is not run: ${written.reason.replace(/\.$/, '')}`,
      'Change it, or write a check of type custom for the engine assay.',
    );
    return carried(item, 'library', place, name, null, written.reason);
  }
  const parsed = parseExpression(written.text);
  if (parsed.status === 'error') {
    const { message, mend } = parsed.problem;
    context.source.warnPlace(item.at, `${name} is not run: ${message}`, mend);
    return carried(item, 'library', place, name, null, `${message}. ${mend}`);
  }
  const check = makeCheck(
    written.text,
    parsed.expression,
    severityOf(item),
    item.at,
    'quality',
    statedOf(item, 'library', place),
  );
  return { kind: 'check', check };
}

function readPromise(
  item: LocatedMap,
  place: QualityPlace,
  column: string,
  values: readonly (string | number | boolean)[],
): ReadCheck {
  const text = `${printOperandColumn(column)} in ${printValues(values)}`;
  const parsed = parseExpression(text);
  const stated = statedOf(item, 'constraint', place);
  if (parsed.status === 'ok')
    return {
      kind: 'check',
      check: makeCheck(text, parsed.expression, 'block', item.at, 'constraint', stated),
    };
  const reason = `It cannot be written as a check: ${parsed.problem.message}.`;
  return {
    kind: 'carried',
    check: makeCarried(text, null, reason, 'block', item.at, 'constraint', stated),
  };
}

function readSql(context: QualityContext, item: LocatedMap, place: QualityPlace): ReadCheck {
  const query = textAt(item, 'query') ?? '';
  const must = sqlThreshold(item);
  if (must === null) {
    const reason = 'The value it must be is no number.';
    context.source.warnPlace(
      item.at,
      'The query is not run: the value it must be is no number',
      'Write a query that counts.',
    );
    return carried(item, 'sql', place, query, null, reason);
  }
  const filled = fillPlaceholders(query, place.column);
  const problem = queryProblem(filled);
  if (problem !== null) {
    context.source.warnPlace(item.at, `The query is not run: ${problem.message}`, problem.mend);
    return carried(item, 'sql', place, query, null, `${problem.message}. ${problem.mend}`);
  }
  if (!filled.includes('{dataset}'))
    context.source.warnPlace(
      item.at,
      'The query names its table itself, so it looks at what is published and not at the candidate',
      'Write {object} for the table.',
    );
  const expression = sqlExpression(filled, must);
  const stated = statedOf(item, 'sql', place);
  return {
    kind: 'check',
    check: makeCheck(filled, expression, severityOf(item), item.at, 'quality', stated),
  };
}

function sqlThreshold(item: LocatedMap): SqlThreshold | null {
  const [operator] = operatorsOf(item);
  const value = operator === undefined ? null : valueAt(item, operator);
  const numbers = (value?.kind === 'list' ? value.items : value === null ? [] : [value]).map(plain);
  const [limit, high = null] = numbers;
  if (operator === undefined || typeof limit !== 'number') return null;
  const sign = SQL_SIGNS[operator];
  if (sign !== 'between' && sign !== 'not_between') return { operator: sign, limit, high: null };
  if (typeof high !== 'number') return null;
  return { operator: sign, limit: Math.min(limit, high), high: Math.max(limit, high) };
}

const SQL_SIGNS = {
  mustBe: '=',
  mustNotBe: '!=',
  mustBeGreaterThan: '>',
  mustBeGreaterOrEqualTo: '>=',
  mustBeLessThan: '<',
  mustBeLessOrEqualTo: '<=',
  mustBeBetween: 'between',
  mustNotBeBetween: 'not_between',
} as const;

/** Our own expressions are run, what is written for another engine is carried. */
function readCustom(context: QualityContext, item: LocatedMap, place: QualityPlace): ReadCheck | null {
  const engine = textAt(item, 'engine') ?? '';
  const written = valueAt(item, 'implementation');
  const text = written === null ? '' : textOf(plain(written));
  if (engine.toLowerCase() !== EXTRAS)
    return carried(
      item,
      'custom',
      place,
      text,
      engine,
      `Assay does not run the checks of ${engine || 'another engine'}.`,
    );
  if (written?.kind !== 'scalar' || typeof written.value !== 'string') {
    context.source.reportPlace(
      written?.at ?? item.at,
      'The implementation for the engine assay must be a text',
      'For example: implementation: "row_count > 0".',
    );
    return null;
  }
  const parsed = parseExpression(written.value);
  if (parsed.status === 'error') {
    const { span, message, mend } = parsed.problem;
    reportInside(context.source, written, span.offset, message, mend, 'error');
    return null;
  }
  const stated = statedOf(item, 'custom', place);
  const problems = [
    ...columnProblems(parsed.expression, context.columns),
    ...checkEstimates(parsed.expression, severityOf(item), stated.approx === true),
    ...queryProblems(parsed.expression),
    ...engineProblems(parsed.expression, context.engines),
  ];
  for (const { span, message, mend, severity } of problems)
    reportInside(context.source, written, span.offset, message, mend, severity);
  const check = makeCheck(written.value, parsed.expression, severityOf(item), item.at, 'quality', stated);
  return { kind: 'check', check };
}

function reportInside(
  source: ContractSource,
  scalar: LocatedScalar,
  offset: number,
  message: string,
  mend: string,
  severity: 'error' | 'warning',
): void {
  if (scalar.node !== null) source.reportIn(scalar.node, offset, message, mend, severity);
  else if (severity === 'error') source.reportPlace(scalar.at, message, mend);
  else source.warnPlace(scalar.at, message, mend);
}

function carried(
  item: LocatedMap,
  construct: CheckSource['construct'],
  place: QualityPlace,
  text: string,
  engine: string | null,
  reason: string,
): ReadCheck {
  const stated = statedOf(item, construct, place);
  return {
    kind: 'carried',
    check: makeCarried(text, engine, reason, severityOf(item), item.at, 'quality', stated),
  };
}

function statedOf(item: LocatedMap, construct: CheckSource['construct'], place: QualityPlace): Stated {
  const extras = extrasOf(item);
  const dimension = textAt(item, 'dimension');
  const runbook = extras && textAt(extras, 'runbook');
  return {
    ...(runbook !== null && { runbook }),
    from: { dialect: 'odcs', construct, column: place.property },
    name: textAt(item, 'name'),
    description: textAt(item, 'description'),
    dimension: DIMENSIONS.find((name) => name === dimension) ?? null,
    owner: extras && textAt(extras, 'owner'),
    approx: extras !== null && flagAt(extras, 'approx') === true,
    tags: textsAt(item, 'tags'),
    carried: plainMap(item),
  };
}

/** The standard leaves the words open: error and its like block, warnings warn, info records. Unstated: block. */
export function severityOf(item: LocatedMap): Severity {
  const word = (textAt(item, 'severity') ?? 'error').toLowerCase();
  if (/^(?:info|information|notice|low|minor|none)/.test(word)) return 'info';
  return /^(?:warn|medium|moderate)/.test(word) ? 'warn' : 'block';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
