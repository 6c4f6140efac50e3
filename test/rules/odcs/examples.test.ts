import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import type { JsonObject } from '#model/json.ts';
import { odcsDocument, printOdcs } from '#rules/contract/odcs/print.ts';
import { parseContracts } from '#rules/contract/parse.ts';
import { formatProblem } from '#rules/contract/problem.ts';
import { noShared } from '../../support/shared-data.ts';
import { mutations } from './mutations.ts';
import { examples, officialVerdict } from './official.ts';

/** One of this many mutations is tried; a prime, so that every kind of mutation has its turn. */
const STRIDE = 11;

describe('the examples of the standard', { skip: noShared() }, () => {
  const all = noShared() === false ? examples() : [];

  test('are all there', () => assert.equal(all.length, 18));

  for (const { name, text, value } of all) {
    test(`${name} is read, and written with the same values`, () => {
      const read = parseContracts(text, name, { strict: true });
      if (read.status === 'error') return assert.fail(read.problems.map(formatProblem).join('\n'));
      const objects = (value['schema'] ?? []) as readonly JsonObject[];
      assert.equal(read.contracts.length, objects.length);
      const printed = printOdcs(read.document, read.contracts);
      assert.deepEqual(parse(printed, { version: '1.2', schema: 'core' }), value);
      const again = parseContracts(printed, name, { strict: true });
      assert.ok(again.status === 'ok');
      return assert.equal(printOdcs(again.document, again.contracts), printed);
    });
  }

  test('one step away from them, a document is read when the official schema takes it and refused when not; nothing is lost', () => {
    const official = officialVerdict();
    let count = 0;
    const tried = { taken: 0, refused: 0 };
    for (const { name, value } of all) {
      for (const { what, value: mutated } of mutations(shortened(value))) {
        count += 1;
        if (count % STRIDE !== 0) continue;
        const read = parseContracts(JSON.stringify(mutated), 'm.yaml', { strict: true });
        const taken = official(mutated);
        tried[taken ? 'taken' : 'refused'] += 1;
        const problems = read.status === 'error' ? read.problems.map(formatProblem).join('\n') : '';
        assert.equal(read.status === 'ok', taken, `${name} ${what}\n${problems}`);
        if (read.status !== 'ok') continue;
        const written: unknown = JSON.parse(JSON.stringify(odcsDocument(read.document, read.contracts)));
        assert.deepEqual(written, mutated, `${name} ${what}`);
      }
    }
    assert.ok(tried.taken > 200 && tried.refused > 1000, JSON.stringify(tried));
  });
});

/** The largest example has 68 tables alike; two say as much. */
function shortened(value: JsonObject): JsonObject {
  const objects = value['schema'] as readonly JsonObject[] | undefined;
  if (objects === undefined || objects.length < 10) return value;
  const few = objects.slice(0, 2).map((object) => ({
    ...object,
    properties: (object['properties'] as readonly JsonObject[]).slice(0, 2),
  }));
  return { ...value, schema: few };
}
