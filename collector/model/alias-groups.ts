import type { AliasDecision, AliasEdge, AliasName, Withheld } from './alias.ts';
import { DisjointSets } from './disjoint-sets.ts';
import type { Uuid } from './ids.ts';
import { isPathLike, isRoot } from './naming.ts';
import { timeOfKey, type OrderKey } from './order-key.ts';

export interface AliasGroups {
  /** For every name that has another: the name that stands for all of its group. */
  readonly canonical: ReadonlyMap<Uuid, Uuid>;
  /** Of the given edges those that do not join, with the reason. */
  readonly withheld: ReadonlyMap<AliasEdge, Withheld>;
}

/**
 * Which names are one dataset: a function of the sets of edges and decisions alone, whatever their order.
 * Strong words come first (operators, renames, then symlinks), each in the order of ids, and a union that
 * would put two denied names into one group is not made.
 * @param names of all ends of the edges and decisions, as far as they are known.
 */
export function groupAliases(
  names: readonly AliasName[],
  edges: readonly AliasEdge[],
  decisions: readonly AliasDecision[],
): AliasGroups {
  const known = new Map(names.map((name) => [name.id, name]));
  const withheld = new Map<AliasEdge, Withheld>();
  const sets = new GuardedSets(decisions);
  for (const { a, b, verdict } of sortBy(decisions, (one) => one.a + one.b))
    if (verdict === 'join') sets.join(a, b);

  const renames = edges.filter(({ kind }) => kind === 'rename');
  const symlinks = edges.filter(({ kind }) => kind !== 'rename');
  const apply = (candidates: readonly AliasEdge[], guard: (edge: AliasEdge) => Withheld | null): void => {
    // All are judged before any is applied, so that none depends on its neighbours' turn.
    const judged = candidates.map((edge) => ({ edge, reason: rootAmong(edge, known) ?? guard(edge) }));
    for (const { edge, reason } of sortBy(judged, (one) => one.edge.from + one.edge.to + one.edge.kind)) {
      const refused = reason ?? (sets.join(edge.from, edge.to) ? null : 'denied');
      if (refused) withheld.set(edge, refused);
    }
  };
  apply(renames, reusedNames(renames));
  apply(symlinks, sharedLocations(symlinks, known, sets));

  const canonical = new Map<Uuid, Uuid>();
  const rank = rankOf(
    edges.filter((edge) => !withheld.has(edge)),
    known,
  );
  for (const group of sets.groups()) {
    const [first = ''] = sortBy(group, rank);
    for (const member of group) canonical.set(member, first);
  }
  return { canonical, withheld };
}

/** Sets that keep denied pairs apart. */
class GuardedSets extends DisjointSets {
  readonly #denied = new Map<Uuid, Uuid[]>();

  constructor(decisions: readonly AliasDecision[]) {
    super();
    for (const { a, b, verdict } of decisions) {
      if (verdict !== 'deny') continue;
      this.#denied.set(a, [...(this.#denied.get(a) ?? []), b]);
      this.#denied.set(b, [...(this.#denied.get(b) ?? []), a]);
    }
  }

  /** False when a denial forbids it. */
  join(a: Uuid, b: Uuid): boolean {
    const other = this.find(b);
    const forbidden = this.members(a).some((member) =>
      this.#denied.get(member)?.some((enemy) => this.find(enemy) === other),
    );
    if (!forbidden) this.union(a, b);
    return !forbidden;
  }
}

function rootAmong({ from, to }: AliasEdge, known: ReadonlyMap<Uuid, AliasName>): Withheld | null {
  return [from, to].some((id) => {
    const name = known.get(id);
    return name !== undefined && isRoot(name);
  })
    ? 'root'
    : null;
}

const DAY = 86_400_000;

/** A chain of renames joins while each name was reached before it was left, once. */
function reusedNames(renames: readonly AliasEdge[]): (edge: AliasEdge) => Withheld | null {
  const reached = new Map<Uuid, OrderKey>(); // for the last time
  const left = new Map<Uuid, OrderKey>(); // for the first time
  for (const { from, to, firstKey, lastKey } of renames) {
    if (lastKey !== null && lastKey > (reached.get(to) ?? '')) reached.set(to, lastKey);
    if (firstKey !== null && firstKey < (left.get(from) ?? 'g')) left.set(from, firstKey);
  }
  const isReused = (id: Uuid): boolean => {
    const [arrival, departure] = [reached.get(id), left.get(id)];
    return arrival !== undefined && departure !== undefined && arrival >= departure;
  };
  return ({ from, to, firstKey, lastKey }) => {
    // One rename is told by a few events close together; told again another day it is another rename.
    const again =
      firstKey !== null &&
      lastKey !== null &&
      timeOfKey(lastKey).getTime() - timeOfKey(firstKey).getTime() > DAY;
    return again || isReused(from) || isReused(to) ? 'reused_name' : null;
  };
}

/** The end that lies somewhere, and the end that is a catalogue's name for it. */
function endsOf({ kind, from, to }: AliasEdge): { readonly place: Uuid; readonly table: Uuid } {
  return kind === 'location' ? { place: to, table: from } : { place: from, table: to };
}

/**
 * One place is one table of each catalogue (namespace). Where several are said to lie there, one of them
 * may be, but nothing tells which. Tables that differ in letter case only, or are one by a stronger word, are one.
 */
function sharedLocations(
  symlinks: readonly AliasEdge[],
  known: ReadonlyMap<Uuid, AliasName>,
  strong: DisjointSets,
): (edge: AliasEdge) => Withheld | null {
  const placeOf = (edge: AliasEdge): string => {
    const { place, table } = endsOf(edge);
    return `${place}${known.get(table)?.namespace ?? ''}`;
  };
  const tables = new Map<string, DisjointSets>();
  const first = new Map<string, string>();
  const shared = new Set<string>();
  for (const edge of symlinks) {
    const { table } = endsOf(edge);
    const key = placeOf(edge);
    const sets = tables.get(key) ?? new DisjointSets();
    tables.set(key, sets);
    sets.union(`set ${strong.find(table)}`, `name ${known.get(table)?.name.toLowerCase() ?? table}`);
  }
  for (const edge of symlinks) {
    const key = placeOf(edge);
    const set = tables.get(key)?.find(`set ${strong.find(endsOf(edge).table)}`) ?? '';
    const seen = first.get(key);
    if (seen === undefined) first.set(key, set);
    else if (seen !== set) shared.add(key);
  }
  return (edge) => (shared.has(placeOf(edge)) ? 'shared_location' : null);
}

/** Sorts the name that should stand for a group to the front: a present name, a catalogue's, then by the letters. */
function rankOf(applied: readonly AliasEdge[], known: ReadonlyMap<Uuid, AliasName>): (id: Uuid) => string {
  const renamed = new Set(applied.filter(({ kind }) => kind === 'rename').map(({ from }) => from));
  const places = new Map<Uuid, Uuid[]>();
  for (const edge of applied) {
    if (edge.kind === 'rename') continue;
    const { place, table } = endsOf(edge);
    places.set(table, [...(places.get(table) ?? []), place]);
  }
  // A renamed table moves with its path, and Spark tells of the paths alone: a table all of whose paths are left is left.
  const isLeft = (id: Uuid): boolean =>
    renamed.has(id) || (places.get(id)?.every((place) => renamed.has(place)) ?? false);
  return (id) => {
    const name = known.get(id);
    const isTable = places.has(id) || (name !== undefined && !isPathLike(name.namespace));
    const order = [name === undefined, isLeft(id), !isTable].map((last) => (last ? '1' : '0')).join('');
    return `${order}${name?.namespace ?? ''}\u0000${name?.name ?? ''}\u0000${id}`;
  };
}

function sortBy<T>(list: readonly T[], key: (one: T) => string): T[] {
  return list
    .map((one) => ({ one, order: key(one) }))
    .sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0))
    .map(({ one }) => one);
}
