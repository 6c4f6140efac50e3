import type { Uuid } from './ids.ts';

/** Something that joins two names. */
export interface Joining {
  readonly from: Uuid;
  readonly to: Uuid;
}

/**
 * The shortest chain that joins two names: why they are one. Empty for one name, null when nothing does. Of
 * chains of equal length the one whose links come first in the list.
 */
export function chainBetween<T extends Joining>(links: readonly T[], start: Uuid, end: Uuid): T[] | null {
  const reached = new Map<Uuid, T | null>([[start, null]]);
  let edge: readonly Uuid[] = [start];
  while (edge.length > 0 && !reached.has(end)) {
    const next: Uuid[] = [];
    for (const at of edge) {
      for (const link of links) {
        const other = otherEnd(link, at);
        if (other === null || reached.has(other)) continue;
        reached.set(other, link);
        next.push(other);
      }
    }
    edge = next;
  }
  if (!reached.has(end)) return null;
  const chain: T[] = [];
  for (let at = end, link = reached.get(at); link; link = reached.get(at)) {
    chain.unshift(link);
    at = otherEnd(link, at) ?? start;
  }
  return chain;
}

function otherEnd({ from, to }: Joining, at: Uuid): Uuid | null {
  if (from === at) return to;
  return to === at ? from : null;
}
