import { impossible } from '../impossible.ts';
import { holds } from './code-points.ts';
import type { CodePointRange, Regex, RegexNode } from './tree.ts';

type Instruction =
  | { readonly type: 'set'; readonly ranges: readonly CodePointRange[]; readonly next: number }
  | { readonly type: 'fork'; readonly next: readonly number[] }
  | { readonly type: 'start' | 'end'; readonly next: number }
  | { readonly type: 'found' };

const programs = new WeakMap<Regex, Program>();

/**
 * Whether the expression occurs in the text. Every state of the automaton is visited at most once per character,
 * so the time is at most (length of the text) × (size of the expression), whatever the two are.
 */
export function testRegex(regex: Regex, text: string): boolean {
  let program = programs.get(regex);
  if (!program) {
    program = compile(regex.tree);
    programs.set(regex, program);
  }
  return new Simulation(program).run(text);
}

interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
}

function compile(tree: RegexNode): Program {
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

class Simulation {
  readonly #program: Program;
  /** At which step an instruction was last reached. */
  readonly #seen: Int32Array;
  #step = 0;
  #waiting: (Instruction & { readonly type: 'set' })[] = [];
  #isFound = false;

  constructor(program: Program) {
    this.#program = program;
    this.#seen = new Int32Array(program.instructions.length).fill(-1);
  }

  run(text: string): boolean {
    let offset = 0;
    for (const character of text) {
      this.#reach(this.#program.start, offset === 0, false);
      if (this.#isFound) return true;
      const codePoint = character.codePointAt(0) ?? 0;
      offset += character.length;
      const waiting = this.#waiting;
      this.#waiting = [];
      this.#step += 1;
      for (const { ranges, next } of waiting)
        if (holds(ranges, codePoint)) this.#reach(next, false, offset === text.length);
      if (this.#isFound) return true;
    }
    this.#reach(this.#program.start, offset === 0, true);
    return this.#isFound;
  }

  #reach(first: number, atStart: boolean, atEnd: boolean): void {
    const stack = [first];
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      if (this.#seen[index] === this.#step) continue;
      this.#seen[index] = this.#step;
      const instruction = this.#program.instructions[index];
      if (!instruction) continue;
      if (instruction.type === 'found') this.#isFound = true;
      else if (instruction.type === 'set') this.#waiting.push(instruction);
      else if (instruction.type === 'fork') stack.push(...instruction.next);
      else if (instruction.type === 'start' ? atStart : atEnd) stack.push(instruction.next);
    }
  }
}
