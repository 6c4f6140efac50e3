import { impossible } from '../impossible.ts';
import type { CodePointRange, RegexNode } from './tree.ts';

export type Instruction =
  | { readonly type: 'set'; readonly ranges: readonly CodePointRange[]; readonly next: number }
  | { readonly type: 'fork'; readonly next: readonly number[] }
  | { readonly type: 'start' | 'end'; readonly next: number }
  | { readonly type: 'found' };

/** An automaton that finds an expression from one place on. */
export interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
}

export function compile(tree: RegexNode): Program {
  const instructions: Instruction[] = [{ type: 'found' }];
  const add = (instruction: Instruction): number => instructions.push(instruction) - 1;
  /** Puts a node before an instruction; answers where it begins. */
  const before = (node: RegexNode, next: number): number => {
    switch (node.type) {
      case 'empty':
        return next;
      case 'set':
        return add({ type: 'set', ranges: node.ranges, next });
      case 'start':
      case 'end':
        return add({ type: node.type, next });
      case 'sequence':
        return node.items.reduceRight((after, item) => before(item, after), next);
      case 'alternation':
        return add({ type: 'fork', next: node.items.map((item) => before(item, next)) });
      case 'repeat':
        return repeat(node, next);
      default:
        return impossible(node);
    }
  };
  const repeat = (node: RegexNode & { readonly type: 'repeat' }, next: number): number => {
    let at = next;
    if (node.max === null) {
      const loop = add({ type: 'fork', next: [] });
      instructions[loop] = { type: 'fork', next: [before(node.item, loop), next] };
      at = loop;
    } else {
      for (let count = node.min; count < node.max; count += 1)
        at = add({ type: 'fork', next: [before(node.item, at), next] });
    }
    for (let count = 0; count < node.min; count += 1) at = before(node.item, at);
    return at;
  };
  const start = before(tree, 0);
  return { instructions, start };
}
