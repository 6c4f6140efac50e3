import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runAssay, scratchFolder } from '#test/support/assay-process.ts';
import { EVERYTHING } from '#test/rules/contract-examples.ts';

const ODCS = `apiVersion: v3.0.2
kind: DataContract
id: shop
version: 1.0.0
status: active
schema:
  - name: orders
    quality:
      - {rule: nullCheck, type: library}
      - {type: custom, engine: soda, implementation: "row_count > 0"}
  - name: lines
    dataGranularityDescription: One row for each line of an order
    quality: [{metric: rowCount, mustBeGreaterThan: 0}]
`;

test('assay contract: lint, convert, schema and import dbt, without a running Assay', async (t) => {
  const folder = scratchFolder(t);
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const run = (...args: string[]): ReturnType<typeof runAssay> => runAssay(['contract', ...args]);
  const odcs = file('shop.odcs.yaml', ODCS);
  const short = file('orders.yaml', EVERYTHING);

  const linted = await run('lint', odcs, short);
  assert.equal(linted.code, 0, linted.stdout + linted.stderr);
  const told = linted.stdout.replaceAll(`${folder}/`, '').trimEnd().split('\n');
  for (const line of [
    'shop.odcs.yaml:9:10: rule is the word of ODCS 3.0. Write metric: nullValues. (warning)',
    'shop.odcs.yaml:9:9: not run: nullValues. nullValues is a metric of a property, not of a whole table.',
    'shop.odcs.yaml:10:9: not run: row_count > 0. Assay does not run the checks of soda.',
  ])
    assert.ok(told.includes(line), told.join('\n'));
  assert.match(linted.stdout, /shop\.odcs\.yaml: fine, 2 datasets with 1 checks\./);
  assert.match(linted.stdout, /orders\.yaml: fine, \d+ checks\./);
  assert.equal((await run('lint', '--warn-exit', odcs)).code, 2);
  const strict = await run('lint', '--strict', '--json', odcs);
  assert.equal(strict.code, 4);
  const [document] = JSON.parse(strict.stdout) as { valid: boolean; problems: { line: number }[] }[];
  assert.deepEqual([document?.valid, document?.problems[0]?.line], [false, 9]);

  // There and back: the short form through ODCS.
  const converted = await run('convert', short, '--to', 'odcs');
  assert.equal(converted.code, 0, converted.stderr);
  const back = await run('convert', file('back.yaml', converted.stdout), '--to', 'short');
  const normal = await run('convert', short, '--to', 'short');
  assert.equal(back.stdout, normal.stdout);
  assert.equal(back.stderr, normal.stderr, 'nothing is left out on the way back that we wrote ourselves');
  assert.match(normal.stdout, /publish_to: "starrocks:gold\.orders_global"/);

  const several = await run('convert', odcs, '--to', 'short');
  assert.deepEqual(
    [several.code, /choose one with --dataset: orders, lines/.test(several.stderr)],
    [4, true],
  );
  const lines = await run('convert', odcs, '--to', 'short', '--dataset', 'lines');
  assert.match(lines.stdout, /check: "row_count > 0"/);
  assert.match(lines.stderr, /left out: schema lines: dataGranularityDescription/);

  const schema = await run('schema');
  assert.deepEqual((JSON.parse(schema.stdout) as { required: string[] }).required, ['dataset', 'owner']);

  const dbt = file(
    'schema.yml',
    'models:\n- name: orders\n  columns:\n  - name: id\n    data_tests: [unique, own_test]\n',
  );
  const out = join(folder, 'contracts');
  const imported = await run('import', 'dbt', dbt, '--out', out, '--owner', 'ann');
  assert.equal(imported.code, 0, imported.stderr);
  assert.match(
    imported.stderr,
    /schema\.yml:5:26: not imported: own_test of id\. Assay knows no test of this name\./,
  );
  assert.match(
    readFileSync(join(out, 'orders.yaml'), 'utf8'),
    /owner: ann\nquality:\n {2}- check: unique\(id\)\n/,
  );
  const again = await run('import', 'dbt', dbt, '--out', out);
  assert.deepEqual([again.code, /is there already/.test(again.stderr)], [4, true]);
  const wrong = await run('import', 'dbt', file('manifest.json', '{'));
  assert.deepEqual([wrong.code, /is no JSON/.test(wrong.stderr)], [4, true]);
});
