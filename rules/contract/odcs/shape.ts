import type { LocatedMap } from '../located.ts';

/** What a value of an ODCS file may be. */
export type Shape =
  | { readonly type: 'any' }
  /** A text, number, flag or null. */
  | { readonly type: 'scalar' }
  | TextShape
  | {
      readonly type: 'number';
      readonly integer: boolean;
      readonly atLeast: number | null;
      readonly above: number | null;
    }
  | { readonly type: 'flag' }
  | ListShape
  /** A mapping of any keys. */
  | { readonly type: 'object' }
  | { readonly type: 'one_of'; readonly shapes: readonly Shape[] }
  | MapShape;

export interface TextShape {
  readonly type: 'text';
  readonly choices: readonly string[] | null;
  readonly pattern: RegExp | null;
  /** What the pattern means, as the end of "must be …". */
  readonly meaning: string;
  readonly example: string;
}

export interface ListShape {
  readonly type: 'list';
  readonly of: () => Shape;
  readonly atLeast: number;
  readonly atMost: number;
  readonly unique: boolean;
}

export interface MapShape {
  readonly type: 'map';
  /** Begins a sentence: `A server`. */
  readonly name: string;
  /** May look at the values: a server's keys depend on its type. */
  readonly fields: (map: LocatedMap) => Fields;
  /** True: keys that are not listed are let through. */
  readonly open: boolean;
  /** Whole-mapping rules, told as problems at a key or at the mapping itself (null). */
  readonly rules: (map: LocatedMap) => readonly Fault[];
}

export interface Fields {
  readonly shapes: Readonly<Record<string, Shape>>;
  readonly required: readonly string[];
}

export interface Fault {
  readonly key: string | null;
  readonly message: string;
  readonly mend: string;
}

export const ANY: Shape = { type: 'any' };
export const SCALAR: Shape = { type: 'scalar' };
export const OBJECT: Shape = { type: 'object' };
export const FLAG: Shape = { type: 'flag' };
export const TEXT: Shape = text('a text', 'text');
export const NUMBER: Shape = { type: 'number', integer: false, atLeast: null, above: null };
export const INTEGER: Shape = { type: 'number', integer: true, atLeast: null, above: null };
/** A length or a number of things. */
export const COUNT: Shape = { type: 'number', integer: true, atLeast: 0, above: null };

export function text(meaning: string, example: string, pattern: RegExp | null = null): Shape {
  return { type: 'text', choices: null, pattern, meaning, example };
}

export function choice(...choices: readonly [string, ...string[]]): Shape {
  return {
    type: 'text',
    choices,
    pattern: null,
    meaning: `one of ${choices.join(', ')}`,
    example: choices[0],
  };
}

export function list(
  of: Shape | (() => Shape),
  bounds: { readonly atLeast?: number; readonly atMost?: number; readonly unique?: boolean } = {},
): Shape {
  const { atLeast = 0, atMost = Infinity, unique = false } = bounds;
  return { type: 'list', of: typeof of === 'function' ? of : () => of, atLeast, atMost, unique };
}

export function oneOf(...shapes: readonly Shape[]): Shape {
  return { type: 'one_of', shapes };
}

export function map(
  name: string,
  shapes: Readonly<Record<string, Shape>>,
  required: readonly string[] = [],
): MapShape {
  return { type: 'map', name, fields: () => ({ shapes, required }), open: false, rules: () => [] };
}
