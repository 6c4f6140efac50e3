import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { importDbt, type DbtImport } from '#rules/contract/dbt/import.ts';
import { readManifest } from '#rules/contract/dbt/read-manifest.ts';
import { readSchemaFile } from '#rules/contract/dbt/read-schema-file.ts';
import { parseContract } from '#rules/contract/parse.ts';

const OPTIONS = { owner: 'data@example.com', namespace: null };

function imported(text: string): DbtImport {
  const read = readSchemaFile(text, 'schema.yml');
  assert.deepEqual(read.problems, []);
  return importDbt(read, OPTIONS);
}

/** The checks that a column's or a model's test becomes, or why it does not. */
function checksOf(test: string, level: 'column' | 'model' = 'column'): string[] {
  const tests = JSON.stringify([JSON.parse(test) as unknown]);
  const { contracts, notImported } = imported(
    level === 'column'
      ? `models: [{name: m, columns: [{name: c, data_tests: ${tests}}]}]`
      : `models: [{name: m, tests: ${tests}}]`,
  );
  const texts = contracts.flatMap(({ text }) => {
    const parsed = parseContract(text, 'm.yaml');
    assert.ok(parsed.status === 'ok');
    return parsed.contract.checks.map(({ text: check, severity }) =>
      severity === 'warn' ? `warn: ${check}` : check,
    );
  });
  return [...texts, ...notImported.map(({ what, reason }) => `not ${what}: ${reason}`)];
}

describe('tests of dbt become checks', () => {
  const COLUMN: readonly (readonly [test: string, ...checks: string[]])[] = [
    ['"unique"', 'unique(c)'],
    ['"not_null"', 'null_count(c) = 0'],
    [
      '{"not_null": {"config": {"severity": "warn", "where": "d > 5"}}}',
      'warn: null_count(c) = 0 where d > 5',
    ],
    ['{"not_null": {"severity": "WARN"}}', 'warn: null_count(c) = 0'],
    ['{"accepted_values": {"values": ["a", "it\'s", "a"]}}', "c in ('a', 'it''s')"],
    ['{"accepted_values": {"arguments": {"values": ["1", "2"], "quote": false}}}', 'c in (1, 2)'],
    ['{"relationships": {"to": "ref(\'customers\')", "field": "id"}}', 'c references customers(id)'],
    [
      '{"test_name": "relationships", "to": "source(\'shop\', \'customers\')", "field": "id"}',
      'c references shop.customers(id)',
    ],
    [
      '{"dbt_utils.accepted_range": {"min_value": 0, "max_value": 10, "inclusive": false}}',
      'min(c) > 0 and max(c) < 10',
    ],
    [
      '{"dbt_utils.accepted_range": {"min_value": "other"}}',
      'not dbt_utils.accepted_range of c: Its bounds are no numbers.',
    ],
    ['{"dbt_utils.not_null_proportion": {"at_least": 0.95}}', 'null_percentage(c) <= 5%'],
    [
      '{"dbt_utils.expression_is_true": {"expression": ">= 1"}}',
      'select count(*) from {dataset} where not (c >= 1)',
    ],
    ['"dbt_utils.not_constant"', 'distinct_count(c) > 1'],
    ['"dbt_utils.at_least_one"', 'count(c) > 0'],
    ['"dbt_utils.not_empty_string"', 'empty_count(c) = 0'],
    [
      '{"dbt_expectations.expect_column_values_to_match_regex": {"regex": "^[a-z]+$", "row_condition": "d = 1"}}',
      "c matches '^[a-z]+$' where d = 1",
    ],
    [
      '{"dbt_expectations.expect_column_value_lengths_to_be_between": {"min_value": 1, "max_value": 3}}',
      'min_length(c) >= 1 and max_length(c) <= 3',
    ],
    ['{"dbt_expectations.expect_column_mean_to_be_between": {"min_value": 1.5}}', 'avg(c) >= 1.5'],
    [
      '{"dbt_expectations.expect_row_values_to_have_recent_data": {"datepart": "day", "interval": 1}}',
      'freshness(c) <= 1 days',
    ],
    ['{"dbt_expectations.expect_column_values_to_be_in_set": {"value_set": [1, 2]}}', 'c in (1, 2)'],
    [
      '"dbt_utils.sequential_values"',
      'not dbt_utils.sequential_values of c: Assay knows no test of this name.',
    ],
    ['{"my_test": {}, "other": {}}', 'not a test: It is neither a name nor a name with its arguments.'],
  ];
  for (const [item, ...checks] of COLUMN) test(item, () => assert.deepEqual(checksOf(item), checks));

  const MODEL: readonly (readonly [test: string, ...checks: string[]])[] = [
    ['{"dbt_utils.unique_combination_of_columns": {"combination_of_columns": ["a", "b"]}}', 'unique(a, b)'],
    ['{"dbt_utils.equal_rowcount": {"compare_model": "ref(\'other\')"}}', 'row_count = row_count(other)'],
    [
      '{"dbt_utils.expression_is_true": {"expression": "a < b", "where": "a > 0"}}',
      'select count(*) from {dataset} where not (a < b) and (a > 0)',
    ],
    ['{"dbt_utils.recency": {"field": "at", "datepart": "hour", "interval": 6}}', 'freshness(at) <= 6 hours'],
    [
      '{"dbt_utils.recency": {"field": "at", "datepart": "quarter", "interval": 1}}',
      'not dbt_utils.recency: Assay counts no ages in quarters.',
    ],
    [
      '{"dbt_expectations.expect_table_row_count_to_be_between": {"min_value": 1, "max_value": 4}}',
      'row_count >= 1 and row_count <= 4',
    ],
    [
      '{"dbt_expectations.expect_table_columns_to_match_ordered_list": {"column_list": ["a", "b"]}}',
      'has_columns exactly (a, b) in order',
    ],
    [
      '{"dbt_expectations.expect_column_pair_values_A_to_be_greater_than_B": {"column_A": "a", "column_B": "in"}}',
      'a > "in"',
    ],
    ['"not_null"', 'not not_null: It names no column.'],
  ];
  for (const [item, ...checks] of MODEL) test(item, () => assert.deepEqual(checksOf(item, 'model'), checks));
});

test('columns with types, constraints of enforced contracts, owners and places of what is not taken over', () => {
  const { contracts, notImported } = imported(`version: 2
models:
  - name: orders
    description: All orders
    meta: {owner: {email: shop@example.com}}
    config: {contract: {enforced: true}, alias: orders_v2}
    columns:
      - name: id
        data_type: character varying(30)
        constraints: [{type: not_null}, {type: primary_key}, {type: check, expression: "id <> ''"}]
        data_tests: [unique]
      - name: mail
        data_type: text
        meta: {pii: email}
      - name: shape
        data_type: geography
      - name: free
sources:
  - name: shop
    schema: raw
    tables:
      - name: users
        tests: [{dbt_utils.sequential_values: {}}, {dbt_expectations.expect_table_row_count_to_equal: {value: 3}}]
      - name: nothing
`);
  assert.deepEqual(
    contracts.map(({ dataset, text, place }) => [dataset, text, place]),
    [
      [
        'orders_v2',
        `dataset: orders_v2
version: 1.0.0
owner: shop@example.com
description: All orders
quality:
  - check: unique(id)
schema:
  - name: id
    type: varchar(30)
    required: true
    primary_key: true
  - name: mail
    type: text
    pii: email
`,
        'schema.yml:3:5',
      ],
      [
        'raw.users',
        `dataset: raw.users
version: 1.0.0
owner: data@example.com
quality:
  - check: row_count = 3
`,
        'schema.yml:22:9',
      ],
    ],
  );
  assert.deepEqual(
    notImported.map(({ place, what }) => [place, what]),
    [
      ['schema.yml:10:62', 'constraint check of id'],
      ['schema.yml:15:9', 'type geography of shape'],
      ['schema.yml:23:17', 'dbt_utils.sequential_values'],
    ],
  );
});

test('a manifest gives the names of tables, the tests with their files, and the owners of groups', () => {
  const manifest = {
    nodes: {
      'model.shop.orders': {
        resource_type: 'model',
        name: 'orders',
        alias: 'orders',
        database: 'dwh',
        schema: 'gold',
        group: 'sales',
        original_file_path: 'models/schema.yml',
        config: { contract: { enforced: false } },
        columns: { id: { name: 'id', data_type: 'int64', constraints: [{ type: 'not_null' }], meta: {} } },
      },
      'model.shop.users': {
        resource_type: 'model',
        name: 'users',
        database: 'dwh',
        schema: 'gold',
        columns: {},
      },
      'test.shop.rel': {
        resource_type: 'test',
        name: 'rel',
        attached_node: 'model.shop.orders',
        column_name: 'user_id',
        original_file_path: 'models/schema.yml',
        test_metadata: {
          name: 'relationships',
          namespace: null,
          kwargs: {
            to: "ref('users')",
            field: 'id',
            column_name: 'user_id',
            model: "{{ get_where_subquery(ref('orders')) }}",
          },
        },
        config: { severity: 'warn', where: null },
      },
      'test.shop.range': {
        resource_type: 'test',
        name: 'range',
        attached_node: 'model.shop.orders',
        column_name: 'id',
        original_file_path: 'models/schema.yml',
        test_metadata: {
          name: 'accepted_range',
          namespace: 'dbt_utils',
          kwargs: { min_value: 1, column_name: 'id' },
        },
        config: { severity: 'ERROR' },
      },
      'test.shop.own': {
        resource_type: 'test',
        name: 'own_query',
        original_file_path: 'tests/own_query.sql',
        depends_on: { nodes: ['model.shop.orders'] },
      },
    },
    sources: {},
    groups: { 'group.shop.sales': { name: 'sales', owner: { email: 'sales@example.com' } } },
  };
  const { contracts, notImported } = importDbt(readManifest(manifest, 'manifest.json'), OPTIONS);
  assert.deepEqual(
    contracts.map(({ text }) => text),
    [
      `dataset: dwh.gold.orders
version: 1.0.0
owner: sales@example.com
quality:
  - check: user_id references dwh.gold.users(id)
    severity: warn
  - check: min(id) >= 1
schema:
  - name: id
    type: bigint
`,
    ],
  );
  assert.deepEqual(
    notImported.map(({ what, place }) => [what, place]),
    [
      ['own_query', 'tests/own_query.sql (test.shop.own)'],
      ['constraint not_null of id', 'models/schema.yml, column id'],
    ],
  );
});

test('a file that is not of dbt is refused in one sentence', () => {
  assert.equal(readSchemaFile('- a\n', 's.yml').problems[0]?.message, 'The file is no schema.yml of dbt');
  assert.equal(readSchemaFile('version: 2\n', 's.yml').problems[0]?.message, 'The file names no models');
  assert.equal(readManifest([], 'm.json').problems[0]?.message, 'The file is no manifest.json of dbt');
});
