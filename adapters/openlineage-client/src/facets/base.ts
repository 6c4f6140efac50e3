import { DEFAULT_PRODUCER } from '../version.ts';

/** What every facet carries (`BaseFacet` of the core schema, 2-0-2). */
export interface BaseFacet {
  /** URI of the code that made this facet. */
  readonly _producer: string;
  /** URL of the JSON schema definition this facet obeys. */
  readonly _schemaURL: string;
}

/** A facet of a run. Facets are atomic: sending a key again replaces the whole facet. */
export type RunFacet = BaseFacet;

/** A facet of a job; `_deleted: true` removes the facet that was sent before under the same key. */
export interface JobFacet extends BaseFacet {
  readonly _deleted?: boolean;
}

/** A facet of a dataset; `_deleted: true` removes the facet that was sent before under the same key. */
export interface DatasetFacet extends BaseFacet {
  readonly _deleted?: boolean;
}

/** A facet of a dataset as one run read it. */
export type InputDatasetFacet = BaseFacet;

/** A facet of a dataset as one run wrote it. */
export type OutputDatasetFacet = BaseFacet;

/** The fields of a facet without those that its constructor fills in. */
export type FieldsOf<F extends BaseFacet> = Omit<F, '_producer' | '_schemaURL'>;

/** Makes a standard facet from its own fields; `producer` defaults to this package. */
export type FacetConstructor<F extends BaseFacet> = (fields: FieldsOf<F>, producer?: string) => F;

/** Makes a facet of your own; its key in an event should be `{prefix}_{name}`. */
export function customFacet<T extends object>(
  schemaURL: string,
  fields: T,
  producer: string = DEFAULT_PRODUCER,
): T & BaseFacet {
  return { ...fields, _producer: producer, _schemaURL: schemaURL };
}

/**
 * The constructor of a standard facet.
 * @param file name of the schema file below `spec/facets/`, without `.json`
 * @param version SchemaVer in the `$id` of that file
 * @param definition the `$defs` entry, where it is not named as the file
 */
export function standardFacet<F extends BaseFacet>(
  file: string,
  version: string,
  definition: string = file,
): FacetConstructor<F> {
  const schemaURL = `https://openlineage.io/spec/facets/${version}/${file}.json#/$defs/${definition}`;
  return (fields, producer = DEFAULT_PRODUCER) =>
    // The cast only restores what Omit took away: F is its own fields and these two.
    ({ ...fields, _producer: producer, _schemaURL: schemaURL }) as unknown as F;
}
