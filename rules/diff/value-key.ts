/** Things of a file that only say where something stood. */
const PLACES = new Set(['span', 'position']);

/** The same text for values that mean the same: without places, the keys of objects in order. */
export function valueKey(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueKey).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([name, inner]) => !PLACES.has(name) && inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${valueKey(inner)}`).join()}}`;
}

export function isSame(one: unknown, other: unknown): boolean {
  return valueKey(one) === valueKey(other);
}
