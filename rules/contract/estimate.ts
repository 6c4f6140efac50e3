import type { Expression } from '#model/expression.ts';

/** Whether a check rests on a sketch: a number that is nearly, not exactly right. */
export function isEstimate(expression: Expression): boolean {
  return mentions(expression.condition);
}

function mentions(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(mentions);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([name, inner]) => (name === 'metric' && inner === 'approx_distinct_count') || mentions(inner),
  );
}
