import { holds } from '#rules/regex/code-points.ts';
import type { RegexNode } from '#rules/regex/tree.ts';

/**
 * The steps that a plain backtracking engine takes to find a tree in a text, without any of the short cuts that real
 * ones have; Infinity from `most` on.
 */
export function backtrackingSteps(tree: RegexNode, text: string, most: number): number {
  const characters = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  let steps = 0;
  type After = (at: number) => boolean;
  const repeat = (node: RegexNode & { type: 'repeat' }, count: number, at: number, after: After): boolean => {
    const again = (): boolean =>
      (node.max === null || count < node.max) &&
      matches(node.item, at, (next) =>
        // A round that read nothing is the last one.
        next === at ? count + 1 >= node.min && after(next) : repeat(node, count + 1, next, after),
      );
    return count < node.min ? again() : again() || after(at);
  };
  const sequence = (items: readonly RegexNode[], index: number, at: number, after: After): boolean => {
    const item = items[index];
    return item ? matches(item, at, (next) => sequence(items, index + 1, next, after)) : after(at);
  };
  const matches = (node: RegexNode, at: number, after: After): boolean => {
    steps += 1;
    if (steps >= most) throw new TooMany();
    switch (node.type) {
      case 'empty':
        return after(at);
      case 'start':
        return at === 0 && after(at);
      case 'end':
        return at === characters.length && after(at);
      case 'set': {
        const codePoint = characters[at];
        return codePoint !== undefined && holds(node.ranges, codePoint) && after(at + 1);
      }
      case 'sequence':
        return sequence(node.items, 0, at, after);
      case 'alternation':
        return node.items.some((item) => matches(item, at, after));
      case 'repeat':
        return repeat(node, 0, at, after);
      default:
        return false;
    }
  };
  try {
    for (let start = 0; start <= characters.length; start += 1) if (matches(tree, start, () => true)) break;
  } catch (error) {
    if (error instanceof TooMany) return Infinity;
    throw error;
  }
  return steps;
}

class TooMany extends Error {}
