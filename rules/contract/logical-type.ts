import type { LogicalType } from '#model/contract.ts';

const LOGICAL: Readonly<Record<string, LogicalType>> = {
  string: 'string',
  text: 'string',
  varchar: 'string',
  char: 'string',
  uuid: 'string',
  tinyint: 'integer',
  smallint: 'integer',
  int: 'integer',
  integer: 'integer',
  bigint: 'integer',
  largeint: 'integer',
  long: 'integer',
  float: 'number',
  real: 'number',
  double: 'number',
  decimal: 'number',
  numeric: 'number',
  boolean: 'boolean',
  bool: 'boolean',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  timestamp_ntz: 'timestamp',
  datetime: 'timestamp',
  json: 'object',
  map: 'object',
  struct: 'object',
  array: 'array',
};

/** The logical type of ODCS that a type of the short form belongs to; null where ODCS has none (binary). */
export function logicalTypeOf(type: string): LogicalType | null {
  const [word = ''] = /^[a-z_]+/i.exec(type.trim()) ?? [];
  const name = word.toLowerCase();
  return Object.hasOwn(LOGICAL, name) ? (LOGICAL[name] ?? null) : null;
}

const SHORT: Readonly<Record<LogicalType, string>> = {
  string: 'string',
  date: 'date',
  timestamp: 'timestamp',
  time: 'time',
  number: 'double',
  integer: 'bigint',
  object: 'json',
  array: 'array',
  boolean: 'boolean',
};

/** The type of the short form that holds every value of a logical type. */
export function shortTypeOf(type: LogicalType): string {
  return SHORT[type];
}
