import type { Check, SourcePosition } from '#model/contract.ts';

import { parseExpression } from '../expression/parse.ts';
import { printColumn } from '../expression/print.ts';
import { makeCheck } from './parse-quality.ts';
import type { LocatedColumn } from './parse-schema.ts';
import type { ContractSource } from './source.ts';

/**
 * The checks that a schema promises, each at the place that promises it. They block, unless `quality` states
 * the same condition with a severity of its own: then that one stands and the derived one is left out.
 */
export function derivedChecks(
  source: ContractSource,
  columns: readonly LocatedColumn[],
  stated: readonly Check[],
): readonly Check[] {
  const known = new Set(stated.map((check) => check.id));
  const checks: Check[] = [];
  const add = (text: string, at: SourcePosition, origin: Check['origin']): void => {
    const parsed = parseExpression(text);
    if (parsed.status === 'error') {
      // A key of very many or very long names.
      const message = `The schema promises a check that cannot be written: ${parsed.problem.message}`;
      source.reportPlace(at, message, 'Use fewer or shorter names.');
      return;
    }
    const check = makeCheck(text, parsed.expression, 'block', at, origin);
    if (known.has(check.id)) return;
    known.add(check.id);
    checks.push(check);
  };

  const keys = columns.filter((column) => column.primaryKeyAt !== null);
  const [firstKey] = keys;
  if (firstKey?.primaryKeyAt) {
    add(
      `unique(${keys.map(({ column }) => printColumn(column.name)).join(', ')})`,
      firstKey.primaryKeyAt,
      'primary_key',
    );
  }
  for (const { column, primaryKeyAt, requiredAt, constraints } of columns) {
    const name = printColumn(column.name);
    if (primaryKeyAt) add(`null_count(${name}) = 0`, primaryKeyAt, 'primary_key');
    if (requiredAt) add(`null_count(${name}) = 0`, requiredAt, 'required');
    for (const { constraint, at } of constraints) {
      const [metric, operator] = constraint.name === 'min_value' ? ['min', '>='] : ['max', '<='];
      add(`${metric}(${name}) ${operator} ${constraint.value}`, at, 'constraint');
    }
  }
  return checks;
}
