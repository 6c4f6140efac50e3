import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { compareRegexes } from '#rules/regex/compare.ts';
import { testRegex } from '#rules/regex/match.ts';
import { parseRegex } from '#rules/regex/parse.ts';
import type { Regex } from '#rules/regex/tree.ts';
import { patterns, texts } from './patterns.ts';

function regexOf(pattern: string): Regex {
  const parsed = parseRegex(pattern);
  if (parsed.status === 'error') throw new Error(parsed.message);
  return parsed.regex;
}

for (const [before, after, relation] of [
  ['^[a-z]+$', '^[a-z]+$', 'same'],
  ['^[a-z]+$', '^[a-y]+|^[a-z]+$', 'wider'],
  ['^[a-z]+$', '^[a-zA-Z]+$', 'wider'],
  ['^[a-zA-Z]+$', '^[a-z]+$', 'narrower'],
  ['^\\d{3}$', '^\\d{2,4}$', 'wider'],
  ['^\\d{2}$', '^\\d{3}$', 'different'],
  ['^a.*$', '^a', 'wider'],
  ['.*foo.*', 'foo', 'same'],
  ['^(a|b)*$', '^[ab]*$', null],
  ['^(ab|ac)$', '^a(b|c)$', 'same'],
  ['^[0-9]+$', '^\\d\\d*$', 'same'],
  ['[\\s\\S]', '^.|\\n', 'same'],
  ['^ORD-', '^(ORD|INV)-', 'wider'],
  ['(^|,)a', 'a', 'wider'],
  ['$', '^', 'same'],
] as const)
  test(`${before} becomes ${after}: ${relation ?? 'refused'}`, () => {
    if (relation === null) return assert.equal(parseRegex(before).status, 'ok');
    assert.equal(compareRegexes(regexOf(before), regexOf(after)), relation);
  });

test('what is said of two patterns holds for every text tried, and both ways round', () => {
  const opposite = { same: 'same', wider: 'narrower', narrower: 'wider', different: 'different' } as const;
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      patterns,
      patterns,
      fc.array(texts, { minLength: 20, maxLength: 20 }),
      (one, other, texts) => {
        const [before, after] = [parseRegex(one.ours), parseRegex(other.ours)];
        if (before.status === 'error' || after.status === 'error') return;
        const relation = compareRegexes(before.regex, after.regex);
        if (relation === null) return;
        seen.add(relation);
        assert.equal(compareRegexes(after.regex, before.regex), opposite[relation]);
        assert.equal(compareRegexes(before.regex, before.regex), 'same');
        for (const text of texts) {
          const [was, is] = [testRegex(before.regex, text), testRegex(after.regex, text)];
          if (was && !is)
            assert.ok(
              relation === 'narrower' || relation === 'different',
              `${one.ours} ${other.ours} ${text}`,
            );
          if (is && !was)
            assert.ok(relation === 'wider' || relation === 'different', `${one.ours} ${other.ours} ${text}`);
        }
      },
    ),
    { numRuns: 600, seed: 3 },
  );
  assert.deepEqual([...seen].sort(), ['different', 'narrower', 'same', 'wider']);
});

test('expressions whose comparison would need very many states are not compared', () => {
  const far = '[ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab]';
  assert.equal(compareRegexes(regexOf(`a${far}$`), regexOf(`[ac]${far}$`)), null);
  assert.equal(compareRegexes(regexOf(`a${far}$`), regexOf(`a${far}$`)), 'same');
});
