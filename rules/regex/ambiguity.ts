import { components } from './components.ts';
import { growthOf } from './growth.ts';
import { MAX_DOUBLINGS, MAX_GROWTH } from './limits.ts';
import { positionsOf, type PositionAutomaton } from './positions.ts';
import { RegexError } from './problem.ts';
import type { RegexNode } from './tree.ts';
import { trimForSearch } from './simplify.ts';
import { WorkMeter } from './work-meter.ts';

/**
 * How an engine that backtracks may grow with a text that does not match (`Regex.growth`). Throws RegexError when
 * that is exponential, too high a power, or cannot be told in time.
 *
 * Such an engine tries every way to read the text, so its time grows as the number of paths of the automaton of
 * positions on one word. That number is exponential iff two different paths on one word lead from a state back
 * to itself: then a component of the product of the automaton with itself holds a pair of two different states
 * as well as a pair of equal ones (Weber and Seidl, On the degree of ambiguity of finite automata, 1991; Allauzen,
 * Mohri and Rastogi, General algorithms for testing the ambiguity of finite automata, 2008).
 */
export function judgeAmbiguity(tree: RegexNode): number {
  const work = new WorkMeter();
  refuseDoublings(positionsOf(tree), work);
  // The ends that the search makes needless are not given to any engine, so they cost nothing.
  const automaton = positionsOf(trimForSearch(tree));
  const growth = growthOf(automaton, work);
  if (growth.degree > MAX_GROWTH)
    throw new RegexError(
      automaton.offsets[growth.culprit] ?? 0,
      `One text can be divided among ${growth.degree} repetitions that follow one another, which takes time with the power ${growth.degree + 1} of its length`,
      'Let each repetition exclude what ends it, like [^,]* before a comma.',
    );
  return growth.degree;
}

interface Step {
  readonly to: number;
  /** How often the ways double when two paths meet here; 0 when none do. */
  readonly doublings: number;
}

/**
 * Counts how often, one after another, the ways to read one text can double: two paths part and meet again. In a
 * loop that is for ever; without one, a few doublings are harmless and (a|a)(a|a)(a|a)… is not.
 */
function refuseDoublings(automaton: PositionAutomaton, work: WorkMeter): void {
  const { offsets } = automaton;
  const size = offsets.length;
  const steps = new Map<number, readonly Step[]>();
  const predecessors = predecessorsOf(automaton);
  const stepsOf = (pair: number): readonly Step[] => {
    const known = steps.get(pair);
    if (known) return known;
    const found = stepsFrom(automaton, predecessors, Math.floor(pair / size), pair % size, work);
    steps.set(pair, found);
    return found;
  };
  const doublings = new Map<number, number>();
  for (const group of components([0], (pair) => stepsOf(pair).map((step) => step.to))) {
    const members = group.length > 1 ? new Set(group) : null;
    const isInside = (pair: number): boolean => members?.has(pair) ?? pair === group[0];
    let most = 0;
    for (const pair of group)
      for (const step of stepsOf(pair)) {
        if (step.doublings > 0 && isInside(step.to)) throw exponential(offsets[step.to % size] ?? 0);
        most = Math.max(most, (doublings.get(step.to) ?? 0) + step.doublings);
      }
    for (const pair of group) doublings.set(pair, most);
    if (most > MAX_DOUBLINGS) throw tooManyWays(offsets[(group[0] ?? 0) % size] ?? 0);
  }
}

/** The steps from a pair of positions, of which the first is not the greater one. */
function stepsFrom(
  { follow, masks, offsets }: PositionAutomaton,
  predecessors: readonly (readonly number[])[],
  one: number,
  other: number,
  work: WorkMeter,
): readonly Step[] {
  const size = offsets.length;
  const found: Step[] = [];
  for (const [a, ways] of follow[one] ?? [])
    for (const [b, moreWays] of follow[other] ?? []) {
      work.spend(offsets[one] ?? 0);
      if (one === other && b < a) continue;
      if (a !== b) {
        if (((masks[a] ?? 0n) & (masks[b] ?? 0n)) !== 0n)
          found.push({ to: Math.min(a, b) * size + Math.max(a, b), doublings: 0 });
        continue;
      }
      const meeting =
        one === other
          ? ways
          : (predecessors[a] ?? []).filter((from) => {
              work.spend(offsets[from] ?? 0);
              return ((masks[from] ?? 0n) & (masks[one] ?? 0n)) !== 0n;
            }).length * Math.max(ways, moreWays);
      found.push({ to: a * size + a, doublings: Math.log2(meeting) });
    }
  return found;
}

function predecessorsOf({ follow }: PositionAutomaton): readonly (readonly number[])[] {
  const predecessors: number[][] = follow.map(() => []);
  for (const [from, next] of follow.entries()) for (const to of next.keys()) predecessors[to]?.push(from);
  return predecessors;
}

function exponential(offset: number): RegexError {
  return new RegexError(
    offset,
    'What is repeated here can read one text in several ways, so that some engines try exponentially many',
    'Repeat once, a+ and not (a+)+, and let alternatives begin with different characters.',
  );
}

function tooManyWays(offset: number): RegexError {
  return new RegexError(
    offset,
    'From here on one text can be read in very many ways, all of which some engines try',
    'Let alternatives and optional parts begin with different characters.',
  );
}
