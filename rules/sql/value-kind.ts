import type { DialectName } from '#model/ports.ts';

/**
 * What a value is, as far as SQL is compiled differently. `other` (JSON, arrays, bytes, time of day) is only
 * counted and tested for null; `unknown` is a column of which nobody said the type.
 */
export type ValueKind =
  | 'integer'
  | 'decimal'
  | 'double'
  | 'text'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'other'
  | 'unknown';

/** Kinds that can be compared with each other. */
export type KindGroup = 'number' | 'text' | 'boolean' | 'time' | 'other' | 'unknown';

const GROUPS: Readonly<Record<ValueKind, KindGroup>> = {
  integer: 'number',
  decimal: 'number',
  double: 'number',
  text: 'text',
  boolean: 'boolean',
  date: 'time',
  timestamp: 'time',
  other: 'other',
  unknown: 'unknown',
};

export function groupOf(kind: ValueKind): KindGroup {
  return GROUPS[kind];
}

const KINDS: readonly (readonly [RegExp, ValueKind])[] = [
  [
    /^(?:tiny|small|medium|big|large)?int(?:eger)?\d*$|^u?int\d+$|^long$|^short$|^byte$|^hugeint$|^uhugeint$/,
    'integer',
  ],
  [/^u(?:tiny|small|big)?int(?:eger)?$|^year$|^(?:small|big)?serial$|^oid$/, 'integer'],
  [/^(?:decimal|numeric|dec|number)\d*(?:v\d)?$|^money$/, 'decimal'],
  [/^double(?: precision)?$|^float\d*$|^real$/, 'double'],
  [/^bool(?:ean)?$/, 'boolean'],
  [/^date(?:32|v2)?$/, 'date'],
  [/^(?:timestamp|datetime)/, 'timestamp'],
  [/^(?:var|n|nvar)?char(?:acter)?(?: varying)?$|^character$|^bpchar$|^string$|^fixedstring$/, 'text'],
  [/^(?:tiny|medium|long)?text$|^name$|^citext$|^uuid$|^u?enum\d*$|^user-defined$/, 'text'],
];

/** The kind of a column type as the engine's catalogue writes it: `numeric(10,2)`, `Nullable(DateTime64(3))`. */
export function kindOfType(type: string, dialect: DialectName): ValueKind {
  const bare = unwrapped(type.trim().toLowerCase());
  // The MySQL protocol has no boolean: BOOLEAN is written tinyint(1) there.
  if (bare.startsWith('tinyint(1)') && (dialect === 'mysql' || dialect === 'starrocks')) return 'boolean';
  if (bare.endsWith('[]')) return 'other';
  const name = bare
    .replace(/\(.*\)/s, '')
    .replace(/ (?:unsigned|signed|zerofill)/g, '')
    .trim();
  return KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
}

// ClickHouse wraps types: LowCardinality(Nullable(String)).
function unwrapped(type: string): string {
  const inner = /^(?:nullable|lowcardinality)\((.*)\)$/s.exec(type)?.[1];
  return inner === undefined ? type : unwrapped(inner);
}
