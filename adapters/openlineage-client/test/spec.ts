import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';

import { SHARED } from '../../../test/support/shared-data.ts';

/** The official schemas, as they lie beside the project; tests that ask for them skip by noShared(). */
const SPEC = join(SHARED, 'openlineage/spec');

/** A JSON schema as far as the tests look into it. */
export interface SchemaFile {
  readonly file: string;
  readonly $id: string;
  readonly $defs: Readonly<Record<string, unknown>>;
  readonly properties?: Readonly<Record<string, unknown>>;
}

function readSchema(file: string): SchemaFile {
  const schema = JSON.parse(readFileSync(join(SPEC, file), 'utf8')) as Omit<SchemaFile, 'file'>;
  return { ...schema, file };
}

export const coreSchema = once(() => readSchema('OpenLineage.json'));

/** Every facet schema, those of the registry included. */
export const facetSchemas = once(() =>
  readdirSync(SPEC, { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|\/)facets\/\w+\.json$/.test(path))
    .toSorted()
    .map((path) => readSchema(path)),
);

const validator = once(() => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajvFormats.default(ajv);
  for (const { file: _file, ...schema } of [coreSchema(), ...facetSchemas()]) ajv.addSchema(schema);
  return ajv;
});

function once<T>(read: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= read());
}

/** The complaints of a schema about a value as it goes over the wire; empty when it is valid. */
export function violations(schemaURL: string, value: unknown): readonly string[] {
  const validate = validator().getSchema(schemaURL);
  if (validate === undefined) return [`no schema ${schemaURL}`];
  const wire: unknown = JSON.parse(JSON.stringify(value));
  if (validate(wire) === true) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

interface Entity {
  readonly facets?: object;
  readonly inputFacets?: object;
  readonly outputFacets?: object;
}

/** The complaints about an event, its own schema's and those of every facet in it. */
export function eventViolations(event: {
  readonly schemaURL: string;
  readonly run?: Entity | undefined;
  readonly job?: Entity | undefined;
  readonly dataset?: Entity | undefined;
  readonly inputs?: readonly Entity[] | undefined;
  readonly outputs?: readonly Entity[] | undefined;
}): readonly string[] {
  const entities = [event.run, event.job, event.dataset, ...(event.inputs ?? []), ...(event.outputs ?? [])];
  const facets = entities
    .flatMap((entity) => [entity?.facets, entity?.inputFacets, entity?.outputFacets])
    .flatMap((facets) => Object.entries(facets ?? {}));
  return [
    ...violations(coreSchema().$id, event),
    ...violations(event.schemaURL, event),
    ...facets.flatMap(([key, facet]: [string, { readonly _schemaURL: string }]) =>
      violations(facet['_schemaURL'], facet).map((complaint) => `${key}: ${complaint}`),
    ),
  ];
}
