import type { Json } from '#model/json.ts';

import { textAt, type LocatedMap } from '../located.ts';
import { checkShape } from './check-shape.ts';
import { AUTHORITATIVE_DEFINITIONS, CUSTOM_PROPERTIES, STABLE_ID, TAGS } from './common-shapes.ts';
import { QUALITY } from './quality-shape.ts';
import { PROPERTY_RELATIONSHIP } from './relationship-shape.ts';
import {
  ANY,
  choice,
  COUNT,
  FLAG,
  INTEGER,
  list,
  map,
  NUMBER,
  OBJECT,
  TEXT,
  type MapShape,
  type Shape,
} from './shape.ts';

export const LOGICAL_TYPES = [
  'string',
  'date',
  'timestamp',
  'time',
  'number',
  'integer',
  'object',
  'array',
  'boolean',
] as const;

const ABOVE_ZERO: Shape = { type: 'number', integer: false, atLeast: null, above: 0 };
const TEXT_BOUNDS = { minimum: TEXT, maximum: TEXT, exclusiveMinimum: TEXT, exclusiveMaximum: TEXT } as const;
const NUMBER_BOUNDS = {
  minimum: NUMBER,
  maximum: NUMBER,
  exclusiveMinimum: NUMBER,
  exclusiveMaximum: NUMBER,
  multipleOf: ABOVE_ZERO,
} as const;
const MOMENTS = { format: TEXT, ...TEXT_BOUNDS, timezone: FLAG, defaultTimezone: TEXT } as const;

/** What logicalTypeOptions may say of each type (schema.md of ODCS 3.1); of a boolean the standard says nothing. */
const OPTIONS: Readonly<Record<string, Shape>> = {
  string: options('string', { minLength: COUNT, maxLength: COUNT, pattern: TEXT, format: TEXT }),
  date: options('date', { format: TEXT, ...TEXT_BOUNDS }),
  timestamp: options('timestamp', MOMENTS),
  time: options('time', MOMENTS),
  integer: options('integer', {
    ...NUMBER_BOUNDS,
    format: choice('i32', 'i8', 'i16', 'i64', 'i128', 'u8', 'u16', 'u32', 'u64', 'u128'),
  }),
  number: options('number', { ...NUMBER_BOUNDS, format: choice('f32', 'f64') }),
  object: options('object', {
    maxProperties: COUNT,
    minProperties: COUNT,
    required: list(TEXT, { atLeast: 1, unique: true }),
  }),
  array: options('array', { maxItems: COUNT, minItems: COUNT, uniqueItems: FLAG }),
  boolean: OBJECT,
};

/** What the options of no type have in common: nothing. */
const NO_OPTIONS = map('logicalTypeOptions without a logicalType', {});

function options(type: string, shapes: Readonly<Record<string, Shape>>): Shape {
  return map(`logicalTypeOptions of type ${type}`, shapes);
}

/** Whether an option of a type may be this value. */
export function optionFits(type: string | null, key: string, value: Json): boolean {
  const shape = type === null ? undefined : OPTIONS[type];
  if (shape?.type !== 'map' || typeof value === 'object') return false;
  const at = { line: 1, column: 1 };
  const { shapes } = shape.fields({ kind: 'map', entries: new Map(), at });
  const option = Object.hasOwn(shapes, key) ? shapes[key] : undefined;
  const located = { kind: 'scalar', value, at, node: null } as const;
  return option !== undefined && checkShape(located, option, key, () => undefined);
}

/** The keys that schema objects and properties share. */
export const ELEMENT = {
  id: STABLE_ID,
  name: TEXT,
  physicalType: TEXT,
  description: TEXT,
  businessName: TEXT,
  authoritativeDefinitions: AUTHORITATIVE_DEFINITIONS,
  tags: TAGS,
  customProperties: CUSTOM_PROPERTIES,
} as const;

const BASE: Readonly<Record<string, Shape>> = {
  ...ELEMENT,
  primaryKey: FLAG,
  primaryKeyPosition: INTEGER,
  logicalType: choice(...LOGICAL_TYPES),
  physicalName: TEXT,
  required: FLAG,
  unique: FLAG,
  partitioned: FLAG,
  partitionKeyPosition: INTEGER,
  classification: TEXT,
  encryptedName: TEXT,
  transformSourceObjects: list(TEXT),
  transformLogic: TEXT,
  transformDescription: TEXT,
  examples: list(ANY),
  criticalDataElement: FLAG,
  relationships: list(PROPERTY_RELATIONSHIP),
  quality: list(QUALITY),
};

function propertyFields(map: LocatedMap): Readonly<Record<string, Shape>> {
  const stated = map.entries.has('logicalType');
  const type = textAt(map, 'logicalType');
  return {
    ...BASE,
    logicalTypeOptions: stated ? (OPTIONS[type ?? ''] ?? OBJECT) : NO_OPTIONS,
    ...((!stated || type === 'object') && { properties: list(() => PROPERTY) }),
    ...((!stated || type === 'array') && { items: ITEM }),
  };
}

/** A column, or a field of one. */
export const PROPERTY: MapShape = {
  type: 'map',
  name: 'A property',
  open: false,
  fields: (map) => ({ shapes: propertyFields(map), required: ['name'] }),
  rules: () => [],
};

/** What an array holds: a property that needs no name. */
const ITEM: MapShape = {
  type: 'map',
  name: 'The items of an array',
  open: false,
  fields: (map) => ({ shapes: propertyFields(map), required: [] }),
  rules: () => [],
};
