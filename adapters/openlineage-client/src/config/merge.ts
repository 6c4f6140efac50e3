import { isRecord } from './settings.ts';

/** Both mappings as one; where both have a value, `stronger` wins. Only mappings merge, lists replace. */
export function mergeDeep(
  weaker: Record<string, unknown>,
  stronger: Record<string, unknown>,
): Record<string, unknown> {
  const merged = { ...weaker };
  for (const [key, value] of Object.entries(stronger)) {
    const below = merged[key];
    if (value !== undefined)
      merged[key] = isRecord(below) && isPlain(value) ? mergeDeep(below, value) : value;
  }
  return merged;
}

/** A transport object must come through as it is, not as a copy of its fields. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    isRecord(value) &&
    (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
  );
}
