import { labelWord, WEIGHT_CLASSES, weightClass } from '#model/search-labels.ts';
import type { AskedWord, ClassGroups, SearchFilter, SearchStatisticsRow } from '#store/search.ts';

/** A word is common when it is said of more than this part of all things. */
const COMMON = 0.02;
/** With fewer hits than these all are read at once. */
const AT_ONCE = 1000;
/** Hits that one look is to have; the last one goes through the rest. */
const WANTED = 250;
const LOOKS = 6;
/** How many words that are not known begin with what was asked, taken that each is as frequent as the rarest known. */
const BEGINNINGS = 3;

/** Of which part of all things words and labels are said. */
interface Parts {
  readonly known: ReadonlyMap<string, number>;
  /** All others are said of a smaller part than this. */
  readonly rarest: number;
}

/** What is known of the index as a whole. */
export interface SearchStatistics {
  readonly entries: number;
  /** In names alone, and in everything that is said. */
  readonly names: Parts;
  readonly everything: Parts;
  /** Which part of all things is in each class of weight, about. */
  readonly classes: readonly number[];
  /** Classes in which there is anything. */
  readonly present: ReadonlySet<number>;
}

/** Reads the planner's statistics; null: there are none, as of an index that is small or new. */
export function searchStatisticsOf(row: SearchStatisticsRow | undefined): SearchStatistics | null {
  if (row === undefined || row.words.length === 0 || row.names.length === 0) return null;
  const classes = Array.from({ length: WEIGHT_CLASSES }, () => 0);
  const add = (weight: number, part: number): void => {
    const of = weightClass(weight);
    classes[of] = (classes[of] ?? 0) + part;
  };
  row.weights.forEach((weight, index) => add(weight, row.weight_parts[index] ?? 0));
  const rest = 1 - row.weight_parts.reduce((sum, part) => sum + part, 0);
  for (const bound of row.bounds) add(bound, rest / row.bounds.length);
  return {
    entries: row.entries,
    names: partsOf(row.names, row.name_parts),
    everything: partsOf(row.words, row.word_parts),
    classes,
    present: new Set(row.classes),
  };
}

function partsOf(words: readonly string[], parts: readonly number[]): Parts {
  // Behind the parts of the words stand the least and the greatest.
  const known = new Map(words.map((word, index) => [word, parts[index] ?? 0]));
  return { known, rarest: Math.min(...known.values()) };
}

/** Words that are said of very many things. */
export function commonWords(statistics: SearchStatistics | null): ReadonlySet<string> {
  const all = [...(statistics?.everything.known ?? [])];
  return new Set(all.flatMap(([word, part]) => (part >= COMMON && !/^[#=]/.test(word) ? [word] : [])));
}

/** At least so many things this is said of, as far as is known. */
export function knownCount(statistics: SearchStatistics | null, word: string): number {
  return (statistics?.entries ?? 0) * (statistics?.everything.known.get(word) ?? 0);
}

/** The classes of weight to look through one after the other: the more of all things are hit, the fewer at first. */
export function classesFor(
  statistics: SearchStatistics | null,
  words: readonly AskedWord[],
  filter: SearchFilter,
  within: 'names' | 'everything',
): ClassGroups {
  if (statistics === null) return [null];
  const { entries, classes, present } = statistics;
  const part = partHit(statistics[within], words, filter, within);
  if (entries * part <= AT_ONCE) return [null];
  const groups: number[][] = [];
  const absent: number[] = []; // as of the last minute
  let group: number[] = [];
  let things = 0;
  const most = WANTED / part;
  for (let of = WEIGHT_CLASSES - 1; of >= 0; of -= 1) {
    if (!present.has(of)) {
      absent.push(of);
      continue;
    }
    const here = entries * (classes[of] ?? 0);
    // Where a look finds more than is wanted any of it is read: so a large class stands alone.
    if (group.length > 0 && things + here > most && groups.length < LOOKS - 1) {
      groups.push(group);
      [group, things] = [[], 0];
    }
    group.push(of);
    things += here;
  }
  return [...groups, [...group, ...absent]];
}

/** At most this part of all things is hit: that of the rarest word or label, as all of them are asked for. */
function partHit(
  parts: Parts,
  words: readonly AskedWord[],
  { kinds, layer, owner, tag, platform }: SearchFilter,
  within: 'names' | 'everything',
): number {
  const of = (word: string): number => parts.known.get(word) ?? parts.rarest;
  return Math.min(
    1,
    ...words.map(({ word, prefix, meant }) => {
      const begins = prefix === 'everywhere' || (prefix === 'names' && within === 'names');
      return meant.reduce((sum, one) => sum + of(one), begins ? beginning(parts, word) : of(word));
    }),
    ...(kinds === null ? [] : [kinds.reduce((sum, kind) => sum + of(labelWord('kind', kind)), 0)]),
    ...Object.entries({ layer, owner, tag, platform }).flatMap(([name, value]) =>
      value === null ? [] : [of(labelWord(name as 'layer' | 'owner' | 'tag' | 'platform', value))],
    ),
  );
}

/** Of which part things are said that begin so, about. */
function beginning({ known, rarest }: Parts, beginningOf: string): number {
  let sum = rarest * BEGINNINGS;
  for (const [word, part] of known) if (word.startsWith(beginningOf)) sum += part;
  return sum;
}
