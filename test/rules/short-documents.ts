import * as fc from 'fast-check';
import { parseContract } from '#rules/contract/parse.ts';
import { checkTypes } from '#rules/expression/check-types.ts';
import { printExpression } from '#rules/expression/print.ts';
import { expressions } from './support.ts';

/** A text that survives the trimming of its ends. */
export const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((value) => value.trim() === value && value !== '');
const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,12}$/);
const tags = fc.array(text, { maxLength: 3 });
const plainText = fc.stringMatching(/^[A-Za-z0-9 '._-]{1,10}$/).filter((value) => value.trim() === value);
const quoted = plainText.map((value) => `'${value.replaceAll("'", "''")}'`);

/** Types with constraints that suit them. */
const typed = fc.oneof(
  fc.record({
    type: fc.constantFrom('double', 'decimal(10,2)', 'bigint'),
    constraints: fc.constantFrom(
      [],
      ['min_value(0)'],
      ['min_value(-0.5)', 'max_value(1e21)'],
      ['above(0)', 'below(0.5)', 'not_null'],
      ['multiple_of(0.25)', 'unique'],
    ),
  }),
  fc.record({
    type: fc.constantFrom('string', 'varchar(30)', 'VARCHAR'),
    constraints: fc.oneof(
      fc.constantFrom([], ['min_length(1)', 'max_length(3)'], ["pattern('^[A-Z]{3}$')", 'not_null()']),
      fc
        .uniqueArray(quoted, { minLength: 1, maxLength: 3 })
        .map((values) => [`one_of(${values.join(', ')})`]),
    ),
  }),
  fc.record({
    type: fc.constantFrom('date'),
    constraints: fc.constantFrom([], ["min_value('2020-01-01')"], ["below('2030-01-01')"]),
  }),
  fc.record({
    type: fc.constantFrom('array<struct<a: string, b: map<string, int>>>', 'binary', 'boolean', 'json'),
    constraints: fc.constant([]),
  }),
);

const column = fc
  .tuple(
    typed,
    fc.record(
      {
        name: text,
        primary_key: fc.boolean(),
        required: fc.boolean(),
        unique: fc.boolean(),
        pii: fc.oneof(
          fc.boolean(),
          word.filter((value) => !['true', 'false', 'null'].includes(value)),
        ),
        description: text,
        classification: fc.constantFrom('public', 'restricted'),
        masking: word,
        encrypted_name: word,
        retention: fc.constantFrom('24 months'),
        critical: fc.boolean(),
        format: fc.constantFrom('email', 'uuid', 'yyyy-MM-dd'),
        unit: word,
        currency: fc.constantFrom('EUR', 'JPY'),
        timezone: fc.constantFrom('Asia/Tokyo'),
        physical_name: word,
        business_name: text,
        tags,
      },
      { requiredKeys: ['name'] },
    ),
  )
  .map(([type, rest]) => ({ ...rest, ...type }));

const about = {
  severity: fc.constantFrom('info', 'warn', 'block'),
  name: text,
  description: text,
  dimension: fc.constantFrom('accuracy', 'timeliness'),
  owner: text,
  runbook: text,
  tags,
};

/** Conditions that no column's type can contradict. */
const condition = expressions
  .filter((tree) => checkTypes(tree, []).every(({ severity }) => severity !== 'error'))
  .map(printExpression)
  .filter((printed) => /^(?:row_count|unique|null_)/.test(printed) && printed.length < 500);

const check = fc.record(
  { check: condition, approx: fc.constantFrom('ok', true), ...about },
  { requiredKeys: ['check', 'approx'] },
);

const query = fc.record(
  {
    sql: word.map((name) => `select count(*) from {dataset} where {partition} and ${name} < 0`),
    must: fc.constantFrom('= 0', '<> 5', '>= -1.5', 'between 1 and 5', 'NOT BETWEEN 0 and 0', 7, '0'),
    ...about,
  },
  { requiredKeys: ['sql', 'must'] },
);

/** Names in the table are its columns' own, too. */
function renamed<T extends { readonly physical_name?: string }>(column: T, index: number): T {
  return column.physical_name === undefined
    ? column
    : { ...column, physical_name: `${column.physical_name}#${index}` };
}

const documents = fc.record(
  {
    dataset: text,
    owner: text,
    runbook: text,
    namespace: text,
    version: fc.constantFrom('0.0.1', '2.1.0-rc.1+b'),
    description: text,
    status: fc.constantFrom('draft', 'active', 'deprecated'),
    domain: text,
    tags,
    tier: fc.constantFrom(1, 2, 3),
    sla: fc.constantFrom('4 hours', '90 min', '1 day 1 s'),
    deadline: fc.constantFrom('06:30 Asia/Tokyo on mon-fri', '9:00 UTC', '23:59 Europe/Berlin on sat, mon'),
    duration: fc.constantFrom('45 minutes', '2 h'),
    lag: fc.constantFrom('60 seconds', '90s'),
    retention: fc.constantFrom('400 days', '1 day'),
    physical_name: text,
    positional: fc.boolean(),
    partition: fc.oneof(
      fc.record(
        { column: text, grain: fc.constantFrom('hour', 'day', 'month'), watermark: text },
        { requiredKeys: ['column'] },
      ),
      fc.record({ columns: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }) }),
    ),
    profile: fc.record({
      when: fc.constantFrom('small', 'always', 'never'),
      columns: fc.uniqueArray(text, { maxLength: 2 }),
      segments: fc.uniqueArray(text, { maxLength: 2 }),
    }),
    gate: fc.record(
      {
        publish_to: word.map((name) => `warehouse:gold.${name}`),
        evaluate_on: word.map((name) => `staging.${name}_*`),
        on_error: fc.constantFrom('block', 'allow'),
        empty_partition: fc.constantFrom('block', 'allow'),
      },
      { requiredKeys: [] },
    ),
    quality: fc
      .tuple(
        fc.uniqueArray(check, { maxLength: 3, selector: (item) => item.check }),
        fc.uniqueArray(query, { maxLength: 2, selector: (item) => item.sql }),
      )
      .map(([checks, queries]) => [...checks, ...queries]),
    schema: fc
      .uniqueArray(column, { maxLength: 4, selector: (item) => item.name })
      .map((columns) => columns.map((one, index) => renamed(one, index))),
  },
  { requiredKeys: ['dataset', 'owner'] },
);

const MISSPELT = 'The schema has no column';

/** Any file in the short form, JSON being YAML, but for those in which a name looks like a column's misspelt. */
export const shortDocuments = documents.filter((document) => {
  const parsed = parseContract(JSON.stringify(document), 'short.yaml');
  return parsed.status === 'ok' || !parsed.problems.some(({ message }) => message.startsWith(MISSPELT));
});
