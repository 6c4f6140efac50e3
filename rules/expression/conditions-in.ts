import type { Condition, Term } from '#model/expression.ts';

/** The conditions that others are joined from, from left to right. */
export function leavesOf(condition: Condition): readonly Condition[] {
  switch (condition.type) {
    case 'all_of':
    case 'any_of':
      return condition.conditions.flatMap(leavesOf);
    case 'not':
      return leavesOf(condition.condition);
    default:
      return [condition];
  }
}

/** The numbers that a condition compares, from left to right. */
export function termsOf(condition: Condition): readonly Term[] {
  return leavesOf(condition).flatMap((leaf): readonly Term[] => {
    switch (leaf.type) {
      case 'comparison':
        return [leaf.left, leaf.right];
      case 'between':
        return [leaf.subject, leaf.low, leaf.high];
      case 'within':
        return [leaf.subject, leaf.target];
      case 'not_anomalous':
        return [leaf.subject];
      default:
        return [];
    }
  });
}
