import { normalise } from './code-points.ts';
import type { RegexNode } from './tree.ts';

/** Whether a node can stand for at least one character. */
export function consumes(node: RegexNode): boolean {
  switch (node.type) {
    case 'set':
      return true;
    case 'sequence':
    case 'alternation':
      return node.items.some(consumes);
    case 'repeat':
      return consumes(node.item);
    default:
      return false;
  }
}

/** The same tree in a plainer form: sequences and alternatives are flat, {1} is gone. */
export function simplify(node: RegexNode): RegexNode {
  if (node.type === 'repeat') {
    const item = simplify(node.item);
    return node.min === 1 && node.max === 1 ? item : { ...node, item };
  }
  if (node.type === 'sequence') {
    const items = node.items
      .map(simplify)
      .flatMap((item) => (item.type === 'sequence' ? item.items : [item]))
      .filter((item) => item.type !== 'empty');
    const [first] = items;
    if (!first) return { type: 'empty' };
    return items.length === 1 ? first : { type: 'sequence', items };
  }
  if (node.type !== 'alternation') return node;
  const items = node.items
    .map(simplify)
    .flatMap((item) => (item.type === 'alternation' ? item.items : [item]));
  return { type: 'alternation', items };
}

/**
 * The alternatives that are single characters as one class: without it some engines recurse at each character,
 * and long texts end their stack. Only for translating: (a|a)* must not slip through the judgement so.
 */
export function mergeSets(node: RegexNode): RegexNode {
  if (node.type === 'repeat') return { ...node, item: mergeSets(node.item) };
  if (node.type === 'sequence') return { type: 'sequence', items: node.items.map(mergeSets) };
  if (node.type !== 'alternation') return node;
  const items = node.items.map(mergeSets);
  const sets = items.filter((item) => item.type === 'set');
  if (sets.length < 2) return { type: 'alternation', items };
  const merged: RegexNode = {
    type: 'set',
    ranges: normalise(sets.flatMap((set) => set.ranges)),
    offset: sets[0]?.offset ?? 0,
  };
  const rest = items.filter((item) => item.type !== 'set');
  return rest.length === 0 ? merged : { type: 'alternation', items: [merged, ...rest] };
}

/**
 * The expression without what the search makes needless: `.*foo.*bar.*` occurs wherever `foo.*bar` does, and no
 * engine has to try where the ends of the first would lie.
 */
export function trimForSearch(node: RegexNode): RegexNode {
  return trimmed(trimmed(node, 'last'), 'first');
}

function trimmed(node: RegexNode, end: 'first' | 'last'): RegexNode {
  if (node.type === 'repeat') {
    if (node.min === 0) return { type: 'empty' };
    return node.min === 1 ? trimmed(node.item, end) : { ...node, max: node.min };
  }
  if (node.type === 'alternation') {
    const items = node.items.map((item) => trimmed(item, end));
    return items.some((item) => item.type === 'empty') ? { type: 'empty' } : { type: 'alternation', items };
  }
  if (node.type !== 'sequence') return node;
  const items = [...node.items];
  for (
    let item = end === 'last' ? items.pop() : items.shift();
    item;
    item = end === 'last' ? items.pop() : items.shift()
  ) {
    const rest = trimmed(item, end);
    if (rest.type === 'empty') continue;
    return simplify({ type: 'sequence', items: end === 'last' ? [...items, rest] : [rest, ...items] });
  }
  return { type: 'empty' };
}
