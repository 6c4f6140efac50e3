import type { Json, JsonObject } from '#model/json.ts';

import { objectOf, textOf, type DbtTest } from './model.ts';

/** Keys of a test that say how it is run, not what it tests. */
const SETTINGS = new Set([
  'config',
  'severity',
  'where',
  'name',
  'test_name',
  'description',
  'tags',
  'meta',
  'arguments',
  'warn_if',
  'error_if',
  'fail_calc',
  'limit',
  'store_failures',
  'enabled',
]);

/**
 * A test as it stands in a schema.yml: `unique`, `{not_null: {...}}`, `{test_name: not_null, ...}`; null when it
 * is none. Arguments may stand below `arguments` (dbt 1.10) or beside the settings.
 */
export function readTest(item: Json, column: string | null, place: string): DbtTest | null {
  if (typeof item === 'string') return testOf(item, {}, column, place, null);
  const object = objectOf(item);
  const stated = textOf(object['test_name']);
  if (stated !== null) return testOf(stated, object, column, place, textOf(object['name']));
  const [name, ...others] = Object.keys(object).filter((key) => !SETTINGS.has(key));
  if (name === undefined || others.length > 0) return null;
  const inner = { ...objectOf(object[name]) };
  const outer = Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
  return testOf(name, { ...outer, ...inner }, column, place, textOf(inner['name'] ?? object['name']));
}

export function testOf(
  name: string,
  stated: JsonObject,
  column: string | null,
  place: string,
  label: string | null,
): DbtTest {
  const config = objectOf(stated['config']);
  const severity = textOf(stated['severity'] ?? config['severity']);
  const beside = Object.fromEntries(Object.entries(stated).filter(([key]) => !SETTINGS.has(key)));
  return {
    name: name.replace(/^dbt\./, ''),
    column,
    arguments: { ...beside, ...objectOf(stated['arguments']) },
    severity: severity?.toLowerCase() === 'warn' ? 'warn' : 'block',
    where: textOf(stated['where'] ?? config['where']),
    label,
    description: textOf(stated['description']),
    place,
  };
}
