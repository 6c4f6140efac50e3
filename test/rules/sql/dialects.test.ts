import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { Fact } from '#model/fact.ts';
import { statementText } from '#model/measure-plan.ts';
import type { DialectName } from '#model/ports.ts';
import type { Operand, Predicate } from '#model/predicate.ts';
import { DIALECTS } from '#rules/sql/dialects.ts';
import { parseLike, printLike } from '#rules/sql/like.ts';
import { maskValue } from '#rules/sql/mask.ts';
import { planQueries } from '#rules/sql/plan.ts';
import { SqlRefusal } from '#rules/sql/refusal.ts';
import { sampleStatement } from '#rules/sql/samples.ts';
import { dateText, timestampText } from '#rules/sql/time-literal.ts';
import { kindOfType } from '#rules/sql/value-kind.ts';
import { column, equals, fact, like, literal, matches, SPAN, tableRef } from './facts.ts';
import type { Kind, Table } from './row-oracle.ts';
import { describeTable } from './table-sql.ts';

// One of everything in each dialect, kept as text: what changes there is seen in review. Written anew by
// ASSAY_UPDATE_COMPILED=1.
const FOLDER = join(import.meta.dirname, 'compiled');

const COLUMNS: readonly (readonly [string, Kind])[] = [
  ['id', 'integer'],
  ['amount', 'decimal'],
  ['ratio', 'double'],
  ['name', 'text'],
  ['odd `"\\', 'text'],
  ['active', 'boolean'],
  ['dt', 'date'],
  ['at', 'timestamp'],
];
const TABLE: Table = { columns: COLUMNS.map(([name, kind]) => ({ name, kind })), rows: [] };

const over = (type: 'lower' | 'trim' | 'abs' | 'length', of: Operand): Operand => ({ type, of, span: SPAN });
const compare = (left: Operand, operator: '=' | '<' | '>=', right: Operand): Predicate => ({
  type: 'compare',
  operator,
  left,
  right,
  span: SPAN,
});
const time = (type: 'date' | 'timestamp', value: string): Operand => ({ type, value, span: SPAN });

/** What engines are asked that can look into texts of JSON. */
const JSON_PREDICATES: readonly Predicate[] = [
  compare({ type: 'json_value', of: column('name'), path: ['a', 0, "it's"], span: SPAN }, '=', literal('x')),
  compare({ type: 'json_number', of: column('name'), path: ['a'], span: SPAN }, '<', literal(3)),
  {
    type: 'matches_schema',
    negated: true,
    operand: column('name'),
    schema: JSON.stringify({
      type: 'object',
      required: ['id'],
      properties: {
        id: { type: 'integer', minimum: 1 },
        tags: { type: 'array', maxItems: 9, items: { enum: ["it's", 1, true, null] } },
        sku: { type: 'string', minLength: 2, pattern: "^[A-Z']+$" },
      },
    }),
    span: SPAN,
  },
];

const PREDICATES: readonly Predicate[] = [
  equals('name', "it's \\ é"),
  equals('odd `"\\', 'x'),
  equals('id', 5),
  equals('ratio', 0.5),
  equals('active', true),
  compare(column('dt'), '>=', time('date', '2026-01-31')),
  compare(column('dt'), '<', time('timestamp', '2026-01-31T10:00:00+02:00')),
  compare(column('at'), '<', { type: 'now', span: SPAN }),
  compare(over('lower', over('trim', column('name'))), '=', literal('a')),
  compare(over('length', column('name')), '<', literal(3)),
  compare(
    over('abs', {
      type: 'arithmetic',
      operator: '/',
      left: column('id'),
      right: column('amount'),
      span: SPAN,
    }),
    '<',
    literal(-1.5),
  ),
  { type: 'not', predicate: like('name', 'a\\%_%!'), span: SPAN },
  matches('name', "^[^@]+'@$"),
  {
    type: 'within_radius',
    latitude: column('ratio'),
    longitude: column('amount'),
    centre: { latitude: -52.5, longitude: 13.4 },
    kilometres: 25,
    span: SPAN,
  },
  {
    type: 'inside_polygon',
    latitude: column('ratio'),
    longitude: column('id'),
    corners: [
      { latitude: 1, longitude: 1 },
      { latitude: 3, longitude: -2 },
      { latitude: 3, longitude: 4 },
    ],
    span: SPAN,
  },
  ...JSON_PREDICATES,
  { type: 'in', negated: true, operand: column('name'), values: [literal('a'), literal('b')], span: SPAN },
];

const FACTS: readonly Fact[] = [
  fact({ metric: 'row_count' }),
  fact({ metric: 'null_count', columns: ['ratio'] }),
  fact({ metric: 'empty_count', columns: ['name'] }),
  ...PREDICATES.map((predicate) => fact({ metric: 'true_count', predicate })),
  fact({ metric: 'distinct_count', columns: ['name'] }),
  fact({ metric: 'distinct_count', columns: ['name', 'ratio'], where: equals('active', true) }),
  fact({ metric: 'duplicate_count', columns: ['id', 'dt'] }),
  fact({ metric: 'repeat_count', columns: ['id'], scope: { type: 'table' } }),
  fact({ metric: 'repeat_count', columns: ['id', 'name'], where: equals('active', true) }),
  fact({ metric: 'duplicated_rows', columns: ['name'] }),
  fact({ metric: 'approx_distinct_count', columns: ['id'] }),
  fact({ metric: 'sum', columns: ['amount'] }),
  fact({ metric: 'min', columns: ['at'] }),
  fact({ metric: 'max', columns: ['ratio'], where: equals('id', 1) }),
  fact({ metric: 'stddev', columns: ['amount'] }),
  fact({ metric: 'skew', columns: ['amount'], where: equals('active', true) }),
  fact({ metric: 'kurtosis', columns: ['ratio'] }),
  fact({ metric: 'correlation', columns: ['amount', 'ratio'] }),
  fact({ metric: 'mutual_information', columns: ['name', 'active'], where: equals('id', 1) }),
  fact({ metric: 'max_gap', columns: ['at'] }),
  fact({ metric: 'entropy', columns: ['name', 'active'] }),
  fact({ metric: 'folded_count', columns: ['name'] }),
  fact({ metric: 'falling_count', columns: ['id', 'at'] }),
  fact({ metric: 'not_falling_count', columns: ['ratio', 'at', 'name', 'dt'] }),
  fact({ metric: 'misstep_count', columns: ['id', 'name'], values: [literal(1)] }),
  fact({ metric: 'overlap_count', columns: ['dt', 'at', 'name'] }),
  fact({ metric: 'quantile', columns: ['ratio'], quantile: 0.95 }),
  fact({ metric: 'sum_length', columns: ['name'] }),
  fact({ metric: 'max_lag', columns: ['dt', 'at'] }),
  ...(['hour', 'day', 'week', 'month'] as const).map((step) =>
    fact({ metric: 'period_count', columns: ['at'], step }),
  ),
  fact({ metric: 'row_count', scope: { type: 'table' } }),
  fact({ metric: 'row_count', per: 'active' }),
  fact({
    metric: 'orphan_count',
    columns: ['name'],
    other: { table: tableRef('other'), columns: ['name'], compared: [], tolerance: null },
  }),
  fact({
    metric: 'difference_count',
    columns: ['id'],
    other: { table: tableRef('other'), columns: ['id'], compared: ['ratio'], tolerance: 0.01 },
  }),
  fact({ metric: 'custom_sql', query: 'select count(*) from {dataset} where {partition}' }),
];

function compiled(dialect: DialectName): string {
  const without = 'instead' in DIALECTS[dialect].json ? JSON_PREDICATES : [];
  const asked = FACTS.filter(({ predicate }) => predicate === null || !without.includes(predicate));
  const request = {
    facts: new Map(asked.map((one, at) => [String(at), one] as const)),
    known: new Map(),
    trustAtLeast: 0,
    candidate: {
      table: describeTable(dialect, TABLE, 'candidate'),
      partition: [
        ['dt', '2026-01-31'],
        ['name', 'EU'],
      ] as const,
      whole: false,
      target: null,
      previous: [],
    },
    tables: new Map([['other', describeTable(dialect, TABLE, 'other')]]),
    dialect,
    now: new Date('2026-02-01T00:00:00Z'),
    seconds: 120,
    groups: 1000,
  };
  const plan = planQueries(request);
  assert.deepEqual([...plan.refused], []);
  const samples = FACTS.filter(({ metric }) =>
    ['null_count', 'duplicate_count', 'repeat_count', 'orphan_count'].includes(metric),
  );
  return [
    ...plan.statements.map((statement) => statementText(statement)),
    ...samples.map((one) => sampleStatement(one, ['id'], request)?.text ?? ''),
    '',
  ].join(';\n\n');
}

describe('the dialects', () => {
  for (const dialect of Object.keys(DIALECTS) as DialectName[])
    test(`what is compiled for ${dialect}`, () => {
      const file = join(FOLDER, `${dialect}.sql`);
      if (process.env['ASSAY_UPDATE_COMPILED'] === '1') {
        mkdirSync(FOLDER, { recursive: true });
        writeFileSync(file, compiled(dialect));
      }
      assert.equal(compiled(dialect), readFileSync(file, 'utf8'));
    });

  test('zero bytes, half characters and empty names are refused in all', () => {
    for (const [name, dialect] of Object.entries(DIALECTS)) {
      for (const bad of ['', 'a\0b', '\uD83D'])
        assert.throws(() => dialect.identifier(bad), SqlRefusal, `${name} ${JSON.stringify(bad)}`);
      for (const bad of ['a\0b', '\uD83D'])
        assert.throws(() => dialect.textLiteral(bad), SqlRefusal, `${name} ${JSON.stringify(bad)}`);
      assert.throws(() => dialect.doubleLiteral(Infinity), SqlRefusal);
    }
  });

  test('a name stays inside its quotes in all', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(DIALECTS)),
        fc.string({ unit: 'binary', minLength: 1 }).filter((name) => !name.includes('\0')),
        (dialect, name) => {
          const quoted = dialect.identifier(name);
          const quote = quoted.charAt(0);
          assert.equal(quoted.at(-1), quote);
          // What is left when escaped quotes and backslashes are taken out has no quote.
          const inside = quoted.slice(1, -1);
          const bare =
            dialect === DIALECTS.clickhouse
              ? inside.replaceAll(/\\[^]/g, '')
              : inside.replaceAll(quote + quote, '');
          assert.ok(!bare.includes(quote), quoted);
        },
      ),
    );
  });
});

test('types of catalogues have kinds', () => {
  const expected: [DialectName, string, string][] = [
    ['postgres', 'character varying(20)', 'text'],
    ['postgres', 'timestamp without time zone', 'timestamp'],
    ['postgres', 'timestamp(3) with time zone', 'timestamp'],
    ['postgres', 'time without time zone', 'other'],
    ['postgres', 'double precision', 'double'],
    ['postgres', 'numeric(10,2)', 'decimal'],
    ['postgres', 'integer[]', 'other'],
    ['postgres', 'jsonb', 'other'],
    ['postgres', 'uuid', 'text'],
    ['postgres', 'interval', 'other'],
    ['mysql', 'tinyint(1)', 'boolean'],
    ['mysql', 'tinyint(4)', 'integer'],
    ['mysql', 'bigint(20) unsigned', 'integer'],
    ['mysql', "enum('a','b')", 'text'],
    ['mysql', 'datetime(6)', 'timestamp'],
    ['mysql', 'longblob', 'other'],
    ['starrocks', 'largeint(40)', 'integer'],
    ['starrocks', 'bitmap', 'other'],
    ['clickhouse', 'LowCardinality(Nullable(String))', 'text'],
    ['clickhouse', "Nullable(DateTime64(3, 'UTC'))", 'timestamp'],
    ['clickhouse', 'UInt64', 'integer'],
    ['clickhouse', 'Array(String)', 'other'],
    ['spark', 'string', 'text'],
    ['spark', 'timestamp_ntz', 'timestamp'],
    ['trino', 'varchar(10)', 'text'],
    ['trino', 'array(varchar)', 'other'],
    ['duckdb', 'HUGEINT', 'integer'],
    ['duckdb', 'STRUCT(a INTEGER)', 'other'],
  ];
  for (const [dialect, type, kind] of expected)
    assert.equal(kindOfType(type, dialect), kind, `${dialect} ${type}`);
});

test('dates and times are read strictly and written in UTC', () => {
  assert.equal(dateText('2024-02-29'), '2024-02-29');
  assert.equal(timestampText('2026-01-31T10:00:00+02:00'), '2026-01-31 08:00:00.000000');
  assert.equal(timestampText('2026-01-31 10:00:00.123456789'), '2026-01-31 10:00:00.123456');
  assert.equal(timestampText('2026-01-31'), '2026-01-31 00:00:00.000000');
  for (const bad of ['2026-02-30', '2026-1-1', "2026-01-31'", '', 'now()', '2026-01-31 '])
    assert.throws(() => dateText(bad), SqlRefusal, bad);
  for (const bad of ['2026-02-30T00:00:00Z', '2026-01-31T25:00:00Z', "2026-01-31'; --", ''])
    assert.throws(() => timestampText(bad), SqlRefusal, bad);
});

test('LIKE patterns print to what they were read from, whatever the escape character', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('%', '_', '\\', '!', 'a', 'é') }), (pattern) => {
      const whole = pattern.replace(/(?<!\\)((?:\\\\)*)\\$/, '$1');
      const parts = parseLike(whole);
      assert.deepEqual(parseLike(printLike(parts, '\\')), parts);
    }),
  );
  assert.throws(() => parseLike('a\\'), SqlRefusal);
});

test('personal values are never shown', () => {
  assert.equal(maskValue(null, true), null);
  assert.equal(maskValue('anna@example.com', true), 'a… (16 characters)');
  assert.equal(maskValue('bob', true), '… (3 characters)');
  assert.equal(maskValue('x', true), '… (1 character)');
  assert.equal(maskValue('', true), '… (0 characters)');
  assert.equal(maskValue('🙂🙂🙂🙂', true), '🙂… (4 characters)');
  assert.equal(maskValue('R1', false), 'R1');
  assert.equal(maskValue('a'.repeat(200), false), `${'a'.repeat(100)}…`);
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (value) => {
      const masked = maskValue(value, true) ?? '';
      assert.ok(Array.from(masked.split('…')[0] ?? '').length <= 1);
    }),
  );
});
