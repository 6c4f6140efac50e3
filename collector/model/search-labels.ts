import { cutText } from './search-words.ts';

// What a thing is filtered and ordered by, as lexemes beside its words: one look at the index of words then answers a
// filtered question too, the weightiest first. No word of a text begins with # or ^.

/** Longest value that a label holds, in UTF-16 units: what is longer is cut, in things and in filters alike. */
const LONGEST = 200;

export type LabelName = 'kind' | 'layer' | 'owner' | 'tag' | 'platform';

/** A thing's value of a filter. */
export function labelWord(name: LabelName, value: string): string {
  return `#${name}:${cutText(value, LONGEST)}`;
}

/** Classes of weight: what weighs less than nothing is in the first, the heaviest in the last. */
export const WEIGHT_CLASSES = 32;
export const CLASS_WIDTH = 0.5;

export function weightClass(weight: number): number {
  return Math.min(Math.max(Math.floor(weight / CLASS_WIDTH), 0), WEIGHT_CLASSES - 1);
}

export function classWord(of: number): string {
  return `#weight:${of}`;
}

/** The first word of a name, or of its last part: what a name begins with is asked for like any other word. */
export function firstWord(name: string): string {
  return `^${name.split(' ', 1)[0] ?? ''}`;
}
