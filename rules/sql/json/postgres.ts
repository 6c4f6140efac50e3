import type { JsonDialect } from '../json-dialect.ts';

/** From PostgreSQL 16 on, which can ask without failing whether a text is JSON. */
export function postgresJson(literal: (text: string) => string): JsonDialect {
  return {
    columnText: (sql) => `${sql}::text`,
    // What is cast is no constant, which would be computed before it is known to be JSON.
    parsed: (text) => `(case when pg_input_is_valid(${text}, 'jsonb') then ${text} end)::jsonb`,
    // An element of what is no array would be that itself.
    step: (json, step) =>
      typeof step === 'string'
        ? `(${json}) -> ${literal(step)}`
        : `case when jsonb_typeof(${json}) = 'array' then (${json}) -> ${step} end`,
    type: (json) => `jsonb_typeof(${json})`,
    text: (json) => `((${json}) #>> '{}')`,
    number: (json) =>
      `(case when pg_input_is_valid((${json}) #>> '{}', 'double precision') then (${json}) #>> '{}' end)::double precision`,
    length: (json) => `jsonb_array_length(${json})`,
    every: (array, name, condition) =>
      `not exists (select 1 from jsonb_array_elements(${array}) as ${name}(v) where not ${condition(`${name}.v`)})`,
  };
}
