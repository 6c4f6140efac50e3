import type { JsonDialect } from '../json-dialect.ts';

/** MySQL 8 and MariaDB 10.6 or later. */
export function mysqlJson(literal: (text: string) => string): JsonDialect {
  return {
    columnText: (sql) => `convert(${sql} using utf8mb4)`,
    parsed: (text) => `case when json_valid(${text}) = 1 then json_extract(${text}, '$') end`,
    // An element of what is no array would be that itself.
    step: (json, step) =>
      typeof step === 'string'
        ? `json_extract(${json}, ${literal(`$.${JSON.stringify(step)}`)})`
        : `case when json_type(${json}) = 'ARRAY' then json_extract(${json}, '$[${step}]') end`,
    type: (json) =>
      `case json_type(${json}) when 'OBJECT' then 'object' when 'ARRAY' then 'array' when 'STRING' then 'string' when 'BOOLEAN' then 'boolean' when 'NULL' then 'null' when 'INTEGER' then 'number' when 'UNSIGNED INTEGER' then 'number' when 'DOUBLE' then 'number' when 'DECIMAL' then 'number' end`,
    text: (json) => `convert(json_unquote(${json}) using utf8mb4)`,
    number: (json) => `(${json} + 0e0)`,
    length: (json) => `json_length(${json})`,
    every: (array, name, condition) =>
      `not exists (select 1 from json_table(${array}, '$[*]' columns (v json path '$')) as ${name} where not ${condition(`${name}.v`)})`,
  };
}
