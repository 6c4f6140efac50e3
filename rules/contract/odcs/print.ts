import type { CarriedCheck, Check, Contract, ContractDocument, SourcePosition } from '#model/contract.ts';
import type { Json, JsonObject } from '#model/json.ts';
import { stringify } from 'yaml';

import { formatDuration } from '../duration.ts';
import { tableName } from '../plain-column.ts';
import { NEWEST_VERSION } from './document-shape.ts';
import { EXTRAS, extrasProperty, stated } from './extras.ts';
import { printOdcsColumn, printShortColumn } from './print-column.ts';
import { printDocumentFields } from './print-document.ts';
import { printObjectFields } from './print-object.ts';

/**
 * Writes contracts that share a document as an ODCS file. What was read from ODCS comes out with the same
 * values; of the short form, what ODCS has no key for stands in custom properties called `assay`.
 */
export function printOdcs(document: ContractDocument, contracts: readonly Contract[]): string {
  return stringify(odcsDocument(document, contracts), {
    version: '1.2',
    schema: 'core',
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
}

/** The same as values. */
export function odcsDocument(document: ContractDocument, contracts: readonly Contract[]): JsonObject {
  if (document.dialect === 'odcs') {
    const schema = contracts.map(odcsObject);
    return {
      ...printDocumentFields(document),
      ...(schema.length > 0 && { schema }),
      ...document.carried,
    };
  }
  const [contract] = contracts;
  return contract === undefined ? {} : fromShort(contract);
}

function odcsObject(contract: Contract): JsonObject {
  const items = [...contract.checks, ...contract.carriedChecks]
    .filter(({ origin, carried }) => origin === 'quality' || Object.keys(carried).length > 0)
    .toSorted((a, b) => byPlace(a.position, b.position));
  const own = items.filter(({ from }) => from.column === null).map(({ carried }) => carried);
  const properties = contract.columns.map((column, index) => {
    // A name that occurs twice: each has the items below it.
    const next = contract.columns.slice(index + 1).find(({ name }) => name === column.name);
    const quality = items.filter(
      ({ from, position }) =>
        from.column === column.name &&
        byPlace(position, column.position) >= 0 &&
        (next === undefined || byPlace(position, next.position) < 0),
    );
    return printOdcsColumn(
      column,
      quality.map(({ carried }) => carried),
    );
  });
  return {
    ...printObjectFields(contract),
    ...(properties.length > 0 && { properties }),
    ...(contract.relationships.length > 0 && {
      relationships: contract.relationships.map(({ carried }) => carried),
    }),
    ...(own.length > 0 && { quality: own }),
    ...contract.carried,
  };
}

function byPlace(a: SourcePosition, b: SourcePosition): number {
  return a.line - b.line || a.column - b.column;
}

function fromShort(contract: Contract): JsonObject {
  const { document, partition, gate } = contract;
  const element = (column: string | null): string =>
    column === null ? contract.logicalName : `${contract.logicalName}.${column}`;
  const sla: JsonObject[] = contract.objectives.map(({ kind, seconds, column }) => ({
    property: kind === 'freshness' ? 'latency' : kind,
    ...durationOf(seconds),
    element: element(column),
  }));
  if (contract.deadline !== null)
    sla.push({ property: 'timeOfAvailability', value: contract.deadline.text, element: element(null) });
  const generated = [
    ...(document.id === null ? ['id'] : []),
    ...(document.status === null ? ['status'] : []),
  ];
  const columns = withPartition(contract);
  const inSchema = partition?.columns.every((name) =>
    contract.columns.some((column) => tableName(column) === name),
  );
  const quality = contract.checks.filter(({ origin }) => origin === 'quality').map(qualityItem);
  return {
    apiVersion: NEWEST_VERSION,
    kind: 'DataContract',
    id: document.id ?? contract.dataset,
    version: contract.version,
    status: document.status ?? 'active',
    ...stated({ domain: document.domain }),
    team: { members: [{ username: contract.owner, role: 'owner' }] },
    ...(sla.length > 0 && { slaProperties: sla }),
    schema: [
      {
        ...printObjectFields(contract),
        ...(columns.length > 0 && { properties: columns.map(printShortColumn) }),
        ...(quality.length > 0 && { quality }),
        ...extrasProperty({
          dataset: contract.physicalName === null ? null : contract.dataset,
          namespace: contract.namespace,
          tier: contract.tier,
          positional: contract.positional,
          runbook: contract.runbook ?? null,
          partition:
            partition === null
              ? null
              : {
                  ...(inSchema !== true && { columns: partition.columns }),
                  ...stated({ grain: partition.grain, watermark: partition.watermark }),
                },
          gate: {
            ...stated({ publish_to: gate.publishTo, evaluate_on: gate.evaluateOn ?? null }),
            on_error: gate.onError ?? 'block',
            empty_partition: gate.emptyPartition,
          },
          profile: contract.profile ? stated({ ...contract.profile }) : null,
        }),
      },
    ],
    ...extrasProperty({ generated }),
  };
}

/** ODCS marks the partition at the columns. */
function withPartition({ columns, partition }: Contract): Contract['columns'] {
  const names = partition?.columns ?? [];
  if (!names.every((name) => columns.some((column) => tableName(column) === name))) return columns;
  return columns.map((column) => {
    const place = names.indexOf(tableName(column));
    return place === -1 ? column : { ...column, partitioned: true, partitionPosition: place + 1 };
  });
}

/** In hours or days where that comes out even, as readers of the standard expect. */
function durationOf(seconds: number): { readonly value: Json; readonly unit: string } {
  const [amount = '', unit = ''] = formatDuration(seconds).split(' ');
  return { value: Number(amount), unit: UNITS[unit.replace(/s$/, '')] ?? 's' };
}

const UNITS: Readonly<Record<string, string>> = { day: 'd', hour: 'h', minute: 'min', second: 's' };

const SEVERITIES = { block: 'error', warn: 'warning', info: 'info' } as const;

const OPERATORS = {
  '=': 'mustBe',
  '!=': 'mustNotBe',
  '>': 'mustBeGreaterThan',
  '>=': 'mustBeGreaterOrEqualTo',
  '<': 'mustBeLessThan',
  '<=': 'mustBeLessOrEqualTo',
  between: 'mustBeBetween',
  not_between: 'mustNotBeBetween',
} as const;

/** A check of ours: our expression for the engine `assay`, or a query as the standard has it. */
function qualityItem(check: Check | CarriedCheck): JsonObject {
  const common = {
    ...stated({ name: check.name, description: check.description, dimension: check.dimension }),
    severity: SEVERITIES[check.severity],
    ...stated({ tags: check.tags }),
    ...extrasProperty({ owner: check.owner, runbook: check.runbook ?? null, approx: check.approx }),
  };
  const condition = 'expression' in check ? check.expression.condition : null;
  if (condition?.type !== 'custom_sql')
    return { type: 'custom', engine: EXTRAS, implementation: check.text, ...common };
  const { operator, limit, high, query } = condition;
  const must: JsonObject = {
    [OPERATORS[operator]]: high === null ? limit.value : [limit.value, high.value],
  };
  return { type: 'sql', query: query.replaceAll('{dataset}', '{object}'), ...must, ...common };
}
