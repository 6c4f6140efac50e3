import * as fc from 'fast-check';
import type {
  Condition,
  Expression,
  Groups,
  MetricCall,
  MetricName,
  NumberLiteral,
  Term,
  Unit,
} from '#model/expression.ts';
import type {
  ColumnRef,
  GeoPoint,
  Literal,
  Operand,
  ParseableAs,
  Predicate,
  Scope,
  TableRef,
} from '#model/predicate.ts';
import { DISTRIBUTION_MEASURES } from '#rules/expression/distribution-measures.ts';
import { METRICS } from '#rules/expression/metrics.ts';
import { UNITS } from '#rules/expression/units.ts';
import { BASELINES, FORMATS } from '#rules/expression/vocabulary.ts';

/** Arbitrary trees of the whole language: any that the parser can give. */

const span = { offset: 0, length: 0 };

/** Names that are easily mistaken for something else, and any others. */
export const names: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'amount',
    'order_id',
    'a b',
    'say "x"',
    'back`tick',
    "it's",
    '住所',
    'and',
    'NOT',
    'row_count',
    'rows',
    'row_cout',
    'schema',
    'date',
    'min',
    'days',
    'sigma',
    'a.b',
    '__proto__',
    'constructor',
    'Ünïcode',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((name) => !name.includes('\0')),
);

const texts = fc.oneof(
  fc.constantFrom('', "'", "''", 'paid', '\n', '%', '\\', '";--'),
  fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0')),
);

const numbers = fc
  .oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((value) => (value === 0 ? 0 : value));

const tables: fc.Arbitrary<TableRef> = fc
  .array(names, { minLength: 1, maxLength: 3 })
  .map((parts) => ({ parts, span }));
const ref = (name: string, table: TableRef | null = null): ColumnRef => ({ name, table, span });
const ownColumns = (maxLength: number): fc.Arbitrary<ColumnRef[]> =>
  fc.uniqueArray(names, { minLength: 1, maxLength }).map((list) => list.map((name) => ref(name)));
const columns = (maxLength: number, minLength = 1): fc.Arbitrary<ColumnRef[]> =>
  fc
    .tuple(fc.uniqueArray(names, { minLength, maxLength }), fc.option(tables))
    .map(([list, table]) => list.map((name) => ref(name, table)));

/** A number as it can be written: so many of its unit. */
export const literalNumber = (
  units: readonly (Unit | null)[],
  minimum = -Infinity,
): fc.Arbitrary<NumberLiteral> =>
  fc
    .tuple(fc.oneof(numbers, fc.constantFrom(0, 1, 0.5, 7, 99.9, 0.07)), fc.constantFrom(...units))
    .map(([count, unit]): NumberLiteral => {
      const size = minimum === 0 ? Math.abs(count) : count;
      const value = unit === null ? size : unit === 'percent' ? size : size * UNITS[unit].factor;
      return { type: 'number', value, unit, span };
    })
    .filter(({ value, unit }) => Number.isFinite(value) && (unit !== 'percent' || Math.abs(value) < 1e306));

const literals: fc.Arbitrary<Literal[]> = fc.oneof(
  fc
    .uniqueArray(numbers, { minLength: 1, maxLength: 4 })
    .map((list) => list.map((value): Literal => ({ type: 'number', value, span }))),
  fc
    .uniqueArray(texts, { minLength: 1, maxLength: 4 })
    .map((list) => list.map((value): Literal => ({ type: 'text', value, span }))),
  fc
    .uniqueArray(fc.boolean(), { minLength: 1, maxLength: 2 })
    .map((list) => list.map((value): Literal => ({ type: 'boolean', value, span }))),
);

const moments: fc.Arbitrary<Operand> = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })
  .chain((date) =>
    fc.constantFrom<Operand>(
      { type: 'date', value: date.toISOString().slice(0, 10), span },
      { type: 'timestamp', value: date.toISOString(), span },
      { type: 'timestamp', value: date.toISOString().replace(/\.\d+Z/, '+05:30'), span },
    ),
  );

const columnOperand: fc.Arbitrary<Operand> = names.map((name) => ({
  type: 'column',
  column: ref(name),
  span,
}));

const jsonPaths = fc.array(fc.oneof(names, fc.constantFrom('', 'a', '0', '\n'), fc.nat(9999)), {
  maxLength: 4,
});

const jsonSchemas = fc
  .record(
    {
      type: fc.constantFrom<string | string[]>('object', 'integer', ['string', 'null']),
      enum: fc.uniqueArray(fc.oneof(texts, numbers, fc.constantFrom(true, false, null)), {
        minLength: 1,
        maxLength: 4,
      }),
      required: fc.array(names, { maxLength: 2 }),
      properties: fc.dictionary(
        names,
        fc.constantFrom({ type: 'string' }, true, { items: { minLength: 2 } }),
        {
          maxKeys: 3,
        },
      ),
      pattern: fc.constantFrom("^it's$", 'a', '^[A-Z]{3}-[0-9]+$'),
      maximum: numbers,
      minItems: fc.nat(9),
    },
    { requiredKeys: [] },
  )
  .map((schema) => JSON.stringify(schema));

const { operand } = fc.letrec<{ operand: Operand; leaf: Operand }>((tie) => ({
  leaf: fc.oneof(
    columnOperand,
    numbers.map((value): Operand => ({ type: 'number', value, span })),
    texts.map((value): Operand => ({ type: 'text', value, span })),
    fc.boolean().map((value): Operand => ({ type: 'boolean', value, span })),
    moments,
    fc.constant<Operand>({ type: 'now', span }),
  ),
  operand: fc.oneof(
    { maxDepth: 3 },
    tie('leaf'),
    fc.record({
      type: fc.constantFrom('length', 'lower', 'upper', 'trim', 'abs'),
      of: tie('operand'),
      span: fc.constant(span),
    }),
    fc.record({
      type: fc.constantFrom('json_value', 'json_number'),
      of: tie('operand'),
      path: jsonPaths,
      span: fc.constant(span),
    }),
    fc.record({
      type: fc.constant('arithmetic'),
      operator: fc.constantFrom('+', '-', '*', '/'),
      left: tie('operand'),
      right: tie('operand'),
      span: fc.constant(span),
    }),
  ),
}));

/** An operand that names a column, so that the condition is one on rows. */
const rowOperand: fc.Arbitrary<Operand> = fc.oneof(
  columnOperand,
  fc
    .tuple(columnOperand, operand, fc.constantFrom('+', '-', '*', '/'), fc.boolean())
    .map(([column, other, operator, first]): Operand => {
      const [left, right] = first ? [column, other] : [other, column];
      return { type: 'arithmetic', operator, left, right, span };
    }),
  columnOperand.map((of): Operand => ({ type: 'lower', of, span })),
);

function rangeOf<End>(
  low: End,
  high: End,
  lowOpen: boolean,
  highOpen: boolean,
): [End, End, boolean, boolean] {
  return [low, high, lowOpen, highOpen];
}

const comparison = fc.constantFrom('=', '!=', '<', '<=', '>', '>=');
const patterns = fc.constantFrom('^[^@]+@[^@]+$', 'a', "it's", '^[A-Z]{3}-[0-9]+$', '^(a|b)$', '\\d{2}');

const degrees = (most: number): fc.Arbitrary<number> =>
  fc
    .oneof(fc.integer({ min: -most, max: most }), fc.double({ min: -most, max: most, noNaN: true }))
    .map((value) => (value === 0 ? 0 : value));
const geoPoints: fc.Arbitrary<GeoPoint> = fc.record({ latitude: degrees(90), longitude: degrees(180) });

/** Corners that the parser takes as they are: not on one line, none of them said again at the end. */
function isPolygon(corners: readonly GeoPoint[]): boolean {
  const sides = corners.map((to, at) => [corners.at(at - 1) ?? to, to] as const);
  const area = sides.reduce(
    (sum, [from, to]) => sum + (from.longitude - to.longitude) * (from.latitude + to.latitude),
    0,
  );
  const isClosed = sides[0]?.every(
    ({ latitude, longitude }) => latitude === corners[0]?.latitude && longitude === corners[0].longitude,
  );
  return (
    Math.abs(area) > 1e-3 &&
    isClosed !== true &&
    sides.every(([from, to]) => Math.abs(from.longitude - to.longitude) <= 180)
  );
}

const predicateLeaf: fc.Arbitrary<Predicate> = fc.oneof(
  fc.record({
    type: fc.constant('compare'),
    operator: comparison,
    left: rowOperand,
    right: operand,
    span: fc.constant(span),
  }),
  fc.record({
    type: fc.constant('compare'),
    operator: comparison,
    left: operand,
    right: rowOperand,
    span: fc.constant(span),
  }),
  fc
    .tuple(rowOperand, operand, rowOperand, fc.boolean(), fc.boolean(), fc.boolean())
    .map(([subject, low, high, negated, ...open]): Predicate => {
      const [from, to, lowOpen, highOpen] = rangeOf(low, high, ...open);
      return { type: 'between', negated, operand: subject, low: from, high: to, lowOpen, highOpen, span };
    }),
  fc.record({
    type: fc.constant('in'),
    negated: fc.boolean(),
    operand: rowOperand,
    values: literals,
    span: fc.constant(span),
  }),
  fc.record({
    type: fc.constant('matches'),
    negated: fc.boolean(),
    operand: rowOperand,
    pattern: patterns,
    span: fc.constant(span),
  }),
  fc.record({
    type: fc.constant('matches_schema'),
    negated: fc.boolean(),
    operand: rowOperand,
    schema: jsonSchemas,
    span: fc.constant(span),
  }),
  fc.record({
    type: fc.constant('like'),
    negated: fc.boolean(),
    operand: rowOperand,
    pattern: texts,
    span: fc.constant(span),
  }),
  fc.record({
    type: fc.constant('is_null'),
    negated: fc.boolean(),
    operand: rowOperand,
    span: fc.constant(span),
  }),
  fc.record({
    type: fc.constant('is_format'),
    negated: fc.boolean(),
    operand: rowOperand,
    format: fc.constantFrom(...FORMATS),
    span: fc.constant(span),
  }),
  fc
    .tuple(
      columnOperand,
      columnOperand,
      geoPoints,
      fc.double({ min: 0, minExcluded: true, max: 20_015, noNaN: true }),
    )
    .map(([latitude, longitude, centre, kilometres]): Predicate => ({
      type: 'within_radius',
      latitude,
      longitude,
      centre,
      kilometres,
      span,
    })),
  fc
    .tuple(columnOperand, columnOperand, fc.array(geoPoints, { minLength: 3, maxLength: 6 }))
    .filter(([, , list]) => isPolygon(list))
    .map(([latitude, longitude, corners]): Predicate => ({
      type: 'inside_polygon',
      latitude,
      longitude,
      corners,
      span,
    })),
  fc
    .tuple(
      fc.boolean(),
      rowOperand,
      fc.constantFrom<readonly [ParseableAs, string | null]>(
        ['number', null],
        ['json', null],
        ['date', null],
        ['date', '%d.%m.%Y'],
        ['timestamp', "%b %d '%y, %I:%M %p"],
        ['uuid', null],
      ),
    )
    .map(([negated, of, [as, pattern]]): Predicate => ({
      type: 'is_parseable',
      negated,
      operand: of,
      as,
      pattern,
      span,
    })),
);

/** Conditions on rows; what is joined by the same word is one list. */
export const predicates: fc.Arbitrary<Predicate> = fc.letrec<{ any: Predicate }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    predicateLeaf,
    tie('any').map((predicate): Predicate => ({ type: 'not', predicate, span })),
    fc
      .tuple(
        fc.constantFrom('and' as const, 'or' as const),
        fc.array(tie('any'), { minLength: 2, maxLength: 3 }),
      )
      .map(([type, list]): Predicate => ({
        type,
        predicates: list.flatMap((part) => (part.type === type ? part.predicates : [part])),
        span,
      })),
  ),
})).any;

const none = {
  type: 'metric',
  columns: [],
  table: null,
  quantile: null,
  values: null,
  predicate: null,
  span,
} as const;

function metricCall(metric: MetricName): fc.Arbitrary<MetricCall> {
  const call = { ...none, metric };
  switch (METRICS[metric].takes) {
    case 'none':
      return fc.constant(call);
    case 'table':
      return fc.option(tables).map((table) => ({ ...call, table }));
    case 'column':
      return columns(1).map((list) => ({ ...call, columns: list }));
    case 'columns':
      return columns(3).map((list) => ({ ...call, columns: list }));
    case 'pair':
      return columns(2, 2).map((list) => ({ ...call, columns: list }));
    case 'sentinels':
      return fc
        .tuple(columns(1), fc.option(literals))
        .map(([list, values]) => ({ ...call, columns: list, values }));
    case 'deviations':
      return fc
        .tuple(columns(1), fc.double({ min: 0, max: 1e6, noNaN: true, minExcluded: true }))
        .map(([list, value]) => ({ ...call, columns: list, values: [{ type: 'number', value, span }] }));
    case 'quantile':
      return fc
        .tuple(columns(1), fc.double({ min: 0, max: 1, noNaN: true }))
        .map(([list, quantile]) => ({ ...call, columns: list, quantile: quantile === 0 ? 0 : quantile }));
    default:
      return predicates.map((predicate) => ({ ...call, predicate }));
  }
}

export const metrics: fc.Arbitrary<MetricCall> = fc.oneof(
  ...(Object.keys(METRICS) as MetricName[]).map(metricCall),
);
const timeless = metrics.filter(({ metric }) => metric !== 'freshness' && metric !== 'retention');

const UNIT_LIST: readonly (Unit | null)[] = [null, null, null, ...(Object.keys(UNITS) as Unit[])];
const number = literalNumber(UNIT_LIST);

const termOf = (leaf: fc.Arbitrary<Term>): fc.Arbitrary<Term> =>
  fc.letrec<{ term: Term }>((tie) => ({
    term: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.record({
        type: fc.constant('arithmetic'),
        operator: fc.constantFrom('+', '-', '*', '/'),
        left: tie('term'),
        right: tie('term'),
        span: fc.constant(span),
      }),
    ),
  })).term;

const baseline: fc.Arbitrary<Term> = fc.record({
  type: fc.constant('baseline'),
  function: fc.constantFrom(...BASELINES),
  points: fc.integer({ min: 1, max: 1000 }),
  span: fc.constant(span),
});
const measuring = (metric: fc.Arbitrary<MetricCall>): fc.Arbitrary<Term> =>
  fc.oneof(
    metric,
    fc
      .tuple(metric, termOf(fc.oneof(metric, number)), fc.constantFrom('+', '-', '*', '/'))
      .map(([left, right, operator]): Term => ({ type: 'arithmetic', operator, left, right, span })),
  );
const subject = measuring(metrics);
const pastSubject = measuring(timeless);
const plainTerm = termOf(fc.oneof(metrics, number));
const pastTerm = termOf(fc.oneof(timeless, number, baseline));

const tolerance = literalNumber(UNIT_LIST, 0).map((value) => ({ value, sigma: false }));
const sigmas = literalNumber([null], 0).map((value) => ({ value, sigma: true }));

/** A range that something lies in. */
const ordered = (low: Term, high: Term, open: boolean): boolean =>
  low.type !== 'number' ||
  high.type !== 'number' ||
  (open ? low.value < high.value : low.value <= high.value);

const measures: fc.Arbitrary<Condition> = fc.oneof(
  fc
    .tuple(comparison, subject, plainTerm, fc.option(tolerance))
    .map(([operator, left, right, within]): Condition => ({
      type: 'comparison',
      operator,
      left,
      right,
      tolerance: operator === '=' || operator === '!=' ? within : null,
      span,
    })),
  fc
    .tuple(comparison, pastSubject, pastTerm, fc.boolean())
    .map(([operator, now, past, swapped]): Condition => {
      const [left, right] = swapped ? [past, now] : [now, past];
      return { type: 'comparison', operator, left, right, tolerance: null, span };
    }),
  fc
    .tuple(fc.boolean(), pastSubject, pastTerm, pastTerm, fc.boolean(), fc.boolean())
    .filter(([, , low, high, ...open]) => ordered(low, high, open.includes(true)))
    .map(([negated, now, low, high, lowOpen, highOpen]): Condition => ({
      type: 'between',
      negated,
      subject: now,
      low,
      high,
      lowOpen,
      highOpen,
      span,
    })),
  fc
    .tuple(fc.boolean(), pastSubject, fc.oneof(fc.tuple(tolerance, pastTerm), fc.tuple(sigmas, baseline)))
    .map(([negated, now, [reach, target]]): Condition => ({
      type: 'within',
      negated,
      subject: now,
      tolerance: reach,
      target,
      span,
    })),
  fc
    .record({
      subject: pastSubject,
      mode: fc.constantFrom('simple' as const, 'adaptive' as const),
      sigma: fc.option(fc.double({ min: 0.001, max: 20, noNaN: true })),
      seasonality: fc.constantFrom('auto' as const, 'none' as const, 'weekday' as const),
      direction: fc.constantFrom('both' as const, 'up' as const, 'down' as const),
      minimumChange: fc.constantFrom(0, 0.03, 1.5),
      train: fc.constantFrom(30, 42, 7),
    })
    .map((options): Condition => ({
      ...options,
      type: 'not_anomalous',
      sigma: options.mode === 'simple' ? (options.sigma ?? 2) : options.sigma,
      span,
    })),
);

const share = fc.constantFrom(1, 1, 0.999, 0.5, 1e-9, 0.07);
const rows: fc.Arbitrary<Condition> = fc
  .tuple(predicates, share)
  .map(([predicate, part]): Condition => ({ type: 'rows', predicate, share: part, span }));

const WEEK = [0, 1, 2, 3, 4, 5, 6];

const shapes: fc.Arbitrary<Condition> = fc.oneof(
  fc
    .tuple(fc.boolean(), ownColumns(3), tables, fc.uniqueArray(names, { minLength: 3, maxLength: 3 }), share)
    .map(([negated, list, table, others, part]): Condition => ({
      type: 'references',
      negated,
      columns: list,
      table,
      tableColumns: others.slice(0, list.length),
      share: part,
      span,
    })),
  ownColumns(3).map((list): Condition => ({ type: 'unique', columns: list, span })),
  fc
    .tuple(tables, fc.uniqueArray(names, { minLength: 2, maxLength: 5 }), fc.option(literalNumber([null], 0)))
    .map(([table, list, reach]): Condition => ({
      type: 'equals',
      table,
      keys: list.slice(0, 2),
      columns: list.slice(2),
      tolerance: list.length > 2 ? reach : null,
      span,
    })),
  fc
    .tuple(fc.boolean(), fc.uniqueArray(names, { minLength: 1, maxLength: 4 }), fc.boolean(), fc.boolean())
    .map(([negated, list, exactly, inOrder]): Condition => ({
      type: 'has_columns',
      negated,
      columns: list,
      exactly: exactly && !negated,
      inOrder: inOrder && !negated,
      span,
    })),
  fc
    .tuple(names, fc.constantFrom('bigint', 'decimal(10,2)', 'struct<a: string>'))
    .map(([name, expected]): Condition => ({ type: 'column_type', column: ref(name), expected, span })),
  fc.record({
    type: fc.constant('schema_unchanged'),
    since: fc.constantFrom('last', 'baseline'),
    span: fc.constant(span),
  }),
  fc
    .tuple(
      names,
      fc.constantFrom<Groups['relation']>('equal', 'contain', 'within', 'unchanged', 'most_common'),
      literals,
    )
    .map(([name, relation, values]): Condition => ({
      type: 'groups',
      column: ref(name),
      relation,
      values: relation === 'unchanged' ? [] : values,
      span,
    })),
  fc.record({
    type: fc.constant('no_gaps'),
    column: names.map((name) => ref(name)),
    step: fc.constantFrom('hour', 'day', 'week', 'month'),
    span: fc.constant(span),
  }),
  fc
    .tuple(
      fc.constantFrom('increasing' as const, 'decreasing' as const, 'sequential' as const),
      fc.boolean(),
      fc.uniqueArray(names, { minLength: 2, maxLength: 4 }),
      fc.constantFrom(1, 0.5, 10),
    )
    .map(([direction, strictly, [first = '', second = '', ...each], step]): Condition => {
      const sequential = direction === 'sequential';
      return {
        type: 'ordered',
        direction,
        strictly: strictly && !sequential,
        column: ref(first),
        by: sequential ? null : ref(second),
        step: sequential ? step : 1,
        each: each.map((name) => ref(name)),
        span,
      };
    }),
  fc.uniqueArray(names, { minLength: 2, maxLength: 4 }).map(([low = '', high = '', ...each]): Condition => ({
    type: 'mutually_exclusive',
    low: ref(low),
    high: ref(high),
    each: each.map((name) => ref(name)),
    span,
  })),
  fc.record({
    type: fc.constant('landed_by'),
    minute: fc.integer({ min: 0, max: 1439 }),
    zone: fc.constantFrom('Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'),
    sameDay: fc.boolean(),
    weekdays: fc.subarray(WEEK, { minLength: 1 }),
    span: fc.constant(span),
  }),
  fc.record({
    type: fc.constant('distribution'),
    column: names.map((name) => ref(name)),
    measure: fc.constantFrom(...DISTRIBUTION_MEASURES),
    operator: fc.constantFrom('<', '<='),
    limit: fc.constantFrom(0, 0.2, 1.5),
    partitions: fc.integer({ min: 1, max: 1000 }),
    span: fc.constant(span),
  }),
  fc
    .tuple(
      texts.filter((query) => query.trim() !== ''),
      fc.oneof(comparison, fc.constantFrom('between' as const, 'not_between' as const)),
      number,
      number,
    )
    .map(([query, operator, one, other]): Condition => {
      if (operator !== 'between' && operator !== 'not_between')
        return { type: 'custom_sql', query, operator, limit: one, high: null, span };
      const [limit, high] = one.value <= other.value ? [one, other] : [other, one];
      return { type: 'custom_sql', query, operator, limit, high, span };
    }),
);

/** Conditions; what is joined by the same word is one list, and rows alone joined are said of rows. */
export const conditions: fc.Arbitrary<Condition> = fc.letrec<{ any: Condition }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    measures,
    rows,
    shapes,
    tie('any').map((condition): Condition => ({ type: 'not', condition, span })),
    fc
      .tuple(
        fc.constantFrom('all_of' as const, 'any_of' as const),
        fc.array(tie('any'), { minLength: 2, maxLength: 3 }),
      )
      .map(([type, list]): Condition => ({
        type,
        conditions: list.flatMap((part) => (part.type === type ? part.conditions : [part])),
        span,
      })),
  ),
})).any;

const scopes: fc.Arbitrary<Scope> = fc.oneof(
  fc.constantFrom<Scope>({ type: 'partition' }, { type: 'table' }),
  fc.integer({ min: 1, max: 1000 }).map((partitions): Scope => ({ type: 'last', partitions })),
);

/** Any check that the language can write. */
export const checks: fc.Arbitrary<Expression> = fc.record({
  condition: conditions,
  where: fc.option(predicates),
  scope: fc.option(scopes),
  per: fc.option(names.map((name) => ref(name))),
  span: fc.constant(span),
});
