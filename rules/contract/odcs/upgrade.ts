import { flagAt, textAt, type Located, type LocatedEntry, type LocatedMap } from '../located.ts';
import { isLibrary, operatorsOf } from './quality-shape.ts';
import type { Report } from './check-shape.ts';

/** What 3.0 called the metrics of the library. */
const RULES: Readonly<Record<string, string>> = {
  nullCheck: 'nullValues',
  nullCount: 'nullValues',
  missingCount: 'missingValues',
  validValues: 'invalidValues',
  invalidCount: 'invalidValues',
  duplicateCount: 'duplicateValues',
  uniqueCheck: 'duplicateValues',
  countCheck: 'rowCount',
};

/** Rules of 3.0 that meant "none" without saying so. */
const MEANT_NONE = new Set(['nullCheck', 'uniqueCheck']);

const OPERATOR_SPELLINGS: Readonly<Record<string, string>> = {
  mustBeGreaterThanOrEqualTo: 'mustBeGreaterOrEqualTo',
  mustBeLessThanOrEqualTo: 'mustBeLessOrEqualTo',
};

/** Keys of ODCS 2 that are met in files of 3.0. */
const PROPERTY_SPELLINGS: Readonly<Record<string, string>> = {
  isUnique: 'unique',
  isPrimary: 'primaryKey',
  isPrimaryKey: 'primaryKey',
  isCriticalDataElement: 'criticalDataElement',
  partitionStatus: 'partitioned',
  encryptedColumnName: 'encryptedName',
};

const ARGUMENTS = ['validValues', 'missingValues', 'pattern', 'properties'] as const;

/**
 * Rewrites the forms of ODCS 2 and 3.0 that 3.1 no longer has; every rewriting is reported. A document that
 * had any says afterwards that it is 3.1.
 */
export function upgrade(root: LocatedMap, note: Report): LocatedMap {
  let notes = 0;
  const report: Report = (at, message, mend) => {
    notes += 1;
    note(at, message, mend);
  };
  const upgraded = mapItems(root, 'schema', (object) => upgradeElement(object, report));
  const version = textAt(upgraded, 'apiVersion');
  return notes > 0 && version?.startsWith('v3.0') === true
    ? replaced(upgraded, 'apiVersion', scalar(upgraded, 'v3.1.0'))
    : upgraded;
}

/** A schema object or a property, and all below it. */
function upgradeElement(element: LocatedMap, report: Report): LocatedMap {
  let map = renamed(element, PROPERTY_SPELLINGS, report);
  const nullable = map.entries.get('isNullable');
  const isNullable = flagAt(map, 'isNullable');
  if (nullable !== undefined && isNullable !== null) {
    report(nullable.at, 'isNullable is no key of ODCS 3', `Write required: ${String(!isNullable)}.`);
    map = without(map, 'isNullable');
    if (!map.entries.has('required')) map = replaced(map, 'required', scalar(map, !isNullable), nullable);
  }
  const options = map.entries.get('logicalTypeOptions');
  if (options?.value.kind === 'map')
    map = replaced(map, 'logicalTypeOptions', upgradeBounds(options.value, report), options);
  const items = map.entries.get('items');
  if (items?.value.kind === 'map') map = replaced(map, 'items', upgradeElement(items.value, report), items);
  map = mapItems(map, 'quality', (item) => upgradeQuality(item, report));
  return mapItems(map, 'properties', (property) => upgradeElement(property, report));
}

/** In 3.0 exclusiveMaximum was a flag beside maximum, in 3.1 it is the bound itself. */
function upgradeBounds(options: LocatedMap, report: Report): LocatedMap {
  let map = options;
  for (const [flag, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    const entry = map.entries.get(flag);
    const exclusive = flagAt(map, flag);
    const limit = map.entries.get(bound);
    if (entry === undefined || exclusive === null) continue;
    report(entry.at, `${flag} is a bound in ODCS 3.1, no longer a flag`, `Write ${flag}: and the bound.`);
    map = without(map, flag);
    if (exclusive && limit !== undefined) map = replaced(without(map, bound), flag, limit.value, entry);
  }
  return map;
}

function upgradeQuality(item: LocatedMap, report: Report): LocatedMap {
  let map = renamed(item, OPERATOR_SPELLINGS, report);
  const rule = map.entries.get('rule');
  const name = textAt(map, 'rule');
  if (rule !== undefined && name !== null && !map.entries.has('metric')) {
    const metric = Object.hasOwn(RULES, name) ? (RULES[name] ?? name) : name;
    report(rule.at, 'rule is the word of ODCS 3.0', `Write metric: ${metric}.`);
    map = replaced(without(map, 'rule'), 'metric', scalar(map, metric), rule);
    if (MEANT_NONE.has(name) && operatorsOf(map).length === 0)
      map = replaced(map, 'mustBe', scalar(map, 0), rule);
  }
  if (!isLibrary(map)) return map;
  const raised = ARGUMENTS.filter((key) => map.entries.has(key));
  const present = map.entries.get('arguments');
  const empty = present === undefined || (present.value.kind === 'scalar' && present.value.value === null);
  if (raised.length === 0 || (!empty && present.value.kind !== 'map')) return map;
  const inner = new Map(!empty && present.value.kind === 'map' ? present.value.entries : []);
  for (const key of raised) {
    const entry = map.entries.get(key);
    if (entry === undefined) continue;
    report(entry.at, `${key} stands one level too high`, `Write it below arguments:.`);
    inner.set(key, entry);
    map = without(map, key);
  }
  return replaced(map, 'arguments', { kind: 'map', entries: inner, at: map.at }, present);
}

function renamed(map: LocatedMap, spellings: Readonly<Record<string, string>>, report: Report): LocatedMap {
  let result = map;
  for (const [old, today] of Object.entries(spellings)) {
    const entry = result.entries.get(old);
    if (entry === undefined || result.entries.has(today)) continue;
    report(entry.at, `${old} is no key of ODCS 3.1`, `Write ${today}.`);
    result = replaced(without(result, old), today, entry.value, entry);
  }
  return result;
}

function mapItems(map: LocatedMap, key: string, change: (item: LocatedMap) => LocatedMap): LocatedMap {
  const entry = map.entries.get(key);
  if (entry?.value.kind !== 'list') return map;
  const items = entry.value.items.map((item) => (item.kind === 'map' ? change(item) : item));
  return replaced(map, key, { ...entry.value, items }, entry);
}

function replaced(map: LocatedMap, key: string, value: Located, from?: LocatedEntry): LocatedMap {
  const at = from?.at ?? map.entries.get(key)?.at ?? map.at;
  return { ...map, entries: new Map([...map.entries, [key, { at, value }]]) };
}

function without(map: LocatedMap, key: string): LocatedMap {
  return { ...map, entries: new Map([...map.entries].filter(([name]) => name !== key)) };
}

function scalar(map: LocatedMap, value: string | number | boolean): Located {
  return { kind: 'scalar', value, at: map.at, node: null };
}
