import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { METRICS } from '#rules/expression/metrics.ts';
import { parseExpression } from '#rules/expression/parse.ts';
import { printExpression } from '#rules/expression/print.ts';
import {
  BASELINES,
  CONDITION_WORDS,
  FORMATS,
  JSON_FUNCTIONS,
  ROW_FUNCTIONS,
} from '#rules/expression/vocabulary.ts';

const TEXT = readFileSync(new URL('../../docs/checks.md', import.meta.url), 'utf8');
const EXAMPLES = [...TEXT.matchAll(/```check\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
  block.trim().split('\n'),
);

test('every example of docs/checks.md is a check, in its canonical form', () => {
  assert.ok(EXAMPLES.length > 40);
  for (const example of EXAMPLES) {
    const parsed = parseExpression(example);
    assert.equal(parsed.status, 'ok', `${example}: ${JSON.stringify(parsed)}`);
    if (parsed.status === 'ok') assert.equal(printExpression(parsed.expression), example);
  }
});

test('docs/checks.md names every word of the language', () => {
  const words = [
    ...Object.keys(METRICS),
    ...BASELINES,
    ...ROW_FUNCTIONS,
    ...JSON_FUNCTIONS,
    ...CONDITION_WORDS,
    ...FORMATS,
  ];
  for (const word of words) assert.match(TEXT, new RegExp(`\\b${word}\\b`), word);
});

test('what other tools ask is said in checks that are read', () => {
  const [, section = ''] = TEXT.split('## What other tools ask, and how it is said here');
  const rows =
    section
      .split('\n## ')[0]
      ?.match(/^\| .* \|$/gm)
      ?.slice(2) ?? [];
  assert.ok(rows.length > 40, `${rows.length} rows`);
  for (const row of rows) {
    const said = row.split(' | ').at(-1) ?? '';
    const forms = [...said.matchAll(/`([^`]+)`/g)].map(([, form = '']) => form);
    assert.ok(forms.length > 0, row);
    for (const form of forms) {
      if (form === 'sql(...)') continue;
      const parsed = parseExpression(form);
      assert.equal(parsed.status, 'ok', `${form}: ${JSON.stringify(parsed)}`);
    }
  }
});
