import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { parseContract } from '#rules/contract/parse.ts';
import { formatProblem } from '#rules/contract/problem.ts';
import { QualityForm, shortFormSchema } from '#rules/contract/short/short-form.ts';
import { parseExpression } from '#rules/expression/parse.ts';
import { printExpression } from '#rules/expression/print.ts';
import { printShort } from '#rules/contract/short/print.ts';
import { EVERYTHING, USERS_EXAMPLE } from './contract-examples.ts';
import { mutations } from './odcs/mutations.ts';
import { shortDocuments } from './short-documents.ts';
import type { Json } from '#model/json.ts';

const validate = new Ajv2020({ strict: false }).compile(shortFormSchema());

function values(text: string): Json {
  return parse(text, { version: '1.2', schema: 'core' }) as Json;
}

describe('the JSON Schema of the short form', () => {
  test('offers checks that are read, in their canonical form', () => {
    const { examples } = QualityForm.properties.check as { readonly examples?: unknown };
    assert.ok(Array.isArray(examples) && examples.length > 10);
    for (const example of examples) {
      const parsed = parseExpression(String(example));
      assert.ok(parsed.status === 'ok', String(example));
      assert.equal(printExpression(parsed.expression), example);
    }
    assert.ok(JSON.stringify(shortFormSchema()).includes('json_schema'));
  });

  test('takes the examples, and whatever the parser takes', () => {
    for (const text of [USERS_EXAMPLE, EVERYTHING])
      assert.ok(validate(values(text)), JSON.stringify(validate.errors));
    fc.assert(
      fc.property(shortDocuments, (document) => {
        const parsed = parseContract(JSON.stringify(document), 'c.yaml');
        assert.equal(parsed.status, 'ok');
        assert.ok(validate(document), JSON.stringify(validate.errors));
        if (parsed.status === 'ok')
          assert.ok(validate(values(printShort(parsed.contract))), JSON.stringify(validate.errors));
      }),
      { numRuns: 100 },
    );
  });

  test('refuses one step away from them what the parser refuses, but for what no schema can say', () => {
    let refused = 0;
    for (const text of [USERS_EXAMPLE, EVERYTHING]) {
      for (const { what, value } of mutations(values(text))) {
        const parsed = parseContract(JSON.stringify(value), 'c.yaml');
        const taken = validate(value);
        if (parsed.status === 'ok') assert.ok(taken, `${what}: ${JSON.stringify(validate.errors)}`);
        else if (taken)
          assert.ok(
            parsed.problems.every(beyondSchema),
            `${what}: ${parsed.problems.map(formatProblem).join('\n')}`,
          );
        else refused += 1;
      }
    }
    assert.ok(refused > 500, String(refused));
  });
});

/** What needs more than the shape: other grammars, other places of the file, the meaning of numbers. */
function beyondSchema({ message }: { readonly message: string }): boolean {
  return (
    /is not (?:a duration|a time|a type|a metric|a constraint)|has no meaning|are not days/.test(message) ||
    /occurs twice|says the same|needs|expected|is above|is empty|has no column|estimate|quotes|named|written/.test(
      message,
    ) ||
    /Found|column|The query/.test(message)
  );
}
