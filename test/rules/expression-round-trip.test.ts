import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { MAX_LENGTH } from '#rules/expression/lex.ts';
import { parseExpression, parseRowPredicate } from '#rules/expression/parse.ts';
import { printPredicate } from '#rules/expression/print-predicate.ts';
import { printExpression } from '#rules/expression/print.ts';
import { checks, predicates } from './expression-trees.ts';
import { withoutSpans } from './support.ts';

test('any check that is printed is read as the same tree, and printed alike again', () => {
  fc.assert(
    fc.property(checks, (check) => {
      const text = printExpression(check);
      fc.pre(text.length <= MAX_LENGTH);
      const parsed = parseExpression(text);
      assert.ok(parsed.status === 'ok', `${text}: ${JSON.stringify(parsed)}`);
      assert.deepEqual(withoutSpans(parsed.expression), withoutSpans(check), text);
      assert.equal(printExpression(parsed.expression), text);
    }),
    { numRuns: 20_000 },
  );
});

test('any condition on rows that is printed is read as the same tree', () => {
  fc.assert(
    fc.property(predicates, (predicate) => {
      const text = printPredicate(predicate);
      fc.pre(text.length <= MAX_LENGTH);
      const parsed = parseRowPredicate(text);
      assert.ok(parsed.status === 'ok', `${text}: ${JSON.stringify(parsed)}`);
      assert.deepEqual(withoutSpans(parsed.predicate), withoutSpans(predicate), text);
    }),
    { numRuns: 10_000 },
  );
});
