import { holds } from './code-points.ts';
import { compile, type Instruction, type Program } from './program.ts';
import type { Regex } from './tree.ts';

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
