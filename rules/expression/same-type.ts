/** Names that engines have for one type. */
const SAME: Readonly<Record<string, string>> = {
  integer: 'int',
  int4: 'int',
  int8: 'bigint',
  long: 'bigint',
  int2: 'smallint',
  numeric: 'decimal',
  bool: 'boolean',
  text: 'string',
  'character varying': 'varchar',
  character: 'char',
  'double precision': 'double',
  float8: 'double',
  float4: 'float',
  real: 'float',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
  datetime: 'timestamp',
};

/** Whether two names of types say the same, whatever engine wrote them. */
export function sameType(one: string, other: string): boolean {
  return normal(one) === normal(other);
}

function normal(type: string): string {
  return type
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\s*([(),<>:])\s*/g, '$1')
    .trim()
    .replaceAll(/[a-z_][a-z0-9_ ]*[a-z0-9_]|[a-z_]/g, (name) => SAME[name] ?? name);
}
