import * as fc from 'fast-check';
import type { Fact, FactMetric } from '#model/fact.ts';
import type {
  FormatName,
  GeoPoint,
  Literal,
  Operand,
  ParseableAs,
  Predicate,
  Scope,
} from '#model/predicate.ts';
import type { Cell, Kind, Table } from './row-oracle.ts';

// Tables, conditions and facts at random, typed so that each has a meaning.

const SPAN = { offset: 0, length: 0 };

/** Names that would get out of quotes that are written carelessly. */
const NAMES = [
  'id',
  'a b',
  'a"b',
  'back`tick',
  "it's",
  'back\\slash',
  'select',
  'Naïve',
  '漢字',
  'line\nbreak',
  '-- no comment',
  '/* neither */',
  'semi;colon',
  '{dataset}',
  '$$dollar$$',
  "x' or '1'='1",
];

const TEXTS = [
  '',
  ' ',
  'a',
  'A',
  'a ',
  ' a',
  'ab',
  'á',
  'é',
  'É',
  'ß',
  'ss',
  'b',
  '0',
  '5',
  '5.0',
  'true',
  'null',
  '%',
  '_',
  '\\',
  '\\%',
  "'",
  "''",
  '"',
  '`',
  'a\nb',
  '\t',
  '\u2003a\u00a0',
  '!',
  'a!b%c_d',
  '🙂',
  '\u{1F642}a',
  'Ω',
  'i',
  'İ',
  '-- ',
  "'; drop table canary; --",
  'user@example.com',
  '2026-01-31',
  '10.0.0.1',
  'DE',
  '2026-02-29',
  '2024-02-29',
  '1900-02-29',
  '29.02.2024',
  '31.04.2026',
  '1.5e-3',
  '-.5',
  '1e',
  '2026-01-31T23:59:59.5+01:00',
  '2026-01-31 24:00',
  '{"a": [1, null, "x"]}',
  '{a: 1}',
  '[1, 2',
  ' {} ',
  '"á"',
  '6f9619ff-8b86-d011-b42d-00c04fc964ff',
];

const integer = fc.oneof(
  fc.integer({ min: -3, max: 6 }),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 2 ** 40),
);
const decimal = fc.integer({ min: -5000, max: 5000 }).map((n) => n / 1000);
const double = fc.oneof(
  fc.constantFrom(-0, 0, 0.1, 0.3, -2.5, 1, 1e15, -1e15, 1e-9, 3, NaN),
  // No tiny ones: PostgreSQL says of a product that underflows that it cannot be computed.
  fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.constantFrom(1, 3, 1000)).map(([n, by]) => n / by),
);
const NAMES_IN_JSON = ['a', 'b', 'a b', 'é', '0', 'x"y', 'back\\slash', 'a/b~c', '-'];

/** What all engines take for JSON, each name once. */
const jsonValues: fc.Arbitrary<unknown> = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<unknown>(0, 1, -1, 2, 1.5, -0.25, 12345, true, false, null, '', 'a', 'paid', 'é🙂', '12'),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES_IN_JSON), tie('any'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).any;

const json = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ a: jsonValues, b: jsonValues }, { requiredKeys: [] }) },
      { weight: 1, arbitrary: jsonValues },
    ),
    fc.constantFrom(0, 0, 0, 0, 0, 1),
  )
  .map(([value, cut]) => JSON.stringify(value).slice(0, cut === 0 ? undefined : -1))
  .filter((written) => written.length <= 200);

// What only some engines take for a number in JSON (1.) is left out.
const text = fc.oneof(
  { weight: 4, arbitrary: json },
  { weight: 6, arbitrary: fc.constantFrom(...TEXTS) },
  {
    weight: 1,
    arbitrary: fc
      .string({ unit: 'binary', maxLength: 6 })
      .filter((t) => !t.includes('\0') && !/^\s*-?\d+[.eE]/.test(t)),
  },
);
const day = fc
  .integer({ min: -3, max: 40 })
  .map((n) => new Date(Date.UTC(2026, 0, 1 + n * (n > 30 ? 300 : 1))).toISOString().slice(0, 10));
const moment = fc
  .tuple(day, fc.constantFrom('00:00:00.000000', '05:30:00.000001', '23:59:59.999999', '05:00:00.500000'))
  .map((parts) => parts.join(' '));

const CELLS: Readonly<Record<Kind, fc.Arbitrary<Cell>>> = {
  integer,
  decimal,
  double,
  text,
  boolean: fc.boolean(),
  date: fc.oneof(day, fc.constantFrom('1969-12-31', '1970-01-01', '2000-02-29')),
  timestamp: fc.oneof(moment, fc.constantFrom('1969-12-31 23:59:59.500000', '1970-01-01 00:00:00.000000')),
};

const KINDS: readonly Kind[] = ['integer', 'decimal', 'double', 'text', 'boolean', 'date', 'timestamp'];

const columns = fc
  .tuple(
    // Each kind at least once, so that every fact has a column to be about.
    fc.array(fc.constantFrom<Kind>('text', 'text', 'integer', 'double', 'timestamp'), { maxLength: 4 }),
    fc.shuffledSubarray(NAMES, { minLength: NAMES.length, maxLength: NAMES.length }),
  )
  .map(([more, names]) => [...KINDS, ...more].map((kind, at) => ({ name: names[at] ?? '', kind })));

function rowsOf(all: Table['columns'], most: number): fc.Arbitrary<readonly (readonly Cell[])[]> {
  const cells = all.map(({ kind }) => fc.option(CELLS[kind], { freq: 5 }));
  return fc.array(fc.tuple(...cells), { maxLength: most });
}

/** Two tables with the same columns; the second holds some rows of the first. */
export const tables: fc.Arbitrary<{ readonly table: Table; readonly other: Table }> = columns.chain((all) =>
  fc
    .record({ rows: rowsOf(all, 25), more: rowsOf(all, 6), shared: fc.integer({ min: 0, max: 25 }) })
    .map(({ rows, more, shared }) => ({
      table: { columns: all, rows },
      other: { columns: all, rows: [...rows.slice(0, shared), ...more] },
    })),
);

const literal = (value: Cell): Literal =>
  typeof value === 'number'
    ? { type: 'number', value, span: SPAN }
    : typeof value === 'boolean'
      ? { type: 'boolean', value, span: SPAN }
      : { type: 'text', value: value ?? '', span: SPAN };

const finite = fc.oneof(
  integer,
  decimal,
  double.filter((n) => !Number.isNaN(n)),
);

function column(table: Table, kinds: readonly Kind[]): fc.Arbitrary<Operand> {
  const names = table.columns.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
  return fc.constantFrom(...names).map((name) => ({
    type: 'column',
    column: { name, table: null, span: SPAN },
    span: SPAN,
  }));
}

/** Each engine writes numbers in its way (5.0), so texts of whole cells are not looked at. */
const jsonPaths = (least: number): fc.Arbitrary<(string | number)[]> =>
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('a', 'b') },
      fc.constantFrom(...NAMES_IN_JSON),
      fc.nat(2),
    ),
    { minLength: least, maxLength: 3 },
  );

const numbersOf = (name: string, values: fc.Arbitrary<number>): fc.Arbitrary<object> =>
  fc
    .option(values, { freq: 3, nil: undefined })
    .map((value) => (value === undefined ? {} : { [name]: value }));

/** Schemas of every keyword that there is, such that documents like the above often fulfil them. */
const jsonSchemas: fc.Arbitrary<string> = fc
  .letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.boolean(),
      fc.record({ type: jsonTypes() }),
      fc
        .tuple(
          fc.record(
            {
              type: fc.oneof(jsonTypes(), fc.uniqueArray(jsonTypes(), { minLength: 1, maxLength: 4 })),
              enum: fc.uniqueArray(fc.constantFrom<unknown>(0, 1, 1.5, 'a', 'paid', '', 'é🙂', true, null), {
                minLength: 1,
                maxLength: 6,
              }),
              pattern: fc.constantFrom('^[a-z]+$', 'a', '^.$', '[^a]'),
              required: fc.uniqueArray(fc.constantFrom('a', 'b', 'x"y', 'a b'), { maxLength: 2 }),
              properties: fc.dictionary(fc.constantFrom('a', 'b', ...NAMES_IN_JSON), tie('any'), {
                maxKeys: 3,
                noNullPrototype: true,
              }),
              items: tie('any'),
            },
            { requiredKeys: [] },
          ),
          ...(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'] as const).map((name) =>
            numbersOf(name, fc.constantFrom(0, 1, -0.25, 12345, 1.5)),
          ),
          ...(['minLength', 'maxLength', 'minItems', 'maxItems'] as const).map((name) =>
            numbersOf(name, fc.nat(3)),
          ),
        )
        .map((parts) => Object.assign({}, ...parts) as object),
    ),
  }))
  .any.map((schema) => JSON.stringify(schema));

function jsonTypes(): fc.Arbitrary<string> {
  return fc.constantFrom('object', 'array', 'string', 'number', 'integer', 'boolean', 'null');
}

function operand(
  table: Table,
  group: 'number' | 'text' | 'boolean' | 'time',
  depth = 1,
): fc.Arbitrary<Operand> {
  const constant = (values: fc.Arbitrary<Cell>): fc.Arbitrary<Operand> => values.map(literal);
  if (group === 'boolean') return fc.oneof(column(table, ['boolean']), constant(fc.boolean()));
  if (group === 'time')
    return fc.oneof(
      column(table, ['date', 'timestamp']),
      day.map((value) => ({ type: 'date', value, span: SPAN }) as const),
      moment.map(
        (value) => ({ type: 'timestamp', value: value.replace(' ', 'T') + 'Z', span: SPAN }) as const,
      ),
      fc.constant({ type: 'now', span: SPAN } as const),
    );
  if (group === 'text') {
    const base = fc.oneof({ weight: 3, arbitrary: column(table, ['text']) }, constant(text));
    if (depth === 0) return base;
    const looked = fc
      .tuple(operand(table, 'text', 0), jsonPaths(1))
      .map(([of, path]) => ({ type: 'json_value', of, path, span: SPAN }) as const);
    const changed = fc
      .tuple(fc.constantFrom('lower', 'upper', 'trim' as const), operand(table, 'text', depth - 1))
      .map(([type, of]) => ({ type, of, span: SPAN }));
    return fc.oneof({ weight: 3, arbitrary: base }, changed, looked);
  }
  const base = fc.oneof(
    { weight: 3, arbitrary: column(table, ['integer', 'decimal', 'double']) },
    constant(finite),
    operand(table, 'text', 0).map((of) => ({ type: 'length', of, span: SPAN }) as const),
  );
  if (depth === 0) return base;
  const numbers = operand(table, 'number', depth - 1);
  return fc.oneof(
    { weight: 4, arbitrary: base },
    numbers.map((of) => ({ type: 'abs', of, span: SPAN }) as const),
    fc
      .tuple(operand(table, 'text', 0), jsonPaths(0))
      .map(([of, path]) => ({ type: 'json_number', of, path, span: SPAN }) as const),
    fc
      .tuple(fc.constantFrom('+', '-', '*', '/' as const), numbers, numbers)
      .map(([operator, left, right]) => ({ type: 'arithmetic', operator, left, right, span: SPAN }) as const),
    fc
      .tuple(column(table, ['date', 'timestamp']), column(table, ['date', 'timestamp']))
      .map(([left, right]) => ({ type: 'arithmetic', operator: '-', left, right, span: SPAN }) as const),
  );
}

const PATTERNS = [
  '^a',
  'b$',
  '^$',
  '.',
  '^.$',
  '[0-9]+',
  "'",
  '\\\\',
  '^[^@]+@[^@]+$',
  '^(?:a|A)+$',
  '[áé]',
  '\\s',
  '"',
  '^[a-z]{2,3}$',
  '\\$|%',
  'x*',
];
const FORMATS: readonly FormatName[] = [
  'email',
  'uuid',
  'ipv4',
  'ipv6',
  'url',
  'hostname',
  'iso_date',
  'iso_timestamp',
  'iso_country',
  'phone',
  'credit_card',
  'integer',
  'decimal',
  'hex',
  'slug',
];
const LIKES = [
  '%',
  '_',
  'a%',
  '%a',
  '_b',
  '\\%',
  '\\\\',
  '%\\_%',
  'A_',
  '%!%',
  '',
  '%é%',
  "%'%",
  'a_b',
  '__',
];

/** Places near those of the cells, and far from all of them. */
const degrees = (most: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: -60_000, max: 60_000 }).map((n) => n / 10_000 + 0.000_012_3),
    // No tiny ones, as above.
    fc.integer({ min: -most * 1e6, max: most * 1e6 }).map((n) => n / 1e6 + 0.000_000_012_3),
  );

/** Straight along the degrees, where cells lie on the sides, or with sides on which none lies. */
const corners: fc.Arbitrary<readonly GeoPoint[]> = fc.oneof(
  fc
    .tuple(fc.integer({ min: -4, max: 2 }), fc.integer({ min: -4, max: 2 }), fc.integer({ min: 1, max: 5 }))
    .map(([south, west, size]) => [
      { latitude: south, longitude: west },
      { latitude: south, longitude: west + size },
      { latitude: south + size, longitude: west + size },
      { latitude: south + size, longitude: west },
    ]),
  fc.array(fc.record({ latitude: degrees(9), longitude: degrees(9) }), { minLength: 3, maxLength: 12 }),
);

function places(table: Table): fc.Arbitrary<Predicate> {
  const subject = fc.tuple(
    column(table, ['integer', 'decimal', 'double']),
    column(table, ['integer', 'decimal', 'double']),
  );
  return fc.oneof(
    fc
      .tuple(subject, degrees(90), degrees(180), fc.constantFrom(0.5, 111, 555.5, 4000, 20_000))
      .map(([[latitude, longitude], south, east, kilometres]) => ({
        type: 'within_radius' as const,
        latitude,
        longitude,
        centre: { latitude: south, longitude: east },
        kilometres,
        span: SPAN,
      })),
    fc.tuple(subject, corners).map(([[latitude, longitude], list]) => ({
      type: 'inside_polygon' as const,
      latitude,
      longitude,
      corners: list,
      span: SPAN,
    })),
  );
}

export function predicates(table: Table, depth = 2): fc.Arbitrary<Predicate> {
  const negated = fc.boolean();
  const leaf = fc.oneof(
    fc.constantFrom('number', 'text', 'time', 'boolean' as const).chain((group) =>
      fc.record({
        type: fc.constant('compare' as const),
        operator: fc.constantFrom('=', '!=', '<', '<=', '>', '>=' as const),
        left: operand(table, group as 'number'),
        right: operand(table, group as 'number'),
        span: fc.constant(SPAN),
      }),
    ),
    fc.constantFrom('number', 'text', 'time' as const).chain((group) =>
      fc.record({
        type: fc.constant('between' as const),
        negated,
        operand: operand(table, group as 'number'),
        low: operand(table, group as 'number'),
        high: operand(table, group as 'number'),
        lowOpen: fc.boolean(),
        highOpen: fc.boolean(),
        span: fc.constant(SPAN),
      }),
    ),
    fc
      .constantFrom<readonly ['number' | 'text' | 'boolean', fc.Arbitrary<Cell>]>(
        ['number', finite],
        ['text', text],
        ['boolean', fc.boolean()],
      )
      .chain(([group, values]) =>
        fc.record({
          type: fc.constant('in' as const),
          negated,
          operand: operand(table, group),
          values: fc.array(values.map(literal), { maxLength: 4 }),
          span: fc.constant(SPAN),
        }),
      ),
    places(table),
    fc.record({
      type: fc.constant('matches_schema' as const),
      negated,
      operand: operand(table, 'text', 0),
      schema: jsonSchemas,
      span: fc.constant(SPAN),
    }),
    fc.record({
      type: fc.constant('matches' as const),
      negated,
      operand: operand(table, 'text'),
      pattern: fc.constantFrom(...PATTERNS),
      span: fc.constant(SPAN),
    }),
    fc.record({
      type: fc.constant('like' as const),
      negated,
      operand: operand(table, 'text'),
      pattern: fc.constantFrom(...LIKES),
      span: fc.constant(SPAN),
    }),
    fc.record({
      type: fc.constant('is_format' as const),
      negated,
      operand: operand(table, 'text'),
      format: fc.constantFrom(...FORMATS),
      span: fc.constant(SPAN),
    }),
    fc
      .constantFrom<readonly [ParseableAs, string | null]>(
        ['number', null],
        ['integer', null],
        ['boolean', null],
        ['date', null],
        ['date', '%d.%m.%Y'],
        ['timestamp', null],
        ['uuid', null],
        ['json', null],
      )
      .chain(([as, pattern]) =>
        fc.record({
          type: fc.constant('is_parseable' as const),
          negated,
          operand: operand(table, 'text'),
          as: fc.constant(as),
          pattern: fc.constant(pattern),
          span: fc.constant(SPAN),
        }),
      ),
    fc.constantFrom('number', 'text', 'time', 'boolean' as const).chain((group) =>
      fc.record({
        type: fc.constant('is_null' as const),
        negated,
        operand: operand(table, group as 'number'),
        span: fc.constant(SPAN),
      }),
    ),
  ) as fc.Arbitrary<Predicate>;
  if (depth === 0) return leaf;
  const inner = predicates(table, depth - 1);
  return fc.oneof(
    { weight: 3, arbitrary: leaf },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constantFrom('and', 'or' as const),
        predicates: fc.array(inner, { minLength: 1, maxLength: 3 }),
        span: fc.constant(SPAN),
      }),
    },
    { weight: 1, arbitrary: inner.map((predicate) => ({ type: 'not', predicate, span: SPAN }) as const) },
  );
}

const NUMBERS: readonly Kind[] = ['integer', 'decimal', 'double'];
const TIMES: readonly Kind[] = ['date', 'timestamp'];
/** Which kinds each metric takes, and how many columns. */
const METRICS: readonly (readonly [FactMetric, readonly Kind[], number])[] = [
  ['row_count', [], 0],
  ['null_count', KINDS, 1],
  ['count', KINDS, 1],
  ['empty_count', ['text'], 1],
  ['sentinel_count', ['text'], 1],
  ['distinct_count', KINDS, 1],
  ['distinct_count', KINDS, 2],
  ['duplicate_count', KINDS, 1],
  ['duplicate_count', KINDS, 3],
  ['repeat_count', KINDS, 1],
  ['repeat_count', KINDS, 2],
  ['duplicated_rows', KINDS, 1],
  ['duplicated_rows', KINDS, 2],
  ['true_count', [], 0],
  ['false_count', [], 0],
  ['true_count', [], 0],
  ['false_count', [], 0],
  ['true_count', [], 0],
  ['false_count', [], 0],
  ['sum', NUMBERS, 1],
  ['min', [...NUMBERS, ...TIMES], 1],
  ['max', [...NUMBERS, ...TIMES], 1],
  ['stddev', NUMBERS, 1],
  ['quantile', NUMBERS, 1],
  ['skew', NUMBERS, 1],
  ['kurtosis', NUMBERS, 1],
  ['correlation', NUMBERS, 2],
  ['outlier_count', NUMBERS, 1],
  ['outlier_count', NUMBERS, 1],
  ['mutual_information', KINDS, 2],
  ['max_gap', TIMES, 1],
  ['entropy', KINDS, 1],
  ['entropy', KINDS, 2],
  ['folded_count', ['text'], 1],
  ['falling_count', KINDS, 2],
  ['rising_count', KINDS, 3],
  ['not_rising_count', KINDS, 2],
  ['not_falling_count', KINDS, 2],
  ['misstep_count', NUMBERS, 1],
  ['misstep_count', NUMBERS, 2],
  ['overlap_count', TIMES, 2],
  ['overlap_count', NUMBERS, 3],
  ['min_length', ['text'], 1],
  ['max_length', ['text'], 1],
  ['sum_length', ['text'], 1],
  ['max_lag', TIMES, 2],
  ['period_count', TIMES, 1],
  ['orphan_count', KINDS, 1],
  ['orphan_count', KINDS, 2],
  ['difference_count', KINDS, 1],
];

export function facts(table: Table, scope: Scope = { type: 'partition' }): fc.Arbitrary<Fact> {
  return fc.constantFrom(...METRICS).chain(([metric, kinds, columns]) => {
    const names = table.columns.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
    const picked =
      columns === 0
        ? fc.constant<string[]>([])
        : fc.shuffledSubarray(names, {
            minLength: Math.min(columns, names.length),
            maxLength: Math.min(columns, names.length),
          });
    const asked = metric === 'true_count' || metric === 'false_count';
    const across = metric === 'orphan_count' || metric === 'difference_count';
    return fc
      .record({
        columns: picked,
        where: fc.option(predicates(table, 1), { freq: 2, nil: null }),
        predicate: asked ? predicates(table) : fc.constant(null),
        quantile: metric === 'quantile' ? fc.constantFrom(0, 0.25, 0.5, 0.95, 1) : fc.constant(null),
        values:
          metric === 'sentinel_count'
            ? fc.array(text.map(literal), { maxLength: 3 })
            : metric === 'outlier_count'
              ? fc.constantFrom(1, 1.5, 2, 3).map((most) => [literal(most)])
              : metric === 'misstep_count'
                ? fc.constantFrom(1, 0.5, 2).map((step) => [literal(step)])
                : fc.constant(null),
        step:
          metric === 'period_count'
            ? fc.constantFrom('hour', 'day', 'week', 'month' as const)
            : fc.constant(null),
        compared: fc.subarray(
          table.columns.map(({ name }) => name),
          { maxLength: 3 },
        ),
        tolerance: fc.constantFrom(null, 0, 0.5),
      })
      .map(({ compared, tolerance, ...rest }) => ({
        ...rest,
        metric,
        scope,
        table: null,
        per: null,
        query: null,
        other: across
          ? {
              table: { parts: ['other'], span: SPAN },
              columns: rest.columns,
              compared: metric === 'difference_count' ? compared : [],
              tolerance: metric === 'difference_count' ? tolerance : null,
            }
          : null,
      }));
  });
}
