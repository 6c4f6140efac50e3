import type {
  Contract,
  ContractDocument,
  Deadline,
  GatePolicy,
  Objective,
  PartitionRule,
  ProfileRule,
} from '#model/contract.ts';
import type { Node } from 'yaml';

import { nearest } from '../../spelling.ts';
import { parseDeadline } from '../deadline.ts';
import { derivedChecks } from '../derived-checks.ts';
import { withNarrowUniqueness } from '../unique-scope.ts';
import { parseDuration } from '../duration.ts';
import type { ContractSource, Field, Fields } from '../source.ts';
import { readColumns } from './read-columns.ts';
import { optionalText, read, readTags, readTexts, requiredText } from './read-fields.ts';
import { engineOfTarget } from '../engine-problems.ts';
import { readQuality } from './read-quality.ts';
import {
  DEFAULT_TIER,
  DEFAULT_VERSION,
  DOTTED_TARGET,
  EMPTY_POLICIES,
  GateForm,
  GRAINS,
  keysOf,
  PartitionForm,
  PROFILED,
  ProfileForm,
  SEMVER,
  ShortForm,
  STATUSES,
  TARGET,
} from './short-form.ts';

/** Reads a contract in the short form; null after a report. */
export function readShort(source: ContractSource, root: Node): Contract | null {
  const fields = source.fields(root, keysOf(ShortForm), 'The contract');
  if (fields === null) return null;
  const dataset = requiredText(source, root, fields, 'dataset', 'dataset: "orders_global"');
  const owner = requiredText(source, root, fields, 'owner', 'owner: "checkout_team@company.com"');
  const runbook = optionalText(source, fields, 'runbook', 'runbook: "https://wiki.example.com/orders"');
  const namespace = optionalText(source, fields, 'namespace', 'namespace: "postgres://db:5432"');
  const description = optionalText(source, fields, 'description', 'description: "All orders"');
  const version = read(fields, 'version', (field) => readVersion(source, field)) ?? DEFAULT_VERSION;
  const tier = read(fields, 'tier', (field) => readTier(source, field)) ?? DEFAULT_TIER;
  const slaSeconds = read(fields, 'sla', (field) => readSpan(source, field, 'sla: "4 hours"'));
  const deadline = read(fields, 'deadline', (field) => readDeadline(source, field));
  const partition = read(fields, 'partition', (field) => readPartition(source, field));
  const gate = read(fields, 'gate', (field) => readGate(source, field)) ?? {
    publishTo: null,
    emptyPartition: 'block',
  };
  const profile = read(fields, 'profile', (field) => readProfile(source, field));
  const document: ContractDocument = {
    ...PLAIN_DOCUMENT,
    version,
    status: read(fields, 'status', (field) => source.choice(field, STATUSES)),
    domain: optionalText(source, fields, 'domain', 'domain: checkout'),
  };
  const physicalName = optionalText(source, fields, 'physical_name', 'physical_name: gold.orders');
  const positional = read(fields, 'positional', (field) => source.flag(field)) === true;
  const tags = readTags(source, fields);
  const located = read(fields, 'schema', (field) => readColumns(source, field)) ?? [];
  const columns = located.map(({ column }) => column);
  const typed = columns.map(({ name, physicalName: inTable, type }) => ({ name: inTable ?? name, type }));
  const stated =
    read(fields, 'quality', (field) => readQuality(source, field, columns, engineOfTarget(gate.publishTo))) ??
    [];
  const slaField = fields.get('sla');
  warnUnknownColumns(source, fields.get('partition'), partition, typed);
  if (dataset === null || owner === null) return null;
  const derived = derivedChecks(located, stated, 'short', (at, message) =>
    source.reportPlace(
      at,
      `The schema promises a check that cannot be written: ${message}`,
      'Use fewer or shorter names.',
    ),
  );
  return {
    dataset,
    namespace,
    version,
    owner,
    ...(runbook !== null && { runbook }),
    description,
    tier,
    slaSeconds,
    partition,
    gate,
    ...(profile && { profile }),
    checks: withNarrowUniqueness([...stated, ...derived.checks], partition),
    columns,
    document,
    logicalName: dataset,
    physicalName,
    physicalType: null,
    tags,
    addresses: [],
    deadline,
    objectives: [
      ...(slaSeconds === null
        ? []
        : [
            {
              kind: 'freshness' as const,
              seconds: slaSeconds,
              column: partition?.watermark ?? null,
              position: source.positionOf(slaField?.value ?? root),
            },
          ]),
      ...readSpans(source, fields, partition, root),
    ],
    carriedChecks: derived.carried,
    relationships: [],
    positional,
    position: source.positionOf(root),
    carried: {},
  };
}

/** Columns whose values are segments. */
const MOST_SEGMENT_COLUMNS = 2;

const PLAIN_DOCUMENT: Omit<ContractDocument, 'version'> = {
  dialect: 'short',
  apiVersion: null,
  id: null,
  status: null,
  name: null,
  domain: null,
  tenant: null,
  dataProduct: null,
  tags: [],
  about: { purpose: null, limitations: null, usage: null },
  servers: [],
  team: null,
  support: [],
  roles: [],
  sla: [],
  price: null,
  createdAt: null,
  carried: {},
};

function readVersion(source: ContractSource, field: Field): string | null {
  const scalar = source.scalar(field, 'a version', 'version: "1.0.0"');
  if (scalar === null) return null;
  if (typeof scalar.value === 'string' && SEMVER.test(scalar.value)) return scalar.value;
  const written = typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? String(scalar.value));
  return source.report(
    scalar,
    `"${written}" is not a version of three numbers`,
    'Write major.minor.patch in quotes: version: "1.0.0".',
  );
}

function readTier(source: ContractSource, field: Field): 1 | 2 | 3 | null {
  const scalar = source.scalar(field, '1, 2 or 3', 'tier: 1');
  if (scalar === null) return null;
  const { value } = scalar;
  if (value === 1 || value === 2 || value === 3) return value;
  return source.report(
    scalar,
    `tier must be 1, 2 or 3, found ${String(value)}`,
    'Write tier: 1 for what must never be wrong, 3 for what may wait.',
  );
}

function readSpan(source: ContractSource, field: Field, example: string): number | null {
  const scalar = source.scalar(field, 'a duration', example);
  if (scalar === null) return null;
  const seconds = typeof scalar.value === 'string' ? parseDuration(scalar.value) : null;
  if (seconds !== null) return seconds;
  return source.report(
    scalar,
    `"${String(scalar.source ?? scalar.value)}" is not a duration`,
    `Write a number and a unit (seconds, minutes, hours, days or weeks): ${example}.`,
  );
}

/** Promises in time beside `sla` and `deadline`. */
function readSpans(
  source: ContractSource,
  fields: Fields,
  partition: PartitionRule | null,
  root: Node,
): Objective[] {
  return SPANS.flatMap(([kind, example]) => {
    const field = fields.get(kind);
    const seconds = field === undefined ? null : readSpan(source, field, example);
    if (field === undefined || seconds === null) return [];
    const column = kind === 'retention' ? (partition?.watermark ?? null) : null;
    return [{ kind, seconds, column, position: source.positionOf(field.value ?? root) }];
  });
}

const SPANS = [
  ['duration', 'duration: "45 minutes"'],
  ['lag', 'lag: "60 seconds"'],
  ['retention', 'retention: "400 days"'],
] as const;

function readDeadline(source: ContractSource, field: Field): Deadline | null {
  const text = source.text(field, 'deadline: "06:30 Asia/Tokyo on mon-fri"');
  if (text === null) return null;
  const parsed = parseDeadline(text.value);
  return parsed.status === 'ok' ? parsed.deadline : source.report(text.scalar, parsed.message, parsed.mend);
}

function readPartition(source: ContractSource, field: Field): PartitionRule | null {
  const example = 'partition: {column: dt, grain: day}';
  const fields = source.mapping(field, keysOf(PartitionForm), example);
  if (fields === null) return null;
  const grain = read(fields, 'grain', (inner) => source.choice(inner, GRAINS));
  const watermark = optionalText(source, fields, 'watermark', 'watermark: updated_at');
  const several = fields.get('columns');
  const one = fields.get('column');
  if (several !== undefined && one !== undefined)
    return source.report(several.key, 'partition has column and columns', 'Keep one of the two.');
  if (several === undefined && one === undefined)
    return source.report(field.value ?? field.key, 'partition has no column', `For example: ${example}.`);
  const names =
    several === undefined
      ? [optionalText(source, fields, 'column', 'column: dt')]
      : readTexts(source, fields, 'columns', 'columns: [dt, region]');
  const columns = names.filter((name) => name !== null);
  const [column] = columns;
  if (column !== undefined) return { column, grain, columns, watermark };
  return several === undefined
    ? null
    : source.report(several.key, 'columns is empty', 'For example: columns: [dt, region].');
}

function readGate(source: ContractSource, field: Field): GatePolicy | null {
  const example = 'publish_to: "warehouse:gold.orders"';
  const fields = source.mapping(field, keysOf(GateForm), `gate: {${example}}`);
  if (fields === null) return null;
  const emptyPartition =
    read(fields, 'empty_partition', (inner) => source.choice(inner, EMPTY_POLICIES)) ?? 'block';
  const onError = read(fields, 'on_error', (inner) => source.choice(inner, EMPTY_POLICIES)) ?? 'block';
  const target = read(fields, 'publish_to', (inner) => source.text(inner, example));
  const publishTo = target === null ? null : targetOf(target.value);
  if (target !== null && publishTo === null) {
    const message = `"${target.value}" names no adapter and target`;
    return source.report(target.scalar, message, `Write adapter:target, for example ${example}.`);
  }
  const evaluateOn = read(fields, 'evaluate_on', (inner) =>
    source.text(inner, 'evaluate_on: "staging.orders_*"'),
  );
  return {
    publishTo,
    emptyPartition,
    ...(onError === 'allow' && { onError }),
    ...(evaluateOn && { evaluateOn: evaluateOn.value }),
  };
}

function readProfile(source: ContractSource, field: Field): ProfileRule | null {
  const fields = source.mapping(field, keysOf(ProfileForm), 'profile: {segments: [country]}');
  if (fields === null) return null;
  const segments = readTexts(source, fields, 'segments', 'segments: [country]');
  const third = segments[MOST_SEGMENT_COLUMNS];
  if (third !== undefined)
    return source.report(
      fields.get('segments')?.key ?? field.key,
      `segments names ${segments.length} columns`,
      `Keep the ${MOST_SEGMENT_COLUMNS} that matter most: each is summed up for every column.`,
    );
  return {
    when: read(fields, 'when', (inner) => source.choice(inner, PROFILED)) ?? 'small',
    columns: readTexts(source, fields, 'columns', 'columns: [amount, country]'),
    segments,
  };
}

/** `starrocks.gold.orders` is another way to write `starrocks:gold.orders`. */
function targetOf(text: string): string | null {
  if (TARGET.test(text)) return text;
  return DOTTED_TARGET.test(text) ? text.replace('.', ':') : null;
}

/** A slip of the pen in a name; columns that a short schema leaves out are none. */
function warnUnknownColumns(
  source: ContractSource,
  field: Field | undefined,
  partition: PartitionRule | null,
  columns: readonly { readonly name: string }[],
): void {
  if (field === undefined || partition === null) return;
  const names = columns.map(({ name }) => name);
  for (const name of [...partition.columns, partition.watermark]) {
    if (name === null || names.includes(name)) continue;
    const meant = nearest(name, names);
    if (meant !== null && name.length > 3)
      source.warnPlace(
        source.positionOf(field.value ?? field.key),
        `The schema has no column ${name}`,
        `Did you mean ${meant}?`,
      );
  }
}
