import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DialectName } from '#model/ports.ts';
import { parseContract } from '#rules/contract/parse.ts';
import { formatProblem } from '#rules/contract/problem.ts';
import { ColumnTable } from '#rules/expression/check-columns.ts';
import { checkTypes } from '#rules/expression/check-types.ts';
import { evaluateCheck } from '#rules/expression/evaluate.ts';
import { factMapOf, factsOf } from '#rules/expression/facts.ts';
import { parseExpression } from '#rules/expression/parse.ts';
import { printExpression } from '#rules/expression/print.ts';
import { parseJsonPath, printJsonPath } from '#rules/json/path.ts';
import { readJsonSchema } from '#rules/json/schema.ts';
import { checkOf } from './support.ts';
import { plainPlan } from './sql/plain-plan.ts';

function said(text: string): string {
  const parsed = parseExpression(text);
  if (parsed.status === 'ok') return printExpression(parsed.expression);
  const { message, mend, span } = parsed.problem;
  return `${span.offset}: ${message}. ${mend}`;
}

const COLUMNS = new ColumnTable([
  { name: 'payload', type: 'varchar(4000)' },
  { name: 'doc', type: 'jsonb' },
  { name: 'amount', type: 'decimal(10,2)' },
]);
const lint = (text: string): string[] =>
  checkTypes(checkOf(text).expression, COLUMNS).map(({ message, mend }) => `${message}. ${mend}`);

describe('values at a path', () => {
  test('are said in one way', () => {
    const CASES: readonly (readonly [string, string])[] = [
      ["JSON_VALUE(payload, '$.a.b') is not null", "json_value(payload, '$.a.b') is not null"],
      [`json_value(payload, '$["a b"][0]["c"]') = 'x'`, `json_value(payload, '$["a b"][0].c') = 'x'`],
      ["json_number(doc, '$.lines[0].net') * 2 > amount", "json_number(doc, '$.lines[0].net') * 2 > amount"],
      [
        `length(trim(json_value(payload, '$.it"''s'))) > 0`.replace(`.it"''s`, `["it''s"]`),
        `length(trim(json_value(payload, '$["it''s"]'))) > 0`,
      ],
      [
        "json_value(payload, '$.email') is email for 99% of rows where json_value(payload, '$.kind') = 'user'",
        "json_value(payload, '$.email') is email for 99% of rows where json_value(payload, '$.kind') = 'user'",
      ],
    ];
    for (const [text, canonical] of CASES) {
      assert.equal(said(text), canonical);
      assert.equal(said(canonical), canonical);
      assert.deepEqual(lint(text), []);
    }
  });

  test('are refused with the place in the path', () => {
    const CASES: readonly (readonly [string, RegExp])[] = [
      ["json_value(payload) = 'x'", /^18: Found "\)", expected ","\. Say where in it/],
      ['json_value(payload, a) = 1', /^20: .*expected a path in single quotes/],
      ["json_value(payload, 'a.b') = 'x'", /^21: A path in JSON begins with \$/],
      ["json_value(payload, '$.a..b') = 'x'", /^24: Here the path says neither/],
      ["json_value(payload, '$.a[*]') = 'x'", /^24: Here the path says neither/],
      ["json_value(payload, '$.a[-1]') = 'x'", /^24: /],
      ["json_value(payload, '$[10000]') = 'x'", /Places go up to 9999/],
      [`json_value(payload, '$["\\ud800"]') = 'x'`, /not written as JSON writes a text/],
      [`json_value(payload, '$${'.a'.repeat(21)}') = 'x'`, /at most 20 steps/],
      ["json_extract(payload, '$.a') = 'x'", /Did you mean json_value/],
    ];
    for (const [text, expected] of CASES) assert.match(said(text), expected, text);
    assert.deepEqual(lint("json_value(amount, '$.a') = 'x'"), [
      'json_value looks into texts of JSON, but amount is a number. Name a column of texts or of JSON.',
    ]);
    assert.match(lint("json_number(payload, '$.a') = 'x'")[0] ?? '', /is a number, but 'x' is a text/);
    assert.match(lint("json_value(paylod, '$.a') = 'x'")[0] ?? '', /Did you mean payload/);
  });

  test('print to what they were read from', () => {
    for (const path of [[], ['a'], [0, 'a b', '', '"', '\\', "'", 'é', '0', '\n'], ['__proto__', 3]]) {
      const text = printJsonPath(path);
      assert.deepEqual(parseJsonPath(text), { status: 'ok', path }, text);
    }
  });
});

describe('JSON Schema', () => {
  const wrong = (schema: unknown): string => {
    const read = readJsonSchema(typeof schema === 'string' ? schema : JSON.stringify(schema));
    return read.status === 'error' ? `${read.message}. ${read.mend}` : '';
  };

  test('is a condition on rows like any other', () => {
    const text = `payload matches json_schema '{ "type": "object", "required": ["it''s"] }' for 99% of rows`;
    const canonical = `payload matches json_schema '{"type":"object","required":["it''s"]}' for 99% of rows`;
    assert.equal(said(text), canonical);
    assert.equal(said(canonical), canonical);
    assert.deepEqual(lint(text), []);
    assert.deepEqual(lint(`doc not matches json_schema 'true'`), []);
    assert.match(lint(`amount matches json_schema 'true'`)[0] ?? '', /looks into texts of JSON/);
    const { facts, columns, costClass } = factsOf(checkOf(`payload matches json_schema 'true'`).expression);
    assert.deepEqual(facts, [
      'row_count',
      "true_count(payload matches json_schema 'true')",
      "false_count(payload matches json_schema 'true')",
    ]);
    assert.deepEqual([columns, costClass], [['payload'], 'scan']);
    assert.match(said('payload matches json_schema a'), /^28: .*a JSON Schema in single quotes/);
    assert.match(said(`payload matches json_schema '{a}'`), /^28: The schema is not JSON/);
    assert.match(said(`match_json_schema(payload)`), /matches json_schema/);
  });

  test('what is not asked is refused by its pointer, because it would pass', () => {
    assert.match(
      wrong({ properties: { 'a/b': { additionalProperties: false } } }),
      /^The keyword additionalProperties cannot be asked .*, at \/properties\/a~1b\/additionalProperties of the schema\. Assay asks const, enum/,
    );
    for (const keyword of [
      '$ref',
      'anyOf',
      'oneOf',
      'allOf',
      'not',
      'if',
      'multipleOf',
      'uniqueItems',
      'contains',
    ])
      assert.match(
        wrong({ items: { [keyword]: 1 } }),
        new RegExp(`at /items/\\${keyword}`.replace('\\$', '\\$').replace(/\\([a-z])/, '$1')),
      );
    assert.match(wrong({ nullable: true }), /Write "type": \["string", "null"\]/);
    assert.match(wrong({ format: 'email' }), /Write a pattern/);
    assert.match(
      wrong({ type: 'text' }),
      /"text" is no type of JSON, at \/type.*The types are object, array/,
    );
    assert.match(wrong({ items: [{}] }), /A schema is an object, true or false, at \/items/);
    assert.match(wrong({ enum: [] }), /enum is a list of values, at \/enum/);
    assert.match(wrong({ const: { a: 1 } }), /Only texts, numbers, true, false and null/);
    assert.match(wrong({ const: 1, enum: [1] }), /side by side/);
    assert.match(wrong({ minLength: -1 }), /minLength is a whole number of 0 or more, at \/minLength/);
    assert.match(wrong('{"minimum": 1e999}'), /minimum is a number, at \/minimum/);
    assert.match(wrong({ required: 'a' }), /required is a list of names, at \/required/);
    assert.match(wrong({ properties: [] }), /properties is an object of schemas/);
    assert.match(wrong([]), /^A schema is an object, true or false\./);
  });

  test('a pattern is one that every engine reads alike, in no long time', () => {
    assert.match(wrong({ pattern: '(a+)+$' }), /at \/pattern of the schema/);
    assert.match(wrong({ pattern: '(?<=a)b' }), /Looking ahead or behind is refused: .*, at \/pattern/);
    assert.equal(wrong({ pattern: '^[a-z]+$' }), '');
  });

  test('has bounds', () => {
    const nested = (key: 'items' | 'a', depth: number): unknown =>
      depth === 0
        ? {}
        : key === 'items'
          ? { items: nested(key, depth - 1) }
          : { properties: { a: nested(key, depth - 1) } };
    assert.equal(wrong(nested('a', 8)), '');
    assert.match(wrong(nested('a', 9)), /more than 8 deep, at (?:\/properties\/a){9}/);
    assert.equal(wrong(nested('items', 3)), '');
    assert.match(wrong(nested('items', 4)), /Arrays lie more than 3 deep in arrays/);
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`p${at}`, {}]));
    assert.match(wrong({ properties: many }), /more than 100 schemas/);
  });

  test('annotations say nothing about values', () => {
    const told = {
      $schema: 'x',
      $id: 'y',
      title: 't',
      description: 'd',
      examples: [1],
      default: {},
      $comment: '',
    };
    assert.equal(wrong(told), '');
  });
});

const WORDS = [
  "json_value(payload, '$.a') = 'x'",
  "abs(json_number(payload, '$.a') + 1) > 0 or amount > 0",
  `not payload matches json_schema '{"type":"object"}'`,
  "row_count > 0 where lower(json_value(payload, '$.a')) = 'x'",
] as const;

function plan(text: string, dialect: DialectName) {
  const columns = [
    { name: 'payload', type: 'varchar(200)' },
    { name: 'amount', type: 'double' },
  ];
  return plainPlan(factMapOf(checkOf(text).expression), { name: 's.t', from: 's.t', columns }, dialect);
}

describe('engines that cannot look into texts of JSON', () => {
  test('refuse it, and a check of it is an error, never a pass', () => {
    for (const text of WORDS) {
      for (const dialect of ['spark', 'starrocks'] as const) {
        const { refused } = plan(text, dialect);
        assert.match(
          [...refused.values()][0] ?? '',
          /cannot look into texts of JSON\. .*sql\(/,
          `${dialect}: ${text}`,
        );
        const result = evaluateCheck(checkOf(text), {
          facts: new Map([['row_count', 5]]),
          faults: refused,
          history: [],
          partition: 'dt=2026-01-31',
          partitionAt: null,
          anomaly: () => {
            throw new Error('nothing asks for it');
          },
        });
        assert.equal(result.status, 'error', `${text}: ${result.message}`);
      }
      for (const dialect of ['postgres', 'mysql', 'duckdb', 'clickhouse', 'trino'] as const) {
        const { refused, statements } = plan(text, dialect);
        assert.deepEqual([...refused], [], dialect);
        // An older version of the engine fails these alone.
        assert.equal(statements.length, 2, `${dialect}: ${text}`);
      }
    }
  });

  test('are told when the contract is read, where it says in which engine the data lies', () => {
    const problems = (target: string): string[] => {
      const text = [
        'dataset: "orders"',
        'owner: "a@b.c"',
        `gate: {publish_to: "${target}"}`,
        'schema:',
        '- { name: payload, type: string }',
        'quality:',
        `- check: "row_count > 0 and json_value(payload, '$.a') = 'x'"`,
      ].join('\n');
      const parsed = parseContract(text, 'orders.yaml');
      return parsed.status === 'error' ? parsed.problems.map(formatProblem) : [];
    };
    assert.deepEqual(problems('starrocks:gold.orders'), [
      "orders.yaml:7:29: This engine cannot look into texts of JSON (starrocks). Write sql('select count(*) from {dataset} where …') = 0 with parse_json and json_query.",
    ]);
    assert.deepEqual(problems('postgres:gold.orders'), []);
    assert.deepEqual(problems('warehouse:gold.orders'), []);
  });
});
