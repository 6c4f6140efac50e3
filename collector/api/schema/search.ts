import { Type, type Static, type TSchema } from 'typebox';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Plain = { pattern: '^[^\\u0000]*$', maxLength: 1024 };
/** ISO 8601 in UTC. */
const Moment = Type.String();
const Filter = Type.Optional(Type.String(Plain));

export const SearchStatus = Type.Enum(['held', 'incident', 'failed', 'dropped', 'unwatched', 'ok'], {
  description:
    'Worst first: the gate holds a partition; an incident begins here; the last run of its writers failed; dropped; nobody promises or watches anything; none of these',
});
export const SearchHitKind = Type.Enum(['dataset', 'column', 'job', 'owner', 'tag', 'contract']);

export const SearchQuery = Type.Object({
  q: Type.Optional(
    Type.String({
      ...Plain,
      description: 'Words or beginnings of words, in any order; empty: everything, by use and trust',
    }),
  ),
  kind: Type.Optional(
    Type.String({
      pattern: '^(dataset|column|job|owner|tag|contract)(,(dataset|column|job|owner|tag|contract))*$',
      description: 'One or several, with commas between',
    }),
  ),
  layer: Filter,
  owner: Filter,
  tag: Filter,
  platform: Filter,
  status: Type.Optional(SearchStatus),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  cursor: Type.Optional(Type.String({ maxLength: 4096, description: '`next` of the page before' })),
});

export const SearchHit = Type.Object({
  kind: SearchHitKind,
  /** Of the dataset, job, or the contract's dataset; null for a column, an owner and a tag, which their name identifies. */
  id: nullable(Type.String()),
  namespace: nullable(Type.String()),
  name: Type.String(),
  /** How the question is met: by the name itself, its beginning, its words, what is said of it, a word much like it; all: there is no question. */
  match: Type.Enum(['exact', 'prefix', 'name', 'text', 'typo', 'all']),
  /** The column that met the question, when the name does not. */
  matchedColumn: nullable(Type.String()),
  description: nullable(Type.String()),
  owner: nullable(Type.String()),
  /** bronze, silver, gold and their like, by tag or name. */
  layer: nullable(Type.String()),
  /** Scheme of the namespace. */
  platform: nullable(Type.String()),
  tags: Type.Array(Type.String()),
  /** null for a column, an owner and a tag. */
  status: nullable(SearchStatus),
  /** Version of the contract in force. */
  contract: nullable(Type.String()),
  /** Jobs that read it. */
  consumers: Type.Integer(),
  /** Of the last run that wrote it. */
  lastEventAt: nullable(Moment),
  /** Of a column, an owner or a tag: datasets that have it, counted up to a thousand. */
  datasets: nullable(Type.Integer()),
  /** Of a column: the dataset among them that counts most. */
  dataset: nullable(Type.Object({ id: Type.String(), namespace: Type.String(), name: Type.String() })),
});
export type SearchHit = Static<typeof SearchHit>;

const FacetCounts = Type.Array(Type.Object({ value: Type.String(), count: Type.Integer() }));

export const SearchAnswer = Type.Object({
  items: Type.Array(SearchHit),
  /** Hits beside columns; with `more` at least so many. */
  total: Type.Integer(),
  more: Type.Boolean(),
  /** Values among the ranked hits, the most frequent first, at most twenty of each. */
  facets: Type.Object({
    kind: FacetCounts,
    layer: FacetCounts,
    owner: FacetCounts,
    tag: FacetCounts,
    platform: FacetCounts,
    status: FacetCounts,
  }),
  /** Words that nothing is called, and what they were taken for. */
  corrected: Type.Array(Type.Object({ word: Type.String(), meant: Type.Array(Type.String()) })),
  /** false: the store has no pg_trgm, so words must begin as they are typed. */
  typoTolerant: Type.Boolean(),
  /** Things whose description is older than what is known of them; 0 when the index is up to date. */
  waiting: Type.Integer(),
  next: nullable(Type.String()),
});
export type SearchAnswer = Static<typeof SearchAnswer>;
