import { parseColumnType } from './column-type.ts';

/** What warehouses call types that the short form has under another name. */
const SYNONYMS: readonly (readonly [pattern: RegExp, type: string])[] = [
  [/^(?:character varying|nvarchar|varchar2)\s*(\(\d+\))?$/, 'varchar$1'],
  [/^(?:character|bpchar|nchar)\s*(\(\d+\))?$/, 'char$1'],
  [/^(?:int64|int8|bigserial|number\(38,\s*0\))$/, 'bigint'],
  [/^(?:int32|int4|serial|mediumint)$/, 'int'],
  [/^(?:int16|int2|smallserial)$/, 'smallint'],
  [/^(?:float64|float8|double precision)$/, 'double'],
  [/^float4$/, 'real'],
  [/^(?:number|bignumeric|numeric)\s*(\(\d+(?:,\s*\d+)?\))?$/, 'decimal$1'],
  [/^timestamp(?:\(\d\))? without time zone$/, 'timestamp'],
  [/^(?:timestamp(?:\(\d\))? with time zone|timestamp_tz|timestamp_ltz)$/, 'timestamptz'],
  [/^(?:jsonb|variant|object|record|super)$/, 'json'],
  [/^(?:bytea|blob|varbinary(?:\(\d+\))?)$/, 'binary'],
  [/^logical$/, 'boolean'],
];

/** The short form's type for a warehouse's; null when it has none. */
export function shortTypeOfWarehouse(type: string): string | null {
  if (parseColumnType(type).status === 'ok') return type;
  const name = type.trim().toLowerCase();
  const synonym = SYNONYMS.find(([pattern]) => pattern.test(name));
  if (synonym === undefined) return null;
  const mapped = name.replace(synonym[0], synonym[1]);
  return parseColumnType(mapped).status === 'ok' ? mapped : null;
}
