/** Questions as people ask them, by kind. */
export interface Questions {
  readonly byKind: Readonly<Record<QuestionKind, readonly string[]>>;
  /** The mistyped ones beside what was meant. */
  readonly pairs: readonly { readonly word: string; readonly typo: string }[];
}

type QuestionKind =
  | 'word'
  | 'two words'
  | 'prefix'
  | 'part of a word'
  | 'typo'
  | 'column name'
  | 'common word';

/** So many questions of each kind about names of these words. */
export function questionsAbout(words: readonly string[], random: () => number, count: number): Questions {
  // As in names: the first words more often than the last.
  const draw = (): string => words[Math.floor(random() ** 2 * words.length)] ?? '';
  const many = (make: () => string): string[] => Array.from({ length: count }, make);
  const long = (): string => {
    for (;;) {
      const word = draw();
      if (word.length >= 6) return word;
    }
  };
  const pairs = Array.from({ length: count }, () => {
    const word = long();
    return { word, typo: mistyped(word, random) };
  });
  const byKind = {
    word: many(draw),
    'two words': many(() => `${draw()} ${draw()}`),
    prefix: many(() => draw().slice(0, 3)),
    'part of a word': many(() => long().slice(1, 5)),
    typo: pairs.map(({ typo }) => typo),
    'column name': many(() => `${draw()}_${draw()}`),
    'common word': many(
      () =>
        ['id', 'created', 'gold', 'load', 'raw', words[0] ?? '', words[1] ?? ''][Math.floor(random() * 7)] ??
        '',
    ),
  };
  return { byKind, pairs };
}

/** A word with one letter swapped with the next, left out, or doubled. */
function mistyped(word: string, random: () => number): string {
  const at = 1 + Math.floor(random() * (word.length - 2));
  const letters = word.split('');
  const kind = Math.floor(random() * 3);
  if (kind === 0) letters.splice(at, 2, letters[at + 1] ?? '', letters[at] ?? '');
  else if (kind === 1) letters.splice(at, 1);
  else letters.splice(at, 0, letters[at] ?? '');
  return letters.join('');
}
