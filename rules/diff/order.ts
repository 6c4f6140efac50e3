import type { ContractColumn } from '#model/contract.ts';
import type { ChangeList, Place } from './change-list.ts';
import type { MatchedColumns } from './match-columns.ts';

/** B16: whether a reader by place finds other columns. A column added at the end moves none. */
export function compareOrder(
  list: ChangeList,
  place: Place,
  { pairs }: MatchedColumns,
  before: readonly ContractColumn[],
  after: readonly ContractColumn[],
): void {
  const newName = new Map(pairs.map((pair) => [pair.before.name, pair.after.name]));
  const kept = new Set(newName.values());
  const was = before.flatMap(({ name }) => newName.get(name) ?? []);
  const is = after.flatMap(({ name }) => (kept.has(name) ? [name] : []));
  const positional = list.options.positional ?? false;
  const moved = was.findIndex((name, index) => is[index] !== name);
  const pushed = positional ? after.slice(0, is.length).findIndex(({ name }) => !kept.has(name)) : -1;
  if (moved === -1 && pushed === -1) return;
  const column = after.find(({ name }) => name === is[moved]) ?? after[pushed];
  list.add(place, {
    rule: 'B16',
    class: positional ? 'MAJOR' : 'MINOR',
    at: 'columns',
    before: before.map(({ name }) => name),
    after: after.map(({ name }) => name),
    position: column?.position ?? place.position,
    message:
      moved === -1
        ? `The column ${column?.name ?? ''} is put before others of ${place.name}`
        : `The columns of ${place.name} stand in another order from ${is[moved] ?? ''} on`,
    mend: positional
      ? 'Put new columns last and keep the order: readers take columns by their place. Or raise the major version.'
      : 'Raise the minor version; state positional: true if readers take columns by their place.',
  });
}
