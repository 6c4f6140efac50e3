import type { Check, PartitionRule } from '#model/contract.ts';

/**
 * Uniqueness is a promise about the whole table. Where the key holds every column of the partition key, two
 * equal rows lie in one partition, so looking at the candidate's says the same of the table and reads one
 * partition instead of all. Checks that name a scope keep it.
 */
export function withNarrowUniqueness(
  checks: readonly Check[],
  partition: PartitionRule | null,
): readonly Check[] {
  if (partition === null) return checks;
  return checks.map((check) => {
    const { condition, scope } = check.expression;
    if (condition.type !== 'unique' || scope !== null) return check;
    const key = new Set(condition.columns.map(({ name }) => name));
    if (!partition.columns.every((column) => key.has(column))) return check;
    return { ...check, expression: { ...check.expression, scope: { type: 'partition' } } };
  });
}
