import type { Contract, ContractDocument, GatePolicy, PartitionRule } from '#model/contract.ts';
import type { Node } from 'yaml';

import { derivedChecks } from './derived-checks.ts';
import { parseDuration } from './duration.ts';
import { parseQuality } from './parse-quality.ts';
import { parseSchema } from './parse-schema.ts';
import type { Problem } from './problem.ts';
import { ContractSource, type Field, type Fields } from './source.ts';

export type ParsedContract =
  | { readonly status: 'ok'; readonly contract: Contract; readonly warnings: readonly Problem[] }
  | {
      readonly status: 'error';
      readonly problems: readonly Problem[];
      readonly warnings: readonly Problem[];
    };

export const DEFAULT_VERSION = '1.0.0';
/** 1 is the most important; a contract that names no tier is neither. */
export const DEFAULT_TIER = 2;

const KEYS = [
  'dataset',
  'namespace',
  'version',
  'owner',
  'description',
  'tier',
  'sla',
  'partition',
  'gate',
  'quality',
  'schema',
] as const;
const EMPTY_POLICIES = ['block', 'allow'] as const;
const GRAINS = ['hour', 'day', 'month'] as const;

/** semver 2.0.0, https://semver.org (the expression suggested there, without groups). */
const SEMVER =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/**
 * Reads a contract in the short form. Never throws on any text: either the contract, with warnings that an
 * author should see, or every problem found, in the order of the file.
 */
export function parseContract(text: string, fileName: string): ParsedContract {
  const source = new ContractSource(text, fileName);
  const root = source.open();
  const contract = root === null ? null : readContract(source, root);
  const warnings = source.warnings.toSorted(byPlace);
  if (contract !== null && source.problems.length === 0) return { status: 'ok', contract, warnings };
  return { status: 'error', problems: source.problems.toSorted(byPlace), warnings };
}

function readContract(source: ContractSource, root: Node): Contract | null {
  const fields = source.fields(root, KEYS, 'The contract');
  if (fields === null) return null;
  const dataset = requiredText(source, root, fields, 'dataset', 'dataset: "orders_global"');
  const owner = requiredText(source, root, fields, 'owner', 'owner: "checkout_team@company.com"');
  const namespace = optionalText(source, fields, 'namespace', 'namespace: "postgres://db:5432"');
  const description = optionalText(source, fields, 'description', 'description: "All orders"');
  const version = read(fields, 'version', (field) => parseVersion(source, field)) ?? DEFAULT_VERSION;
  const tier = read(fields, 'tier', (field) => parseTier(source, field)) ?? DEFAULT_TIER;
  const slaSeconds = read(fields, 'sla', (field) => parseSla(source, field));
  const partition = read(fields, 'partition', (field) => parsePartition(source, field));
  const gate = read(fields, 'gate', (field) => parseGate(source, field)) ?? {
    publishTo: null,
    emptyPartition: 'block',
  };
  const located = read(fields, 'schema', (field) => parseSchema(source, field)) ?? [];
  const columns = located.map(({ column }) => column);
  const stated = read(fields, 'quality', (field) => parseQuality(source, field, columns)) ?? [];
  if (dataset === null || owner === null) return null;
  const checks = [...stated, ...derivedChecks(source, located, stated)];
  return {
    dataset,
    namespace,
    version,
    owner,
    description,
    tier,
    slaSeconds,
    partition,
    gate,
    checks,
    columns,
    document: { ...PLAIN_DOCUMENT, version },
    logicalName: dataset,
    physicalName: null,
    physicalType: null,
    tags: [],
    addresses: [],
    deadline: null,
    objectives: [],
    carriedChecks: [],
    relationships: [],
    positional: false,
    position: source.positionOf(root),
    carried: {},
  };
}

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

function read<T>(fields: Fields, name: string, parse: (field: Field) => T): T | null {
  const field = fields.get(name);
  return field === undefined ? null : parse(field);
}

function requiredText(
  source: ContractSource,
  root: Node,
  fields: Fields,
  name: string,
  example: string,
): string | null {
  if (!fields.has(name))
    return source.report(root, `The contract has no ${name}`, `For example: ${example}.`);
  return optionalText(source, fields, name, example);
}

function optionalText(source: ContractSource, fields: Fields, name: string, example: string): string | null {
  return read(fields, name, (field) => source.text(field, example))?.value.trim() ?? null;
}

function parseVersion(source: ContractSource, field: Field): string | null {
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

function parseTier(source: ContractSource, field: Field): 1 | 2 | 3 | null {
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

function parseSla(source: ContractSource, field: Field): number | null {
  const scalar = source.scalar(field, 'a duration', 'sla: "4 hours"');
  if (scalar === null) return null;
  const seconds = typeof scalar.value === 'string' ? parseDuration(scalar.value) : null;
  if (seconds !== null) return seconds;
  return source.report(
    scalar,
    `"${String(scalar.source ?? scalar.value)}" is not a duration`,
    'Write a number and a unit (seconds, minutes, hours, days or weeks): sla: "4 hours".',
  );
}

function parsePartition(source: ContractSource, field: Field): PartitionRule | null {
  const example = 'partition: {column: dt, grain: day}';
  const fields = source.mapping(field, ['column', 'grain'], example);
  if (fields === null) return null;
  const grain = read(fields, 'grain', (inner) => source.choice(inner, GRAINS));
  if (!fields.has('column')) {
    return source.report(field.value ?? field.key, 'partition has no column', `For example: ${example}.`);
  }
  const column = optionalText(source, fields, 'column', 'column: dt');
  return column === null ? null : { column, grain, columns: [column], watermark: null };
}

function parseGate(source: ContractSource, field: Field): GatePolicy | null {
  const example = 'publish_to: "warehouse:gold.orders"';
  const fields = source.mapping(field, ['publish_to', 'empty_partition'], `gate: {${example}}`);
  if (fields === null) return null;
  const emptyPartition =
    read(fields, 'empty_partition', (inner) => source.choice(inner, EMPTY_POLICIES)) ?? 'block';
  const target = read(fields, 'publish_to', (inner) => source.text(inner, example));
  if (target !== null && !/^[A-Za-z0-9_-]+:\S+$/.test(target.value)) {
    const message = `"${target.value}" names no adapter and target`;
    return source.report(target.scalar, message, `Write adapter:target, for example ${example}.`);
  }
  return { publishTo: target?.value ?? null, emptyPartition };
}

function byPlace(a: Problem, b: Problem): number {
  return a.line - b.line || a.column - b.column;
}
