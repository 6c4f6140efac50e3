/** Longest word that is looked for, in UTF-16 units: what is longer is cut, in names and in questions alike. */
const LONGEST = 48;
/** Words of one question; what follows adds nothing to what a person can read. */
const MOST_ASKED = 12;

const MARKS = /\p{M}+/gu;
const CAMEL = /(\p{Ll}|\p{N})(\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})/gu;
const WORD = /[\p{L}\p{N}]+/gu;

/**
 * The words of a name or a sentence as search knows them: cut at whatever is neither letter nor digit and where
 * `camelCase` turns, in lower case, without accents (NFKD), each at most 48 long. In order, with repeats.
 */
export function searchWords(text: string): string[] {
  const parted = text.replace(CAMEL, (found) =>
    found.length > 1 ? `${found[0]} ${found.slice(1)}` : `${found} `,
  );
  const folded = parted.normalize('NFKD').replace(MARKS, '').toLowerCase();
  return (folded.match(WORD) ?? []).map((word) => cutText(word, LONGEST));
}

/** The first `most` UTF-16 units of a text, never half a character. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? most - 1 : most);
}

/** A name in the form in which names are compared: its words with single spaces between. */
export function searchName(name: string): string {
  return cutText(searchWords(cutText(name, 1024)).join(' '), 512);
}

/** The part of a qualified name or path that people call it by: what follows its last dot or slash. */
export function lastPart(name: string): string {
  const trimmed = name.replace(/[./\\]+$/, '');
  return trimmed.slice(Math.max(trimmed.lastIndexOf('.'), trimmed.lastIndexOf('/')) + 1);
}

/** The word by which a column is found by its whole name; no word of a text is like it. */
export function columnWord(column: string): string {
  return `=${searchName(column)}`;
}

/** What a question asks for: its words without repeats, the first dozen. */
export function askedWords(question: string): string[] {
  return [...new Set(searchWords(cutText(question, 1024)))].slice(0, MOST_ASKED);
}

/**
 * How many letters have to be added, taken away, changed or swapped with their neighbour to make one word of the
 * other (optimal string alignment); more than `most` is told as `most + 1`.
 */
export function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    before = last;
    last = row;
  }
  return Math.min(last[b.length] ?? 0, most + 1);
}
