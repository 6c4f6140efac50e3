import { parseRegex } from '../regex/parse.ts';
import { JsonSchemaError } from './schema-problem.ts';

export const JSON_TYPES = ['object', 'array', 'string', 'number', 'boolean', 'null'] as const;
/** What a JSON value is. */
export type JsonType = (typeof JSON_TYPES)[number];
export type JsonScalar = string | number | boolean | null;

/** What a JSON value must be, as far as it can be asked in SQL. */
export interface JsonSchema {
  /** `integer` are numbers without a fraction; null: all. */
  readonly types: readonly (JsonType | 'integer')[] | null;
  readonly values: readonly JsonScalar[] | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly exclusiveMinimum: number | null;
  readonly exclusiveMaximum: number | null;
  /** In characters (code points). */
  readonly minLength: number | null;
  readonly maxLength: number | null;
  /** Of the portable subset of rules/regex. */
  readonly pattern: string | null;
  readonly minItems: number | null;
  readonly maxItems: number | null;
  readonly items: JsonSchema | null;
  readonly required: readonly string[];
  readonly properties: ReadonlyMap<string, JsonSchema>;
}

export type ReadJsonSchema =
  | { readonly status: 'ok'; readonly schema: JsonSchema; readonly text: string }
  | { readonly status: 'error'; readonly message: string; readonly mend: string };

/** Schemas in one; each is asked of each row. */
const MOST_SCHEMAS = 100;
const MOST_DEPTH = 8;
/** Arrays in arrays in arrays. */
const MOST_ITEMS = 3;

/** Say something to people, and nothing about values. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
]);

const NUMBERS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'] as const;
const COUNTS = ['minLength', 'maxLength', 'minItems', 'maxItems'] as const;
const KNOWN: ReadonlySet<string> = new Set<string>([
  ...ANNOTATIONS,
  ...NUMBERS,
  ...COUNTS,
  'type',
  'enum',
  'const',
  'pattern',
  'items',
  'required',
  'properties',
]);

const ANYTHING: JsonSchema = {
  types: null,
  values: null,
  minimum: null,
  maximum: null,
  exclusiveMinimum: null,
  exclusiveMaximum: null,
  minLength: null,
  maxLength: null,
  pattern: null,
  minItems: null,
  maxItems: null,
  items: null,
  required: [],
  properties: new Map(),
};

/**
 * Reads a JSON Schema (draft 2020-12) of the keywords that can be asked of every row in SQL; every other one is
 * refused by its JSON pointer, because what is not asked would pass. `text` is the schema without spaces.
 */
export function readJsonSchema(text: string): ReadJsonSchema {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it ends too early';
    return { status: 'error', message: `The schema is not JSON: ${reason}`, mend: 'Write it as JSON.' };
  }
  try {
    const schema = new SchemaReader().read(value, '', 0, 0);
    return { status: 'ok', schema, text: JSON.stringify(value) };
  } catch (error) {
    if (error instanceof JsonSchemaError) return { status: 'error', message: error.text, mend: error.mend };
    throw error;
  }
}

class SchemaReader {
  #count = 0;

  read(value: unknown, pointer: string, depth: number, inItems: number): JsonSchema {
    this.#count += 1;
    if (this.#count > MOST_SCHEMAS)
      throw new JsonSchemaError(
        pointer,
        `There are more than ${MOST_SCHEMAS} schemas in it`,
        'Ask for less.',
      );
    if (depth > MOST_DEPTH)
      throw new JsonSchemaError(pointer, `Schemas lie more than ${MOST_DEPTH} deep`, 'Ask for less.');
    if (value === true) return ANYTHING;
    if (value === false) return { ...ANYTHING, types: [] };
    if (!isObject(value))
      throw new JsonSchemaError(pointer, 'A schema is an object, true or false', 'Write {"type": "object"}.');
    const given = new Map(Object.entries(value));
    for (const keyword of given.keys()) refuseKeyword(keyword, pointer);
    return {
      ...ANYTHING,
      ...Object.fromEntries(NUMBERS.map((name) => [name, numberOf(given, name, pointer)])),
      ...Object.fromEntries(COUNTS.map((name) => [name, countOf(given, name, pointer)])),
      types: typesOf(given, pointer),
      values: valuesOf(given, pointer),
      pattern: patternOf(given, pointer),
      required: requiredOf(given, pointer),
      items: this.#items(given, pointer, depth, inItems),
      properties: this.#properties(given, pointer, depth, inItems),
    };
  }

  #items(given: Given, pointer: string, depth: number, inItems: number): JsonSchema | null {
    if (!given.has('items')) return null;
    const at = `${pointer}/items`;
    if (inItems >= MOST_ITEMS)
      throw new JsonSchemaError(at, `Arrays lie more than ${MOST_ITEMS} deep in arrays`, 'Ask for less.');
    return this.read(given.get('items'), at, depth + 1, inItems + 1);
  }

  #properties(given: Given, pointer: string, depth: number, inItems: number): Map<string, JsonSchema> {
    const value = given.get('properties');
    const at = `${pointer}/properties`;
    if (value === undefined) return new Map();
    if (!isObject(value))
      throw new JsonSchemaError(
        at,
        'properties is an object of schemas',
        'Write {"id": {"type": "integer"}}.',
      );
    return new Map(
      Object.entries(value).map(([name, inner]) => {
        const place = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        return [nameOf(name, place), this.read(inner, place, depth + 1, inItems)];
      }),
    );
  }
}

type Given = ReadonlyMap<string, unknown>;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuseKeyword(keyword: string, pointer: string): void {
  if (KNOWN.has(keyword)) return;
  const known = [...KNOWN].filter((name) => !ANNOTATIONS.has(name)).sort();
  const mend =
    keyword === 'nullable'
      ? 'Write "type": ["string", "null"].'
      : keyword === 'format'
        ? 'Write a pattern.'
        : `Assay asks ${known.join(', ')}.`;
  throw new JsonSchemaError(
    `${pointer}/${keyword}`,
    `The keyword ${keyword} cannot be asked of rows in SQL, and left out it would pass everything`,
    mend,
  );
}

function typesOf(given: Given, pointer: string): JsonSchema['types'] {
  const value = given.get('type');
  if (value === undefined) return null;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const known = [...JSON_TYPES, 'integer'] as const;
  return list.map((name) => {
    const found = known.find((one) => one === name);
    if (found !== undefined) return found;
    throw new JsonSchemaError(
      `${pointer}/type`,
      `${JSON.stringify(name)} is no type of JSON`,
      `The types are ${known.join(', ')}.`,
    );
  });
}

function valuesOf(given: Given, pointer: string): JsonSchema['values'] {
  const keyword = given.has('const') ? 'const' : 'enum';
  if (given.has('const') && given.has('enum'))
    throw new JsonSchemaError(`${pointer}/const`, 'enum and const stand side by side', 'Write one of them.');
  if (!given.has(keyword)) return null;
  const value = given.get(keyword);
  const at = `${pointer}/${keyword}`;
  if (keyword === 'enum' && (!Array.isArray(value) || value.length === 0))
    throw new JsonSchemaError(at, 'enum is a list of values', 'Write ["paid", "open"].');
  const list: readonly unknown[] = keyword === 'enum' && Array.isArray(value) ? value : [value];
  return list.map((one) => {
    if (one === null || typeof one === 'boolean') return one;
    if (typeof one === 'string' && isText(one)) return one;
    if (typeof one === 'number' && Number.isFinite(one)) return one;
    throw new JsonSchemaError(
      at,
      'Only texts, numbers, true, false and null can be compared in SQL',
      'Write properties or items.',
    );
  });
}

function isText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function numberOf(given: Given, name: string, pointer: string): number | null {
  const value = given.get(name);
  if (value === undefined) return null;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new JsonSchemaError(`${pointer}/${name}`, `${name} is a number`, `Write "${name}": 0.`);
}

function countOf(given: Given, name: string, pointer: string): number | null {
  const value = numberOf(given, name, pointer);
  if (value === null || (Number.isSafeInteger(value) && value >= 0)) return value;
  throw new JsonSchemaError(
    `${pointer}/${name}`,
    `${name} is a whole number of 0 or more`,
    `Write "${name}": 1.`,
  );
}

function patternOf(given: Given, pointer: string): string | null {
  const value = given.get('pattern');
  const at = `${pointer}/pattern`;
  if (value === undefined) return null;
  if (typeof value !== 'string')
    throw new JsonSchemaError(at, 'pattern is a regular expression', 'Write "^[a-z]+$".');
  const parsed = parseRegex(value);
  if (parsed.status === 'error') throw new JsonSchemaError(at, parsed.message, parsed.mend);
  return value;
}

function requiredOf(given: Given, pointer: string): readonly string[] {
  const value = given.get('required');
  if (value === undefined) return [];
  const at = `${pointer}/required`;
  if (!Array.isArray(value)) throw new JsonSchemaError(at, 'required is a list of names', 'Write ["id"].');
  return value.map((name: unknown) => {
    if (typeof name !== 'string')
      throw new JsonSchemaError(at, 'required is a list of names', 'Write ["id"].');
    return nameOf(name, at);
  });
}

function nameOf(name: string, at: string): string {
  if (isText(name)) return name;
  throw new JsonSchemaError(at, 'A name contains a zero byte or half a character', 'Write whole characters.');
}
