import type { TableFinding } from './load-events.ts';
import { placeKey, type PartitionFacts } from './partition-facts.ts';
import type { WatchState } from './watch-state.ts';

/** When any load of the database was seen whose table is not known. */
export const ANY_TABLE = '*';

function loadedAt({ loaded }: WatchState, table: string): number {
  return Math.max(loaded.get(table) ?? 0, loaded.get(ANY_TABLE) ?? 0);
}

/**
 * Tables whose partitions moved though no load of them was seen: told at the second look, because a load may be
 * listed as ended later than its data is visible.
 */
export function unattributed(
  { database, state, now }: { readonly database: string; readonly state: WatchState; readonly now: number },
  partitions: readonly PartitionFacts[],
): TableFinding[] {
  const found: TableFinding[] = [];
  if (!state.started) return found;
  const busy = new Set([...state.open.values()].map(({ table }) => table));
  const moved = new Map<string, string>();
  // What the gate swapped out bears its name.
  const swappedOut = new Set(
    partitions.filter(({ table }) => table.includes('__assay_')).map(({ id }) => id),
  );
  for (const one of partitions) {
    const before = state.partitions.get(placeKey(one));
    const now = `${one.id}.${one.version}`;
    if (one.temporary || before === now || (before === undefined && one.version === '1')) continue;
    // The gate has put a temporary partition of its own in place.
    const [idBefore] = before?.split('.') ?? [];
    if (idBefore !== one.id && wasStaged(state, one)) continue;
    if (idBefore !== undefined && idBefore !== one.id && swappedOut.has(idBefore)) continue;
    if (one.table.includes('__assay_')) continue;
    moved.set(one.table, `${moved.get(one.table) ?? ''}${one.name}:${now};`);
  }
  for (const [table, { since, signature }] of state.suspected) {
    state.suspected.delete(table);
    if (loadedAt(state, table) >= since || busy.has(table) || busy.has(null)) continue;
    found.push({
      kind: 'unattributed_change',
      database,
      table,
      signature,
      message: `${database}.${table} changed, and no load of it was seen: a DELETE, an UPDATE, a swap, or a load that was purged.`,
    });
  }
  for (const [table, signature] of moved)
    if (loadedAt(state, table) < now && !busy.has(table) && !busy.has(null))
      state.suspected.set(table, { since: now, signature });
  return found;
}

function wasStaged(state: WatchState, { table, id }: PartitionFacts): boolean {
  for (const [key, value] of state.partitions)
    if (key.startsWith(`${table}/`) && key.includes('__assay_') && value.split('.')[0] === id) return true;
  return false;
}
