import type { Change, DiffOptions } from './change.ts';
import type { ContractFile } from './contract-file.ts';
import { ChangeList } from './change-list.ts';
import { compareDataset, datasetPlace } from './dataset.ts';
import { compareDocuments } from './document.ts';
import { matchDatasets } from './match-datasets.ts';

/**
 * What changed between two versions of a contract file, by the rules B1 to B20 of docs/contract-changes.md. Null
 * when there was no file, or is none any more. Nothing depends on
 * the order of keys.
 */
export function diffContracts(
  before: ContractFile | null,
  after: ContractFile | null,
  options: DiffOptions = {},
): readonly Change[] {
  const list = new ChangeList(options);
  const { pairs, removed, added } = matchDatasets(before?.contracts ?? [], after?.contracts ?? []);
  for (const contract of removed)
    list.add(datasetPlace(contract, null), {
      rule: 'B1',
      class: 'MAJOR',
      before: contract.dataset,
      position: after && { line: 1, column: 1 },
      message: `The dataset ${contract.logicalName} is removed`,
      mend: 'Deprecate it first and keep it until nobody reads it, or raise the major version.',
    });
  for (const pair of pairs) {
    const own = new ChangeList({
      ...options,
      positional: options.positional === true || pair.before.positional,
    });
    compareDataset(own, pair);
    list.changes.push(...own.changes);
  }
  for (const contract of added)
    list.add(datasetPlace(contract, contract.position), {
      rule: 'B15',
      class: 'MINOR',
      after: contract.dataset,
      message: `The dataset ${contract.logicalName} is added`,
      mend: 'Raise the minor version.',
    });
  if (before && after) compareDocuments(list, before, after);
  return list.changes;
}
