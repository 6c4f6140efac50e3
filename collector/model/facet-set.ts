import { derivedId, type Uuid } from './ids.ts';
import type { OrderKey } from './order-key.ts';

/**
 * The facets that one event stated of one thing, by name: the id of each one's content, null where the
 * event took the facet back (`_deleted`).
 */
export type FacetIds = Readonly<Record<string, Uuid | null>>;

/** That an event stated a set of facets: the event's order key and the set's id. */
export interface StatedSet {
  readonly key: OrderKey;
  readonly set: Uuid;
}

/**
 * What is kept of all the sets that a run's events stated of one thing, sorted by key: for each list of
 * names the last. A facet is replaced whole by a later statement of its name, so of two sets with the same
 * names the earlier one says nothing any more. Keeping the last of each list of names is commutative,
 * associative and idempotent, and needs no set's content; which facets hold is worked out when read
 * (`facetsNow`).
 */
export type FacetClaims = readonly StatedSet[];

const NO_CLAIMS: FacetClaims = [];

/** Hexadecimal digits of a set's id that tell its names: the rest tells its content. */
const NAMES_LENGTH = 8;

/** The id of a set: sets of the same names begin alike. */
export function facetSetId(facets: FacetIds): Uuid {
  const names = Object.keys(facets).sort();
  const content = names.flatMap((name) => [name, facets[name] ?? '']);
  return (
    derivedId('facet names', ...names).slice(0, NAMES_LENGTH) +
    derivedId('facet set', ...content).slice(NAMES_LENGTH)
  );
}

/** Merges what disjoint or overlapping sets of events stated. */
export function mergeFacetClaims(a: FacetClaims = NO_CLAIMS, b: FacetClaims = NO_CLAIMS): FacetClaims {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  const last = new Map<string, StatedSet>();
  for (const claim of [...a, ...b]) {
    const names = claim.set.slice(0, NAMES_LENGTH);
    const known = last.get(names);
    if (!known || isLater(claim, known)) last.set(names, claim);
  }
  return [...last.values()].sort((one, other) => (isLater(one, other) ? 1 : -1));
}

// One event may state two sets of one thing (named twice among its inputs); then the id decides.
function isLater(a: StatedSet, b: StatedSet): boolean {
  return a.key === b.key ? a.set > b.set : a.key > b.key;
}

/** A facet as it stands: the event that stated it last, and its content. */
export interface FacetNow {
  readonly key: OrderKey;
  readonly id: Uuid;
}

/** The facets that hold, by name: of each the last statement, unless that took it back. */
export function facetsNow(
  claims: FacetClaims,
  contents: ReadonlyMap<Uuid, FacetIds>,
): ReadonlyMap<string, FacetNow> {
  const now = new Map<string, FacetNow | null>();
  const inOrder = [...claims].sort((one, other) => (isLater(one, other) ? 1 : -1));
  for (const { key, set } of inOrder) {
    for (const [name, id] of Object.entries(contents.get(set) ?? {}))
      now.set(name, id === null ? null : { key, id });
  }
  return new Map([...now].flatMap(([name, facet]) => (facet === null ? [] : [[name, facet] as const])));
}

/** Claims as they are stored beside a row's own key: most rows have one set, stated by their last event. */
export interface StoredClaims {
  /** The one set, stated by the event of the row's key. */
  readonly set: Uuid | null;
  /** Otherwise all claims, flattened: key, set, key, set. */
  readonly claims: readonly Uuid[] | null;
}

export function storedClaims(claims: FacetClaims, rowKey: OrderKey): StoredClaims {
  const [only, second] = claims;
  if (!only) return { set: null, claims: null };
  if (!second && only.key === rowKey) return { set: only.set, claims: null };
  return { set: null, claims: claims.flatMap(({ key, set }) => [key, set]) };
}

export function claimsOf({ set, claims }: StoredClaims, rowKey: OrderKey | null): FacetClaims {
  if (set !== null) return rowKey === null ? NO_CLAIMS : [{ key: rowKey, set }];
  if (claims === null) return NO_CLAIMS;
  const found: StatedSet[] = [];
  for (let index = 0; index + 1 < claims.length; index += 2)
    found.push({ key: claims[index] as Uuid, set: claims[index + 1] as Uuid });
  return found;
}
