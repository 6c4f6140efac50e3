import * as fc from 'fast-check';

/** A pattern in our subset, and the same for JavaScript with what it reads otherwise written out. */
export interface PatternPair {
  readonly ours: string;
  readonly javaScript: string;
}

const same = (text: string): PatternPair => ({ ours: text, javaScript: text });

const atom: fc.Arbitrary<PatternPair> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom('a', 'b', 'A', '-', '1', ' ', 'é', '語', '😀', '\\.', '\\n', '\\t', '\\\\')
      .map(same),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        '[ab]',
        '[^a]',
        '[a-c1-3]',
        '[^\\n]',
        '[\\-a]',
        '[é-😀]',
        '[\\]\\^]',
        '[a-]',
        '[^a😀]',
        '[\\w.]',
        '[\\d\\D]',
      )
      .map(same),
  },
  { weight: 2, arbitrary: fc.constantFrom('\\d', '\\w', '\\D', '\\W').map(same) },
  { weight: 1, arbitrary: fc.constant({ ours: '.', javaScript: '[^\\n]' }) },
  { weight: 1, arbitrary: fc.constant({ ours: '\\s', javaScript: '[ \\t\\n\\v\\f\\r]' }) },
  { weight: 1, arbitrary: fc.constant({ ours: '[^\\s]', javaScript: '[^ \\t\\n\\v\\f\\r]' }) },
  { weight: 2, arbitrary: fc.constantFrom('^', '$').map(same) },
);

const isAnchor = ({ ours }: PatternPair): boolean => ours === '^' || ours === '$';

const wrap = (pair: PatternPair, before: string, after: string): PatternPair => ({
  ours: before + pair.ours + after,
  javaScript: before + pair.javaScript + after,
});

const join = (pairs: readonly PatternPair[], by: string): PatternPair => ({
  ours: pairs.map((pair) => pair.ours).join(by),
  javaScript: pairs.map((pair) => pair.javaScript).join(by),
});

const quantifier = fc.constantFrom(
  '',
  '',
  '',
  '*',
  '+',
  '?',
  '{2}',
  '{1,3}',
  '{0,2}',
  '{2,}',
  '*?',
  '+?',
  '??',
);

const { pattern } = fc.letrec<{ pattern: PatternPair; group: PatternPair }>((tie) => ({
  group: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 5, arbitrary: atom },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('pattern'), fc.constantFrom('(', '(?:'))
        .map(([pair, open]) => wrap(pair, open, ')')),
    },
  ),
  pattern: fc
    .array(
      fc.array(
        fc
          .tuple(tie('group'), quantifier)
          .map(([pair, times]) => (isAnchor(pair) ? pair : wrap(pair, '', times))),
        { minLength: 1, maxLength: 4 },
      ),
      { minLength: 1, maxLength: 2 },
    )
    .map((branches) =>
      join(
        branches.map((parts) => join(parts, '')),
        '|',
      ),
    ),
}));

/** Patterns of the subset; some of them are refused because they repeat nothing or are ambiguous. */
export const patterns: fc.Arbitrary<PatternPair> = pattern;

/** Texts that such patterns match now and then. */
export const texts: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      'A',
      'c',
      '-',
      '1',
      '3',
      ' ',
      'é',
      '語',
      '😀',
      '.',
      '\n',
      '\t',
      '\\',
      ']',
      '^',
      '_',
      '\r',
    ),
    {
      maxLength: 8,
    },
  )
  .map((characters) => characters.join(''));
