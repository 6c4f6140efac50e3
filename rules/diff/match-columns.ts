import type { ContractColumn } from '#model/contract.ts';
import type { Json, JsonObject } from '#model/json.ts';
import { nearest } from '../spelling.ts';
import { typeRelation } from './type-relation.ts';

/** A column that both versions have, or one of which there is another name now. */
export interface ColumnPair {
  readonly before: ContractColumn;
  readonly after: ContractColumn;
  /** How we know that a renamed column is the same; null when the name stayed. */
  readonly renamedBy: 'alias' | 'physical name' | 'likeness' | null;
}

export interface MatchedColumns {
  readonly pairs: readonly ColumnPair[];
  readonly removed: readonly ContractColumn[];
  readonly added: readonly ContractColumn[];
}

/** Most pairs of names that are compared by likeness: in larger changes nobody looks for a slip of the pen. */
const MOST_PAIRS = 10_000;

/** Which column of the new version is which of the old one: by name, alias, physical name, or likeness of name and type. */
export function matchColumns(
  before: readonly ContractColumn[],
  after: readonly ContractColumn[],
): MatchedColumns {
  const byName = new Map(after.map((column) => [column.name, column]));
  const known = new Set(before.map(({ name }) => name));
  const pairs: ColumnPair[] = [];
  const missing: ContractColumn[] = [];
  for (const column of before) {
    const same = byName.get(column.name);
    if (same) pairs.push({ before: column, after: same, renamedBy: null });
    else missing.push(column);
  }
  const fresh = new Set(after.filter(({ name }) => !known.has(name)));
  const byAlias = new Map(
    [...fresh].flatMap((column) =>
      aliasesOf(column.carried).map((name): [string, ContractColumn] => [name, column]),
    ),
  );
  const byPlace = new Map([...fresh].map((column) => [column.physicalName ?? column.name, column]));
  const isSmall = missing.length * fresh.size <= MOST_PAIRS;
  const removed = missing.filter((column) => {
    const take = (found: ContractColumn | undefined, renamedBy: ColumnPair['renamedBy']): boolean => {
      if (!found || !fresh.delete(found)) return false;
      pairs.push({ before: column, after: found, renamedBy });
      return true;
    };
    return !(
      take(byAlias.get(column.name), 'alias') ||
      take(byPlace.get(column.physicalName ?? column.name), 'physical name') ||
      take(isSmall ? likest(column, fresh) : undefined, 'likeness')
    );
  });
  return { pairs, removed, added: [...fresh] };
}

function likest(before: ContractColumn, fresh: ReadonlySet<ContractColumn>): ContractColumn | undefined {
  const alike = [...fresh].filter((after) =>
    ['same', 'wider'].includes(typeRelation(before.type, after.type)),
  );
  const name = nearest(
    before.name,
    alike.map((after) => after.name),
  );
  return alike.find((after) => after.name === name) ?? sameWords(before, alike);
}

/** `user_id` and `id_user`, `customerName` and `customer_name`; else what is described by the same sentence. */
function sameWords(
  before: ContractColumn,
  candidates: readonly ContractColumn[],
): ContractColumn | undefined {
  const words = wordsOf(before.name);
  return (
    candidates.find((after) => wordsOf(after.name) === words) ??
    candidates.find((after) => before.description !== null && after.description === before.description)
  );
}

function wordsOf(name: string): string {
  const words = name.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1_$2').toLowerCase();
  return words
    .split(/[^\p{L}\p{N}]+/u)
    .sort()
    .join('_');
}

/** The names by which a dataset or column can still be read: `aliases`, or an ODCS custom property of that name. */
export function aliasesOf(carried: JsonObject): readonly string[] {
  const custom = carried['customProperties'];
  const stated = Array.isArray(custom)
    ? (custom as readonly Json[]).flatMap((item) => {
        const { property, value } = isObject(item) ? item : {};
        return property === 'alias' || property === 'aliases' ? [value ?? null] : [];
      })
    : [];
  return [carried['alias'] ?? null, carried['aliases'] ?? null, ...stated]
    .flatMap((value) => (Array.isArray(value) ? (value as readonly Json[]) : [value]))
    .filter((value) => typeof value === 'string');
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
