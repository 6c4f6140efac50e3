import { askedWords, editDistance, searchName } from '#model/search-words.ts';
import type { Database } from '#store/database.ts';
import {
  alikeWords,
  knownWords,
  setWordSimilarity,
  type AlikeRow,
  type AskedWord,
  type Question,
  type WordRow,
} from '#store/search.ts';

/** Shorter words are taken as they are: too much is like them. */
const SHORTEST_PART = 3;
/** What begins with fewer letters is looked for among names alone. */
const SHORTEST_BEGINNING = 4;
const SHORTEST_TYPO = 4;
/** Known words that are looked at for one that is not, and that it may stand for. */
const LOOKED_AT = 40;
const MEANT = 8;

/** Numbers are looked for as they are. */
const NUMBER = /^\d+$/;

/** A question word by word: each as it is, and as the beginning of a word where not too many words begin so. */
export function plainQuestion(q: string, common: ReadonlySet<string>): Question {
  const words = askedWords(q).map((word) => ({
    word,
    prefix:
      word.length === 1
        ? ('never' as const)
        : word.length < SHORTEST_BEGINNING || common.has(word)
          ? ('names' as const)
          : ('everywhere' as const),
    meant: [],
  }));
  return { words, name: searchName(q) };
}

/** Words of a question that begin no word of the index. */
export async function unknownWords(database: Database, { words }: Question): Promise<readonly string[]> {
  const asked = words.map(({ word }) => word).filter((word) => !NUMBER.test(word));
  const rows = await database.rows<WordRow>(knownWords(asked));
  return rows.flatMap(({ word, known }) => (known ? [] : [word]));
}

/** The question with what these words may have meant: words that hold them, and words that differ by a letter or two. */
export async function withMeanings(
  database: Database,
  question: Question,
  doubted: readonly string[],
): Promise<Question> {
  const asked = doubted.filter((word) => word.length >= SHORTEST_PART && !NUMBER.test(word));
  if (asked.length === 0) return question;
  const rows = await database.transaction(async (connection) => {
    await connection.rows(setWordSimilarity());
    return connection.rows<AlikeRow>(alikeWords(asked, LOOKED_AT));
  });
  const words = question.words.map((one) => ({
    ...one,
    meant: meantBy(
      one.word,
      rows.filter(({ asked: word }) => word === one.word),
    ),
  }));
  return { ...question, words };
}

function meantBy(word: string, rows: readonly AlikeRow[]): string[] {
  const most = word.length < SHORTEST_TYPO ? 0 : word.length < 6 ? 1 : 2;
  const near = rows
    .filter(({ holds }) => !holds)
    .map((row) => ({ word: row.word, distance: editDistance(word, row.word, most) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance);
  const closest = near[0]?.distance ?? 0;
  const holding = rows.filter(({ holds }) => holds).map((row) => row.word);
  // A word two letters away is not meant where one is a single letter away.
  const meant = [...holding, ...near.filter(({ distance }) => distance <= closest).map((row) => row.word)];
  return [...new Set(meant)].filter((one) => one !== word).slice(0, MEANT);
}

/** Whether one word of a name meets an asked one. */
export function meets({ word, prefix, meant }: AskedWord, known: string): boolean {
  return known === word || (prefix !== 'never' && known.startsWith(word)) || meant.includes(known);
}
