import type { Uuid } from '#model/ids.ts';
import { labelWord } from '#model/search-labels.ts';
import { columnWord, searchName, searchWords } from '#model/search-words.ts';
import type { Database } from '#store/database.ts';
import {
  columnNames,
  countDatasetsOf,
  planForWords,
  type ColumnHolder,
  type Question,
  type ColumnOfSchemaRow,
  type SearchHitRow,
} from '#store/search.ts';
import type { SearchHit } from './schema/search.ts';
import { knownCount, type SearchStatistics } from './search-classes.ts';
import { meets } from './search-words.ts';

/** Columns of one dataset that are looked at. */
const COLUMNS_EACH = 2000;
/** Datasets of a column, an owner or a tag are counted up to this number. */
const COUNTED = 1000;
/** Statistics are of a sample, and of jobs and contracts as well: so many times the number is surely that. */
const SURELY = 3;

/** Columns of datasets that may hold an asked word, by dataset. */
export type ColumnsOfDatasets = ReadonlyMap<Uuid, readonly string[]>;

/** Names of columns that hold all asked words, each once, in the first of these datasets that has it. */
export function columnHits(
  question: Question,
  columns: ColumnsOfDatasets,
  holders: readonly ColumnHolder[],
  limit: number,
): SearchHit[] {
  if (question.words.length === 0) return [];
  const found = new Map<string, SearchHit>();
  for (const dataset of holders) {
    for (const name of columns.get(dataset.id) ?? []) {
      if (found.has(name) || met(name, question) < question.words.length) continue;
      found.set(name, columnHit(name, dataset, question));
    }
  }
  return [...found.values()].sort((a, b) => rank(a) - rank(b)).slice(0, limit);
}

const rank = ({ match }: SearchHit): number => ['exact', 'prefix', 'name', 'typo'].indexOf(match);

function columnHit(name: string, dataset: ColumnHolder, question: Question): SearchHit {
  const folded = searchName(name);
  const literal = question.words.every((asked) =>
    searchWords(name).some((word) => meets({ ...asked, meant: [] }, word)),
  );
  return {
    kind: 'column',
    id: null,
    namespace: null,
    name,
    match: !literal
      ? 'typo'
      : folded === question.name
        ? 'exact'
        : folded.startsWith(question.name)
          ? 'prefix'
          : 'name',
    matchedColumn: null,
    description: null,
    owner: null,
    layer: null,
    platform: null,
    tags: [],
    status: null,
    contract: null,
    consumers: 0,
    lastEventAt: null,
    datasets: null,
    dataset: { id: dataset.id, namespace: dataset.namespace, name: dataset.name },
  };
}

/** Hits that may not have all words in their name. */
export function hitByColumns(question: Question, rows: readonly SearchHitRow[]): SearchHitRow[] {
  return question.words.length === 0 ? [] : rows.filter(({ kind, tier }) => kind === 'dataset' && tier > 1);
}

/** For those that do not have all words in their name: the column that has most of them. */
export function matchedColumns(
  question: Question,
  columns: ColumnsOfDatasets,
  rows: readonly SearchHitRow[],
): ReadonlyMap<Uuid, string> {
  const found = new Map<Uuid, string>();
  for (const row of hitByColumns(question, rows)) {
    const inName = met(row.name, question);
    if (inName === question.words.length) continue;
    const best = (columns.get(row.id) ?? [])
      .map((name) => ({ name, words: met(name, question) }))
      .filter(({ words }) => words > 0)
      .sort((a, b) => b.words - a.words || a.name.length - b.name.length)[0];
    if (best) found.set(row.id, best.name);
  }
  return found;
}

/** How many of the asked words a name holds. */
function met(name: string, { words }: Question): number {
  const known = searchWords(name);
  return words.filter((asked) => known.some((word) => meets(asked, word))).length;
}

/** The columns of these datasets that may hold an asked word. */
export async function columnsOf(
  database: Database,
  { words }: Question,
  rows: readonly Pick<ColumnHolder, 'id' | 'schema_id'>[],
): Promise<ColumnsOfDatasets> {
  const schemas = [...new Set(rows.flatMap(({ schema_id: id }) => (id === null ? [] : [id])))];
  if (schemas.length === 0 || words.length === 0) return new Map();
  const bySchema = new Map<Uuid, string[]>();
  const parts = words.flatMap(({ word, meant }) => [word, ...meant]);
  for (const { schema_id: id, name } of await database.rows<ColumnOfSchemaRow>(
    columnNames(schemas, parts, COLUMNS_EACH),
  ))
    bySchema.set(id, [...(bySchema.get(id) ?? []), name]);
  return new Map(rows.map((row) => [row.id, bySchema.get(row.schema_id ?? '') ?? []]));
}

/** Hits with the number of datasets that have them: columns, owners and tags. */
export async function countNamed(
  database: Database,
  hits: readonly SearchHit[],
  statistics: SearchStatistics | null,
): Promise<SearchHit[]> {
  const named = hits.flatMap(({ kind, name }) =>
    kind === 'column' || kind === 'owner' || kind === 'tag'
      ? [{ kind, value: kind === 'column' ? columnWord(name) : name }]
      : [],
  );
  if (named.length === 0) return [...hits];
  // Of what very many have it is known that there are more than are counted.
  const isMany = ({ kind, value }: (typeof named)[number]): boolean =>
    knownCount(statistics, kind === 'column' ? value : labelWord(kind, value)) > COUNTED * SURELY;
  const asked = named.filter((one) => !isMany(one));
  const rows =
    asked.length === 0
      ? []
      : await database.transaction(async (connection) => {
          await connection.rows(planForWords());
          return connection.rows<{ kind: string; value: string; count: number }>(
            countDatasetsOf(asked, COUNTED),
          );
        });
  const many = named.filter(isMany).map((one) => ({ ...one, count: COUNTED }));
  const counts = new Map([...rows, ...many].map(({ kind, value, count }) => [`${kind} ${value}`, count]));
  return hits.map((hit) => ({
    ...hit,
    datasets:
      counts.get(`${hit.kind} ${hit.kind === 'column' ? columnWord(hit.name) : hit.name}`) ?? hit.datasets,
  }));
}
