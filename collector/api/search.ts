import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { isUuid } from '#model/ids.ts';
import { firstWord } from '#model/search-labels.ts';
import type { Database } from '#store/database.ts';
import {
  hasTrigrams,
  searchBacklog,
  SEARCH_KINDS,
  type SearchBacklogRow,
  type SearchKind,
} from '#store/search-index.ts';
import {
  planForWords,
  searchEntities,
  SEARCH_RANKED,
  searchStatistics,
  type ColumnHolder,
  type Question,
  type SearchAnswerRow,
  type SearchCursor,
  type SearchFilter,
  type SearchHitRow,
  type SearchStatisticsRow,
} from '#store/search.ts';
import { cursorText, isText, readCursor } from './page-cursor.ts';
import { SearchAnswer, SearchQuery, type SearchHit } from './schema/search.ts';
import { classesFor, commonWords, searchStatisticsOf, type SearchStatistics } from './search-classes.ts';
import { columnHits, columnsOf, countNamed, hitByColumns, matchedColumns } from './search-columns.ts';
import { facetsOf } from './search-facets.ts';
import { plainQuestion, unknownWords, withMeanings } from './search-words.ts';

/** With fewer hits than these a question may be mistyped, though its words are known. */
const FEW = 3;
/** Columns among the hits of all kinds. */
const COLUMNS_SHOWN = 5;
/** Milliseconds for which what is known of the index as a whole holds. */
const ASK_AGAIN = 60_000;

const MATCHES = ['exact', 'prefix', 'name', 'text'] as const;

/** GET /api/v2/search: datasets, columns, jobs, owners, tags and contracts by words, ranked, with facets. */
export function registerSearch(app: FastifyInstance, { database }: { readonly database: Database }): void {
  const index = remembered(ASK_AGAIN, async () => {
    const [[row], [known]] = await Promise.all([
      database.rows<{ present: boolean }>(hasTrigrams()),
      database.rows<SearchStatisticsRow>(searchStatistics()),
    ]);
    const statistics = searchStatisticsOf(known);
    return { typoTolerant: row?.present ?? false, statistics, common: commonWords(statistics) };
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
        const [{ typoTolerant, common, statistics }, [backlog]] = await Promise.all([
          index(),
          database.rows<SearchBacklogRow>(searchBacklog()),
        ]);
        const asked = await answerTo(database, plainQuestion(q, common), filter, {
          after,
          limit: limit + 1,
          widened: place?.[0] === 'wide',
          typoTolerant,
          statistics,
          everything: q.trim() === '',
        });
        const page = asked.answer.items.slice(0, limit);
        const wantsColumns = after === null && q !== '' && (kinds === null || kinds.includes('column'));
        const holders = wantsColumns ? await holdersOf(database, asked, filter, statistics) : [];
        const { question } = asked;
        const looked = await columnsOf(database, question, [...holders, ...hitByColumns(question, page)]);
        const columns = columnHits(question, looked, holders, kinds?.length === 1 ? limit : COLUMNS_SHOWN);
        const matched = matchedColumns(question, looked, page);
        const entities = page.map((row) => hit(row, asked, matched.get(row.id) ?? null));
        const items = await countNamed(database, inOrder(entities, columns), statistics);
        const last = asked.answer.items.length > limit ? page.at(-1) : undefined;
        return {
          items,
          total: asked.answer.total,
          more: asked.answer.total >= SEARCH_RANKED,
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

const NOTHING: SearchAnswerRow = {
  items: [],
  total: 0,
  values: { kind: null, layer: null, owner: null, tag: null, platform: null, status: null },
  holders: [],
};

/** One question to the index. */
async function put(
  database: Database,
  question: Question,
  filter: SearchFilter,
  {
    after,
    limit,
    statistics,
  }: {
    readonly after: SearchCursor | null;
    readonly limit: number;
    readonly statistics: SearchStatistics | null;
  },
): Promise<SearchAnswerRow> {
  const { words, name } = question;
  const beginning = {
    word: firstWord(name),
    prefix: name.includes(' ') ? 'never' : 'everywhere',
    meant: [],
  } as const;
  const classes = {
    beginnings: classesFor(statistics, [beginning], filter, 'names'),
    names: classesFor(statistics, words, filter, 'names'),
    everything: classesFor(statistics, words, filter, 'everything'),
  };
  const [row] = await database.transaction(async (connection) => {
    await connection.rows(planForWords());
    return connection.rows<SearchAnswerRow>(searchEntities(question, filter, classes, after, limit));
  });
  return row ?? NOTHING;
}

/** The datasets whose columns are looked through: those among the hits, or hits of their own where no datasets are asked for. */
async function holdersOf(
  database: Database,
  { question, answer }: Asked,
  filter: SearchFilter,
  statistics: SearchStatistics | null,
): Promise<readonly ColumnHolder[]> {
  if (filter.kinds === null || filter.kinds.includes('dataset')) return answer.holders;
  const datasets: SearchFilter = { ...filter, kinds: ['dataset'] };
  return (await put(database, question, datasets, { after: null, limit: 1, statistics })).holders;
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
    readonly statistics: SearchStatistics | null;
    /** Nothing was typed. */
    readonly everything: boolean;
  },
): Promise<Asked> {
  const { after, limit, typoTolerant, statistics } = options;
  const ask = async (of: Question): Promise<SearchAnswerRow> => {
    // Columns alone are asked for, or there is no word in what was typed.
    if (filter.kinds?.length === 0 || (of.words.length === 0 && !options.everything)) return NOTHING;
    return put(database, of, filter, { after, limit, statistics });
  };
  const unknown = question.words.length === 0 ? [] : await unknownWords(database, question);
  if (unknown.length === 0 && !options.widened) {
    const answer = await ask(question);
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
