import { derivedId } from '#model/ids.ts';
import { classWord, firstWord, labelWord, weightClass, type LabelName } from '#model/search-labels.ts';
import { columnWord, cutText, lastPart, searchName, searchWords } from '#model/search-words.ts';
import type { DatasetSearchRow, JobSearchRow } from '#store/search-facts.ts';
import type { SearchEntry, SearchStatus } from '#store/search-index.ts';
import type { ContractFacts } from './contract-facts.ts';
import { layerOf, ownerOf, platformOf, tagsOf, textOf } from './stated.ts';

/** Longest text that an index takes whole, in UTF-16 units. */
const LONGEST = 200;
/** Words of one description. */
const DESCRIBED = 300;
/** PostgreSQL takes a megabyte of distinct words of one row, all together. */
const MOST_BYTES = 900_000;

/** A dataset as it can be found. @param contract what its contract says, or null. */
export function datasetEntry(row: DatasetSearchRow, contract: ContractFacts | null): SearchEntry {
  const owner = contract?.owner ?? ownerOf(row.facets);
  const tags = short([...(contract?.tags ?? []), ...tagsOf(row.facets)]);
  const names = [row.name, ...row.aliases];
  const description = contract?.description ?? textOf(row.facets['documentation'], 'description');
  const dropped =
    row.lifecycle_last && textOf(row.facets['lifecycleStateChange'], 'lifecycleStateChange') === 'DROP';
  const status = datasetStatus(row, dropped, contract !== null);
  return entry({
    kind: 'dataset',
    id: row.id,
    namespace: row.namespace,
    name: row.name,
    names,
    exact: row.columns,
    texts: [row.namespace, owner ?? '', ...tags, description ?? '', ...row.column_texts],
    description,
    owner,
    layer: layerOf(tags, row.name),
    platform: platformOf(row.namespace),
    tags,
    status,
    contract: contract?.version ?? null,
    consumers: row.consumers,
    // Use counts by its order of magnitude; a promise, and data that passed its gate, count like a few dozen readers.
    weight:
      2 +
      Math.log1p(row.consumers) +
      (contract ? 2 : 0) +
      (row.published ? 1 : 0) +
      (row.watched ? 0.5 : 0) -
      (dropped ? 8 : 0),
    schema_id: row.schema_id,
    last_event_at: row.last_event_at,
    stated: row.stated,
  });
}

function datasetStatus(row: DatasetSearchRow, dropped: boolean, promised: boolean): SearchStatus {
  if (row.held) return 'held';
  if (row.incident) return 'incident';
  if (dropped) return 'dropped';
  if (isFailed(row.last_run_state)) return 'failed';
  return promised || row.watched || row.published ? 'ok' : 'unwatched';
}

/** A job as it can be found. */
export function jobEntry(row: JobSearchRow): SearchEntry {
  const owner = ownerOf(row.facets);
  const tags = short(tagsOf(row.facets));
  const description = textOf(row.facets['documentation'], 'description');
  return entry({
    kind: 'job',
    id: row.id,
    namespace: row.namespace,
    name: row.name,
    names: [row.name],
    exact: [],
    texts: [row.namespace, owner ?? '', ...tags, description ?? ''],
    description,
    owner,
    layer: null,
    platform: platformOf(row.namespace),
    tags,
    status: isFailed(row.last_run_state) ? 'failed' : row.last_run_state === null ? 'unwatched' : 'ok',
    contract: null,
    consumers: 0,
    weight: 1 + Math.log1p(row.datasets) / 2,
    schema_id: null,
    last_event_at: row.last_event_at,
    stated: row.stated,
  });
}

/** A contract as it can be found; its id is its dataset's. */
export function contractEntry(facts: ContractFacts): SearchEntry {
  return entry({
    kind: 'contract',
    id: facts.datasetId,
    namespace: facts.namespace,
    name: facts.name,
    names: [facts.name],
    exact: facts.columns,
    texts: [facts.owner ?? '', ...facts.tags, facts.description ?? ''],
    description: facts.description,
    owner: facts.owner,
    layer: layerOf(facts.tags, facts.name),
    platform: platformOf(facts.namespace),
    tags: short(facts.tags),
    status: 'ok',
    contract: facts.version,
    consumers: 0,
    weight: 1.5,
    schema_id: null,
    last_event_at: null,
    stated: null,
  });
}

/** Owners and tags of these, as things to be found themselves. */
export function namedByEntries(entries: readonly SearchEntry[]): SearchEntry[] {
  const owners = new Set(entries.flatMap(({ owner }) => (owner === null ? [] : [owner])));
  const tags = new Set(entries.flatMap((one) => one.tags));
  const named = (kind: 'owner' | 'tag') => (name: string) =>
    entry({
      kind,
      id: derivedId(`search ${kind}`, name),
      namespace: '',
      name,
      names: [name],
      exact: [],
      texts: [],
      description: null,
      owner: null,
      layer: null,
      platform: null,
      tags: [],
      status: 'ok',
      contract: null,
      consumers: 0,
      weight: 3,
      schema_id: null,
      last_event_at: null,
      stated: null,
    });
  return [...[...owners].map(named('owner')), ...[...tags].map(named('tag'))];
}

type Described = Omit<SearchEntry, 'folded' | 'last_part' | 'name_words' | 'words' | 'content'> & {
  readonly names: readonly string[];
  /** What is found as a whole as well: columns. */
  readonly exact: readonly string[];
  readonly texts: readonly string[];
};

function entry({ names, exact, texts, ...rest }: Described): SearchEntry {
  const folded = searchName(rest.name);
  const lastName = searchName(lastPart(rest.name));
  // Labels come first: of a thing with too many words the last are left out.
  const nameWords = new Set([
    ...labelsOf(rest),
    firstWord(folded),
    firstWord(lastName),
    ...names.flatMap((name) => searchWords(cutText(name, 4096))),
  ]);
  const words = new Set([...nameWords].filter((word) => !word.startsWith('^')));
  for (const column of exact) {
    for (const word of searchWords(cutText(column, 512))) words.add(word);
    words.add(columnWord(column));
  }
  for (const text of texts)
    for (const word of searchWords(cutText(text, 4096)).slice(0, DESCRIBED)) words.add(word);
  const full = {
    ...rest,
    owner: rest.owner === null ? null : cutText(rest.owner, LONGEST),
    description: rest.description === null ? null : cutText(rest.description, 500),
    folded,
    last_part: lastName,
    name_words: within([...nameWords]),
    words: within([...words]),
  };
  const { status: _status, last_event_at: _at, stated: _stated, ...indexed } = full;
  return { ...full, content: derivedId('search entry', JSON.stringify(indexed)) };
}

function labelsOf({
  kind,
  layer,
  owner,
  platform,
  tags,
  weight,
}: Pick<SearchEntry, 'kind' | 'layer' | 'owner' | 'platform' | 'tags' | 'weight'>): string[] {
  const label = (name: LabelName, value: string | null): string[] =>
    value === null ? [] : [labelWord(name, value)];
  return [
    classWord(weightClass(weight)),
    ...label('kind', kind),
    ...label('layer', layer),
    ...label('owner', owner),
    ...label('platform', platform),
    ...tags.flatMap((tag) => label('tag', tag)),
  ];
}

function within(words: readonly string[]): string[] {
  let bytes = 0;
  const cut = words.findIndex((word) => (bytes += Buffer.byteLength(word)) > MOST_BYTES);
  return cut < 0 ? [...words] : words.slice(0, cut);
}

function short(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => cutText(tag.trim(), LONGEST)).filter((tag) => tag !== ''))].slice(
    0,
    50,
  );
}

function isFailed(state: string | null): boolean {
  return state === 'FAILED' || state === 'ABORTED';
}
