import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { isUuid } from '#model/ids.ts';
import type { Database } from '#store/database.ts';
import {
  hasTrigrams,
  searchBacklog,
  SEARCH_KINDS,
  type SearchBacklogRow,
  type SearchKind,
} from '#store/search-index.ts';
import {
  commonWords,
  planForWords,
  searchEntities,
  SEARCH_RANKED,
  type ColumnHolder,
  type Question,
  type SearchAnswerRow,
  type SearchCursor,
  type SearchFilter,
  type SearchHitRow,
} from '#store/search.ts';
import { cursorText, isText, readCursor } from './page-cursor.ts';
import { SearchAnswer, SearchQuery, type SearchHit } from './schema/search.ts';
import { columnHits, countNamed, matchedColumns } from './search-columns.ts';
import { plainQuestion, unknownWords, withMeanings } from './search-words.ts';

/** With fewer hits than these a question may be mistyped, though its words are known. */
const FEW = 3;
/** With fewer hits among the weightiest things a common word is looked for among all. */
const ENOUGH = 100;
/** Columns among the hits of all kinds. */
const COLUMNS_SHOWN = 5;
/** Milliseconds for which what is known of the index as a whole holds. */
const ASK_AGAIN = 60_000;

const MATCHES = ['exact', 'prefix', 'name', 'text'] as const;

/** GET /api/v2/search: datasets, columns, jobs, owners, tags and contracts by words, ranked, with facets. */
export function registerSearch(app: FastifyInstance, { database }: { readonly database: Database }): void {
  const index = remembered(ASK_AGAIN, async () => {
    const [[row], common] = await Promise.all([
      database.rows<{ present: boolean }>(hasTrigrams()),
      database.rows<{ word: string }>(commonWords()),
    ]);
    return { typoTolerant: row?.present ?? false, common: new Set(common.map(({ word }) => word)) };
  });

  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .get(
      '/api/v2/search',
      { schema: { querystring: SearchQuery, response: { 200: SearchAnswer } } },
      async ({ query }) => {
        const { q = '', limit = 20 } = query;
        const kinds = query.kind?.split(',') ?? null;
        const filter: SearchFilter = {
          kinds: kinds?.filter(isEntityKind) ?? null,
          layer: query.layer ?? null,
          owner: query.owner ?? null,
          tag: query.tag ?? null,
          platform: query.platform ?? null,
          status: query.status ?? null,
        };
        const place = readCursor(query.cursor, [isPass, isNumber, isNumber, isText, isUuid]);
        const after = place && cursorAt(place);
        const [{ typoTolerant, common }, [backlog]] = await Promise.all([
          index(),
          database.rows<SearchBacklogRow>(searchBacklog()),
        ]);
        const asked = await answerTo(database, plainQuestion(q, common), filter, {
          after,
          limit: limit + 1,
          widened: place?.[0] === 'wide',
          typoTolerant,
          everything: q.trim() === '',
        });
        const page = asked.answer.items.slice(0, limit);
        const wantsColumns = after === null && q !== '' && (kinds === null || kinds.includes('column'));
        const [columns, matched] = await Promise.all([
          wantsColumns
            ? holdersOf(database, asked, filter).then((holders) =>
                columnHits(database, asked.question, holders, kinds?.length === 1 ? limit : COLUMNS_SHOWN),
              )
            : [],
          matchedColumns(database, asked.question, page),
        ]);
        const entities = page.map((row) => hit(row, asked, matched.get(row.id) ?? null));
        const items = await countNamed(database, inOrder(entities, columns));
        const last = asked.answer.items.length > limit ? page.at(-1) : undefined;
        return {
          items,
          total: asked.answer.total,
          more: asked.question.common || asked.answer.total >= SEARCH_RANKED,
          facets: facetsOf(asked.answer),
          corrected: asked.question.words.flatMap(({ word, meant }) =>
            meant.length > 0 && asked.wide ? [{ word, meant: [...meant] }] : [],
          ),
          typoTolerant,
          waiting: backlog?.waiting ?? 0,
          next: last
            ? cursorText([
                asked.wide ? 'wide' : 'plain',
                String(last.tier),
                String(last.weight),
                last.folded,
                last.id,
              ])
            : null,
        };
      },
    );
}

interface Asked {
  readonly question: Question;
  readonly answer: SearchAnswerRow;
  /** The question was widened by what its words may have meant. */
  readonly wide: boolean;
  /** Hits that the question has as it is. */
  readonly plain: ReadonlySet<string> | null;
}

const NOTHING: SearchAnswerRow = { items: [], total: 0, facets: [], holders: [] };

/** One question to the index. */
async function put(
  database: Database,
  question: Question,
  filter: SearchFilter,
  { after, limit }: { readonly after: SearchCursor | null; readonly limit: number },
): Promise<SearchAnswerRow> {
  const [row] = await database.transaction(async (connection) => {
    await connection.rows(planForWords());
    return connection.rows<SearchAnswerRow>(searchEntities(question, filter, after, limit));
  });
  return row ?? NOTHING;
}

/** The datasets whose columns are looked through: those among the hits, or hits of their own where no datasets are asked for. */
async function holdersOf(
  database: Database,
  { question, answer }: Asked,
  filter: SearchFilter,
): Promise<readonly ColumnHolder[]> {
  if (filter.kinds === null || filter.kinds.includes('dataset')) return answer.holders;
  return (await put(database, question, { ...filter, kinds: ['dataset'] }, { after: null, limit: 1 }))
    .holders;
}

/** Puts the question as it is; when that hits next to nothing, with what its words may have meant. */
async function answerTo(
  database: Database,
  question: Question,
  filter: SearchFilter,
  options: {
    readonly after: SearchCursor | null;
    readonly limit: number;
    readonly widened: boolean;
    readonly typoTolerant: boolean;
    /** Nothing was typed. */
    readonly everything: boolean;
  },
): Promise<Asked> {
  const { after, limit, typoTolerant } = options;
  const ask = async (of: Question): Promise<SearchAnswerRow> => {
    // Columns alone are asked for, or there is no word in what was typed.
    if (filter.kinds?.length === 0 || (of.words.length === 0 && !options.everything)) return NOTHING;
    return put(database, of, filter, { after, limit });
  };
  const unknown = question.words.length === 0 ? [] : await unknownWords(database, question);
  if (unknown.length === 0 && !options.widened) {
    const answer = await ask(question);
    // Common words that none of the weightiest has: then all that they are said of is gathered.
    if (question.common && answer.total < ENOUGH)
      return { question, answer: await ask({ ...question, common: false }), wide: false, plain: null };
    if (answer.total >= FEW || after !== null || !typoTolerant || question.words.length === 0)
      return { question, answer, wide: false, plain: null };
    const wider = await withMeanings(database, question, wordsOf(question));
    if (wider.words.every(({ meant }) => meant.length === 0))
      return { question, answer, wide: false, plain: null };
    const plain = new Set(answer.items.map(keyOf));
    return { question: wider, answer: await ask(wider), wide: true, plain };
  }
  if (!typoTolerant) return { question, answer: await ask(question), wide: false, plain: null };
  const wider = await withMeanings(database, question, unknown.length > 0 ? unknown : wordsOf(question));
  return { question: wider, answer: await ask(wider), wide: true, plain: new Set() };
}

const wordsOf = ({ words }: Question): string[] => words.map(({ word }) => word);
const keyOf = ({ kind, id }: { readonly kind: string; readonly id: string }): string => `${kind} ${id}`;

function hit(row: SearchHitRow, { question, plain }: Asked, column: string | null): SearchHit {
  const named = row.kind === 'owner' || row.kind === 'tag';
  const match =
    question.words.length === 0
      ? 'all'
      : row.tier > 1 && plain !== null && !plain.has(keyOf(row))
        ? 'typo'
        : MATCHES[row.tier];
  return {
    kind: row.kind,
    id: named ? null : row.id,
    namespace: named ? null : row.namespace,
    name: row.name,
    match,
    matchedColumn: column,
    description: row.description,
    owner: row.owner,
    layer: row.layer,
    platform: row.platform,
    tags: [...row.tags],
    status: named ? null : row.status,
    contract: row.contract,
    consumers: row.consumers,
    lastEventAt: row.last_event_at === null ? null : new Date(row.last_event_at).toISOString(),
    datasets: null,
    dataset: null,
  };
}

const ORDER: readonly SearchHit['match'][] = ['exact', 'prefix', 'name', 'text', 'typo', 'all'];

/** Columns between the other hits, behind those that match as well. */
function inOrder(entities: readonly SearchHit[], columns: readonly SearchHit[]): SearchHit[] {
  const place = ({ match }: SearchHit): number => ORDER.indexOf(match);
  return [...entities, ...columns]
    .map((one, index) => ({ one, index }))
    .sort((a, b) => place(a.one) - place(b.one) || a.index - b.index)
    .map(({ one }) => one);
}

function facetsOf({ facets }: SearchAnswerRow): SearchAnswer['facets'] {
  const of = (name: string): { value: string; count: number }[] =>
    facets.filter(({ facet }) => facet === name).map(({ value, count }) => ({ value, count }));
  return {
    kind: of('kind'),
    layer: of('layer'),
    owner: of('owner'),
    tag: of('tag'),
    platform: of('platform'),
    status: of('status'),
  };
}

function cursorAt([, tier = '', weight = '', folded = '', id = '']: readonly string[]): SearchCursor {
  return { tier: Number(tier), weight: Number(weight), folded, id };
}

const isEntityKind = (kind: string): kind is SearchKind => SEARCH_KINDS.some((known) => known === kind);
const isPass = (part: string): boolean => part === 'plain' || part === 'wide';
const isNumber = (part: string): boolean => /^-?\d{1,6}(\.\d{1,12})?$/.test(part);

/** Asks again when the last answer is older than `milliseconds`. */
function remembered<T>(milliseconds: number, read: () => Promise<T>): () => Promise<T> {
  let known: { readonly value: T; readonly at: number } | null = null;
  return async () => {
    if (known === null || performance.now() - known.at > milliseconds)
      known = { value: await read(), at: performance.now() };
    return known.value;
  };
}
