import type { Json, JsonObject } from '#model/json.ts';

export interface Mutation {
  /** What was done and where: `without servers.0.type`. */
  readonly what: string;
  readonly value: Json;
}

const OTHERS: readonly Json[] = ['words', '', 7, -1, 0.5, true, null, [], ['words'], {}, { unknownKey: 1 }];

/** Everything that is one step away from a document: a key less, a key more, another value, an item twice. */
export function* mutations(document: Json): Generator<Mutation> {
  for (const [path, value] of places(document, [])) {
    const name = path.join('.') || 'the document';
    if (path.length > 0) {
      yield { what: `without ${name}`, value: changed(document, path, undefined) };
      for (const other of OTHERS)
        yield { what: `${name} = ${JSON.stringify(other)}`, value: changed(document, path, other) };
    }
    if (isObject(value)) {
      yield { what: `${name}.foreignKeys`, value: changed(document, path, { ...value, foreignKeys: [] }) };
      for (const [key, extra] of EXTRA_KEYS)
        if (!Object.hasOwn(value, key))
          yield { what: `${name}.${key} added`, value: changed(document, path, { ...value, [key]: extra }) };
    }
    if (Array.isArray(value) && value.length > 0) {
      const twice = [...(value as readonly Json[]), value[0] as Json];
      yield { what: `${name} with its first item twice`, value: changed(document, path, twice) };
    }
  }
}

/** Keys that belong somewhere, put everywhere. */
const EXTRA_KEYS: readonly (readonly [key: string, value: Json])[] = [
  ['mustBe', 0],
  ['mustBeBetween', [1, 2]],
  ['mustNotBeBetween', [1, 1]],
  ['metric', 'rowCount'],
  ['type', 'sql'],
  ['type', 'custom'],
  ['type', 'text'],
  ['query', 'select 1'],
  ['engine', 'soda'],
  ['implementation', {}],
  ['id', 'an-id'],
  ['id', 'an id'],
  ['logicalType', 'string'],
  ['logicalType', 'array'],
  ['logicalType', 'object'],
  ['logicalTypeOptions', { minLength: 1 }],
  ['logicalTypeOptions', { minimum: 1 }],
  ['logicalTypeOptions', { minimum: '2020-01-01' }],
  ['logicalTypeOptions', { required: ['a', 'a'] }],
  ['properties', [{ name: 'inner' }]],
  ['items', { logicalType: 'string' }],
  ['relationships', [{ to: 'other.id' }]],
  ['relationships', [{ from: 'this.id', to: ['other.id'] }]],
  ['relationships', [{ from: ['this.id'], to: ['other.id'] }]],
  ['relationships', [{ to: 'a.b.c' }]],
  ['relationships', [{ to: 'schema/other_obj/properties/id_prop' }]],
  ['tags', ['one']],
  ['description', 'words'],
  ['customProperties', [{ property: 'a', value: null }]],
  ['customProperties', [{ property: 'a' }]],
  ['unit', 'percent'],
  ['dimension', 'speed'],
  ['dateIn', '2023-02-30'],
  ['dateIn', '2023-02-28'],
  ['contractCreatedTs', '2022-11-15'],
  ['valueExt', []],
  ['team', [{ username: 'a' }]],
  ['team', { members: [{}] }],
  ['location', 's3://bucket/path with space'],
];

function* places(value: Json, path: readonly string[]): Generator<readonly [readonly string[], Json]> {
  yield [path, value];
  if (Array.isArray(value))
    for (const [index, item] of (value as readonly Json[]).entries())
      yield* places(item, [...path, String(index)]);
  else if (isObject(value))
    for (const [key, inner] of Object.entries(value)) yield* places(inner, [...path, key]);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy with one value changed; undefined removes it. */
function changed(value: Json, path: readonly string[], to: Json | undefined): Json {
  const [step, ...rest] = path;
  if (step === undefined) return to ?? null;
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    return items.flatMap((item, index) => {
      if (String(index) !== step) return [item];
      return rest.length === 0 && to === undefined ? [] : [changed(item, rest, to)];
    });
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      if (key !== step) return [[key, inner]];
      return rest.length === 0 && to === undefined ? [] : [[key, changed(inner, rest, to)]];
    }),
  );
}
