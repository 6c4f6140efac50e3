import type { ColumnConstraints, Contract, ContractColumn } from '#model/contract.ts';
import { stringify } from 'yaml';

import { formatDuration } from './duration.ts';
import { DEFAULT_TIER } from './parse.ts';

/**
 * Writes a contract in the short form. Parsing the text gives the same contract again, positions aside;
 * checks that the schema promises are not repeated under `quality`.
 */
export function printContract(contract: Contract): string {
  const stated = contract.checks.filter((check) => check.origin === 'quality');
  const { partition, gate } = contract;
  const hasGate = gate.publishTo !== null || gate.emptyPartition === 'allow';
  const document = {
    dataset: contract.dataset,
    ...given('namespace', contract.namespace),
    version: contract.version,
    owner: contract.owner,
    ...given('description', contract.description),
    ...given('tier', contract.tier === DEFAULT_TIER ? null : contract.tier),
    ...given('sla', contract.slaSeconds === null ? null : formatDuration(contract.slaSeconds)),
    ...given('partition', partition && { column: partition.column, ...given('grain', partition.grain) }),
    ...given(
      'gate',
      hasGate ? { ...given('publish_to', gate.publishTo), empty_partition: gate.emptyPartition } : null,
    ),
    ...given(
      'quality',
      stated.length === 0
        ? null
        : stated.map(({ text, severity }) => ({
            check: text,
            ...given('severity', severity === 'block' ? null : severity),
          })),
    ),
    ...given('schema', contract.columns.length === 0 ? null : contract.columns.map(columnDocument)),
  };
  return stringify(document, {
    version: '1.2',
    schema: 'core',
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
}

function columnDocument(column: ContractColumn): Readonly<Record<string, unknown>> {
  return {
    name: column.name,
    type: column.type,
    ...given('description', column.description),
    ...given('primary_key', column.primaryKey || null),
    ...given('required', column.required || null),
    ...given('pii', column.pii === false ? null : column.pii === 'personal' ? true : column.pii),
    ...given('constraints', constraintTexts(column.constraints)),
  };
}

function constraintTexts({ minimum, maximum }: ColumnConstraints): readonly string[] | null {
  const texts = [
    ...(minimum === null ? [] : [`min_value(${minimum})`]),
    ...(maximum === null ? [] : [`max_value(${maximum})`]),
  ];
  return texts.length === 0 ? null : texts;
}

/** A field that is left out when there is nothing to say. */
function given(name: string, value: unknown): Readonly<Record<string, unknown>> {
  return value === null ? {} : { [name]: value };
}
