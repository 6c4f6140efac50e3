import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { NO_CONSTRAINTS } from '#model/contract-column.ts';
import type { Contract } from '#model/contract.ts';
import { datasetNames } from '#rules/contract/dataset-names.ts';
import { parseDeadline } from '#rules/contract/deadline.ts';
import { formatDuration, parseDuration } from '#rules/contract/duration.ts';
import { parseColumnType } from '#rules/contract/column-type.ts';
import { parseContract } from '#rules/contract/parse.ts';
import { formatProblem } from '#rules/contract/problem.ts';
import { EVERYTHING, ODCS_EXAMPLE, USERS_EXAMPLE } from './contract-examples.ts';

function contractOf(text: string): Contract {
  const parsed = parseContract(text, 'c.yaml');
  if (parsed.status === 'ok') return parsed.contract;
  return assert.fail(parsed.problems.map(formatProblem).join('\n'));
}

function problemsOf(text: string): string[] {
  const parsed = parseContract(text, 'c.yaml');
  return parsed.status === 'error' ? parsed.problems.map(formatProblem) : [];
}

describe("the users' example", () => {
  const contract = contractOf(USERS_EXAMPLE);

  test('is read with its defaults', () => {
    assert.equal(contract.checks.length, 5);
    const { dataset, namespace, version, owner, description, tier, slaSeconds, partition, gate } = contract;
    assert.deepEqual(
      { dataset, namespace, version, owner, description, tier, slaSeconds, partition, gate },
      {
        dataset: 'orders_global',
        namespace: null,
        version: '1.0.0',
        owner: 'checkout_team@company.com',
        description: null,
        tier: 2,
        slaSeconds: 14_400,
        partition: null,
        gate: { publishTo: null, emptyPartition: 'block' },
      },
    );
    assert.deepEqual(
      contract.columns.map(({ name, type, primaryKey, required, pii, constraints }) => ({
        name,
        type,
        primaryKey,
        required,
        pii,
        constraints,
      })),
      [
        {
          name: 'order_id',
          type: 'string',
          primaryKey: true,
          required: false,
          pii: false,
          constraints: NO_CONSTRAINTS,
        },
        {
          name: 'amount',
          type: 'decimal(10,2)',
          primaryKey: false,
          required: false,
          pii: false,
          constraints: { ...NO_CONSTRAINTS, minimum: 0 },
        },
      ],
    );
  });

  test('gives its checks and those that the schema promises, each with its origin and place', () => {
    assert.deepEqual(
      contract.checks.map(({ id, text, severity, origin, position }) => [
        id,
        text,
        severity,
        origin,
        `${position.line}:${position.column}`,
      ]),
      [
        ['row_count_above_0-16746c7b', 'row_count > 0', 'block', 'quality', '5:11'],
        [
          'null_percentage_user_id_below_0_01-c3abac68',
          'null_percentage(user_id) < 0.01',
          'block',
          'quality',
          '6:11',
        ],
        ['unique_order_id-dc59cb13', 'unique(order_id)', 'block', 'primary_key', '10:16'],
        ['null_count_order_id_is_0-fb32923f', 'null_count(order_id) = 0', 'block', 'primary_key', '10:16'],
        ['min_amount_at_least_0-3e4c5ba6', 'min(amount) >= 0', 'block', 'constraint', '14:18'],
      ],
    );
  });

  test('warns that user_id is not in the schema, and is accepted all the same', () => {
    const { warnings } = parseContract(USERS_EXAMPLE, 'orders.yaml');
    assert.deepEqual(warnings.map(formatProblem), [
      'orders.yaml:6:11: The schema has no column user_id. Add it to the schema, or name one of its columns.',
    ]);
  });
});

test('every optional part is read', () => {
  const contract = contractOf(`
dataset: routes
namespace: "postgres://db:5432"
version: 2.1.0-rc.1
owner: flights
runbook: https://wiki.example.com/routes
description: Daily routes
tier: 1
sla: 1 day 12 hours
partition: { column: dt, grain: day }
gate:
  publish_to: warehouse:gold.daily_routes
  empty_partition: allow
quality:
- { check: row_count not anomalous, severity: warn }
- { check: null_count(origin) = 0, severity: info, runbook: ask the airport }
schema:
- { name: dt, type: date, primary_key: true, required: true }
- { name: origin, type: varchar(3), primary_key: true, required: true, description: Airport }
- { name: mail, type: "array<struct<a: string, b: map<string, int>>>", pii: email }
- { name: name, type: string, pii: true }
- { name: delay, type: double, constraints: ["min_value(-90.5)", " MAX_VALUE( 1e3 ) "] }
`);
  const { checks, columns } = contract;
  const { dataset, namespace, version, owner, runbook, description, tier, slaSeconds, partition, gate } =
    contract;
  const read = {
    dataset,
    namespace,
    version,
    owner,
    runbook,
    description,
    tier,
    slaSeconds,
    partition,
    gate,
  };
  assert.deepEqual(read, {
    dataset: 'routes',
    namespace: 'postgres://db:5432',
    version: '2.1.0-rc.1',
    owner: 'flights',
    runbook: 'https://wiki.example.com/routes',
    description: 'Daily routes',
    tier: 1,
    slaSeconds: 129_600,
    partition: { column: 'dt', grain: 'day', columns: ['dt'], watermark: null },
    gate: { publishTo: 'warehouse:gold.daily_routes', emptyPartition: 'allow' },
  });
  assert.deepEqual(
    checks.map(({ text, severity, origin }) => [text, severity, origin]),
    [
      ['row_count not anomalous', 'warn', 'quality'],
      // Stated by the author with a severity of its own, so neither the key nor `required` repeats it.
      ['null_count(origin) = 0', 'info', 'quality'],
      ['unique(dt, origin)', 'block', 'primary_key'],
      ['null_count(dt) = 0', 'block', 'primary_key'],
      ['min(delay) >= -90.5', 'block', 'constraint'],
      ['max(delay) <= 1000', 'block', 'constraint'],
    ],
  );
  assert.deepEqual(
    columns.map(({ pii }) => pii),
    [false, false, 'email', 'personal', false],
  );
  assert.deepEqual(columns.at(-1)?.constraints, { ...NO_CONSTRAINTS, minimum: -90.5, maximum: 1000 });
  assert.equal(columns[1]?.description, 'Airport');
});

test('a check keeps its id when the contract is written differently', () => {
  const plain = contractOf('dataset: a\nowner: b\nquality:\n- check: row_count > 0\n');
  const other = contractOf(
    'owner: b\ndataset: a\nquality:\n- check: "row_count within 1% of avg_last(3)"\n- severity: warn\n  check: "ROW_COUNT  >0"\n',
  );
  assert.equal(other.checks[1]?.id, plain.checks[0]?.id);
});

const HEAD = 'dataset: a\nowner: b\n';

/** Wrong files and every line that must be printed. */
const REFUSED: [name: string, text: string, problems: string[]][] = [
  ['an empty file', '', ['c.yaml:1:1: The file holds no contract. Begin with dataset: and owner:.']],
  [
    'comments only',
    '# nothing\n',
    ['c.yaml:1:1: The file holds no contract. Begin with dataset: and owner:.'],
  ],
  [
    'a list',
    '- a\n',
    [
      'c.yaml:1:1: The contract must be a mapping of dataset, namespace, version, owner, runbook, description, status, domain, tags, tier, sla, deadline, duration, lag, retention, physical_name, positional, partition, gate, profile, quality, schema. Write one "key: value" per line.',
    ],
  ],
  [
    'no dataset, no owner',
    'tier: 1\n',
    [
      'c.yaml:1:1: The contract has no dataset. For example: dataset: "orders_global".',
      'c.yaml:1:1: The contract has no owner. For example: owner: "checkout_team@company.com".',
    ],
  ],
  [
    'a duplicate key',
    `${HEAD}owner: c\n`,
    ['c.yaml:3:1: The key owner occurs twice. Remove one of the two; the first is on line 2.'],
  ],
  [
    'unknown keys',
    `${HEAD}qualty: []\nfoo: 1\n1: 2\n`,
    [
      'c.yaml:3:1: The contract has no key "qualty". Did you mean quality?',
      'c.yaml:4:1: The contract has no key "foo". The keys are dataset, namespace, version, owner, runbook, description, status, domain, tags, tier, sla, deadline, duration, lag, retention, physical_name, positional, partition, gate, profile, quality, schema.',
      'c.yaml:5:1: The contract has a key that is not a word. The keys are dataset, namespace, version, owner, runbook, description, status, domain, tags, tier, sla, deadline, duration, lag, retention, physical_name, positional, partition, gate, profile, quality, schema.',
    ],
  ],
  [
    'wrong types',
    'dataset: 42\nowner: [b]\nnamespace:\ntier: 4\nsla: 4\npartition: dt\ngate:\nquality: row_count > 0\nschema: {}\n',
    [
      'c.yaml:1:10: dataset must be a text, found 42. Put it in quotes: "42".',
      'c.yaml:2:8: owner must be a text. For example: owner: "checkout_team@company.com".',
      'c.yaml:3:1: namespace is empty. For example: namespace: "postgres://db:5432".',
      'c.yaml:4:7: tier must be 1, 2 or 3, found 4. Write tier: 1 for what must never be wrong, 3 for what may wait.',
      'c.yaml:5:6: "4" is not a duration. Write a number and a unit (seconds, minutes, hours, days or weeks): sla: "4 hours".',
      'c.yaml:6:12: partition must be a mapping of column, columns, grain, watermark. Write one "key: value" per line.',
      'c.yaml:7:1: gate is empty. For example: gate: {publish_to: "warehouse:gold.orders"}.',
      'c.yaml:8:10: quality must be a list. For example: - check: "row_count > 0".',
      'c.yaml:9:9: schema must be a list. For example: - name: "order_id".',
    ],
  ],
  [
    'bad words',
    `${HEAD}version: 1.0\nsla: "4 moons"\npartition: {grain: dya}\ngate: {publish_to: gold, empty_partition: alow}\n`,
    [
      'c.yaml:3:10: "1.0" is not a version of three numbers. Write major.minor.patch in quotes: version: "1.0.0".',
      'c.yaml:4:6: "4 moons" is not a duration. Write a number and a unit (seconds, minutes, hours, days or weeks): sla: "4 hours".',
      'c.yaml:5:12: partition has no column. For example: partition: {column: dt, grain: day}.',
      'c.yaml:5:20: grain must be one of hour, day, month, found dya. Did you mean day?',
      'c.yaml:6:20: "gold" names no adapter and target. Write adapter:target, for example publish_to: "warehouse:gold.orders".',
      'c.yaml:6:43: empty_partition must be one of block, allow, found alow. Did you mean allow?',
    ],
  ],
  [
    'bad checks',
    `${HEAD}quality:\n- check: row_count >> 0\n- check: "row_count > 1 & b"\n- check: 'sum("it''s") >'\n- check: "sum(\\"a\\") @ 1"\n- chek: row_count > 0\n- check: row_count > 0\n  severity: blok\n- check: row_count > 1\n- check: ROW_COUNT>1\n- row_count > 2\n`,
    [
      'c.yaml:4:20: Two comparison signs stand side by side. Write one of = != < <= > >=, without a space inside.',
      'c.yaml:5:25: Found "&", which has no meaning here. Join conditions by and.',
      'c.yaml:6:25: The check ends here, expected a metric or a number. For example: row_count > 0.',
      'c.yaml:7:22: Found "@", which has no meaning here. Remove it, or put a column name with special characters in double quotes.',
      'c.yaml:8:3: A quality item has no key "chek". Did you mean check?',
      'c.yaml:8:3: A quality item has no check. For example: - check: "row_count > 0".',
      'c.yaml:10:13: severity must be one of info, warn, block, found blok. Did you mean block?',
      'c.yaml:12:3: This check says the same as the one on line 11. Remove one of the two.',
      'c.yaml:13:3: A quality item must be a mapping of check, sql, must, severity, name, description, dimension, owner, runbook, approx, tags. Write one "key: value" per line.',
    ],
  ],
  [
    'bad checks in block scalars and over lines',
    `${HEAD}quality:\n- check: >\n    row_count ! 0\n- check: "row_count\n    ! 0"\n`,
    [
      'c.yaml:4:10: Found "!", which has no meaning here. Write != for "not equal", or not before a condition.',
      'c.yaml:6:10: Found "!", which has no meaning here. Write != for "not equal", or not before a condition.',
    ],
  ],
  [
    'a bad schema',
    `${HEAD}schema:\n- name: a\n  type: strng\n- name: b\n  type: decimal(10;2)\n- name: c\n- type: string\n- name: d\n  type: string\n  primary_key: "yes"\n  pii: [x]\n  required: 1\n- name: d\n  type: int\n- name: e\n  type: string\n  constraints: ["min_value(0)"]\n- name: f\n  type: int\n  constraints: ["min_valu(0)", "min_value(x)", "max_value(1)", "max_value(2)", 5]\n- name: g\n  type: int\n  constraints: ["min_value(2)", "max_value(1)"]\n- name: h\n  type: int\n  constraints: min_value(0)\n`,
    [
      'c.yaml:5:9: "strng" is not a type. Did you mean string?',
      'c.yaml:7:19: ")" is missing in the type. Close the bracket.',
      'c.yaml:8:3: The column c has no type. For example: type: "string".',
      'c.yaml:9:3: A column has no name. For example: - name: "order_id".',
      'c.yaml:12:16: primary_key must be true or false, found yes. Write primary_key: true, without quotes.',
      'c.yaml:13:8: pii must be true, false or a kind of personal data. For example: pii: email.',
      'c.yaml:14:13: required must be true or false, found 1. Write required: true, without quotes.',
      'c.yaml:15:3: The column d occurs twice. Remove one of the two.',
      'c.yaml:19:17: min_value needs a numeric column. Remove the constraint, or change the type of the column.'.replace(
        '19:17',
        '19:17',
      ),
      'c.yaml:22:18: "min_valu(0)" is not a constraint. Did you mean min_value(0)?',
      'c.yaml:22:33: min_value needs one number, found "x". For example: min_value(0).',
      'c.yaml:22:64: The constraint max_value occurs twice. Keep the stricter one.',
      'c.yaml:22:80: a constraint must be a text, found 5. Put it in quotes: "5".',
      'c.yaml:25:3: min_value is above max_value: no value can pass. Swap the two numbers.',
      'c.yaml:28:16: constraints must be a list. For example: constraints: ["min_value(0)"].',
    ],
  ],
  [
    'a sum of text',
    `${HEAD}quality:\n- check: "row_count > sum(a)"\nschema:\n- {name: a, type: string}\n`,
    [
      'c.yaml:4:23: sum(a) needs numbers, but a is of type string. Use it on a numeric column, or measure null_count or distinct_count.',
    ],
  ],
  [
    'broken YAML',
    `${HEAD}quality: [\n`,
    [
      'c.yaml:4:1: Flow sequence in block collection must be sufficiently indented and end with a ]. Close the bracket or the quotes, or mend the indentation.',
    ],
  ],
  ['a tab', 'dataset: a\nowner:\n\t- b\n', []],
  [
    'two documents',
    `${HEAD}---\n${HEAD}`,
    [
      'c.yaml:3:1: Source contains multiple documents. One file holds one contract: move the other one to a file of its own.',
    ],
  ],
  [
    'an unknown tag',
    `${HEAD}description: !secret x\n`,
    ['c.yaml:3:14: Unresolved tag: !secret. Mend the YAML here; nothing after it was checked.'],
  ],
];

describe('a wrong contract gets every problem with its place', () => {
  for (const [name, text, problems] of REFUSED) {
    test(name, () => {
      const found = problemsOf(text);
      if (problems.length === 0) assert.ok(found.length > 0);
      else assert.deepEqual(found, problems);
    });
  }

  test('too long and too deep files are refused in one sentence', () => {
    assert.match(
      problemsOf(`# ${'x'.repeat(1_000_001)}`).join('\n'),
      /^c\.yaml:1:1: The file has \d+ characters, a contract at most 1000000\. Split it into several files\.$/,
    );
    assert.match(
      problemsOf('['.repeat(100_000)).join('\n'),
      /^c\.yaml:1:1: The YAML is nested too deeply to be read\./,
    );
  });
});

test('positions count from the file, with a byte order mark, CRLF and characters beyond the first plane', () => {
  assert.deepEqual(
    problemsOf('\uFEFFdataset: a\r\nowner: b\r\nquality:\r\n- check: "sum(\\"\u{1F600}\\") @"\r\n'),
    [
      'c.yaml:4:23: Found "@", which has no meaning here. Remove it, or put a column name with special characters in double quotes.',
    ],
  );
});

test('names that no check can be written for are refused', () => {
  assert.deepEqual(problemsOf(`${HEAD}schema:\n- {name: "a\\0", type: int, primary_key: true}\n`), [
    'c.yaml:4:10: A character here cannot be stored (NUL, or half of a pair). Leave it out.',
  ]);
  const long = 'x'.repeat(9000);
  assert.deepEqual(problemsOf(`${HEAD}schema:\n- {name: ${long}, type: int, required: true}\n`), [
    'c.yaml:4:9033: The schema promises a check that cannot be written: The check is 9016 characters long, at most 8000 are read. Use fewer or shorter names.',
  ]);
});

test('aliases are followed', () => {
  const contract = contractOf('dataset: &name a\nowner: *name\nschema:\n- &first {name: x, type: string}\n');
  assert.equal(contract.owner, 'a');
  assert.deepEqual(problemsOf('dataset: a\nowner: *nobody\n'), [
    'c.yaml:2:8: The alias *nobody stands for nothing. Write the value out, or mark it with &nobody.',
  ]);
});

describe('durations', () => {
  const cases: [text: string, seconds: number | null][] = [
    ['4 hours', 14_400],
    ['4h', 14_400],
    ['1 hour', 3600],
    ['90 min', 5400],
    ['1 day 12 hours', 129_600],
    ['1.5 hours', 5400],
    ['2 weeks', 1_209_600],
    ['30 s', 30],
    ['', null],
    ['4', null],
    ['hours', null],
    ['-4 hours', null],
    ['0 hours', null],
    ['4 months', null],
    ['0.5 s', null],
    ['4 hours ago', null],
    ['1e3 s', null],
    ['999999 weeks', null],
  ];
  for (const [text, seconds] of cases)
    test(JSON.stringify(text), () => assert.equal(parseDuration(text), seconds));

  test('what is written is read again', () => {
    for (const [seconds, text] of [
      [14_400, '4 hours'],
      [5400, '90 minutes'],
      [86_400, '1 day'],
      [61, '61 seconds'],
    ] as const)
      assert.equal(formatDuration(seconds), text);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), (seconds) =>
        assert.equal(parseDuration(formatDuration(seconds)), seconds),
      ),
    );
  });
});

describe('column types', () => {
  for (const [text, kind] of [
    ['string', 'text'],
    ['DECIMAL(10, 2)', 'number'],
    ['decimal', 'number'],
    ['varchar(20)', 'text'],
    ['timestamp(6)', 'time'],
    ['array<int>', 'nested'],
    ['array', 'nested'],
    ['map<string, array<int>>', 'nested'],
    ['struct<a: int, b: string>', 'nested'],
    ['boolean', 'boolean'],
  ] as const) {
    test(text, () => assert.deepEqual(parseColumnType(text), { status: 'ok', kind }));
  }
  for (const [text, offset, message] of [
    ['', 0, 'A type is missing'],
    ['decimel(10,2)', 0, '"decimel" is not a type'],
    ['decimal(10,2', 12, '")" is missing in the type'],
    ['decimal(2,10)', 0, 'decimal(2,10) has no meaning'],
    ['decimal(0)', 0, 'decimal(0) has no meaning'],
    ['decimal(1,2,3)', 0, 'decimal takes at most 2 in brackets'],
    ['decimal()', 8, 'decimal( needs whole numbers'],
    ['bigint(20)', 0, 'bigint takes no numbers in brackets'],
    ['string not null', 7, '"not null" follows the type'],
    ['array<strng>', 6, '"strng" is not a type'],
    ['map<string>', 10, '"," is missing in the type'],
    ['struct<int>', 10, '":" is missing in the type'],
    ['array<'.repeat(30), 126, 'The type is nested more than 20 deep'],
  ] as const) {
    test(`refuses ${text.slice(0, 30)}`, () => {
      const parsed = parseColumnType(text);
      assert.ok(parsed.status === 'error');
      assert.deepEqual([parsed.offset, parsed.message], [offset, message]);
    });
  }
});

test('no text makes the reader throw, and every problem has a place in the file', () => {
  const piece = fc.constantFrom(
    'dataset',
    'owner',
    'quality',
    'schema',
    'check',
    'name',
    'type',
    ':',
    ' ',
    '\n',
    '- ',
    '  ',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ',',
    '|',
    '>',
    '&a',
    '*a',
    '!!int',
    '---',
    '...',
    '<<',
    '?',
    '#',
    'row_count > 0',
    'true',
    'null',
    '0x1F',
    '\t',
    '\uD800',
    '\0',
    '%YAML 1.1\n',
  );
  const mutated = fc
    .tuple(fc.constantFrom(USERS_EXAMPLE, EVERYTHING, ODCS_EXAMPLE), fc.nat(4000), fc.nat(5), piece)
    .map(([text, place, length, put]) => {
      const at = place % text.length;
      return text.slice(0, at) + put + text.slice(at + length);
    });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join('')),
        mutated,
        fc.string({ unit: 'binary' }),
      ),
      (text) => {
        const parsed = parseContract(text, 'c.yaml');
        if (parsed.status === 'ok') return;
        assert.ok(parsed.problems.length > 0);
        const lines = text.split(/\r\n|\n|\r/);
        for (const problem of parsed.problems) {
          assert.ok(
            problem.line >= 1 && problem.line <= lines.length + 1 && problem.column >= 1,
            formatProblem(problem),
          );
          assert.match(formatProblem(problem), /^c\.yaml:\d+:\d+: [^]+\. [^]+[.?]$/);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test('the whole short form is read', () => {
  const contract = contractOf(EVERYTHING);
  assert.deepEqual(contract.partition, {
    column: 'dt',
    columns: ['dt'],
    grain: 'day',
    watermark: 'updated_at',
  });
  assert.deepEqual(contract.gate, { publishTo: 'starrocks:gold.orders_global', emptyPartition: 'block' });
  assert.deepEqual(contract.deadline, {
    text: '06:30 Asia/Tokyo on mon-fri',
    minute: 390,
    zone: 'Asia/Tokyo',
    weekdays: [1, 2, 3, 4, 5],
  });
  assert.deepEqual(
    contract.objectives.map(({ kind, seconds, column }) => [kind, seconds, column]),
    [['freshness', 14_400, 'updated_at']],
  );
  const sql = contract.checks.find(({ from }) => from.construct === 'sql');
  assert.ok(sql?.expression.condition.type === 'custom_sql');
  const { operator, limit, high } = sql.expression.condition;
  assert.deepEqual(
    [operator, limit.value, high, sql.owner, sql.tags],
    ['=', 0, null, 'finance@company.com', ['money']],
  );
  const [, , email, user, status, country, , updated, dt] = contract.columns;
  assert.deepEqual(
    [email?.pii, email?.masking, email?.retention, email?.classification, email?.format],
    ['email', 'sha256', '24 months', 'restricted', 'email'],
  );
  assert.deepEqual([user?.critical, user?.constraints.minLength, user?.constraints.maxLength], [true, 1, 64]);
  assert.deepEqual([status?.required, status?.constraints.oneOf], [true, ['paid', 'open', 'void']]);
  assert.equal(country?.constraints.pattern, '^[A-Z]{2}$');
  assert.deepEqual(
    [updated?.physicalName, updated?.businessName, updated?.timezone],
    ['upd_at', 'Last change', 'Asia/Tokyo'],
  );
  assert.deepEqual([dt?.constraints.minimum, dt?.logicalType], ['2020-01-01', 'date']);
  const { warnings } = parseContract(EVERYTHING, 'c.yaml');
  assert.deepEqual(warnings.map(formatProblem), [
    'c.yaml:27:11: updated_at is called upd_at in the table. Write upd_at: checks name columns as the table does.',
  ]);
});

describe('what is new in the short form is refused with its place', () => {
  const CASES: [text: string, ...problems: string[]][] = [
    [
      'quality: [{sql: "delete from {dataset}", must: 0}]',
      'c.yaml:3:18: The query does not begin with SELECT or WITH. Checks only read; write a SELECT.',
    ],
    [
      'deadline: "6 Uhr"',
      'c.yaml:3:11: "6 Uhr" is not a time of day with its zone. For example: deadline: "06:30 Asia/Tokyo on mon-fri".',
    ],
    [
      'deadline: "06:30 Asia/Tokio"',
      'c.yaml:3:11: "Asia/Tokio" is not a time zone. Write an IANA name like Europe/Berlin, or UTC.',
    ],
    [
      'deadline: "06:30 UTC on payday"',
      'c.yaml:3:11: "payday" are not days of the week. Write for example on mon-fri, or on mon, wed.',
    ],
    [
      'deadline: "26:30 UTC"',
      'c.yaml:3:11: 26:30 is not a time of day. For example: deadline: "06:30 Asia/Tokyo on mon-fri".',
    ],
    [
      'partition: {column: dt, columns: [dt]}',
      'c.yaml:3:25: partition has column and columns. Keep one of the two.',
    ],
    ['partition: {columns: []}', 'c.yaml:3:13: columns is empty. For example: columns: [dt, region].'],
    [
      'gate: {on_error: blok}',
      'c.yaml:3:18: on_error must be one of block, allow, found blok. Did you mean block?',
    ],
    [
      'status: live',
      'c.yaml:3:9: status must be one of proposed, draft, active, deprecated, retired, found live. For example: status: proposed.',
    ],
    [
      'quality: [{sql: "select 1 from {dataset}"}]',
      'c.yaml:3:11: A query needs what its number must be. For example: must: "= 0".',
    ],
    [
      'quality: [{sql: "select 1 from {dataset}", must: "about 5"}]',
      'c.yaml:3:50: "about 5" is not a condition on a number. For example: must: "= 0", or must: "between 1 and 5".',
    ],
    [
      'quality: [{sql: "select 1 from {dataset}", must: "between 5 and 1"}]',
      'c.yaml:3:50: 5 is above 1: no number lies between. Swap the two numbers.',
    ],
    [
      'quality: [{check: "row_count > 0", sql: "select 1"}]',
      'c.yaml:3:36: A quality item is a check or a query, not both. Make two items of it.',
    ],
    [
      'quality: [{check: "row_count > 0", must: 0}]',
      'c.yaml:3:36: must belongs to sql. Write the condition in check itself.',
    ],
    [
      'quality: [{check: "approx_distinct_count(a) > 5"}]',
      'c.yaml:3:20: approx_distinct_count(a) is an estimate, and this check blocks. Write approx: ok beside it, set severity warn, or use distinct_count.',
    ],
    [
      'quality: [{check: "row_count > 0", approx: "yes"}]',
      'c.yaml:3:44: approx must be ok, found yes. Write approx: ok.',
    ],
    [
      'schema: [{name: a, type: int, constraints: ["pattern(\'x\')"]}]',
      'c.yaml:3:45: pattern needs a text column. Remove the constraint, or change the type of the column.',
    ],
    [
      'schema: [{name: a, type: int, constraints: ["min_value(\'2020-01-01\')"]}]',
      'c.yaml:3:45: min_value needs a date or time column. Remove the constraint, or change the type of the column.',
    ],
    [
      'schema: [{name: a, type: int, constraints: ["one_of()"]}]',
      "c.yaml:3:46: one_of needs numbers or texts in quotes ('…'), found \"\". For example: one_of('paid', 'open').",
    ],
    [
      'schema: [{name: a, type: int, constraints: ["above(1)", "below(1)"]}]',
      'c.yaml:3:31: above is above below: no value can pass. Swap the two numbers.',
    ],
    [
      'schema: [{name: a, type: double, currency: euro}]',
      'c.yaml:3:44: "euro" is not a currency. Write the three letters of ISO 4217: currency: EUR.',
    ],
    [
      'schema: [{name: a, type: int, physical_name: x}, {name: x, type: int}]',
      'c.yaml:3:50: Two columns are called x in the table. Change the physical_name of one of them.',
    ],
  ];
  for (const [text, ...problems] of CASES)
    test(text, () => assert.deepEqual(problemsOf(`${HEAD}${text}\n`), problems));
});

test('deadlines are read in every form', () => {
  const CASES: [text: string, minute: number, zone: string, weekdays: number[]][] = [
    ['9:05 UTC', 545, 'UTC', [0, 1, 2, 3, 4, 5, 6]],
    ['09:00-08:00', 540, '-08:00', [0, 1, 2, 3, 4, 5, 6]],
    ['00:00Z on sun', 0, 'UTC', [0]],
    ['23:59 Europe/Berlin on sat-mon', 1439, 'Europe/Berlin', [0, 1, 6]],
    ['12:00 Asia/Tokyo on Monday, wed and friday', 720, 'Asia/Tokyo', [1, 3, 5]],
  ];
  for (const [text, minute, zone, weekdays] of CASES)
    assert.deepEqual(parseDeadline(text), { status: 'ok', deadline: { text, minute, zone, weekdays } });
});

test('a broken file still tells which datasets it is about', () => {
  const names = (text: string): string[] => datasetNames(text).map(({ name }) => name);
  assert.deepEqual(names('dataset: "a.b" # ours\nowner: [\n'), ['a.b']);
  assert.deepEqual(names("owner: [\ndataset: 'a b'\n"), ['a b']);
  assert.deepEqual(names('dataset: a\nqualty: []\n'), ['a']);
  assert.deepEqual(names('kind: DataContract\nschema: [{name: a}, {name: b}, 5]\n'), ['a', 'b']);
  assert.deepEqual(names('- dataset: a\n'), []);
  assert.deepEqual(names(''), []);
});

test('a query in a line of a check is guarded like one of its own', () => {
  const line = (query: string): string =>
    `${HEAD}quality:\n- check: "row_count > 0 and sql('${query}') = 0"\n`;
  assert.deepEqual(problemsOf(line('delete from {dataset}')), [
    'c.yaml:4:29: The query does not begin with SELECT or WITH. Checks only read; write a SELECT.',
  ]);
  assert.deepEqual(problemsOf(line('select count(*) from {dataset}')), []);
});
