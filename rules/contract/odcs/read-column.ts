import type { ColumnConstraints, ContractColumn, LogicalType, Relationship } from '#model/contract.ts';

import type { LocatedColumn } from '../derived-checks.ts';
import {
  flagAt,
  itemsAt,
  mapAt,
  mapsAt,
  numberAt,
  plain,
  plainMap,
  scalarAt,
  textAt,
  textsAt,
  valueAt,
  type LocatedMap,
} from '../located.ts';
import { PLAIN_COLUMN } from '../plain-column.ts';
import { extrasOf } from './extras.ts';
import { leftover } from './leftover.ts';
import { printColumnFields, STRUCTURAL } from './print-column.ts';
import { LOGICAL_TYPES } from './property-shape.ts';
import { referenceOf } from './references.ts';

/** Reads a property of a schema object, whose shape has been checked, with the places of its promises. */
export function readColumn(map: LocatedMap): LocatedColumn {
  const options = mapAt(map, 'logicalTypeOptions');
  const column = readFields(map, options);
  const places = {
    ...placeOf(map, 'primaryKey'),
    ...placeOf(map, 'required'),
    ...placeOf(map, 'unique'),
    ...Object.fromEntries([...(options?.entries ?? [])].map(([name, { at }]) => [name, at])),
  };
  return { column, places };
}

function placeOf(map: LocatedMap, key: string): LocatedColumn['places'] {
  const entry = map.entries.get(key);
  return entry === undefined ? {} : { [key]: entry.at };
}

function readFields(map: LocatedMap, options: LocatedMap | null): ContractColumn {
  const extras = extrasOf(map);
  const logicalType = LOGICAL_TYPES.find((type): type is LogicalType => type === textAt(map, 'logicalType'));
  const physicalType = textAt(map, 'physicalType');
  const added = extras === null ? [] : textsAt(extras, 'added');
  const unplaced = extras === null ? null : mapAt(extras, 'options');
  const limits = joined(options, unplaced);
  const items = mapAt(map, 'items');
  const tags = textsAt(map, 'tags');
  const pii = piiOf(map, extras, tags);
  const column: ContractColumn = {
    ...PLAIN_COLUMN,
    name: textAt(map, 'name') ?? '',
    type: physicalType ?? logicalType ?? '',
    logicalType: logicalType ?? null,
    physicalType,
    physicalName: textAt(map, 'physicalName'),
    businessName: textAt(map, 'businessName'),
    primaryKey: flagAt(map, 'primaryKey') === true,
    primaryKeyPosition: positionIn(map, 'primaryKeyPosition', 'primaryKey'),
    partitioned: flagAt(map, 'partitioned') === true,
    partitionPosition: positionIn(map, 'partitionKeyPosition', 'partitioned'),
    required: flagAt(map, 'required') === true,
    unique: flagAt(map, 'unique') === true,
    pii,
    classification: added.includes('classification') ? null : textAt(map, 'classification'),
    masking: extras && textAt(extras, 'masking'),
    encryptedName: textAt(map, 'encryptedName'),
    critical: flagAt(map, 'criticalDataElement') === true,
    retention: extras && textAt(extras, 'retention'),
    constraints: limits === null ? PLAIN_COLUMN.constraints : readConstraints(limits),
    format: limits && textAt(limits, 'format'),
    zoned: limits && flagAt(limits, 'timezone'),
    timezone: limits && textAt(limits, 'defaultTimezone'),
    unit: extras && textAt(extras, 'unit'),
    currency: extras && textAt(extras, 'currency'),
    encoding: extras && textAt(extras, 'encoding'),
    description: textAt(map, 'description'),
    tags: added.includes('tags') ? tags.filter((tag) => tag !== `pii:${String(pii)}`) : tags,
    examples: itemsAt(map, 'examples').map(plain),
    properties: mapsAt(map, 'properties').map((property) => readNested(property)),
    items: items === null ? null : readNested(items),
    relationships: readRelationships(map),
    position: map.at,
  };
  return { ...column, carried: leftover(plainMap(map), printColumnFields(column), STRUCTURAL) };
}

/** The options of the standard, and those of ours that it has no key for. */
function joined(options: LocatedMap | null, unplaced: LocatedMap | null): LocatedMap | null {
  if (options === null || unplaced === null) return options ?? unplaced;
  return { ...options, entries: new Map([...unplaced.entries, ...options.entries]) };
}

/** A field inside a column: its quality items are carried, for no check of ours reaches them. */
function readNested(map: LocatedMap): ContractColumn {
  const column = readFields(map, mapAt(map, 'logicalTypeOptions'));
  const quality = valueAt(map, 'quality');
  return quality === null ? column : { ...column, carried: { ...column.carried, quality: plain(quality) } };
}

/** A place in a key counts from 1; ODCS writes -1 for none. */
function positionIn(map: LocatedMap, key: string, flag: string): number | null {
  const position = numberAt(map, key);
  return position !== null && position >= 1 && flagAt(map, flag) === true ? position : null;
}

function piiOf(map: LocatedMap, extras: LocatedMap | null, tags: readonly string[]): string | false {
  const own = extras && textAt(extras, 'pii');
  if (own !== null) return own;
  const custom = mapsAt(map, 'customProperties').find((item) => textAt(item, 'property') === 'pii');
  const value = custom === undefined ? null : scalarAt(custom, 'value');
  if (value === true) return 'personal';
  if (typeof value === 'string' && value !== '') return value;
  for (const tag of tags) {
    const [, kind] = /^pii(?::(.+))?$/i.exec(tag) ?? [tag, null];
    if (kind !== null) return kind ?? 'personal';
  }
  return false;
}

function readConstraints(options: LocatedMap): ColumnConstraints {
  return {
    minimum: boundAt(options, 'minimum'),
    maximum: boundAt(options, 'maximum'),
    exclusiveMinimum: boundAt(options, 'exclusiveMinimum'),
    exclusiveMaximum: boundAt(options, 'exclusiveMaximum'),
    multipleOf: numberAt(options, 'multipleOf'),
    minLength: numberAt(options, 'minLength'),
    maxLength: numberAt(options, 'maxLength'),
    pattern: textAt(options, 'pattern'),
    oneOf: null,
  };
}

function boundAt(options: LocatedMap, key: string): number | string | null {
  const value = scalarAt(options, key);
  return typeof value === 'boolean' ? null : value;
}

function readRelationships(map: LocatedMap): readonly Relationship[] {
  const name = textAt(map, 'name') ?? '';
  return mapsAt(map, 'relationships').map((relationship) => {
    const target = referenceOf(relationship, 'to');
    return {
      columns: [name],
      table: target.table,
      otherColumns: target.columns,
      enforced: false,
      position: relationship.at,
      carried: plainMap(relationship),
    };
  });
}
