import { ANY, holds, representatives } from './code-points.ts';
import { compile, type Program } from './program.ts';
import type { CodePointRange, Regex } from './tree.ts';

/** How the texts in which the second expression occurs relate to those of the first. */
export type RegexRelation = 'same' | 'wider' | 'narrower' | 'different';

/** Most instructions to walk through: some tenths of a second. */
const MAX_STEPS = 500_000;

/**
 * Compares two expressions by the texts in which they occur: both automata walk together over one character of each
 * part of the alphabet that they tell apart. Null when that takes too many states.
 */
export function compareRegexes(before: Regex, after: Regex): RegexRelation | null {
  if (before.source === after.source) return 'same';
  const one = new Walker(compile(before.tree));
  const other = new Walker(compile(after.tree));
  const letters = representatives([ANY, ...one.sets, ...other.sets]);
  const seen = new Set<string>();
  const waiting: (readonly [State, State])[] = [];
  const meet = (left: State, right: State): void => {
    const key = `${left.key}/${right.key}`;
    if (seen.has(key)) return;
    seen.add(key);
    waiting.push([left, right]);
  };
  let [isWider, isNarrower] = [false, false];
  meet(one.begin(), other.begin());
  for (let pair = waiting.pop(); pair; pair = waiting.pop()) {
    const [left, right] = pair;
    if (one.steps + other.steps > MAX_STEPS) return null;
    isWider ||= right.foundAtEnd && !left.foundAtEnd;
    isNarrower ||= left.foundAtEnd && !right.foundAtEnd;
    if (isWider && isNarrower) return 'different';
    // Found is found: nothing that follows changes it.
    if (left.isFound && right.isFound) continue;
    for (const letter of letters) {
      meet(one.step(left, letter), other.step(right, letter));
      if (one.steps + other.steps > MAX_STEPS) return null;
    }
  }
  return isWider ? 'wider' : isNarrower ? 'narrower' : 'same';
}

/** A place in a text: what has been found, and what the automaton waits for there. */
interface State {
  readonly key: string;
  /** Whatever follows. */
  readonly isFound: boolean;
  /** If the text ends here. */
  readonly foundAtEnd: boolean;
  readonly waiting: readonly number[];
}

class Walker {
  readonly sets: readonly (readonly CodePointRange[])[];
  readonly #program: Program;
  /** Instructions walked through so far. */
  steps = 0;

  constructor(program: Program) {
    this.#program = program;
    this.sets = program.instructions.flatMap((instruction) =>
      instruction.type === 'set' ? [instruction.ranges] : [],
    );
  }

  begin(): State {
    return this.#state([this.#program.start], true);
  }

  step(state: State, letter: number): State {
    if (state.isFound) return state;
    this.steps += state.waiting.length;
    const next = state.waiting.flatMap((index) => {
      const instruction = this.#program.instructions[index];
      return instruction?.type === 'set' && holds(instruction.ranges, letter) ? [instruction.next] : [];
    });
    return this.#state([...next, this.#program.start], false);
  }

  #state(from: readonly number[], atStart: boolean): State {
    const inside = this.#closure(from, atStart, false);
    const isFound = inside.has(FOUND);
    const foundAtEnd = isFound || this.#closure(from, atStart, true).has(FOUND);
    const waiting = [...inside]
      .filter((index) => this.#program.instructions[index]?.type === 'set')
      .sort((a, b) => a - b);
    return {
      key: isFound ? 'found' : `${waiting.join()}${foundAtEnd ? '$' : ''}`,
      isFound,
      foundAtEnd,
      waiting,
    };
  }

  /** All instructions that are reached without reading a character. */
  #closure(from: readonly number[], atStart: boolean, atEnd: boolean): ReadonlySet<number> {
    const reached = new Set<number>();
    const stack = [...from];
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      const instruction = this.#program.instructions[index];
      this.steps += 1;
      if (!instruction || reached.has(index)) continue;
      reached.add(index);
      if (instruction.type === 'fork') stack.push(...instruction.next);
      else if (instruction.type === 'start' && atStart) stack.push(instruction.next);
      else if (instruction.type === 'end' && atEnd) stack.push(instruction.next);
    }
    return reached;
  }
}

/** `compile` puts it first. */
const FOUND = 0;
