/** Below this length of a token's beginning two words are not taken for the same (`cust`, `customer`). */
const STEM = 3;

/** How alike two column names are, 0 to 1: by their letters or by their words, whichever is more. */
export function nameSimilarity(a: string, b: string): number {
  const [one, other] = [wordsOf(a), wordsOf(b)];
  const plain = [one.join(''), other.join('')] as const;
  if (plain[0] === plain[1]) return 1;
  const longest = Math.max(plain[0].length, plain[1].length);
  const letters = longest === 0 ? 0 : 1 - editDistance(plain[0], plain[1]) / longest;
  return Math.max(letters, sharedWords(one, other));
}

function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** Twice the shared words by all words; an abbreviation counts as its word, a little less. */
function sharedWords(a: readonly string[], b: readonly string[]): number {
  const left = [...b];
  let shared = 0;
  for (const word of a) {
    const exact = left.indexOf(word);
    const at = exact >= 0 ? exact : left.findIndex((other) => abbreviates(word, other));
    if (at < 0) continue;
    shared += exact >= 0 ? 1 : 0.9;
    left.splice(at, 1);
  }
  return a.length + b.length === 0 ? 0 : (2 * shared) / (a.length + b.length);
}

function abbreviates(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= STEM && (a.startsWith(b) || b.startsWith(a));
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
