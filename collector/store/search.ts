import type { Uuid } from '#model/ids.ts';
import { CLASS_WIDTH, classWord, firstWord, labelWord, WEIGHT_CLASSES } from '#model/search-labels.ts';
import { uuidArray } from './binary-array.ts';
import type { SearchKind, SearchStatus } from './search-index.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

/** Hits that are ranked, paged through and counted by facet, at most: more than a person will page through. */
const RANKED = 500;
/** Datasets whose columns are looked through. */
const HOLDERS = 30;
/** Words of a name's beginning that are asked of the index. */
const WORDS_OF_BEGINNING = 12;

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
  /** What each of the ranked hits has of each facet; all null without hits. */
  readonly values: {
    readonly [facet in 'kind' | 'layer' | 'owner' | 'platform' | 'status']: readonly (string | null)[] | null;
  } & { readonly tag: readonly (readonly string[])[] | null };
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
      return anyOf([`${lexeme(word)}${begins ? ':*' : ''}`, ...meant.map(lexeme)]);
    })
    .join(' & ');
}

/** What a name holds that begins with this one, which has to be looked at besides. */
function beginningQuery(name: string): string {
  const [first = '', ...rest] = name.split(' ').slice(0, WORDS_OF_BEGINNING);
  const last = rest.pop();
  if (last === undefined) return `${lexeme(firstWord(first))}:*`;
  // What begins with a single letter is too much to gather.
  return [
    lexeme(firstWord(first)),
    ...rest.map(lexeme),
    ...(last.length > 1 ? [`${lexeme(last)}:*`] : []),
  ].join(' & ');
}

/** The labels that a filter asks for, as parts of a tsquery. */
function labelQueries({ kinds, layer, owner, tag, platform }: SearchFilter): string[] {
  return [
    ...(kinds === null ? [] : [anyOf(kinds.map((kind) => lexeme(labelWord('kind', kind))))]),
    ...Object.entries({ layer, owner, tag, platform }).flatMap(([name, value]) =>
      value === null ? [] : [lexeme(labelWord(name as 'layer' | 'owner' | 'tag' | 'platform', value))],
    ),
  ];
}

const anyOf = (parts: readonly string[]): string =>
  parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(' | ')})`;
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
}

/** Classes of weight that are looked through one after the other, the heaviest first; null alone: all at once, when few are hit. */
export type ClassGroups = readonly (readonly number[] | null)[];

/**
 * The hits of a question in their order (how well they match, then weight), one page of them, how many there are
 * (up to what is ranked) and what they have of each facet. Without words: everything that passes the filter, by weight.
 *
 * An index of words hands over all rows of a word before the first is read, and knows no order: so the weightiest are
 * asked for first, by the class of their weight, and what comes after in the list of arms is not begun once there are
 * enough (a LIMIT over an Append). Planning so many arms takes longer than running them: the plan is kept.
 *
 * @param classes of names that begin so, of the words of names, and of everything that is said.
 */
export function searchEntities(
  { words, name }: Question,
  filter: SearchFilter,
  classes: Readonly<Record<'beginnings' | 'names' | 'everything', ClassGroups>>,
  after: SearchCursor | null,
  limit: number,
): Statement {
  const labels = labelQueries(filter);
  const read = sql`e.kind, e.id, e.folded, e.weight, e.layer, e.owner, e.platform, e.status, e.tags`;
  // Each arm reads the rows that it finds, and none that an arm before it found: finding them again by their key, and
  // telling them apart by sorting, was measured at more than half of the time.
  const arm = (tier: Fragment, found: Fragment, rest: Fragment = sql`limit ${RANKED}`): Fragment => sql`
    (select ${read}, ${tier} as tier from search_entity e where ${passes(filter)} and ${found} ${rest})`;
  // What is looked through at once is read whole and put in order. (By an expression: the index of weights knows no words.)
  const inClasses = (
    tier: Fragment,
    groups: ClassGroups,
    query: string,
    found: (asked: Fragment) => Fragment,
  ): Fragment[] =>
    groups.map((some) => {
      const heavy = some === null ? [] : [anyOf(some.map((of) => lexeme(classWord(of))))];
      const asked = sql`${[...(query === '' ? [] : [query]), ...labels, ...heavy].join(' & ')}::tsquery`;
      return arm(
        tier,
        found(asked),
        some === null ? sql`order by e.weight + 0 desc limit ${RANKED}` : undefined,
      );
    });
  const exact = sql`(e.folded = ${name}::text or e.last_part = ${name}::text)`;
  const begins = sql`(starts_with(e.folded, ${name}::text) or starts_with(e.last_part, ${name}::text))`;
  const named = sql`e.name_words @@ ${searchQuery(words, 'names')}::tsquery`;
  const said = searchQuery(words, 'everything');
  const arms =
    words.length > 0
      ? [
          arm(sql`0`, exact),
          ...inClasses(
            sql`1`,
            classes.beginnings,
            beginningQuery(name),
            (asked) => sql`e.name_words @@ ${asked} and ${begins} and not ${exact}`,
          ),
          ...inClasses(
            sql`2`,
            classes.names,
            searchQuery(words, 'names'),
            (asked) => sql`e.name_words @@ ${asked} and not ${begins}`,
          ),
          ...inClasses(
            sql`3`,
            classes.everything,
            said,
            (asked) => sql`e.words @@ ${asked} and not ${begins} and not ${named}`,
          ),
        ]
      : labels.length > 0
        ? inClasses(sql`3`, classes.everything, said, (asked) => sql`e.words @@ ${asked}`)
        : [arm(sql`3`, sql`true`, sql`order by e.weight desc limit ${RANKED}`)];
  const hits = arms.reduce((all, one) => sql`${all} union all ${one}`);
  const behind =
    after === null
      ? sql``
      : sql`where (tier, -weight, folded, id) > (${after.tier}::integer, -${after.weight}::real, ${after.folded}::text, ${after.id}::uuid)`;
  const statement = sql`
    with ranked as materialized (
      select * from (select * from (${hits}) found limit ${RANKED}) hit
    ), page as (
      select * from ranked ${behind} order by tier, weight desc, folded, id limit ${limit}
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
           (select json_build_object(
              'kind', json_agg(kind), 'layer', json_agg(layer), 'owner', json_agg(owner), 'platform', json_agg(platform),
              'status', json_agg(status), 'tag', json_agg(tags)) from ranked) as values,
           coalesce((
             select jsonb_agg(jsonb_build_object('id', e.id, 'namespace', e.namespace, 'name', e.name, 'schema_id', e.schema_id)
                      order by e.weight desc, e.id)
               from (select id from ranked where kind = 'dataset' order by weight desc, id limit ${HOLDERS}) holder
               join search_entity e on e.kind = 'dataset' and e.id = holder.id), '[]') as holders`;
  // Of those in one state there are many or next to none: then the plan depends on which.
  if (filter.status !== null) return statement;
  const asked = Object.values(filter).map((value) => Number(value !== null));
  const shape = [
    words.length > 0,
    labels.length > 0,
    after !== null,
    ...[classes.beginnings, classes.names, classes.everything].map((groups) =>
      groups[0] === null ? 0 : groups.length,
    ),
  ];
  return statement.named(`search_${[...shape.map(Number), ...asked].join('_')}`);
}

/**
 * For this transaction: words are looked up in their index, never by a scan of all rows, which costs a hundred times
 * what the planner believes, because the words of each row have to be fetched; and arms one after the other, not at
 * the same time, for most of them are not needed. Plans are kept, whatever the words.
 */
export function planForWords(): Statement {
  return sql`select set_config('enable_seqscan', 'off', true), set_config('max_parallel_workers_per_gather', '0', true),
           set_config('plan_cache_mode', 'force_generic_plan', true)`;
}

export interface SearchStatisticsRow {
  readonly entries: number;
  /** The words that are said of most things, and of which part of all each. */
  readonly words: readonly string[];
  readonly word_parts: readonly number[];
  /** The same of names. */
  readonly names: readonly string[];
  readonly name_parts: readonly number[];
  /** Weights that many have, and of which part; of the others, bounds between which equally many lie. */
  readonly weights: readonly number[];
  readonly weight_parts: readonly number[];
  readonly bounds: readonly number[];
  /** Classes of weight in which there is anything now. */
  readonly classes: readonly number[];
}

/** What the planner's statistics know of the index, and which classes of weight there are; nothing before it was analysed. */
export function searchStatistics(): Statement {
  return sql`
    select (select greatest(reltuples, 0)::integer from pg_class where oid = 'assay.search_entity'::regclass) as entries,
           said.most_common_elems::text::text[] as words, said.most_common_elem_freqs as word_parts,
           named.most_common_elems::text::text[] as names, named.most_common_elem_freqs as name_parts,
           coalesce(heavy.most_common_vals::text::float8[], '{}') as weights, coalesce(heavy.most_common_freqs, '{}') as weight_parts,
           coalesce(heavy.histogram_bounds::text::float8[], '{}') as bounds,
           array(select of from generate_series(0, ${WEIGHT_CLASSES - 1}) of
                  where exists (
                    select from search_entity e
                     where e.weight >= (case of when 0 then '-infinity' else of * ${CLASS_WIDTH}::float8 end)::real
                       and e.weight < (case of when ${WEIGHT_CLASSES - 1} then 'infinity' else (of + 1) * ${CLASS_WIDTH}::float8 end)::real)
           ) as classes
      from pg_stats said
      join pg_stats heavy on heavy.schemaname = said.schemaname and heavy.tablename = said.tablename and heavy.attname = 'weight'
      join pg_stats named on named.schemaname = said.schemaname and named.tablename = said.tablename and named.attname = 'name_words'
     where said.schemaname = 'assay' and said.tablename = 'search_entity' and said.attname = 'words'
       and said.most_common_elems is not null and named.most_common_elems is not null`.named(
    'search_statistics',
  );
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
 * `limit` of each schema. @param parts words: letters and digits alone.
 */
export function columnNames(schemaIds: readonly Uuid[], parts: readonly string[], limit: number): Statement {
  // One pattern, and bytes against letters: several times as quick as ILIKE and a class of characters.
  return sql`
    select asked.schema_id, sc.name
      from unnest(${uuidArray(schemaIds)}::uuid[]) as asked(schema_id)
     cross join lateral (
       select c.name, c.ordinal from schema_column c
        where c.schema_id = asked.schema_id and (c.name ~* ${parts.join('|')}::text or octet_length(c.name) <> length(c.name))
        order by c.ordinal limit ${limit}) sc
     order by asked.schema_id, sc.ordinal`.named('search_column_names');
}

/** Of each of these (a column as a whole, by its word; an owner; a tag) how many datasets there are, up to `most`. */
export function countDatasetsOf(
  asked: readonly { readonly kind: 'column' | 'owner' | 'tag'; readonly value: string }[],
  most: number,
): Statement {
  // One part for each: the planner has to know the very word.
  const counts = asked.map(({ kind, value }) => {
    const query = `${lexeme(labelWord('kind', 'dataset'))} & ${lexeme(kind === 'column' ? value : labelWord(kind, value))}`;
    return sql`
      select ${kind}::text as kind, ${value}::text as value, (
               select count(*)::integer from (select from search_entity e where e.words @@ ${query}::tsquery limit ${most}) d) as count`;
  });
  return counts.reduce((all, one) => sql`${all} union all ${one}`);
}
