import { Type, type TSchema } from 'typebox';

import { DIMENSIONS } from '../odcs/quality-shape.ts';

/**
 * The short form, said once: the parser takes its keys, words and patterns from here, and editors the JSON
 * Schema (`assay contract schema`).
 */

export const DEFAULT_VERSION = '1.0.0';
/** 1 is the most important; a contract that names no tier is neither. */
export const DEFAULT_TIER = 2;

export const SEVERITIES = ['info', 'warn', 'block'] as const;
export const EMPTY_POLICIES = ['block', 'allow'] as const;
export const PROFILED = ['small', 'always', 'never'] as const;
export const GRAINS = ['hour', 'day', 'month'] as const;
export const STATUSES = ['proposed', 'draft', 'active', 'deprecated', 'retired'] as const;

/** semver 2.0.0, https://semver.org (the expression suggested there, without groups). */
export const SEMVER =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
/** Adapter and target. */
export const TARGET = /^[A-Za-z0-9_-]+:\S+$/;
/** `starrocks.gold.orders_global`: an adapter's name, a dot and its target. */
export const DOTTED_TARGET = /^[A-Za-z0-9_-]+(?:\.[^\s.:]+){2,3}$/;
export const PII_KIND = /^[A-Za-z][A-Za-z0-9_.-]*$/;
/** What a query's number must be: `= 0`, `between 1 and 5`. */
export const MUST =
  /^\s*(?:(=|==|!=|<>|<=|<|>=|>)?\s*([+-]?\d+(?:\.\d+)?)|(not\s+)?between\s+([+-]?\d+(?:\.\d+)?)\s+and\s+([+-]?\d+(?:\.\d+)?))\s*$/i;
/** Names that a schema may have: whatever is not blank. */
const NOT_BLANK = '\\S';

export const CONSTRAINTS = [
  'min_value',
  'max_value',
  'above',
  'below',
  'multiple_of',
  'min_length',
  'max_length',
  'pattern',
  'one_of',
  'not_null',
  'unique',
] as const;
/** Those that stand alone, without brackets. */
export const BARE_CONSTRAINTS = ['not_null', 'unique'] as const;

const closed = { additionalProperties: false } as const;
const text = (description: string): TSchema => Type.String({ pattern: NOT_BLANK, description });
const words = (choices: readonly string[], description: string): TSchema =>
  Type.Unsafe<string>({ type: 'string', enum: [...choices], description });
const flag = (description: string): TSchema => Type.Boolean({ description });
const optional = (schema: TSchema): TSchema => Type.Optional(schema);

const Tags = Type.Array(text('A word to find it by.'), { description: 'Words to find it by.' });

export const PartitionForm = Type.Object(
  {
    column: optional(text('The column that partitions the table, for example dt.')),
    columns: optional(
      Type.Array(text('A column of the partition key.'), {
        minItems: 1,
        description: 'Instead of column: all columns of the partition key, in order.',
      }),
    ),
    grain: optional(words(GRAINS, 'How long a partition lasts.')),
    watermark: optional(text('The time column that says how late the data is.')),
  },
  {
    ...closed,
    description: 'How the table is cut.',
    oneOf: [{ required: ['column'] }, { required: ['columns'] }],
  },
);

export const GateForm = Type.Object(
  {
    publish_to: optional(
      Type.String({
        pattern: `${TARGET.source}|${DOTTED_TARGET.source}`,
        description: 'Adapter and target: warehouse:gold.orders.',
      }),
    ),
    evaluate_on: optional(
      text('Names of staging datasets, * for any characters: a run that completes there is evaluated.'),
    ),
    on_error: optional(words(EMPTY_POLICIES, 'What a check that could not be run means.')),
    empty_partition: optional(words(EMPTY_POLICIES, 'What an empty candidate means.')),
  },
  { ...closed, description: 'How a candidate becomes gold.' },
);

export const ProfileForm = Type.Object(
  {
    when: optional(words(PROFILED, 'Which partitions: those of at most two million values, all, none.')),
    columns: optional(Type.Array(text('A column.'), { description: 'Only these; else all of the schema.' })),
    segments: optional(
      Type.Array(text('A column of few values.'), {
        maxItems: 2,
        description: 'Columns of few values, whose rows are summed up apart as well: country.',
      }),
    ),
  },
  { ...closed, description: 'What is summed up of each partition.' },
);

/** One of each family, which editors offer. */
const CHECK_EXAMPLES = [
  'row_count > 0',
  'null_percentage(user_id) < 1%',
  'unique(order_id)',
  'user_id references dim.users(user_id)',
  "status in ('paid', 'open')",
  "email matches '^[^@]+@[^@]+$' for 99.9% of rows",
  "json_value(payload, '$.customer.country') is not null",
  `payload matches json_schema '{"type":"object","required":["id"]}'`,
  'within_radius(lat, lon, 52.52, 13.4, 25 km)',
  'inside_polygon(lat, lon, [[52.3, 13.1], [52.7, 13.1], [52.5, 13.8]])',
  'mutual_information(country, currency) > 0.5',
  'freshness(updated_at) < 2 hours',
  'sum(amount) within 5% of avg_last(7)',
  'row_count not anomalous(2 sigma)',
  'distribution(amount) swd < 0.2 vs last(28)',
];

export const QualityForm = Type.Object(
  {
    check: optional(
      Type.String({
        pattern: NOT_BLANK,
        description: 'A condition: row_count > 0.',
        examples: CHECK_EXAMPLES,
      }),
    ),
    sql: optional(text('A query that gives one number; {dataset} and {partition} are filled in.')),
    must: optional(
      Type.Union([
        Type.Number({ description: 'The number that the query must give.' }),
        Type.String({ pattern: caseless(MUST), description: 'What the number must be: "= 0".' }),
      ]),
    ),
    severity: optional(
      words(SEVERITIES, 'info records, warn reports, block keeps the candidate out of gold.'),
    ),
    name: optional(text('What people call the check.')),
    description: optional(text('Why it matters.')),
    dimension: optional(words(DIMENSIONS, 'The quality dimension of ODCS.')),
    owner: optional(text('Who is asked when it fails, where that is not the owner of the contract.')),
    runbook: optional(text('What to do when it fails: an address, or words.')),
    approx: optional(
      Type.Union([Type.Literal('ok'), Type.Boolean()], { description: 'An estimate is good enough.' }),
    ),
    tags: optional(Tags),
  },
  {
    ...closed,
    description: 'A check.',
    oneOf: [
      { required: ['check'], not: { anyOf: [{ required: ['sql'] }, { required: ['must'] }] } },
      { required: ['sql', 'must'], not: { required: ['check'] } },
    ],
  },
);

export const ColumnForm = Type.Object(
  {
    name: text('The name of the column.'),
    type: text('string, bigint, double, decimal(10,2), date, array<string>, …'),
    description: optional(text('What it means.')),
    primary_key: optional(flag('Part of the key: unique and never null.')),
    required: optional(flag('Never null.')),
    unique: optional(flag('No value occurs twice.')),
    constraints: optional(
      Type.Array(
        Type.String({
          pattern: caseless(
            new RegExp(
              `^\\s*(?:(?:${BARE_CONSTRAINTS.join('|')})\\s*(?:\\(\\s*\\))?|(?:${CONSTRAINTS.filter((name) => !isBare(name)).join('|')})\\s*\\([\\s\\S]*\\))\\s*$`,
            ),
          ),
          description: "For example min_value(0), max_length(3), one_of('paid', 'open').",
        }),
        { description: 'What its values may be.' },
      ),
    ),
    pii: optional(
      Type.Union([Type.Boolean(), Type.String({ pattern: PII_KIND.source })], {
        description: 'Whether it is personal data, or its kind: email.',
      }),
    ),
    classification: optional(text('public, internal, restricted, …')),
    masking: optional(text('How readers see it: sha256, redact.')),
    encrypted_name: optional(text('The column that holds the encrypted value.')),
    retention: optional(text('How long it is kept: 24 months.')),
    critical: optional(flag('A critical data element.')),
    format: optional(text('How values are written: email, uuid, yyyy-MM-dd.')),
    unit: optional(text('kg, seconds, …')),
    currency: optional(Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217: EUR.' })),
    timezone: optional(text('The IANA zone of times that carry none.')),
    physical_name: optional(text('Its name in the table, where that is another.')),
    business_name: optional(text('What the business calls it.')),
    tags: optional(Tags),
  },
  { ...closed, description: 'A column.' },
);

export const ShortForm = Type.Object(
  {
    dataset: text('The name of the dataset, as it stands in OpenLineage events.'),
    namespace: optional(text('Its OpenLineage namespace, where the name alone is not enough.')),
    version: optional(
      Type.String({ pattern: SEMVER.source, description: 'Three numbers, semver.org: "1.0.0".' }),
    ),
    owner: text('Who is asked about the data.'),
    runbook: optional(text('What to do when something is wrong with it: an address, or words.')),
    description: optional(text('What it is.')),
    status: optional(words(STATUSES, 'Where it stands in its life.')),
    domain: optional(text('The part of the business it belongs to.')),
    tags: optional(Tags),
    tier: optional(
      Type.Unsafe<number>({
        type: 'integer',
        enum: [1, 2, 3],
        description: '1 for what must never be wrong, 3 for what may wait.',
      }),
    ),
    sla: optional(text('How fresh it is: "4 hours".')),
    deadline: optional(text('By when it is there: "06:30 Asia/Tokyo on mon-fri".')),
    duration: optional(text('How long runs that write it may take: "45 minutes".')),
    lag: optional(text('How far a stream may be behind: "60 seconds".')),
    retention: optional(text('How old its oldest row may be, by the watermark: "400 days".')),
    physical_name: optional(text('The name of the table, where that is another.')),
    positional: optional(flag('Readers take columns by their place, so their order is promised.')),
    partition: optional(PartitionForm),
    gate: optional(GateForm),
    profile: optional(ProfileForm),
    quality: optional(Type.Array(QualityForm, { description: 'The checks.' })),
    schema: optional(Type.Array(ColumnForm, { description: 'The columns.' })),
  },
  { ...closed, title: 'Assay contract, short form', description: 'A data contract of one dataset.' },
);

export function keysOf(form: { readonly properties: Readonly<Record<string, TSchema>> }): readonly string[] {
  return Object.keys(form.properties);
}

function isBare(name: string): boolean {
  return BARE_CONSTRAINTS.some((bare) => bare === name);
}

/** JSON Schema has no flag for case: every letter becomes a pair. Letters of escapes stay. */
function caseless(pattern: RegExp): string {
  return pattern.source.replaceAll(/\\.|\[[^\]]*\]|\(\?[:=!]|[a-z]/gi, (part) =>
    /^[a-z]$/i.test(part) ? `[${part.toLowerCase()}${part.toUpperCase()}]` : part,
  );
}

/** The JSON Schema of the short form, draft 2020-12, for editors. */
export function shortFormSchema(): Readonly<Record<string, unknown>> {
  const plainCopy: unknown = JSON.parse(JSON.stringify(ShortForm));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...(plainCopy as Record<string, unknown>),
  };
}
