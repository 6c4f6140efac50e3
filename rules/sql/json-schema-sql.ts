import type { Predicate } from '#model/predicate.ts';

import { JSON_TYPES, type JsonSchema, type JsonType, readJsonSchema } from '../json/schema.ts';
import type { JsonDialect } from './json-dialect.ts';
import { jsonOf, parsedJson, type RowContext } from './operand.ts';
import { SqlRefusal } from './refusal.ts';

/** Whether a text is JSON that fulfils a schema: false for what is no JSON, null for null. */
export function schemaSql(
  context: RowContext,
  { operand, schema }: Extract<Predicate, { readonly type: 'matches_schema' }>,
): string {
  const json = jsonOf(context);
  const read = readJsonSchema(schema);
  if (read.status === 'error') throw new SqlRefusal(read.message, read.mend);
  const [text, parsed] = parsedJson(context, json, operand, 'json_schema');
  const holds = new SchemaCompiler(context, json).holds(read.schema, parsed);
  return `(case when ${parsed} is not null then ${holds} when ${text} is not null then (1 = 0) end)`;
}

const TRUE = '(1 = 1)';
const FALSE = '(1 = 0)';

/** Conditions on values that are there: true or false, never null. */
class SchemaCompiler {
  readonly #context: RowContext;
  readonly #json: JsonDialect;
  #elements = 0;

  constructor(context: RowContext, json: JsonDialect) {
    this.#context = context;
    this.#json = json;
  }

  holds(schema: JsonSchema, value: string): string {
    const branches = JSON_TYPES.map((type) => [type, this.#ofType(schema, value, type)] as const);
    const usual = branches.filter(([, condition]) => condition === TRUE).length >= 3 ? TRUE : FALSE;
    const cases = branches.filter(([, condition]) => condition !== usual);
    if (cases.length === 0) return usual;
    const text = (type: JsonType): string => this.#context.dialect.textLiteral(type);
    const whens = cases.map(([type, condition]) => `when ${text(type)} then ${condition}`).join(' ');
    return `(case ${this.#json.type(value)} ${whens} else ${usual} end)`;
  }

  #ofType(schema: JsonSchema, value: string, type: JsonType): string {
    const { types } = schema;
    const isWhole = type === 'number' && types?.includes('integer') === true && !types.includes('number');
    if (types !== null && !types.includes(type) && !isWhole) return FALSE;
    const conditions = [
      ...(isWhole ? [this.#isWhole(value)] : []),
      ...(schema.values === null ? [] : [this.#isOneOf(schema.values, value, type)]),
      ...this.#byType(schema, value, type),
    ].filter((condition) => condition !== TRUE);
    if (conditions.includes(FALSE)) return FALSE;
    if (conditions.length === 0) return TRUE;
    // What the engine has no room for fulfils nothing.
    return `coalesce((${conditions.join(' and ')}), ${FALSE})`;
  }

  #byType(schema: JsonSchema, value: string, type: JsonType): readonly string[] {
    switch (type) {
      case 'object':
        return this.#members(schema, value);
      case 'array':
        return this.#elementsOf(schema, value);
      case 'string':
        return this.#ofText(schema, value);
      case 'number':
        return this.#ofNumber(schema, value);
      default:
        return [];
    }
  }

  #members({ properties, required }: JsonSchema, value: string): readonly string[] {
    return [...new Set([...required, ...properties.keys()])].map((name) => {
      const member = `(${this.#json.step(value, name)})`;
      const inner = properties.get(name);
      const holds = inner === undefined ? TRUE : this.holds(inner, member);
      if (required.includes(name))
        return holds === TRUE ? `(${member} is not null)` : `(${member} is not null and ${holds})`;
      return holds === TRUE ? TRUE : `(${member} is null or ${holds})`;
    });
  }

  #elementsOf({ items, minItems, maxItems }: JsonSchema, value: string): readonly string[] {
    const length = this.#json.length(value);
    const counts = [
      ...(minItems === null ? [] : [`${length} >= ${minItems}`]),
      ...(maxItems === null ? [] : [`${length} <= ${maxItems}`]),
    ];
    if (items === null) return counts;
    const name = `e${this.#elements}`;
    this.#elements += 1;
    return [...counts, this.#json.every(value, name, (element) => this.holds(items, element))];
  }

  #ofText({ minLength, maxLength, pattern }: JsonSchema, value: string): readonly string[] {
    const { dialect } = this.#context;
    const text = this.#json.text(value);
    return [
      ...(minLength === null ? [] : [`${dialect.length(text)} >= ${minLength}`]),
      ...(maxLength === null ? [] : [`${dialect.length(text)} <= ${maxLength}`]),
      ...(pattern === null ? [] : [`(${dialect.matches(text, this.#context.pattern(pattern))})`]),
    ];
  }

  #ofNumber(schema: JsonSchema, value: string): readonly string[] {
    const number = this.#json.number(value);
    const limits = [
      ['>=', schema.minimum],
      ['<=', schema.maximum],
      ['>', schema.exclusiveMinimum],
      ['<', schema.exclusiveMaximum],
    ] as const;
    return limits.flatMap(([sign, limit]) =>
      limit === null ? [] : [`${number} ${sign} ${this.#context.dialect.doubleLiteral(limit)}`],
    );
  }

  #isWhole(value: string): string {
    const number = this.#json.number(value);
    return `${number} = floor(${number})`;
  }

  #isOneOf(values: NonNullable<JsonSchema['values']>, value: string, type: JsonType): string {
    const { dialect } = this.#context;
    if (type === 'null') return values.includes(null) ? TRUE : FALSE;
    const own = values.filter((one) => one !== null && typeof one === type);
    if (own.length === 0) return FALSE;
    if (type === 'number') {
      const list = own.map((one) => dialect.doubleLiteral(Number(one))).join(', ');
      return `(${this.#json.number(value)} in (${list}))`;
    }
    const list = own.map((one) => dialect.binary(dialect.textLiteral(String(one)))).join(', ');
    return `(${dialect.binary(this.#json.text(value))} in (${list}))`;
  }
}
