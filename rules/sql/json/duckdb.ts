import type { JsonDialect } from '../json-dialect.ts';

/** DuckDB 1.0 and later; names stand in JSON pointers, which take any. */
export function duckdbJson(literal: (text: string) => string): JsonDialect {
  return {
    columnText: (sql) => `cast(${sql} as varchar)`,
    parsed: (text) => `try_cast(${text} as json)`,
    step: (json, step) => {
      const found = `json_extract(${json}, ${literal(`/${pointerPart(String(step))}`)})`;
      // A pointer says 0 for both.
      if (typeof step === 'string' && !/^(?:\d+|-)$/.test(step)) return found;
      const owner = typeof step === 'string' ? 'OBJECT' : 'ARRAY';
      return `case when json_type(${json}) = '${owner}' then ${found} end`;
    },
    type: (json) =>
      `case json_type(${json}) when 'OBJECT' then 'object' when 'ARRAY' then 'array' when 'VARCHAR' then 'string' when 'BOOLEAN' then 'boolean' when 'NULL' then 'null' when 'UBIGINT' then 'number' when 'BIGINT' then 'number' when 'HUGEINT' then 'number' when 'DOUBLE' then 'number' end`,
    text: (json) => `json_extract_string(${json}, '$')`,
    number: (json) => `try_cast(json_extract_string(${json}, '$') as double)`,
    length: (json) => `json_array_length(${json})`,
    every: (array, name, condition) =>
      `coalesce(list_bool_and([${condition(name)} for ${name} in cast(json_extract(${array}, '$[*]') as json[])]), true)`,
  };
}

function pointerPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
