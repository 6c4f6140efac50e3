import type { JsonObject } from '#model/json.ts';
import { isDeepStrictEqual } from 'node:util';

/**
 * What was stated and would not be written back alike from the model alone: carried along, so that nothing is
 * lost. Keys in `structural` have a model of their own, unless they are empty lists.
 */
export function leftover(
  statedValues: JsonObject,
  printed: JsonObject,
  structural: readonly string[],
): JsonObject {
  return Object.fromEntries(
    Object.entries(statedValues).filter(([name, value]) => {
      if (structural.includes(name)) return Array.isArray(value) && value.length === 0;
      return !Object.hasOwn(printed, name) || !isDeepStrictEqual(printed[name], value);
    }),
  );
}
