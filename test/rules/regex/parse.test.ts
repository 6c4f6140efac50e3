import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRegex } from '#rules/regex/parse.ts';

for (const [pattern, offset, message, mend] of [
  ['', 0, /empty/, /must contain/],
  ['a(?=b)', 1, /ahead or behind/, /two conditions/],
  ['(?<!a)b', 0, /ahead or behind/, /two conditions/],
  ['(a)\\1', 3, /Back references/, /Compare columns/],
  ['\\k<x>', 0, /Back references/, /Compare columns/],
  ['(?<year>\\d+)', 0, /no names/, /\( alone/],
  ['(?P<year>\\d+)', 0, /no names/, /\( alone/],
  ['(?>a)', 0, /Atomic/, /\( alone/],
  ['(?i)a', 0, /Flags/, /\[Aa\]/],
  ['(?i:a)', 0, /Flags/, /\[Aa\]/],
  ['a++', 2, /Possessive/, /Remove/],
  ['a**', 1, /repeated again/, /one of/],
  ['a{2}{3}', 1, /repeated again/, /one of/],
  ['^*', 0, /no character/, /Remove the \*/],
  ['()+', 0, /no character/, /Remove the \+/],
  ['*a', 0, /nothing before/, /backslash/],
  ['a|*', 2, /nothing before/, /backslash/],
  ['a{,3}', 1, /differently/, /\{0,5\}/],
  ['a{x}', 1, /differently/, /\\\{/],
  ['a{3,2}', 1, /ends before/, /\{2,3\}/],
  ['a{256}', 1, /more than 255/, /length\(column\)/],
  ['a{0}', 1, /never occurs/, /Remove/],
  ['(a', 0, /not closed/, /\\\(/],
  ['a)', 1, /closes no group/, /\\\)/],
  ['a]', 1, /closes nothing/, /backslash/],
  ['[a', 0, /not closed/, /\\\[/],
  ['[]a]', 1, /beginning of a class/, /\\\]/],
  ['[[:alpha:]]', 1, /Named classes/, /A-Za-z/],
  ['[a[b]]', 2, /another class/, /\\\[/],
  ['[a&&b]', 2, /operation/, /\\&\\&/],
  ['[z-a]', 1, /ends before/, /other way/],
  ['[a-\\d]', 1, /not to a class/, /hyphen/],
  ['[a-c-e]', 4, /neither between/, /\\-/],
  ['[\\s\\S]', null, null, null],
  ['[^\\s\\S]', 0, /holds every/, /Remove/],
  ['\\bword\\b', 0, /word begins/, /0-9A-Za-z_/],
  ['\\p{L}', 0, /Unicode/, /ranges/],
  ['\\Aa\\z', 0, /\\A/, /\^/],
  ['a\\', 1, /escapes nothing/, /\\\\/],
  ['\\q', 0, /\\q is not/, /without the backslash/],
  ['\\012', 0, /octal/, /\\u/],
  ['\\u{d800}', 0, /no code point/, /surrogate/],
  ['\\x00', 0, /code point 0/, /u0001/],
  ['x\ud800', 1, /surrogate/, /whole character/],
  ['a'.repeat(1001), 1000, /1001 characters/, /several checks/],
  ['(a{255}){255}', 1, /more than 1000/, /smaller numbers/],
  ['('.repeat(60) + 'a' + ')'.repeat(60), 41, /nested more/, /fewer groups/],
] as const) {
  test(`${JSON.stringify(pattern.slice(0, 40))} ${message === null ? 'is read' : 'is refused at its place'}`, () => {
    const parsed = parseRegex(pattern);
    if (offset === null) return assert.equal(parsed.status, 'ok');
    assert.equal(parsed.status, 'error');
    if (parsed.status !== 'error') return;
    assert.match(parsed.message, message);
    assert.doesNotMatch(parsed.message, /\.$/);
    assert.match(parsed.mend, mend);
    assert.equal(parsed.offset, offset);
  });
}
