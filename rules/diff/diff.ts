import type { Contract } from '#model/contract.ts';
import type { Change, DiffOptions } from './change.ts';
import { ChangeList } from './change-list.ts';
import { compareDataset, datasetPlace } from './dataset.ts';
import { compareDocuments } from './document.ts';
import { matchDatasets } from './match-datasets.ts';

/**
 * What changed between two versions of a contract file, by the rules B1 to B20 of docs/contract-changes.md. A file
 * gives one contract, an ODCS file several; none at all when there was no file, or is none any more. The order
 * is that of the old file's datasets; nothing depends on the order of keys.
 */
export function diffContracts(
  before: readonly Contract[],
  after: readonly Contract[],
  options: DiffOptions = {},
): readonly Change[] {
  const list = new ChangeList(options);
  const [first, latest] = [before[0], after[0]];
  const { pairs, removed, added } = matchDatasets(before, after);
  for (const contract of removed)
    list.add(datasetPlace(contract, null), {
      rule: 'B1',
      class: 'MAJOR',
      before: contract.dataset,
      position: latest ? { line: 1, column: 1 } : null,
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
  if (first && latest) compareDocuments(list, first, latest);
  return list.changes;
}
