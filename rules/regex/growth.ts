import { components } from './components.ts';
import type { PositionAutomaton } from './positions.ts';
import type { WorkMeter } from './work-meter.ts';

/**
 * The degree of the polynomial by which the number of paths on one word grows, and a position in the last loop of
 * the chain that causes it. Two loops q and r add one degree when some word leads from q to q, from q to r and
 * from r to r: when the triples (q, q, r) and (q, r, r) lie in one component of the threefold product to which
 * steps back from the second to the first were added (the sources are at `judgeAmbiguity`). The automaton must
 * not be exponentially ambiguous.
 */
export function growthOf(automaton: PositionAutomaton, work: WorkMeter): { degree: number; culprit: number } {
  const { follow } = automaton;
  const groups = components([0], (position) => [...(follow[position]?.keys() ?? [])]);
  const groupOf = new Map(groups.flatMap((members, index) => members.map((member) => [member, index])));
  const reach = reachable(groups, groupOf, follow);
  const loops = groups
    .map((members, index) => ({ members: new Set(members), index }))
    .filter(({ members }) => [...members].some((member) => intersects(follow[member], members)));
  let worst = { degree: 0, culprit: 0 };
  const degrees = new Map<number, number>();
  // Components come after those that they lead to: walked so, the degree behind each is known already.
  for (const loop of loops) {
    let degree = 0;
    for (const later of loops) {
      if (later.index >= loop.index || !reach[loop.index]?.has(later.index)) continue;
      const behind = degrees.get(later.index) ?? 0;
      if (behind + 1 <= degree) continue;
      const adds = shareWord(automaton, loop.members, later.members, work);
      degree = Math.max(degree, behind + (adds ? 1 : 0));
    }
    degrees.set(loop.index, degree);
    if (degree > worst.degree) worst = { degree, culprit: [...loop.members][0] ?? 0 };
  }
  return worst;
}

function intersects(next: ReadonlyMap<number, number> | undefined, members: ReadonlySet<number>): boolean {
  for (const position of next?.keys() ?? []) if (members.has(position)) return true;
  return false;
}

/** For each component those that it leads to. */
function reachable(
  groups: readonly (readonly number[])[],
  groupOf: ReadonlyMap<number, number>,
  follow: PositionAutomaton['follow'],
): readonly ReadonlySet<number>[] {
  const reach: Set<number>[] = [];
  for (const [index, members] of groups.entries()) {
    const own = new Set([index]);
    for (const member of members)
      for (const next of follow[member]?.keys() ?? []) {
        const group = groupOf.get(next) ?? index;
        if (!own.has(group)) for (const further of reach[group] ?? []) own.add(further);
      }
    reach.push(own);
  }
  return reach;
}

/** Whether a word leads from some q of the first loop to q, from q to some r of the second, and from r to r. */
function shareWord(
  { follow, masks, offsets }: PositionAutomaton,
  first: ReadonlySet<number>,
  second: ReadonlySet<number>,
  work: WorkMeter,
): boolean {
  const size = follow.length;
  const code = (a: number, b: number, c: number): number => (a * size + b) * size + c;
  const successors = (triple: number): readonly number[] => {
    const [a, b, c] = [Math.floor(triple / size / size), Math.floor(triple / size) % size, triple % size];
    const next: number[] = b === c && first.has(a) ? [code(a, a, c)] : [];
    const mask = (position: number): bigint => masks[position] ?? 0n;
    for (const x of follow[a]?.keys() ?? []) {
      if (!first.has(x)) continue;
      for (const z of follow[c]?.keys() ?? []) {
        work.spend(offsets[b] ?? 0);
        const both = mask(x) & mask(z);
        if (!second.has(z) || both === 0n) continue;
        for (const y of follow[b]?.keys() ?? []) {
          work.spend(offsets[b] ?? 0);
          if ((both & mask(y)) !== 0n) next.push(code(x, y, z));
        }
      }
    }
    return next;
  };
  const starts = [...first].flatMap((q) => [...second].map((r) => code(q, q, r)));
  for (const group of components(starts, successors)) {
    const inside = new Set(group);
    for (const triple of group) {
      const [a, b, c] = [Math.floor(triple / size / size), Math.floor(triple / size) % size, triple % size];
      if (a === b && a !== c && inside.has(code(a, c, c))) return true;
    }
  }
  return false;
}
