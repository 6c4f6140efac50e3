import { flagAt, textAt, valueAt, type LocatedMap } from '../located.ts';
import { AUTHORITATIVE_DEFINITIONS, CUSTOM_PROPERTIES, STABLE_ID, TAGS } from './common-shapes.ts';
import {
  ANY,
  choice,
  list,
  NUMBER,
  OBJECT,
  oneOf,
  TEXT,
  type Fault,
  type MapShape,
  type Shape,
} from './shape.ts';

const PAIR = list(NUMBER, { atLeast: 2, atMost: 2, unique: true });

/** What a value is compared with; an item has exactly one (data-quality.md of ODCS 3.1). */
export const OPERATORS = {
  mustBe: ANY,
  mustNotBe: ANY,
  mustBeGreaterThan: NUMBER,
  mustBeGreaterOrEqualTo: NUMBER,
  mustBeLessThan: NUMBER,
  mustBeLessOrEqualTo: NUMBER,
  mustBeBetween: PAIR,
  mustNotBeBetween: PAIR,
} as const satisfies Readonly<Record<string, Shape>>;

export type Operator = keyof typeof OPERATORS;

export const OPERATOR_NAMES = [
  'mustBe',
  'mustNotBe',
  'mustBeGreaterThan',
  'mustBeGreaterOrEqualTo',
  'mustBeLessThan',
  'mustBeLessOrEqualTo',
  'mustBeBetween',
  'mustNotBeBetween',
] as const satisfies readonly Operator[];

export const METRICS = [
  'nullValues',
  'missingValues',
  'invalidValues',
  'duplicateValues',
  'rowCount',
] as const;
export type LibraryMetric = (typeof METRICS)[number];

export const DIMENSIONS = [
  'accuracy',
  'completeness',
  'conformity',
  'consistency',
  'coverage',
  'timeliness',
  'uniqueness',
] as const;

const COMMON = {
  id: STABLE_ID,
  authoritativeDefinitions: AUTHORITATIVE_DEFINITIONS,
  businessImpact: TEXT,
  customProperties: CUSTOM_PROPERTIES,
  description: TEXT,
  dimension: choice(...DIMENSIONS),
  method: TEXT,
  name: TEXT,
  schedule: TEXT,
  scheduler: TEXT,
  severity: TEXT,
  tags: TAGS,
  type: choice('library', 'text', 'sql', 'custom'),
  unit: TEXT,
} as const;

/** An item of a quality list: its keys depend on its type. */
export const QUALITY: MapShape = {
  type: 'map',
  name: 'A quality item',
  open: false,
  fields: (map) => {
    const type = textAt(map, 'type');
    return {
      shapes: {
        ...COMMON,
        ...(isLibrary(map) && { metric: choice(...METRICS), rule: TEXT, arguments: OBJECT }),
        ...(type === 'sql' && { query: TEXT }),
        ...(type === 'custom' && { engine: TEXT, implementation: oneOf(TEXT, OBJECT) }),
        ...(takesOperator(map) && OPERATORS),
      },
      required: [
        ...(isLibrary(map) ? ['metric'] : []),
        ...(type === 'sql' ? ['query'] : []),
        ...(type === 'custom' ? ['engine', 'implementation'] : []),
      ],
    };
  },
  rules: (map) => (takesOperator(map) ? operatorFaults(map) : missingType(map)),
};

/** An item without a type is a library check when it names a metric, else words. */
export function isLibrary(map: LocatedMap): boolean {
  return textAt(map, 'type') === 'library' || textAt(map, 'metric') !== null;
}

/** The operators that an item states. */
export function operatorsOf(map: LocatedMap): readonly Operator[] {
  return OPERATOR_NAMES.filter((name) => map.entries.has(name));
}

function takesOperator(map: LocatedMap): boolean {
  return isLibrary(map) || textAt(map, 'type') === 'sql';
}

function operatorFaults(map: LocatedMap): readonly Fault[] {
  const found = operatorsOf(map);
  if (found.length === 1) return [];
  if (found.length === 0)
    return [
      {
        key: null,
        message: 'A quality item says not what the value must be',
        mend: `Add one of ${OPERATOR_NAMES.join(', ')}.`,
      },
    ];
  return [
    {
      key: found[1] ?? null,
      message: `A quality item has ${found.length} operators: ${found.join(' and ')}`,
      mend: 'Keep one; write the other as an item of its own, or use mustBeBetween.',
    },
  ];
}

function missingType(map: LocatedMap): readonly Fault[] {
  const words = valueAt(map, 'type') === null && operatorsOf(map).length > 0;
  if (!words || flagAt(map, 'type') !== null) return [];
  return [
    {
      key: operatorsOf(map)[0] ?? null,
      message: 'A quality item compares something, but names no metric',
      mend: 'Add metric: rowCount or another metric of the library, or type: sql with a query.',
    },
  ];
}
