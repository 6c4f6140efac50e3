import { plainDetection } from '#detectors/plain-detection.ts';
import { schemaDrift, type SchemaColumn } from '#detectors/schema-drift.ts';
import { typeChange } from '#detectors/schema-drift/type-change.ts';
import type { Contract, ContractColumn } from '#model/contract.ts';
import type { Detection } from '#model/detection.ts';

/** Words for kinds of types, which no engine's type is held against. */
const KINDS: ReadonlySet<string> = new Set(['number', 'object', 'array', 'any', '']);

/**
 * The columns of a partition against those that its contract promises; null where the contract names none.
 * What is promised in words of the contract's own (`integer`) is kept by every type of that kind.
 * @param columns as writers state them, nested ones left out
 */
export function schemaAgainst(
  contract: Contract,
  columns: readonly { readonly name: string; readonly type: string }[],
  partition: string,
): Detection | null {
  if (contract.columns.length === 0 || columns.length === 0) return null;
  const found = new Map(columns.map(({ name, type }) => [name, type]));
  const promised = contract.columns.map((column): SchemaColumn => {
    const name = column.physicalName ?? column.name;
    return { name, type: promisedType(column, found.get(name) ?? '') };
  });
  const stated = columns.map(({ name, type }): SchemaColumn => ({ name, type: type === '' ? null : type }));
  const label = partition === '' ? 'this dataset' : partition;
  const { status, changes, message } = schemaDrift(promised, stated, { against: 'contract', label });
  return plainDetection({
    detector: 'schema_contract',
    status,
    value: changes.length,
    expected: 0,
    low: 0,
    high: 0,
    threshold: 0,
    points: promised.length,
    message,
  });
}

function promisedType({ type, physicalType }: ContractColumn, found: string): string | null {
  if (physicalType !== null) return physicalType;
  if (KINDS.has(type.toLowerCase()) || found === '') return null;
  return typeChange(type, found) === 'retyped' ? type : null;
}
