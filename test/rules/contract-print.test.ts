import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseContract } from '#rules/contract/parse.ts';
import { printShort } from '#rules/contract/short/print.ts';
import { formatProblem } from '#rules/contract/problem.ts';
import { printExpression } from '#rules/expression/print.ts';
import { expressions, withoutSpans } from './support.ts';

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((value) => value.trim() === value && value !== '');
const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,12}$/);

const column = fc.record(
  {
    name: text,
    type: fc.constantFrom('double', 'decimal(10,2)', 'bigint'),
    primary_key: fc.boolean(),
    required: fc.boolean(),
    pii: fc.oneof(
      fc.boolean(),
      word.filter((value) => !['true', 'false', 'null'].includes(value)),
    ),
    description: text,
    constraints: fc.constantFrom([], ['min_value(0)'], ['min_value(-0.5)', 'max_value(1e21)']),
  },
  { requiredKeys: ['name', 'type'] },
);

const check = fc.record(
  {
    check: expressions
      .map(printExpression)
      .filter((printed) => !/\b(?:min|max|sum|avg)\(/.test(printed) && printed.length < 500),
    severity: fc.constantFrom('info', 'warn', 'block'),
  },
  { requiredKeys: ['check'] },
);

/** Any file in the short form. JSON is YAML. */
const documents = fc.record(
  {
    dataset: text,
    owner: text,
    namespace: text,
    version: fc.constantFrom('0.0.1', '2.1.0-rc.1+b'),
    description: text,
    tier: fc.constantFrom(1, 2, 3),
    sla: fc.constantFrom('4 hours', '90 min', '1 day 1 s'),
    partition: fc.record(
      { column: text, grain: fc.constantFrom('hour', 'day', 'month') },
      { requiredKeys: ['column'] },
    ),
    gate: fc.record(
      {
        publish_to: word.map((name) => `warehouse:gold.${name}`),
        empty_partition: fc.constantFrom('block', 'allow'),
      },
      { requiredKeys: [] },
    ),
    quality: fc.uniqueArray(check, { maxLength: 4, selector: (item) => item.check }),
    schema: fc.uniqueArray(column, { maxLength: 4, selector: (item) => item.name }),
  },
  { requiredKeys: ['dataset', 'owner'] },
);

test('a printed contract is read as the same contract', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const first = parseContract(JSON.stringify(document), 'first.yaml');
      if (first.status === 'error') return assert.fail(first.problems.map(formatProblem).join('\n'));
      const printed = printShort(first.contract);
      const second = parseContract(printed, 'second.yaml');
      if (second.status === 'error')
        return assert.fail(`${second.problems.map(formatProblem).join('\n')}\n${printed}`);
      assert.deepEqual(withoutSpans(second.contract), withoutSpans(first.contract));
      return assert.equal(printShort(second.contract), printed);
    }),
    { numRuns: 500 },
  );
});

test('the printed form is the short form, without defaults and derived checks', () => {
  const source = `dataset: a
owner: "b: #c"
sla: 240 min
gate: {empty_partition: allow}
quality:
- check: row_count > 0
- {check: ROW_COUNT not anomalous, severity: warn}
schema:
- {name: id, type: string, primary_key: true, pii: true}
`;
  const parsed = parseContract(source, 'c.yaml');
  assert.ok(parsed.status === 'ok');
  assert.equal(
    printShort(parsed.contract),
    `dataset: "a"
version: "1.0.0"
owner: "b: #c"
sla: "4 hours"
gate:
  empty_partition: "allow"
quality:
  - check: "row_count > 0"
  - check: "ROW_COUNT not anomalous"
    severity: "warn"
schema:
  - name: "id"
    type: "string"
    primary_key: true
    pii: true
`,
  );
});
