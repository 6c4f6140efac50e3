import type { JsonDialect } from '../json-dialect.ts';

/** A JSON value is the text of it. */
export function clickhouseJson(literal: (text: string) => string): JsonDialect {
  return {
    columnText: (sql) => `toJSONString(${sql})`,
    parsed: (text) => `if(isValidJSON(${text}) = 1, ${text}, null)`,
    // Places are counted from 1, and those of an object are its members.
    step: (json, step) =>
      typeof step === 'string'
        ? `nullIf(JSONExtractRaw(${json}, ${literal(step)}), '')`
        : `if(JSONType(${json}) = 'Array', nullIf(JSONExtractRaw(${json}, ${step + 1}), ''), null)`,
    type: (json) =>
      `case when (${json}) is null then null else transform(toString(JSONType(${json})), ['Object', 'Array', 'String', 'Bool', 'Null'], ['object', 'array', 'string', 'boolean', 'null'], 'number') end`,
    text: (json) => `JSONExtractString(${json})`,
    number: (json) => `JSONExtractFloat(${json})`,
    length: (json) => `JSONLength(${json})`,
    every: (array, name, condition) =>
      `arrayAll(${name} -> ifNull(${condition(name)}, 0), JSONExtractArrayRaw(ifNull(${array}, '')))`,
  };
}
