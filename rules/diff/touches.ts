import type { Contract, ContractColumn } from '#model/contract.ts';
import type { Change } from './change.ts';
import type { ContractFile } from './contract-file.ts';

/** What of the old contract a change takes away or alters, by the names that lineage may know it under. */
export interface Touch {
  /** Index of the change. */
  readonly change: number;
  readonly contract: Contract;
  /** Names of one column; '' for the whole dataset. */
  readonly columns: readonly string[];
}

/** What is new, or only told, breaks nobody who reads what was there. */
const HARMLESS = ['B15', 'B18', 'B19'];

/** For each change that readers may feel what it touches; changes of the whole file touch each of its datasets. */
export function touchesOf(changes: readonly Change[], before: ContractFile): readonly Touch[] {
  return changes.flatMap(({ rule, dataset, column }, change) => {
    if (HARMLESS.includes(rule)) return [];
    return before.contracts
      .filter((contract) => dataset === null || contract.dataset === dataset)
      .map((contract) => ({
        change,
        contract,
        columns: column === null ? [''] : namesOf(contract.columns, column),
      }));
  });
}

/** As the contract and as the store name it, a part of a nested column also by what it is a part of. */
function namesOf(columns: readonly ContractColumn[], path: string): readonly string[] {
  const column = columns.find(({ name }) => name === path || path.startsWith(`${name}.`));
  if (!column) return [path];
  const stored = column.physicalName ?? column.name;
  return [...new Set([path, column.name, stored, stored + path.slice(column.name.length)])];
}
