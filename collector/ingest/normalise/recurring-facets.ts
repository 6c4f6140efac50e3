import type { Uuid } from '#model/ids.ts';
import type { RawDataset } from '../envelope.ts';
import { JsonSlice } from '../json-slice.ts';
import type {
  ColumnInput,
  DatasetReference,
  LineageContent,
  SchemaContent,
  SchemaField,
} from './event-delta.ts';
import { isObject, type JsonObject, type Warnings } from './facet-reader.ts';
import type { Identify } from './identify.ts';
import { Memo } from './memo.ts';
import { readColumnLineage } from './read-column-lineage.ts';
import { readSchema } from './read-schema.ts';
import { datasetReference } from './references.ts';

// schema and columnLineage are most of an event's bytes and nearly always the same as last time: what follows
// from them is remembered by the hash of their bytes, and the contents are parsed only if they must be stored.

const LIMIT = 50_000;
const schemaIds = new Memo<Uuid | null>(LIMIT);
type KnownLineage = { readonly id: Uuid; readonly references: readonly DatasetReference[] } | null;
/** By the rules that the names in them are read by. */
const lineagesBy = new WeakMap<Identify, Memo<KnownLineage>>();

/** What a schema facet says; its fields are read from the slice when asked for. */
export function recurringSchema(
  dataset: RawDataset,
  pointer: string,
  warnings: Warnings,
): SchemaContent | null {
  const slice = dataset.facets?.['schema'];
  const digest = slice instanceof JsonSlice ? slice.digest() : null;
  const known = digest === null ? undefined : schemaIds.get(digest);
  if (known !== undefined && slice instanceof JsonSlice)
    return known === null ? null : new UnreadSchema(known, slice);
  const faults = warnings.list.length;
  const content = warnings.read(dataset.facets, 'schema', `${pointer}/facets`, readSchema) ?? null;
  // A faulty facet is read again each time: its warning belongs to each event.
  if (digest !== null && warnings.list.length === faults) schemaIds.set(digest, content?.id ?? null);
  return content;
}

export interface FoundLineage {
  readonly content: LineageContent;
  /** The datasets that it names as inputs. */
  readonly references: readonly DatasetReference[];
}

/** What a columnLineage facet says about this output dataset. */
export function recurringLineage(
  dataset: RawDataset,
  outputDatasetId: Uuid,
  pointer: string,
  warnings: Warnings,
  identify: Identify,
): FoundLineage | null {
  const slice = dataset.facets?.['columnLineage'];
  if (slice === undefined) return null;
  const lineages = lineagesBy.get(identify) ?? new Memo<KnownLineage>(LIMIT);
  lineagesBy.set(identify, lineages);
  const key = slice instanceof JsonSlice ? `${outputDatasetId}${slice.digest()}` : null;
  const known = key === null ? undefined : lineages.get(key);
  if (known !== undefined && slice instanceof JsonSlice) {
    return (
      known && {
        references: known.references,
        content: new UnreadLineage(known.id, outputDatasetId, slice, identify),
      }
    );
  }
  const faults = warnings.list.length;
  const read = (facet: JsonObject): LineageContent | null =>
    readColumnLineage(facet, outputDatasetId, identify);
  const content = warnings.read(dataset.facets, 'columnLineage', `${pointer}/facets`, read) ?? null;
  const found = content && { content, references: referencesOf(content) };
  if (key !== null && warnings.list.length === faults)
    lineages.set(key, found && { id: found.content.id, references: found.references });
  return found;
}

function referencesOf(content: LineageContent): DatasetReference[] {
  const references = new Map<Uuid, DatasetReference>();
  for (const inputs of content.columns.values()) {
    for (const { dataset } of inputs) {
      const reference = datasetReference(dataset.namespace, dataset.name);
      references.set(reference.id, reference);
    }
  }
  return [...references.values()];
}

/** The same content to be kept in memory: read from the facet when it is asked for, which is hardly ever. */
export function unreadSchema(content: SchemaContent | null, { facets }: RawDataset): SchemaContent | null {
  const slice = facets?.['schema'];
  return content && slice instanceof JsonSlice ? new UnreadSchema(content.id, slice) : content;
}

/** @param identify that it was read by. */
export function unreadLineage(
  found: FoundLineage | null,
  { facets }: RawDataset,
  identify: Identify,
): FoundLineage | null {
  const slice = facets?.['columnLineage'];
  if (!found || !(slice instanceof JsonSlice)) return found;
  const { id, outputDatasetId } = found.content;
  return {
    references: found.references,
    content: new UnreadLineage(id, outputDatasetId, slice, identify),
  };
}

class UnreadSchema implements SchemaContent {
  readonly id: Uuid;
  readonly #slice: JsonSlice;

  constructor(id: Uuid, slice: JsonSlice) {
    this.id = id;
    this.#slice = slice;
  }

  get fields(): readonly SchemaField[] {
    const facet = this.#slice.parse();
    return (isObject(facet) ? readSchema(facet)?.fields : null) ?? [];
  }
}

class UnreadLineage implements LineageContent {
  readonly id: Uuid;
  readonly outputDatasetId: Uuid;
  readonly #slice: JsonSlice;
  readonly #identify: Identify;

  constructor(id: Uuid, outputDatasetId: Uuid, slice: JsonSlice, identify: Identify) {
    this.id = id;
    this.outputDatasetId = outputDatasetId;
    this.#slice = slice;
    this.#identify = identify;
  }

  get columns(): ReadonlyMap<string, readonly ColumnInput[]> {
    const facet = this.#slice.parse();
    const content = isObject(facet) ? readColumnLineage(facet, this.outputDatasetId, this.#identify) : null;
    return content?.columns ?? new Map();
  }
}
