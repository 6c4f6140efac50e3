import type { JsonDialect } from '../json-dialect.ts';
import { SqlRefusal } from '../refusal.ts';

/** What a value is, its canonical text begins with. */
const TYPES = [
  ['{', 'object'],
  ['[', 'array'],
  ['"', 'string'],
  ['t', 'boolean'],
  ['f', 'boolean'],
  ['n', 'null'],
] as const;

export function trinoJson(literal: (text: string) => string): JsonDialect {
  const cases = TYPES.map(([sign, type]) => `when '${sign}' then '${type}'`).join(' ');
  return {
    columnText: (sql) => `json_format(${sql})`,
    parsed: (text) => `try(json_parse(${text}))`,
    step: (json, step) => {
      if (typeof step === 'number') return `json_array_get(${json}, ${step})`;
      if (/["\\]/.test(step))
        throw new SqlRefusal(
          `This engine has no way to write the name ${JSON.stringify(step)} in a path`,
          'Look at the value above it.',
        );
      return `json_extract(${json}, ${literal(`$["${step}"]`)})`;
    },
    type: (json) =>
      `case when (${json}) is not null then case substr(json_format(${json}), 1, 1) ${cases} else 'number' end end`,
    text: (json) => `json_extract_scalar(${json}, '$')`,
    number: (json) => `try_cast(json_extract_scalar(${json}, '$') as double)`,
    length: (json) => `json_array_length(${json})`,
    every: (array, name, condition) =>
      `all_match(cast(${array} as array(json)), ${name} -> ${condition(`coalesce(${name}, json 'null')`)})`,
  };
}
