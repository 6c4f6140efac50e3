import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseRegex } from '#rules/regex/parse.ts';
import { backtrackingSteps } from './backtracking.ts';
import { patterns } from './patterns.ts';

/** Known expressions that made engines run for minutes or for ever, and such as were written into real programs. */
const BOMBS = [
  '(a+)+$',
  '(a*)*$',
  '(a|a)*$',
  '(a|aa)+$',
  '(a|a?)+$',
  '^(a?){40}b',
  '(.*)*=',
  '(.*a){12}$',
  '(x+x+)+y',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$',
  '^\\w+([-.]?\\w+)*@\\w+([-.]?\\w+)*(\\.\\w{2,3})+$',
  '^(\\w+\\s?)*$',
  '(([^"]|"[^"]*")*)+,',
  '^((a?)*c)*d',
  '(a?b?)*c',
  '(a*b*)*c',
  '((a?|b?)c)*d',
  '(\\d+|\\w+)*!',
  '^(a|b|ab)*c$',
  '(([a-c]|[b-d]){2})+x',
  '(a{1,5}){1,50}b',
  '(a|aa){1,50}$',
  '^(.*),(.*),(.*),(.*),(.*),(.*)$',
  'a*a*a*a*a*b',
  '\\s*\\s*\\s*\\s*\\s*x',
  '(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)b',
  'a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaaaaaaaaaaaaa',
  '(?:\\d|nan|infinity|true|false)+[)]*;?((?:\\s|-|~|!|\\{\\}|\\|\\||\\+)*.*(?:.*=.*))$',
];

for (const pattern of BOMBS)
  test(`${pattern.slice(0, 60)} is refused`, () => {
    const parsed = parseRegex(pattern);
    assert.equal(parsed.status, 'error');
    if (parsed.status !== 'error') return;
    assert.match(parsed.message, /several ways|many ways|divided among|too complicated/);
    assert.ok(parsed.offset < pattern.length);
  });

/** What contracts are full of. */
const HARMLESS = [
  '^[^@]+@[^@]+$',
  '^[A-Z]{2}$',
  '^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
  '^([0-9]{1,3}\\.){3}[0-9]{1,3}$',
  '^(25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}$',
  '^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}$',
  '^.+@.+\\..+$',
  '^https?://[^/\\s]+(/.*)?$',
  '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])(T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?Z?)?$',
  '^-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?$',
  '^\\d{1,3}(,\\d{3})*(\\.\\d+)?$',
  '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$',
  '^\\s+|\\s+$',
  '.*foo.*bar.*',
  '(^|[^0-9A-Za-z_])word($|[^0-9A-Za-z_])',
  '^\\+?[1-9]\\d{1,14}$',
  '^[^,]*(,[^,]*)*$',
  '^"([^"\\\\]|\\\\.)*"$',
  '^/(\\*[^*]*\\*+([^/*][^*]*\\*+)*)/$',
  '^(ORD|INV)-\\d{6,}$',
  '^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$',
  '^[A-Z]{2}\\d{2}[A-Z0-9]{11,30}$',
  '^(true|false|yes|no)$',
  '^[\\u4e00-\\u9fff]+$',
];

for (const pattern of HARMLESS)
  test(`${pattern.slice(0, 60)} is taken`, () => {
    assert.equal(parseRegex(pattern).status, 'ok');
  });

test('none of the patterns that are taken makes a plain backtracking engine run for long', () => {
  const pumped = fc
    .tuple(
      fc.constantFrom('', 'a', 'b', 'x'),
      fc.array(fc.constantFrom('a', 'b', '1', '-', ' ', 'A', 'é'), { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', '!', '\n', 'b'),
    )
    .map(([before, middle, after]) => before + middle.join('').repeat(Math.ceil(24 / middle.length)) + after);
  let taken = 0;
  fc.assert(
    fc.property(patterns, fc.array(pumped, { minLength: 4, maxLength: 4 }), ({ ours }, texts) => {
      const parsed = parseRegex(ours);
      if (parsed.status === 'error') return;
      taken += 1;
      for (const text of texts) {
        const most = 40 * ours.length * (text.length + 1) ** (parsed.regex.growth + 1) + 2 ** 14;
        assert.ok(
          backtrackingSteps(parsed.regex.tree, text, most) < most,
          `${ours} on ${JSON.stringify(text)}`,
        );
      }
    }),
    { numRuns: 4000, seed: 20 },
  );
  assert.ok(taken > 2000);
});

test('the plain backtracking engine of these tests does run into the bombs', () => {
  assert.equal(backtrackingSteps(treeOf('a+$'), `${'a'.repeat(30)}!`, 100_000) < 100_000, true);
  // Trees that parseRegex refuses, so put together here.
  const a = { type: 'set', ranges: [{ low: 97, high: 97 }], offset: 0 } as const;
  const once = { type: 'repeat', item: a, min: 1, max: null } as const;
  const twice = { type: 'repeat', item: once, min: 1, max: null } as const;
  const bomb = { type: 'sequence', items: [twice, { type: 'end' }] } as const;
  assert.equal(backtrackingSteps(bomb, `${'a'.repeat(30)}!`, 100_000), Infinity);
});

function treeOf(pattern: string): Parameters<typeof backtrackingSteps>[0] {
  const parsed = parseRegex(pattern);
  if (parsed.status === 'error') throw new Error(parsed.message);
  return parsed.regex.tree;
}
