import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProblem } from '#rules/contract/problem.ts';
import { parseAcceptedBreaks, type AcceptedBreak } from '#rules/diff/accepted.ts';
import type { Change } from '#rules/diff/change.ts';
import { judgeDiff } from '#rules/diff/judge.ts';
import { judgeVersions } from '#rules/diff/version.ts';
import { diffTexts, SHORT } from './support.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const change = (weight: Change['class']): Change => ({
  rule: 'B1',
  class: weight,
  approval: false,
  path: '/x',
  dataset: null,
  column: null,
  position: null,
  before: null,
  after: null,
  message: 'm',
  mend: 'Mend.',
  notice: null,
});

for (const [before, after, classes, required, declared, isEnough] of [
  ['1.2.3', '1.2.3', [], 'none', 'none', true],
  ['1.2.3', '1.2.3', ['PATCH'], 'patch', 'none', false],
  ['1.2.3', '1.2.4', ['PATCH'], 'patch', 'patch', true],
  ['1.2.3', '1.2.4', ['MINOR', 'PATCH'], 'minor', 'patch', false],
  ['1.2.3', '1.3.0', ['MINOR'], 'minor', 'minor', true],
  ['1.2.3', '1.9.0', ['MINOR', 'MAJOR'], 'major', 'minor', false],
  ['1.2.3', '2.0.0', ['MAJOR'], 'major', 'major', true],
  ['1.2.3', '2.0.0', [], 'none', 'major', true],
  ['1.2.3', '1.2.2', [], 'none', 'lowered', false],
  ['2.0.0', '1.9.9', ['PATCH'], 'patch', 'lowered', false],
  ['1.9.0', '1.10.0', ['MINOR'], 'minor', 'minor', true],
  ['0.2.0', '0.3.0', ['MAJOR'], 'minor', 'minor', true],
  ['0.2.0', '0.2.1', ['MAJOR'], 'minor', 'patch', false],
  ['0.2.0', '0.2.1', ['MINOR'], 'patch', 'patch', true],
  ['0.9.0', '1.0.0', ['MAJOR'], 'major', 'major', true],
  ['2.0.0-rc.1', '2.0.0', ['PATCH'], 'patch', 'patch', true],
  ['2.0.0', '2.0.0-rc.1', [], 'none', 'lowered', false],
  ['1.0.0+a', '1.0.0+b', [], 'none', 'none', true],
] as const)
  test(`from ${before} to ${after} with ${classes.join(', ') || 'no change'} is ${isEnough ? 'enough' : 'too little'}`, () => {
    const judged = judgeVersions(before, after, classes.map(change));
    assert.deepEqual([judged.required, judged.declared, judged.isEnough], [required, declared, isEnough]);
  });

function accepted(text: string): readonly AcceptedBreak[] {
  const { accepted: entries, problems } = parseAcceptedBreaks(text, 'accepted-breaks.yaml');
  assert.deepEqual(problems, []);
  return entries;
}

const entry = (rule: string, path: string, expires: string): string =>
  `- {rule: ${rule}, path: ${path}, reason: nobody reads it, author: ann, expires: ${expires}}\n`;

const WITHOUT_EMAIL = SHORT.replace(/ {2}- name: email[^]*?(?= {2}- name: country)/, '');
const EMAIL = '/datasets/orders/columns/email';

function judge(after: string, acceptance: string, version = '2.1.0'): ReturnType<typeof judgeDiff> {
  return judgeDiff(
    diffTexts(SHORT, after),
    { before: '2.1.0', after: version },
    { file: 'accepted-breaks.yaml', entries: accepted(acceptance) },
    NOW,
  );
}

test('a break without its version is refused, and taken with it', () => {
  assert.deepEqual(judge(WITHOUT_EMAIL, '').refusals, [
    'The changes need a higher major version, but it stays 2.1.0.',
  ]);
  assert.deepEqual(judge(WITHOUT_EMAIL, '', '2.2.0').refusals, [
    'The changes need a higher major version, but it only goes from 2.1.0 to 2.2.0.',
  ]);
  assert.deepEqual(judge(WITHOUT_EMAIL, '', '3.0.0').refusals, []);
});

test('an accepted break asks for no version, until its day has passed', () => {
  const taken = judge(WITHOUT_EMAIL, entry('B1', EMAIL, '2026-11-21'));
  assert.deepEqual([taken.refusals, taken.warnings], [[], []]);
  assert.deepEqual(taken.changes[0]?.accepted, {
    reason: 'nobody reads it',
    author: 'ann',
    expires: '2026-11-21',
  });
  const late = judge(WITHOUT_EMAIL, entry('B1', EMAIL, '2026-11-20'));
  assert.equal(late.refusals.length, 1);
  assert.deepEqual(late.warnings.map(formatProblem), [
    `accepted-breaks.yaml:1:3: That ${EMAIL} (B1) is accepted expired on 2026-11-20 and no longer counts. Decide again, or take the change back.`,
  ]);
});

test('an entry counts for its rule and its path alone, or for all below a path', () => {
  assert.equal(judge(WITHOUT_EMAIL, entry('B2', EMAIL, '2027-01-01')).refusals.length, 1);
  assert.equal(judge(WITHOUT_EMAIL, entry('B1', `${EMAIL}/type`, '2027-01-01')).refusals.length, 1);
  assert.equal(judge(WITHOUT_EMAIL, entry('B1', '/datasets/orders/*', '2027-01-01')).refusals.length, 0);
  assert.equal(judge(WITHOUT_EMAIL, entry('B1', '/datasets/order/*', '2027-01-01')).refusals.length, 1);
});

test('an entry that no change needs is warned about', () => {
  assert.deepEqual(judge(SHORT, entry('B1', EMAIL, '2027-01-01')).warnings.map(formatProblem), [
    `accepted-breaks.yaml:1:3: No change needs ${EMAIL} (B1) to be accepted. Remove the entry.`,
  ]);
});

test('what needs approval is refused at any version, until somebody answers for it', () => {
  const plain = SHORT.replace('masking: sha256', 'masking: none');
  assert.match(judge(plain, '', '3.0.0').refusals.join(), /^A change needs approval/);
  assert.deepEqual(judge(plain, entry('B14', `${EMAIL}/masking`, '2027-01-01'), '3.0.0').refusals, []);
});

for (const [text, expected] of [
  ['rule: B1', /:1:1: Accepted breaks are a list\. For example: - \{rule: B1/],
  ['- B1', /:1:3: An accepted break is a mapping/],
  ['- {rule: B1}', /:1:3: An accepted break has no path, reason, author, expires\./],
  [entry('B99', '/x', '2027-01-01'), /:1:4: "B99" is not a rule\. .*B1 to B20/],
  [entry('B1', 'x', '2027-01-01'), /"x" is not a path\. Copy/],
  [entry('B1', '/x', '2027-02-30'), /"2027-02-30" is not a day/],
  [entry('B1', '/x', 'soon'), /"soon" is not a day/],
  ['- {rule: B1, path: /x, reason: "", author: a, expires: 2027-01-01}', /reason is empty/],
  [
    '- {rule: B1, path: /x, why: y, reason: r, author: a, expires: 2027-01-01}',
    /no key "why"\. The keys are/,
  ],
  ['- {rule: [}', /:1:\d+: /],
] as const)
  test(`accepted breaks are refused with their place: ${text.slice(0, 50)}`, () => {
    const { accepted: entries, problems } = parseAcceptedBreaks(text, 'accepted-breaks.yaml');
    assert.deepEqual(entries, []);
    assert.match(problems.map(formatProblem).join('\n'), expected);
  });

test('an empty file accepts nothing', () => {
  assert.deepEqual(parseAcceptedBreaks('# none\n', 'f'), { accepted: [], problems: [] });
});
