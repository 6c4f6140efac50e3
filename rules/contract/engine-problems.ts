import type { Expression } from '#model/expression.ts';
import type { DialectName } from '#model/ports.ts';
import type { Predicate } from '#model/predicate.ts';

import { leavesOf, termsOf } from '../expression/conditions-in.ts';
import type { ExpressionProblem } from '../expression/problem.ts';
import { metricsIn } from '../expression/subject.ts';
import { DIALECTS } from '../sql/dialects.ts';
import { enginePattern } from '../sql/engine-pattern.ts';
import type { RowContext } from '../sql/operand.ts';
import { compilePredicate } from '../sql/predicate.ts';
import { SqlRefusal } from '../sql/refusal.ts';

const OTHER_NAMES: Readonly<Record<string, DialectName | undefined>> = {
  postgresql: 'postgres',
  mariadb: 'mysql',
  databricks: 'spark',
};

/** The engine that a server's type or the adapter of `publish_to` names; null for any other. */
export function engineNamed(name: string): DialectName | null {
  const lower = name.toLowerCase();
  return (
    Object.keys(DIALECTS).find((known): known is DialectName => known === lower) ?? OTHER_NAMES[lower] ?? null
  );
}

/** The engine in which a target like `starrocks:gold.orders` lies, where its adapter is called so. */
export function engineOfTarget(publishTo: string | null): readonly DialectName[] {
  const named = publishTo === null ? null : engineNamed(publishTo.split(':')[0] ?? '');
  return named === null ? [] : [named];
}

/**
 * Conditions on rows that none of the engines can be asked, which would be an `error` at the gate; without engines,
 * where it is not known in which the data lies, there are none. The types of columns are left to the type check.
 */
export function engineProblems(
  { condition, where }: Expression,
  engines: readonly DialectName[],
): readonly ExpressionProblem[] {
  if (engines.length === 0) return [];
  const predicates = [
    ...(where === null ? [] : [where]),
    ...leavesOf(condition).flatMap((leaf) => (leaf.type === 'rows' ? [leaf.predicate] : [])),
    ...termsOf(condition)
      .flatMap(metricsIn)
      .flatMap(({ predicate }) => predicate ?? []),
  ];
  return predicates.flatMap((predicate) => {
    const refusals = engines.map((engine) => refusalOf(predicate, engine));
    const [first] = refusals;
    if (!first || refusals.includes(null)) return [];
    const { message, mend } = first;
    return [
      {
        severity: 'error' as const,
        span: predicate.span,
        message: `${message} (${engines.join(', ')})`,
        mend,
      },
    ];
  });
}

function refusalOf(predicate: Predicate, engine: DialectName): SqlRefusal | null {
  const dialect = DIALECTS[engine];
  const context: RowContext = {
    dialect,
    now: new Date(0),
    column: (name) => ({ sql: dialect.identifier(name), kind: 'unknown', name }),
    pattern: (pattern) => enginePattern(pattern, engine),
  };
  try {
    compilePredicate(context, predicate);
    return null;
  } catch (error) {
    if (error instanceof SqlRefusal) return error;
    throw error;
  }
}
