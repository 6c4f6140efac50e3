import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContractColumn } from '#model/contract.ts';
import { columnProblems } from '#rules/contract/column-problems.ts';
import { parseContract } from '#rules/contract/parse.ts';
import { MOST_SUGGESTIONS } from '#rules/expression/check-columns.ts';
import { checkOf } from './support.ts';

const COLUMNS = 2000;
const CHECKS = 1500;

/** The columns of a contract, which count how often they are looked at. */
function countedColumns(): { readonly columns: readonly ContractColumn[]; readonly reads: () => number } {
  const list = Array.from({ length: COLUMNS }, (_, n) => `- { name: column_${n}, type: bigint }`);
  const parsed = parseContract(`dataset: a\nowner: a@b.example\nschema:\n${list.join('\n')}\n`, 'a.yaml');
  assert.ok(parsed.status === 'ok', JSON.stringify(parsed));
  let reads = 0;
  const columns = parsed.contract.columns.map(
    (column) =>
      new Proxy(column, {
        get(target, key) {
          reads += 1;
          return Reflect.get(target, key) as unknown;
        },
      }),
  );
  return { columns, reads: () => reads };
}

test('the columns of a contract are read once, however many checks are held to them', () => {
  const { columns, reads } = countedColumns();
  for (let n = 0; n < CHECKS; n += 1)
    assert.deepEqual(columnProblems(checkOf(`null_count(column_${n}) = 0`).expression, columns), []);
  assert.ok(reads() <= 10 * COLUMNS, `${reads()} reads of ${COLUMNS} columns`);
});

test('unknown columns are compared by likeness for the first of them only', () => {
  const { columns } = countedColumns();
  const problems = Array.from({ length: CHECKS }, (_, n) =>
    columnProblems(checkOf(`null_count(kolumn_${n}) = 0`).expression, columns),
  ).flat();
  assert.equal(problems.length, CHECKS);
  assert.equal(problems.filter(({ mend }) => mend.startsWith('Did you mean')).length, MOST_SUGGESTIONS);
  // A name that was compared is told again.
  const [again] = columnProblems(checkOf('null_count(kolumn_0) > 1').expression, columns);
  assert.match(again?.mend ?? '', /^Did you mean column_0\?/);
});
