import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Contract } from '#model/contract.ts';
import { parseContract, parseContracts } from '#rules/contract/parse.ts';
import { formatProblem } from '#rules/contract/problem.ts';

const HEAD = `apiVersion: v3.1.0
kind: DataContract
id: c1
version: 1.2.0
status: active
`;

function contractOf(text: string): Contract {
  const parsed = parseContract(text, 'c.odcs.yaml');
  if (parsed.status === 'ok') return parsed.contract;
  return assert.fail(parsed.problems.map(formatProblem).join('\n'));
}

function problemsOf(text: string, strict = false): string[] {
  const parsed = parseContracts(text, 'c.yaml', { strict });
  return parsed.status === 'error' ? parsed.problems.map(formatProblem) : [];
}

function warningsOf(text: string): string[] {
  const parsed = parseContracts(text, 'c.yaml');
  assert.equal(
    parsed.status,
    'ok',
    parsed.status === 'error' ? parsed.problems.map(formatProblem).join('\n') : '',
  );
  return parsed.warnings.map(formatProblem);
}

/** A table with one property `c` (in the table `col c`) and one quality item of it. */
function withQuality(item: string, level: 'property' | 'table' = 'property'): string {
  const quality = `quality:\n  - ${item}`.replaceAll('\n', level === 'property' ? '\n      ' : '\n    ');
  return `${HEAD}schema:
  - name: t
    properties:
    - name: c
      physicalName: col c
      logicalType: string
    - name: d
      logicalType: number
${level === 'property' ? quality.replace(/^/, '      ').replace('logicalType: number', '') : quality.replace(/^/, '    ')}
`;
}

/** The texts of the checks that one item gives, or why it is carried. */
function checksOf(item: string, level: 'property' | 'table' = 'property'): string[] {
  const contract = contractOf(withQuality(item, level));
  return [
    ...contract.checks.map(({ text, severity }) => (severity === 'block' ? text : `${severity}: ${text}`)),
    ...contract.carriedChecks.map(({ engine, reason }) => `${engine ?? 'carried'}: ${reason}`),
  ];
}

describe('library checks become checks of our language', () => {
  const CASES: readonly (readonly [item: string, level: 'property' | 'table', checks: readonly string[]])[] =
    [
      ['{metric: rowCount, mustBeGreaterThan: 100}', 'table', ['row_count > 100']],
      ['{metric: rowCount, mustBeBetween: [10, 1.5e3]}', 'table', ['row_count between 10 and 1500']],
      ['{metric: rowCount, mustNotBeBetween: [5, 1]}', 'table', ['row_count not between 1 and 5']],
      ['{metric: nullValues, mustBe: 0}', 'property', ['null_count(d) = 0']],
      ['{metric: nullValues, mustNotBe: 3, unit: rows}', 'property', ['null_count(d) != 3']],
      ['{metric: nullValues, mustBeLessThan: 1, unit: percent}', 'property', ['null_percentage(d) < 1%']],
      [
        '{metric: missingValues, mustBeLessOrEqualTo: 5, arguments: {missingValues: [null, "", "n/a"]}}',
        'property',
        ["missing_count(d, ['', 'n/a']) <= 5"],
      ],
      ['{metric: missingValues, mustBe: 0}', 'property', ['null_count(d) = 0']],
      [
        `{metric: invalidValues, mustBe: 0, arguments: {validValues: ["pa'id", open]}}`,
        'property',
        ["invalid_count(d in ('pa''id', 'open')) = 0"],
      ],
      [
        "{metric: invalidValues, mustBeGreaterOrEqualTo: 1, unit: '%', arguments: {pattern: '^[A-Z]{2}$'}}",
        'property',
        ["invalid_percentage(d matches '^[A-Z]{2}$') >= 1%"],
      ],
      [
        '{metric: duplicateValues, mustBeLessThan: 1, unit: percent}',
        'property',
        ['duplicate_percentage(d) < 1%'],
      ],
      [
        '{metric: duplicateValues, mustBe: 0, arguments: {properties: [c, d]}}',
        'table',
        ['duplicate_count("col c", d) = 0'],
      ],
      ['{metric: nullValues, mustBe: 0, severity: warning}', 'property', ['warn: null_count(d) = 0']],
      ['{metric: nullValues, mustBe: 0, severity: info}', 'property', ['info: null_count(d) = 0']],
      ['{metric: nullValues, mustBe: 0, severity: critical}', 'property', ['null_count(d) = 0']],
      [
        "{type: sql, query: 'drop table {object}', mustBe: 0}",
        'table',
        ['carried: The query does not begin with SELECT or WITH. Checks only read; write a SELECT.'],
      ],
      // What cannot be said is carried with the reason.
      [
        '{metric: rowCount, mustBe: 5, unit: percent}',
        'table',
        ['carried: A row count in per cent says nothing.'],
      ],
      [
        '{metric: nullValues, mustBe: 0}',
        'table',
        ['carried: nullValues is a metric of a property, not of a whole table.'],
      ],
      ['{metric: nullValues, mustBe: none}', 'property', ['carried: The value it must be is no number.']],
      [
        '{metric: nullValues, mustBe: 1, unit: furlongs}',
        'property',
        ['carried: Assay knows the units rows and percent, not "furlongs".'],
      ],
      [
        '{metric: duplicateValues, mustBe: 0}',
        'table',
        ['carried: duplicateValues of a table needs its columns: arguments: {properties: [a, b]}.'],
      ],
      [
        '{metric: invalidValues, mustBe: 0}',
        'property',
        ['carried: invalidValues needs what is valid: arguments: {validValues: [...]} or {pattern: ...}.'],
      ],
      ['{type: text, description: Ask Ann}', 'table', ['carried: These are words for people.']],
      [
        '{type: custom, engine: soda, implementation: {a: 1}}',
        'table',
        ['soda: Assay does not run the checks of soda.'],
      ],
      [
        '{type: custom, engine: assay, implementation: "row_count within 5% of avg_last(7)"}',
        'table',
        ['row_count within 5% of avg_last(7)'],
      ],
      [
        "{type: sql, query: 'select count(*) from {object} where {property} < 0', mustBe: 0}",
        'property',
        ['select count(*) from {dataset} where d < 0'],
      ],
    ];
  for (const [item, level, checks] of CASES)
    test(item, () => assert.deepEqual(checksOf(item, level), checks));

  test('a query keeps what its number must be', () => {
    const [check] = contractOf(
      withQuality("{type: sql, query: 'select 1 from ${table}', mustNotBeBetween: [9, 2]}", 'table'),
    ).checks;
    assert.ok(check?.expression.condition.type === 'custom_sql');
    const { query, operator, limit, high } = check.expression.condition;
    assert.deepEqual(
      [query, operator, limit.value, high?.value],
      ['select 1 from {dataset}', 'not_between', 2, 9],
    );
  });

  test('what an item states about itself is kept', () => {
    const item =
      '{type: library, metric: rowCount, mustBe: 1, name: One row, description: why, dimension: coverage, tags: [a], businessImpact: none}';
    const [check] = contractOf(withQuality(item, 'table')).checks;
    assert.deepEqual(
      [
        check?.name,
        check?.description,
        check?.dimension,
        check?.tags,
        check?.from,
        check?.carried['businessImpact'],
      ],
      ['One row', 'why', 'coverage', ['a'], { dialect: 'odcs', construct: 'library', column: null }, 'none'],
    );
  });
});

test('required, unique, keys and options of types become checks; those that cannot are shown', () => {
  const contract = contractOf(`${HEAD}schema:
  - name: t
    physicalName: gold.t
    properties:
    - {name: b, primaryKey: true, primaryKeyPosition: 2, logicalType: integer}
    - {name: a, primaryKey: true, primaryKeyPosition: 1, logicalType: string}
    - {name: r, required: true, logicalType: boolean}
    - {name: u, unique: true, logicalType: string, logicalTypeOptions: {minLength: 1, maxLength: 9, pattern: "^x", format: uuid}}
    - {name: n, logicalType: number, logicalTypeOptions: {minimum: 0, exclusiveMaximum: 1, multipleOf: 0.5}}
    - {name: d, logicalType: date, logicalTypeOptions: {exclusiveMinimum: "2020-01-01"}}
    - {name: m, logicalType: timestamp, logicalTypeOptions: {maximum: "2020-01-01 00:00:00+10:00"}}
    - {name: s, logicalType: string, quality: [{metric: invalidValues, mustBe: 0, arguments: {validValues: [x, y]}}]}
`);
  assert.deepEqual(
    contract.checks.map(({ text }) => text),
    [
      "invalid_count(s in ('x', 'y')) = 0",
      'unique(a, b)',
      'null_count(b) = 0',
      'null_count(a) = 0',
      'null_count(r) = 0',
      'unique(u)',
      'min_length(u) >= 1',
      'max_length(u) <= 9',
      "u matches '^x'",
      'u is uuid',
      'min(n) >= 0',
      'max(n) < 1',
      "d > date '2020-01-01'",
      "m <= timestamp '2020-01-01T00:00:00+10:00'",
    ],
  );
  assert.deepEqual(
    contract.carriedChecks.map(({ text, reason }) => [text, reason]),
    [['n is a multiple of 0.5', 'Assay has no check for multiples; write one as sql.']],
  );
  assert.deepEqual(contract.columns.at(-1)?.constraints.oneOf, ['x', 'y']);
});

test('a file of several schema objects gives a contract for each, with the document in common', () => {
  const parsed = parseContracts(
    `${HEAD}domain: sales
servers:
  - {server: dwh, type: postgres, host: db, port: 5432, database: d, schema: gold}
team: {name: t, members: [{username: ann, role: Data Owner}, {username: bob, role: owner, dateOut: "2024-01-01"}]}
slaProperties:
  - {property: latency, value: 4, unit: h, element: "orders.updated_at, lines.at"}
  - {property: retention, value: 3, unit: y, element: orders}
  - {property: timeOfAvailability, value: "06:30 Asia/Tokyo on mon-fri", element: orders}
schema:
  - name: orders
    physicalName: orders_1
    properties:
      - {name: dt, logicalType: date, partitioned: true, partitionKeyPosition: 2}
      - {name: region, logicalType: string, partitioned: true, partitionKeyPosition: 1, tags: ["pii:place"]}
  - name: lines
`,
    'c.yaml',
  );
  assert.ok(parsed.status === 'ok');
  const [orders, lines] = parsed.contracts;
  assert.equal(parsed.contracts.length, 2);
  assert.equal(orders?.document, lines?.document);
  assert.deepEqual([orders?.dataset, orders?.logicalName, lines?.dataset], ['orders_1', 'orders', 'lines']);
  assert.deepEqual([orders?.owner, orders?.version, orders?.document.domain], ['ann', '1.2.0', 'sales']);
  assert.deepEqual(orders?.partition, {
    column: 'region',
    columns: ['region', 'dt'],
    grain: null,
    watermark: null,
  });
  assert.deepEqual(
    orders?.objectives.map(({ kind, seconds, column }) => [kind, seconds, column]),
    [
      ['latency', 14_400, 'updated_at'],
      ['retention', 3 * 365 * 86_400, null],
    ],
  );
  assert.deepEqual([orders?.slaSeconds, lines?.slaSeconds, lines?.deadline], [14_400, 14_400, null]);
  assert.deepEqual(orders?.deadline, {
    text: '06:30 Asia/Tokyo on mon-fri',
    minute: 390,
    zone: 'Asia/Tokyo',
    weekdays: [1, 2, 3, 4, 5],
  });
  assert.deepEqual(orders?.addresses, [{ namespace: 'postgres://db:5432', name: 'd.gold.orders_1' }]);
  assert.equal(orders?.columns[1]?.pii, 'place');
  const refused = parseContract(
    JSON.stringify({
      apiVersion: 'v3.1.0',
      kind: 'DataContract',
      id: 'a',
      version: '1',
      status: 's',
      schema: [{ name: 'a' }, { name: 'b' }],
    }),
    'c.yaml',
  );
  assert.ok(refused.status === 'error');
  assert.equal(refused.problems[0]?.message, 'The file describes 2 datasets: a, b');
});

describe('forms of older versions are upgraded and reported, and refused when strict', () => {
  const CASES: readonly (readonly [item: string, check: string, warning: string])[] = [
    [
      '{rule: nullCheck}',
      'null_count(d) = 0',
      'c.yaml:15:12: rule is the word of ODCS 3.0. Write metric: nullValues.',
    ],
    [
      '{type: library, rule: duplicateCount, mustBeLessThan: 10}',
      'duplicate_count(d) < 10',
      'c.yaml:15:27: rule is the word of ODCS 3.0. Write metric: duplicateValues.',
    ],
    [
      '{metric: nullValues, mustBeLessThanOrEqualTo: 1}',
      'null_count(d) <= 1',
      'c.yaml:15:32: mustBeLessThanOrEqualTo is no key of ODCS 3.1. Write mustBeLessOrEqualTo.',
    ],
    [
      "{metric: invalidValues, mustBe: 0, arguments: , pattern: '^a'}",
      "invalid_count(d matches '^a') = 0",
      'c.yaml:15:59: pattern stands one level too high. Write it below arguments:.',
    ],
  ];
  for (const [item, text, warning] of CASES)
    test(item, () => {
      const file = withQuality(item);
      assert.equal(contractOf(file).checks[0]?.text, text);
      assert.deepEqual(warningsOf(file), [warning]);
      assert.notDeepEqual(problemsOf(file, true), []);
    });

  test('columns', () => {
    const file = `${HEAD.replace('v3.1.0', 'v3.0.2')}schema:
  - name: t
    properties:
    - {name: a, isNullable: false, isUnique: true}
    - {name: b, logicalType: integer, logicalTypeOptions: {maximum: 5, exclusiveMaximum: true}}
`;
    const { columns, document } = contractOf(file);
    assert.deepEqual([columns[0]?.required, columns[0]?.unique], [true, true]);
    assert.deepEqual([columns[1]?.constraints.maximum, columns[1]?.constraints.exclusiveMaximum], [null, 5]);
    assert.equal(document.apiVersion, 'v3.1.0');
    assert.equal(warningsOf(file).length, 3);
    assert.equal(problemsOf(file, true).length, 3);
  });
});

describe('a wrong ODCS file gets every problem with its place', () => {
  const CASES: readonly (readonly [name: string, text: string, problems: readonly string[]])[] = [
    [
      'no list of keys',
      'kind: DataContract\nid: a\n',
      [
        'c.yaml:1:1: The contract has no version. For example: version: "1.0.0".',
        'c.yaml:1:1: The contract has no apiVersion. For example: apiVersion: v3.1.0.',
        'c.yaml:1:1: The contract has no status. For example: status: active.',
      ],
    ],
    [
      'unknown and mistyped keys',
      `${HEAD}shema: []\nowner: me\n`,
      [
        'c.yaml:6:1: The contract has no key "shema". Did you mean schema?',
        'c.yaml:7:1: The contract has no key "owner". The keys are version, kind, apiVersion, id, name, tenant, tags, status, servers, dataProduct, description, domain, schema, support, price, team, roles, slaDefaultElement, slaProperties, authoritativeDefinitions, customProperties, contractCreatedTs.',
      ],
    ],
    [
      'a wrong word',
      `${HEAD}servers: [{server: a, type: starroks}]\n`,
      [
        'c.yaml:6:29: type must be a server type of ODCS (for another system mysql, if it speaks that, or custom), found "starroks". For example: type: postgres.',
      ],
    ],
    [
      'a server without its place',
      `${HEAD}servers:\n- {server: a, type: mysql, host: h, port: "3306"}\n`,
      [
        'c.yaml:7:3: A server has no database. For example: database: text.',
        'c.yaml:7:43: port must be a whole number, found "3306". Write port: 1, without quotes.',
      ],
    ],
    [
      'two operators',
      withQuality('{metric: rowCount, mustBe: 1, mustBeLessThan: 5}', 'table'),
      [
        'c.yaml:15:39: A quality item has 2 operators: mustBe and mustBeLessThan. Keep one; write the other as an item of its own, or use mustBeBetween.',
      ],
    ],
    [
      'no operator',
      withQuality('{metric: rowCount}', 'table'),
      [
        'c.yaml:15:9: A quality item says not what the value must be. Add one of mustBe, mustNotBe, mustBeGreaterThan, mustBeGreaterOrEqualTo, mustBeLessThan, mustBeLessOrEqualTo, mustBeBetween, mustNotBeBetween.',
      ],
    ],
    [
      'a wrong check for our own engine',
      withQuality('{type: custom, engine: assay, implementation: "row_cont > 0"}', 'table'),
      [
        'c.yaml:15:56: "row_cont" is not a metric. Did you mean row_count? A column of this name is written "row_cont".',
      ],
    ],
    [
      'a key twice',
      `${HEAD}id: b\n`,
      ['c.yaml:6:1: The key id occurs twice. Remove one of the two; the first is on line 3.'],
    ],
    ['a list', '- apiVersion: v3.1.0\n', []],
  ];
  for (const [name, text, problems] of CASES)
    test(name, () => {
      const found = problemsOf(text);
      if (problems.length === 0) assert.notEqual(found.length, 0);
      else assert.deepEqual(found, problems);
    });

  test('aliases of aliases end in one sentence', () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `  l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(', ')}]`,
    );
    const bomb = `${HEAD}customProperties:\n- property: bomb\n  value:\n    l0: &l0 x\n${levels.map((line) => `  ${line}`).join('\n')}\n`;
    assert.match(
      problemsOf(bomb).join('\n'),
      /^c\.yaml:\d+:\d+: The file holds more than 200000 values, aliases followed\. Split it into several files\.$/,
    );
  });
});

test('what is worth a second look is warned of', () => {
  assert.deepEqual(
    warningsOf(`${HEAD}dataProduct: x\nslaDefaultElement: t.c\nteam: []\nschema: [{name: t}]\n`),
    [
      'c.yaml:6:1: dataProduct is deprecated since ODCS 3.1. Describe the product in a file of its own (ODPS).',
      'c.yaml:7:1: slaDefaultElement is deprecated since ODCS 3.1. Write element: at each service level.',
      'c.yaml:8:1: A team as a list is deprecated since ODCS 3.1. Write team: {name: …, members: […]}.',
    ],
  );
  const twice = warningsOf(
    `${HEAD}schema:\n- name: t\n  quality:\n  - {metric: rowCount, mustBe: 1}\n  - {metric: rowCount, mustBe: 1, severity: info}\n`,
  );
  assert.deepEqual(twice, [
    'c.yaml:10:5: This check says the same as the one on line 9. Remove one of the two.',
  ]);
  assert.deepEqual(
    warningsOf(withQuality("{type: sql, query: 'select count(*) from t', mustBe: 0}", 'table')),
    [
      'c.yaml:15:9: The query names its table itself, so it looks at what is published and not at the candidate. Write {object} for the table.',
    ],
  );
});

test('a relationship that a check holds the data to is enforced', () => {
  const contract = contractOf(`${HEAD}schema:
  - name: orders
    relationships:
      - {from: [orders.shop, orders.user_id], to: [users.shop, users.id]}
      - {from: [orders.a, orders.b], to: [other.a, other.b]}
    quality:
      - {type: custom, engine: assay, implementation: "(shop, uid) references users(shop, id)"}
      - {type: custom, engine: assay, implementation: "uid references users(id)"}
    properties:
      - {name: user_id, physicalName: uid, logicalType: string, relationships: [{to: users.id}, {to: people.id}]}
      - {name: shop, logicalType: string}
`);
  assert.deepEqual(
    contract.relationships.map(({ columns, table, otherColumns, enforced }) => [
      columns,
      table,
      otherColumns,
      enforced,
    ]),
    [
      [['shop', 'user_id'], 'users', ['shop', 'id'], true],
      [['a', 'b'], 'other', ['a', 'b'], false],
    ],
  );
  assert.deepEqual(
    contract.columns[0]?.relationships.map(({ table, enforced }) => [table, enforced]),
    [
      ['users', true],
      ['people', false],
    ],
  );
});
