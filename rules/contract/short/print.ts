import type { Check, Contract, ContractColumn, Objective } from '#model/contract.ts';
import { stringify } from 'yaml';

import { parseColumnType } from '../column-type.ts';
import { formatDuration } from '../duration.ts';
import { shortTypeOf } from '../logical-type.ts';
import { keysOfOthers } from '../odcs/extras.ts';
import { printConstraint, type Constraint } from './constraint.ts';
import { DEFAULT_TIER, PII_KIND, SEMVER, STATUSES } from './short-form.ts';

/**
 * Writes a contract in the short form. Parsing the text gives the same contract again, positions aside;
 * checks that the schema promises are not repeated under `quality`. Of a contract from ODCS only what the
 * short form has words for is written: `lostInShort` names the rest.
 */
export function printShort(contract: Contract): string {
  return stringify(shortDocument(contract), {
    version: '1.2',
    schema: 'core',
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
}

function shortDocument(contract: Contract): Readonly<Record<string, unknown>> {
  const stated = contract.checks.filter((check) => check.origin === 'quality');
  const { partition, gate, document } = contract;
  const hasGate =
    gate.publishTo !== null ||
    gate.emptyPartition === 'allow' ||
    gate.onError === 'allow' ||
    gate.evaluateOn !== undefined;
  const status = STATUSES.find((word) => word === document.status);
  return {
    dataset: contract.dataset,
    ...given('namespace', contract.namespace),
    version: SEMVER.test(contract.version) ? contract.version : '1.0.0',
    owner: contract.owner === '' ? 'nobody named' : contract.owner,
    ...given('runbook', contract.runbook ?? null),
    ...given('description', contract.description),
    ...given('status', status ?? null),
    ...given('domain', document.domain),
    ...given('tags', list(contract.tags)),
    ...given('tier', contract.tier === DEFAULT_TIER ? null : contract.tier),
    ...given('sla', contract.slaSeconds === null ? null : formatDuration(contract.slaSeconds)),
    ...given('deadline', contract.deadline?.text ?? null),
    ...given('duration', spanOf(contract, 'duration')),
    ...given('lag', spanOf(contract, 'lag')),
    ...given('retention', spanOf(contract, 'retention')),
    ...given('physical_name', contract.physicalName === contract.dataset ? null : contract.physicalName),
    ...given('positional', contract.positional || null),
    ...given(
      'partition',
      partition && {
        ...(partition.columns.length === 1 ? { column: partition.column } : { columns: partition.columns }),
        ...given('grain', partition.grain),
        ...given('watermark', partition.watermark),
      },
    ),
    ...given(
      'gate',
      hasGate
        ? {
            ...given('publish_to', gate.publishTo),
            ...given('evaluate_on', gate.evaluateOn ?? null),
            ...given('on_error', gate.onError ?? null),
            empty_partition: gate.emptyPartition,
          }
        : null,
    ),
    ...given(
      'profile',
      contract.profile
        ? {
            when: contract.profile.when,
            ...given('columns', list(contract.profile.columns)),
            ...given('segments', list(contract.profile.segments)),
          }
        : null,
    ),
    ...given('quality', list(stated.map(qualityItem))),
    ...given('schema', list(contract.columns.map(columnDocument))),
  };
}

function spanOf({ objectives }: Contract, kind: Objective['kind']): string | null {
  const seconds = objectives.find((one) => one.kind === kind)?.seconds;
  return seconds === undefined ? null : formatDuration(seconds);
}

function qualityItem(check: Check): Readonly<Record<string, unknown>> {
  const { condition } = check.expression;
  return {
    ...(condition.type === 'custom_sql'
      ? { sql: condition.query, must: mustText(check) }
      : { check: check.text }),
    ...given('severity', check.severity === 'block' ? null : check.severity),
    ...given('name', check.name),
    ...given('description', check.description),
    ...given('dimension', check.dimension),
    ...given('owner', check.owner),
    ...given('runbook', check.runbook ?? null),
    ...given('approx', check.approx ? 'ok' : null),
    ...given('tags', list(check.tags)),
  };
}

function mustText({ expression: { condition } }: Check): string {
  if (condition.type !== 'custom_sql') return '';
  const { operator, limit, high } = condition;
  if (high === null) return `${operator} ${decimal(limit.value)}`;
  const word = operator === 'between' ? 'between' : 'not between';
  return `${word} ${decimal(limit.value)} and ${decimal(high.value)}`;
}

/** Without an exponent, which `must` does not read. */
function decimal(value: number): string {
  const text = String(value);
  return /e/i.test(text) ? BigInt(Math.round(value)).toString() : text;
}

function columnDocument(column: ContractColumn): Readonly<Record<string, unknown>> {
  const pii = column.pii === false || PII_KIND.test(column.pii) ? column.pii : 'personal';
  return {
    name: column.name,
    type: shortType(column),
    ...given('description', column.description),
    ...given('primary_key', column.primaryKey || null),
    ...given('required', column.required || null),
    ...given('unique', column.unique || null),
    ...given('constraints', list(constraintsOf(column).map(printConstraint))),
    ...given('pii', pii === false ? null : pii === 'personal' ? true : pii),
    ...given('classification', column.classification),
    ...given('masking', column.masking),
    ...given('encrypted_name', column.encryptedName),
    ...given('retention', column.retention),
    ...given('critical', column.critical || null),
    ...given('format', column.format),
    ...given('unit', column.unit),
    ...given('currency', column.currency),
    ...given('timezone', column.timezone),
    ...given('physical_name', column.physicalName),
    ...given('business_name', column.businessName),
    ...given('tags', list(column.tags)),
  };
}

/** The stated type where the short form knows it, else one that holds the logical type's values. */
export function shortType(column: ContractColumn): string {
  if (parseColumnType(column.type).status === 'ok') return column.type;
  return column.logicalType === null ? 'string' : shortTypeOf(column.logicalType);
}

/** Constraints that fit the type which the short form gives the column. */
function constraintsOf(column: ContractColumn): readonly Constraint[] {
  const { constraints } = column;
  const parsed = parseColumnType(shortType(column));
  const kind = parsed.status === 'ok' ? parsed.kind : null;
  const found: Constraint[] = [];
  const add = (name: Constraint['name'], value: number | string | null): void => {
    if (value !== null) found.push({ name, values: [value] });
  };
  const bound = (value: number | string | null): number | string | null =>
    (typeof value === 'number' && kind === 'number') || (typeof value === 'string' && kind === 'time')
      ? value
      : null;
  add('min_value', bound(constraints.minimum));
  add('above', bound(constraints.exclusiveMinimum));
  add('max_value', bound(constraints.maximum));
  add('below', bound(constraints.exclusiveMaximum));
  add('multiple_of', kind === 'number' ? constraints.multipleOf : null);
  add('min_length', kind === 'text' ? constraints.minLength : null);
  add('max_length', kind === 'text' ? constraints.maxLength : null);
  add('pattern', kind === 'text' ? constraints.pattern : null);
  if (constraints.oneOf !== null) found.push({ name: 'one_of', values: constraints.oneOf });
  return found;
}

function list<T>(items: readonly T[]): readonly T[] | null {
  return items.length === 0 ? null : items;
}

/** A field that is left out when there is nothing to say. */
function given(name: string, value: unknown): Readonly<Record<string, unknown>> {
  return value === null ? {} : { [name]: value };
}

/** What a contract from ODCS says that the short form has no words for, for people. */
export function lostInShort(contract: Contract): readonly string[] {
  const { document } = contract;
  return [
    ...keysOfOthers(document.carried),
    ...keysOfOthers(contract.carried).map((key) => `schema ${contract.logicalName}: ${key}`),
    ...(document.servers.length > 0 ? ['servers'] : []),
    ...(document.team !== null && document.team.members.length > 1 ? ['team'] : []),
    ...(document.roles.length > 0 ? ['roles'] : []),
    ...(document.support.length > 0 ? ['support'] : []),
    ...(document.price === null ? [] : ['price']),
    ...document.sla
      .filter(({ property }) => !/^(?:latency|freshness|timeOfAvailability)$/i.test(property))
      .map(({ property }) => `slaProperties ${property}`),
    ...contract.relationships.map(({ table }) => `relationship to ${table}`),
    ...contract.columns.flatMap((column) => [
      ...column.relationships.map(({ table }) => `relationship of ${column.name} to ${table}`),
      ...(column.properties.length > 0 || column.items !== null ? [`fields inside ${column.name}`] : []),
      ...keysOfOthers(column.carried)
        .filter((key) => !IMPLIED.has(key))
        .map((key) => `${column.name}: ${key}`),
    ]),
    ...contract.carriedChecks
      .filter(({ origin }) => origin === 'quality')
      .map(({ text, engine }) => `check ${engine ?? 'text'}: ${text.slice(0, 60)}`),
  ];
}

/** Said by leaving it out. */
const IMPLIED = new Set([
  'primaryKey',
  'required',
  'unique',
  'partitioned',
  'criticalDataElement',
  'primaryKeyPosition',
  'partitionKeyPosition',
]);
