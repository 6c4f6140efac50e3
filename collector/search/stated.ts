import { searchWords } from '#model/search-words.ts';

// What the facets of a dataset or job say of it, as they were sent: anything may be missing or of another shape.

type Facets = Readonly<Record<string, unknown>>;

const LAYERS = ['raw', 'landing', 'staging', 'bronze', 'silver', 'gold', 'mart'];

/** bronze, silver, gold and their like: by a tag, else by a word of the name. */
export function layerOf(tags: readonly string[], name: string): string | null {
  const said = tags.map((tag) => tag.toLowerCase().replace(/^(layer|medallion|zone)\s*[:=]\s*/, ''));
  const words = searchWords(name);
  return (
    LAYERS.find((layer) => said.includes(layer)) ?? LAYERS.find((layer) => words.includes(layer)) ?? null
  );
}

/** The scheme of a namespace: `postgres` of postgres://db:5432; the first word of one without. */
export function platformOf(namespace: string): string | null {
  const scheme = /^([a-z][a-z0-9+.-]{0,30}):/i.exec(namespace)?.[1] ?? searchWords(namespace)[0];
  return scheme?.toLowerCase() ?? null;
}

/** The first owner (OwnershipDatasetFacet, OwnershipJobFacet). */
export function ownerOf(facets: Facets): string | null {
  const [first] = listIn(facets['ownership'], 'owners');
  return textOf(first, 'name');
}

/** Tags of the thing as a whole (TagsDatasetFacet, TagsJobFacet): `key:value`, or the key where the value says no more. */
export function tagsOf(facets: Facets): string[] {
  return listIn(facets['tags'], 'tags').flatMap((tag) => {
    const [key, value] = [textOf(tag, 'key'), textOf(tag, 'value')];
    if (key === null || textOf(tag, 'field') !== null) return [];
    return [value === null || value === '' || value.toLowerCase() === 'true' ? key : `${key}:${value}`];
  });
}

/** A member that is a text and not empty. */
export function textOf(object: unknown, member: string): string | null {
  const value: unknown = typeof object === 'object' && object !== null ? Reflect.get(object, member) : null;
  return typeof value === 'string' && value !== '' ? value : null;
}

function listIn(object: unknown, member: string): readonly unknown[] {
  const value: unknown = typeof object === 'object' && object !== null ? Reflect.get(object, member) : null;
  return Array.isArray(value) ? (value as unknown[]) : [];
}
