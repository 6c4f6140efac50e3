import type { Uuid } from '#model/ids.ts';
import { uuidArray } from './binary-array.ts';
import type { SearchKind, SearchStatus } from './search-index.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

/** Hits that are ranked, paged through and counted by facet, at most: more than a person will page through. */
const RANKED = 1000;
/** Things whose name is, or begins with, what was asked: they count before others, whatever their weight. */
const NAMED = 300;
/** Hits of words that are read at most; a word that is not common has hardly more. */
const READ = 2000;
/** Things of the greatest weight among which hits of common words are looked for. */
const WEIGHTIEST = 1000;
/** A word is common when it is said of more than this part of all things. */
const COMMON = 0.02;
/** Values that are counted for each facet. */
const FACET_VALUES = 20;
/** Datasets whose columns are looked through. */
const HOLDERS = 30;

export interface SearchFilter {
  readonly kinds: readonly SearchKind[] | null;
  readonly layer: string | null;
  readonly owner: string | null;
  readonly tag: string | null;
  readonly platform: string | null;
  readonly status: string | null;
}

/** A word as asked, and what it may stand for. */
export interface AskedWord {
  readonly word: string;
  /** Also what begins so: in names, or everywhere. */
  readonly prefix: 'never' | 'names' | 'everywhere';
  /** Known words that it may have meant; none when it is taken as it is. */
  readonly meant: readonly string[];
}

/** Where a page goes on: after this hit. */
export interface SearchCursor {
  readonly tier: number;
  readonly weight: number;
  readonly folded: string;
  readonly id: Uuid;
}

export interface SearchHitRow {
  readonly kind: SearchKind;
  readonly id: Uuid;
  readonly namespace: string;
  readonly name: string;
  readonly folded: string;
  readonly description: string | null;
  readonly owner: string | null;
  readonly layer: string | null;
  readonly platform: string | null;
  readonly tags: readonly string[];
  readonly status: SearchStatus;
  readonly contract: string | null;
  readonly consumers: number;
  readonly weight: number;
  readonly schema_id: Uuid | null;
  /** ISO 8601 as PostgreSQL writes it in JSON, or null. */
  readonly last_event_at: string | null;
  /** 0 the name itself, 1 the name begins so, 2 its words, 3 words said of it. */
  readonly tier: 0 | 1 | 2 | 3;
}

export interface SearchAnswerRow {
  readonly items: readonly SearchHitRow[];
  readonly total: number;
  readonly facets: readonly { readonly facet: string; readonly value: string; readonly count: number }[];
  /** The datasets that count most among the hits. */
  readonly holders: readonly ColumnHolder[];
}

/** A dataset whose columns may be what was looked for. */
export interface ColumnHolder {
  readonly id: Uuid;
  readonly namespace: string;
  readonly name: string;
  readonly schema_id: Uuid | null;
}

/** At least so many hits there are: not all were ranked. */
export const SEARCH_RANKED = RANKED;

/** What is asked as PostgreSQL's tsquery: all words, each as it is, as a beginning, or as one of those it may mean. */
export function searchQuery(words: readonly AskedWord[], within: 'names' | 'everything'): string {
  return words
    .map(({ word, prefix, meant }) => {
      const begins = prefix === 'everywhere' || (prefix === 'names' && within === 'names');
      const any = [`${lexeme(word)}${begins ? ':*' : ''}`, ...meant.map(lexeme)];
      return any.length === 1 ? any[0] : `(${any.join(' | ')})`;
    })
    .join(' & ');
}

const lexeme = (word: string): string => `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

function passes(filter: SearchFilter): Fragment {
  const given = (value: unknown, test: Fragment): Fragment => (value === null ? sql`` : sql` and ${test}`);
  return sql`true${given(filter.kinds, sql`e.kind = any(${filter.kinds}::text[])`)}${given(
    filter.layer,
    sql`e.layer = ${filter.layer}::text`,
  )}${given(filter.owner, sql`e.owner = ${filter.owner}::text`)}${given(
    filter.tag,
    sql`e.tags @> array[${filter.tag}::text]`,
  )}${given(filter.platform, sql`e.platform = ${filter.platform}::text`)}${given(
    filter.status,
    sql`e.status = ${filter.status}::text`,
  )}`;
}

/** What is asked. */
export interface Question {
  readonly words: readonly AskedWord[];
  /** In the form in which names are compared. */
  readonly name: string;
  /**
   * All words are common: hits are looked for among names and the things of the greatest weight alone, for gathering
   * all that a common word is said of takes longer than everything else together.
   */
  readonly common: boolean;
}

/**
 * The hits of a question in their order (how well they match, then weight), one page of them, how many there are
 * (up to what is ranked) and the counts of their facets. Without words: everything that passes the filter, by weight.
 */
export function searchEntities(
  { words, name, common }: Question,
  filter: SearchFilter,
  after: SearchCursor | null,
  limit: number,
): Statement {
  const pattern = `${name.replaceAll(/[\\%_]/g, '\\$&')}%`;
  const query = sql`${searchQuery(words, 'everything')}::tsquery`;
  const names = sql`${searchQuery(words, 'names')}::tsquery`;
  const read = sql`e.kind, e.id, e.folded, e.weight, e.layer, e.owner, e.platform, e.status, e.tags`;
  // Each arm reads the rows that it finds: finding them again by their key was measured at half of the time.
  const arm = (tier: Fragment, found: Fragment, rest: Fragment): Fragment => sql`
    (select ${read}, ${tier} as tier from search_entity e where ${passes(filter)} and ${found} ${rest})`;
  const hits =
    words.length === 0
      ? arm(sql`3`, sql`true`, sql`order by e.weight desc limit ${RANKED}`)
      : sql`
        ${arm(sql`0`, sql`(e.folded = ${name}::text or e.last_part = ${name}::text)`, sql`limit ${NAMED}`)}
        union all
        ${arm(sql`1`, sql`(e.folded like ${pattern}::text or e.last_part like ${pattern}::text)`, sql`limit ${NAMED}`)}
        union all
        ${
          common
            ? sql`
        (select ${read}, case when e.name_words @@ ${names} then 2 else 3 end
           from (select * from search_entity w order by w.weight desc limit ${WEIGHTIEST}) e
          where ${passes(filter)} and e.words @@ ${query})`
            : sql`
        ${arm(sql`2`, sql`e.name_words @@ ${names}`, sql`limit ${READ}`)}
        union all
        ${arm(sql`3`, sql`e.words @@ ${query}`, sql`limit ${READ}`)}`
        }`;
  const behind =
    after === null
      ? sql``
      : sql`where (tier, -weight, folded, id) > (${after.tier}::integer, -${after.weight}::real, ${after.folded}::text, ${after.id}::uuid)`;
  return sql`
    with ranked as materialized (
      select * from (select distinct on (id, kind) * from (${hits}) found order by id, kind, tier) hit
       order by tier, weight desc limit ${RANKED}
    ), page as (
      select * from ranked ${behind} order by tier, weight desc, folded, id limit ${limit}
    ), counted as (
      select facet, value, count(*)::integer as count,
             row_number() over (partition by facet order by count(*) desc, value) as place
        from (
          select f.facet, f.value from ranked cross join lateral (values
            ('kind', ranked.kind), ('layer', ranked.layer), ('owner', ranked.owner), ('platform', ranked.platform),
            ('status', ranked.status)) f(facet, value) where f.value is not null
          union all
          select 'tag', unnest(ranked.tags) from ranked
        ) each_value
       group by facet, value
    )
    select coalesce((
             select jsonb_agg(jsonb_build_object(
                      'kind', e.kind, 'id', e.id, 'namespace', e.namespace, 'name', e.name, 'folded', e.folded, 'description', e.description,
                      'owner', e.owner, 'layer', e.layer, 'platform', e.platform, 'tags', e.tags, 'status', e.status,
                      'contract', e.contract, 'consumers', e.consumers, 'weight', e.weight, 'schema_id', e.schema_id,
                      'last_event_at', e.last_event_at, 'tier', page.tier)
                      order by page.tier, page.weight desc, page.folded, page.id)
               from page join search_entity e on e.kind = page.kind and e.id = page.id), '[]') as items,
           (select count(*)::integer from ranked) as total,
           coalesce((
             select jsonb_agg(jsonb_build_object('facet', facet, 'value', value, 'count', count) order by facet, place)
               from counted where place <= ${FACET_VALUES}), '[]') as facets,
           coalesce((
             select jsonb_agg(jsonb_build_object('id', e.id, 'namespace', e.namespace, 'name', e.name, 'schema_id', e.schema_id)
                      order by e.weight desc, e.id)
               from (select id from ranked where kind = 'dataset' order by weight desc, id limit ${HOLDERS}) holder
               join search_entity e on e.kind = 'dataset' and e.id = holder.id), '[]') as holders`;
}

/**
 * For this transaction: words are looked up in their index, never by a scan of all rows, which costs a hundred times
 * what the planner believes, because the words of each row have to be fetched.
 */
export function planForWords(): Statement {
  return sql`select set_config('enable_seqscan', 'off', true)`;
}

/** Words that are said of very many things, as the planner's statistics know them. */
export function commonWords(): Statement {
  return sql`
    select told.word
      from pg_stats s
     cross join lateral unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) as told(word, frequency)
     where s.schemaname = 'assay' and s.tablename = 'search_entity' and s.attname = 'words' and told.frequency >= ${COMMON}`;
}

export interface WordRow {
  readonly word: string;
  /** The word is known, or begins one that is. */
  readonly known: boolean;
}

/** Which of these words begin any that is known. */
export function knownWords(words: readonly string[]): Statement {
  return sql`
    select t.word, exists (
             select from search_word known
              where known.word >= t.word collate "C" and known.word < (t.word || U&'\\+10FFFF') collate "C") as known
      from unnest(${[...words]}::text[]) as t(word)`.named('known_search_words');
}

/** How alike words must be to be looked at: below pg_trgm's own 0.3, for in short words a swap changes most trigrams. */
export function setWordSimilarity(): Statement {
  return sql`select set_config('pg_trgm.similarity_threshold', '0.2', true)`;
}

export interface AlikeRow {
  readonly asked: string;
  readonly word: string;
  /** The word holds what was asked. */
  readonly holds: boolean;
}

/** Known words that are like these, or hold them, the likest first. For databases with trigrams. */
export function alikeWords(words: readonly string[], limit: number): Statement {
  return sql`
    select t.word as asked, alike.word, alike.holds
      from unnest(${[...words]}::text[]) as t(word)
     cross join lateral (
       (select k.word, true as holds from search_word k
         where k.word like '%' || t.word || '%' order by length(k.word), k.word limit ${limit})
       union all
       (select k.word, false from search_word k
         where k.word % t.word and length(k.word) between length(t.word) - 2 and length(t.word) + 2
         order by similarity(k.word, t.word) desc, k.word limit ${limit})
     ) alike`;
}

export interface ColumnOfSchemaRow {
  readonly schema_id: Uuid;
  readonly name: string;
}

/**
 * Names of the columns of these schemas that hold one of these parts, and those that are not plain ASCII, at most
 * `limit` of each schema.
 */
export function columnNames(schemaIds: readonly Uuid[], parts: readonly string[], limit: number): Statement {
  const patterns = parts.map((part) => `%${part.replaceAll(/[\\%_]/g, '\\$&')}%`);
  return sql`
    select asked.schema_id, sc.name
      from unnest(${uuidArray(schemaIds)}::uuid[]) as asked(schema_id)
     cross join lateral (
       select c.name, c.ordinal from schema_column c
        where c.schema_id = asked.schema_id and (c.name ilike any(${patterns}::text[]) or c.name ~ '[^ -~]')
        order by c.ordinal limit ${limit}) sc
     order by asked.schema_id, sc.ordinal`;
}

/** Of each of these (a column as a whole, by its word; an owner; a tag) how many datasets there are, up to `most`. */
export function countDatasetsOf(
  asked: readonly { readonly kind: 'column' | 'owner' | 'tag'; readonly value: string }[],
  most: number,
): Statement {
  // One part for each: the planner has to know the very word.
  const counts = asked.map(({ kind, value }) => {
    const test =
      kind === 'column'
        ? sql`e.words @@ ${lexeme(value)}::tsquery`
        : kind === 'owner'
          ? sql`e.owner = ${value}::text`
          : sql`e.tags @> array[${value}::text]`;
    return sql`
      select ${kind}::text as kind, ${value}::text as value, (
               select count(*)::integer from (select from search_entity e where e.kind = 'dataset' and ${test} limit ${most}) d) as count`;
  });
  return counts.reduce((all, one) => sql`${all} union all ${one}`);
}
