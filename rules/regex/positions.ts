import { ANY, holds, representatives } from './code-points.ts';
import { MAX_POSITIONS } from './limits.ts';
import { RegexError } from './problem.ts';
import type { CodePointRange, CodePointSet, RegexNode } from './tree.ts';

/**
 * The automaton of positions (Glushkov 1961): one state for each place of a character, repetitions written out.
 * State 0 is the search before the match.
 */
export interface PositionAutomaton {
  /** Where each position is written in the pattern. */
  readonly offsets: readonly number[];
  /** Which code points each position takes: two positions have one in common iff their masks have a bit in common. */
  readonly masks: readonly bigint[];
  /** Which positions may follow, and in how many ways a backtracking engine gets there: 1, or 2 for several. */
  readonly follow: readonly ReadonlyMap<number, number>[];
}

type Counts = ReadonlyMap<number, number>;

interface Fragment {
  /** In how many ways it can stand for nothing: 0, 1, or 2 for several. */
  readonly empty: number;
  readonly first: Counts;
  readonly last: Counts;
}

const NOTHING: Fragment = { empty: 1, first: new Map(), last: new Map() };

/** Throws RegexError when there are too many positions. */
export function positionsOf(tree: RegexNode): PositionAutomaton {
  const builder = new Builder();
  const search = builder.position({ type: 'set', ranges: ANY, offset: 0 });
  const whole = builder.build(tree);
  if (!isAnchored(tree)) builder.link(search, search);
  builder.link(search, whole);
  return { offsets: builder.offsets, masks: masksOf(builder.sets), follow: builder.follow };
}

class Builder {
  readonly sets: (readonly CodePointRange[])[] = [];
  readonly offsets: number[] = [];
  readonly follow: Map<number, number>[] = [];

  build(node: RegexNode): Fragment {
    switch (node.type) {
      case 'set':
        return this.position(node);
      case 'sequence':
        return node.items.reduce<Fragment>((before, item) => this.#join(before, this.build(item)), NOTHING);
      case 'alternation':
        return node.items.map((item) => this.build(item)).reduce(either);
      case 'repeat':
        return this.#repeat(node.item, node.min, node.max);
      // As if an end of the text could be anywhere: that finds rather too many ways than too few.
      default:
        return NOTHING;
    }
  }

  position({ ranges, offset }: CodePointSet): Fragment {
    const index = this.sets.push(ranges) - 1;
    if (index > MAX_POSITIONS)
      throw new RegexError(
        offset,
        `With its repetitions written out the expression has more than ${MAX_POSITIONS} characters`,
        'Write smaller numbers in braces, or + for any number.',
      );
    this.offsets.push(offset);
    this.follow.push(new Map());
    const self = new Map([[index, 1]]);
    return { empty: 0, first: self, last: self };
  }

  link(before: Fragment, after: Fragment): void {
    for (const [from, ways] of before.last) {
      const next = this.follow[from];
      if (next) for (const [to, more] of after.first) next.set(to, capped((next.get(to) ?? 0) + ways * more));
    }
  }

  #join(before: Fragment, after: Fragment): Fragment {
    this.link(before, after);
    return {
      empty: capped(before.empty * after.empty),
      first: added(before.first, after.first, before.empty),
      last: added(after.last, before.last, after.empty),
    };
  }

  #repeat(item: RegexNode, min: number, max: number | null): Fragment {
    let whole = NOTHING;
    for (let count = max === null ? 1 : 0; count < min; count += 1)
      whole = this.#join(whole, this.build(item));
    if (max === null) {
      const loop = this.#atLeastOnce(item);
      return this.#join(whole, min === 0 ? either(NOTHING, loop) : loop);
    }
    let rest = NOTHING;
    for (let count = min; count < max; count += 1) rest = either(NOTHING, this.#join(this.build(item), rest));
    return this.#join(whole, rest);
  }

  /** After its last character a loop may also end by a round that reads nothing: engines stop only after it. */
  #atLeastOnce(item: RegexNode): Fragment {
    const once = this.build(item);
    this.link(once, once);
    return { ...once, last: added(once.last, once.last, once.empty) };
  }
}

function either(one: Fragment, other: Fragment): Fragment {
  return {
    empty: capped(one.empty + other.empty),
    first: added(one.first, other.first, 1),
    last: added(one.last, other.last, 1),
  };
}

function added(counts: Counts, more: Counts, times: number): Counts {
  if (times === 0 || more.size === 0) return counts;
  const sum = new Map(counts);
  for (const [position, ways] of more) sum.set(position, capped((sum.get(position) ?? 0) + ways * times));
  return sum;
}

function capped(ways: number): number {
  return Math.min(ways, 2);
}

function isAnchored(node: RegexNode | undefined): boolean {
  if (node?.type === 'sequence') return isAnchored(node.items[0]);
  if (node?.type === 'alternation') return node.items.every(isAnchored);
  if (node?.type === 'repeat') return node.min > 0 && isAnchored(node.item);
  return node?.type === 'start';
}

/**
 * Which code points each position takes, as bits: one for each part of the alphabet that the pattern tells apart.
 * Positions of the same place share one.
 */
function masksOf(sets: readonly (readonly CodePointRange[])[]): readonly bigint[] {
  const parts = representatives(new Set(sets));
  const known = new Map<readonly CodePointRange[], bigint>();
  return sets.map((ranges) => {
    const mask = known.get(ranges) ?? maskOf(ranges, parts);
    known.set(ranges, mask);
    return mask;
  });
}

function maskOf(ranges: readonly CodePointRange[], parts: readonly number[]): bigint {
  let mask = 0n;
  for (const [index, part] of parts.entries()) if (holds(ranges, part)) mask |= 1n << BigInt(index);
  return mask;
}
