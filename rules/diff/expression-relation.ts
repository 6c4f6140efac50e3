import type { Condition, Expression } from '#model/expression.ts';
import type { Scope } from '#model/predicate.ts';
import { ofConditions } from './condition-relation.ts';
import { ofPredicates } from './predicate-relation.ts';
import { ofLimits, reversed, together, type Relation } from './relation.ts';
import { isSame } from './value-key.ts';

/**
 * How the data that fulfils two checks relates: looser lets more through. Null when they check different things, so
 * that one was removed and the other added.
 */
export function ofExpressions(before: Expression, after: Expression): Relation | null {
  const condition = ofConditions(before.condition, after.condition);
  if (condition === null) return null;
  return together([condition, ofRowsTested(before, after)]);
}

/** Whether the checks look at the same rows. What every row must fulfil is stricter over more rows. */
function ofRowsTested(before: Expression, after: Expression): Relation {
  const relations = [
    ofPredicates(before.where, after.where),
    ofScopes(before, after),
    isSame(before.per, after.per)
      ? 'same'
      : before.per === null
        ? 'looser'
        : after.per === null
          ? 'tighter'
          : 'other',
  ] as const;
  if (relations.every((relation) => relation === 'same')) return 'same';
  const eachRow = isOfEachRow(before.condition) && isOfEachRow(after.condition);
  return eachRow ? reversed(together(relations)) : 'other';
}

function isOfEachRow(condition: Condition): boolean {
  if (condition.type === 'rows' || condition.type === 'references') return condition.share === 1;
  return condition.type === 'unique';
}

/** Looser: more rows. */
function ofScopes(before: Expression, after: Expression): Relation {
  if (isSame(before.scope, after.scope)) return 'same';
  return ofLimits(sizeOf(before), sizeOf(after));
}

function sizeOf({ scope, condition }: Expression): number {
  const size = (one: Scope): number =>
    one.type === 'table' ? Infinity : one.type === 'last' ? one.partitions : 1;
  if (scope !== null) return size(scope);
  return condition.type === 'unique' ? Infinity : 1;
}
