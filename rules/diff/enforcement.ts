import type { Check, Contract, ContractColumn, Relationship } from '#model/contract.ts';

/** The contract with each relationship marked that one of its checks holds the data to (`a references t(b)`). */
export function withEnforcement(contract: Contract): Contract {
  const mark = (one: Relationship): Relationship =>
    one.enforced || !contract.checks.some((check) => holdsTo(check, one)) ? one : { ...one, enforced: true };
  const markColumn = (column: ContractColumn): ContractColumn => ({
    ...column,
    relationships: column.relationships.map(mark),
    properties: column.properties.map(markColumn),
    items: column.items && markColumn(column.items),
  });
  return {
    ...contract,
    relationships: contract.relationships.map(mark),
    columns: contract.columns.map(markColumn),
  };
}

function holdsTo({ expression: { condition } }: Check, { columns, table }: Relationship): boolean {
  return (
    condition.type === 'references' &&
    !condition.negated &&
    condition.columns.map(({ name }) => name).join('\n') === columns.join('\n') &&
    // The check may name the schema as well.
    (condition.table.parts.join('.') === table || condition.table.parts.at(-1) === table.split('.').at(-1))
  );
}
