import type { Contract } from '#model/contract.ts';
import { nearest } from '../spelling.ts';
import { aliasesOf } from './match-columns.ts';

/** A dataset that both files describe. */
export interface DatasetPair {
  readonly before: Contract;
  readonly after: Contract;
  /** Null when the name stayed. */
  readonly renamedBy: 'alias' | 'likeness' | null;
}

export interface MatchedDatasets {
  readonly pairs: readonly DatasetPair[];
  readonly removed: readonly Contract[];
  readonly added: readonly Contract[];
}

/** Most pairs of datasets whose columns are compared. */
const MOST_PAIRS = 2000;

/** Share of the column names that two datasets must have in common to be taken for one. */
const LIKE = 0.6;

/** Which dataset of the new file is which of the old one: by name, by alias, or by most of the columns. */
export function matchDatasets(before: readonly Contract[], after: readonly Contract[]): MatchedDatasets {
  const left = new Set(after);
  const byName = new Map(after.map((contract) => [contract.logicalName, contract]));
  const byDataset = new Map(after.map((contract) => [contract.dataset, contract]));
  const pairs: DatasetPair[] = [];
  const missing: Contract[] = [];
  for (const was of before) {
    const same = [byName.get(was.logicalName), byDataset.get(was.dataset)].find(
      (is) => is && left.delete(is),
    );
    if (same) {
      pairs.push({ before: was, after: same, renamedBy: null });
    } else missing.push(was);
  }
  const known = new Set(before.map(({ logicalName }) => logicalName));
  const isSmall = missing.length * left.size <= MOST_PAIRS;
  const removed = missing.filter((was) => {
    const fresh = [...left].filter(({ logicalName }) => !known.has(logicalName));
    const byAlias = fresh.find(({ carried }) => aliasesOf(carried).includes(was.logicalName));
    const like = isSmall ? fresh.find((is) => likeness(was, is) >= LIKE) : undefined;
    const found = byAlias ?? like ?? alone(was, before, fresh);
    if (!found) return true;
    left.delete(found);
    pairs.push({ before: was, after: found, renamedBy: found === byAlias ? 'alias' : 'likeness' });
    return false;
  });
  return { pairs, removed, added: [...left] };
}

/** One dataset each, with names that differ by a slip. */
function alone(was: Contract, before: readonly Contract[], fresh: readonly Contract[]): Contract | undefined {
  const [only] = fresh;
  if (before.length !== 1 || fresh.length !== 1 || !only) return undefined;
  return nearest(was.logicalName, [only.logicalName]) === null ? undefined : only;
}

function likeness(was: Contract, is: Contract): number {
  const names = new Set(was.columns.map(({ name }) => name));
  const common = is.columns.filter(({ name }) => names.has(name)).length;
  const all = names.size + is.columns.length - common;
  // One column in common says nothing.
  return common < 2 ? 0 : common / all;
}
