import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import type { Contract } from '#model/contract.ts';
import type { Json } from '#model/json.ts';
import { printOdcs } from '#rules/contract/odcs/print.ts';
import { parseContract } from '#rules/contract/parse.ts';
import { formatProblem } from '#rules/contract/problem.ts';
import { printShort } from '#rules/contract/short/print.ts';
import { noShared } from '../support/shared-data.ts';
import { officialVerdict } from './odcs/official.ts';
import { shortDocuments } from './short-documents.ts';
import { withoutSpans } from './support.ts';

function contractOf(text: string): Contract {
  const parsed = parseContract(text, 'c.yaml');
  if (parsed.status === 'ok') return parsed.contract;
  return assert.fail(`${parsed.problems.map(formatProblem).join('\n')}\n${text}`);
}

test('the short form, written as ODCS, is read as the same contract, and the standard takes it', () => {
  const official = noShared() === false ? officialVerdict() : null;
  fc.assert(
    fc.property(shortDocuments, (document) => {
      const first = contractOf(JSON.stringify(document));
      const odcs = printOdcs(first.document, [first]);
      const values = parse(odcs, { version: '1.2', schema: 'core' }) as Json;
      assert.equal(official?.(values) ?? true, true, odcs);
      const short = printShort(contractOf(odcs));
      assert.equal(short, printShort(first), odcs);
      assert.deepEqual(withoutSpans(contractOf(short)), withoutSpans(first));
      // And the ODCS file, read and written as such, stays as it is.
      const again = contractOf(odcs);
      assert.deepEqual(parse(printOdcs(again.document, [again]), { version: '1.2', schema: 'core' }), values);
    }),
    { numRuns: 120 },
  );
});

test('a printed contract is read as the same contract', () => {
  fc.assert(
    fc.property(shortDocuments, (document) => {
      const first = parseContract(JSON.stringify(document), 'first.yaml');
      if (first.status === 'error') return assert.fail(first.problems.map(formatProblem).join('\n'));
      const printed = printShort(first.contract);
      const second = parseContract(printed, 'second.yaml');
      if (second.status === 'error')
        return assert.fail(`${second.problems.map(formatProblem).join('\n')}\n${printed}`);
      assert.deepEqual(withoutSpans(second.contract), withoutSpans(first.contract));
      return assert.equal(printShort(second.contract), printed);
    }),
    { numRuns: 300 },
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
