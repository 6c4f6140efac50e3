import type { CodePointRange } from './tree.ts';

const LAST = 0x10_ff_ff;

export const ANY: readonly CodePointRange[] = [{ low: 0, high: LAST }];
/** What `.` stands for everywhere: all but the line feed. */
export const NOT_LINE_FEED: readonly CodePointRange[] = complement([{ low: 10, high: 10 }]);
/** ASCII alone, in every engine: some count the digits and letters of all scripts in, others do not. */
export const DIGITS: readonly CodePointRange[] = normalise([range('0', '9')]);
export const WORD: readonly CodePointRange[] = normalise([
  range('0', '9'),
  range('A', 'Z'),
  range('_', '_'),
  range('a', 'z'),
]);
/** Tab, line feed, vertical tab, form feed, carriage return and space. */
export const SPACE: readonly CodePointRange[] = normalise([{ low: 9, high: 13 }, range(' ', ' ')]);

/** Sorted, without overlaps and seams. */
export function normalise(ranges: readonly CodePointRange[]): readonly CodePointRange[] {
  const sorted = [...ranges].sort((a, b) => a.low - b.low);
  const joined: CodePointRange[] = [];
  for (const next of sorted) {
    const last = joined.at(-1);
    if (last && next.low <= last.high + 1)
      joined[joined.length - 1] = { low: last.low, high: Math.max(last.high, next.high) };
    else joined.push(next);
  }
  return joined;
}

/** @param ranges normalised */
export function complement(ranges: readonly CodePointRange[]): readonly CodePointRange[] {
  const rest: CodePointRange[] = [];
  let low = 0;
  for (const taken of ranges) {
    if (taken.low > low) rest.push({ low, high: taken.low - 1 });
    low = taken.high + 1;
  }
  if (low <= LAST) rest.push({ low, high: LAST });
  return rest;
}

/** Whether a code point lies in normalised ranges. */
export function holds(ranges: readonly CodePointRange[], codePoint: number): boolean {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const candidate = ranges[middle];
    if (!candidate) return false;
    if (codePoint < candidate.low) high = middle - 1;
    else if (codePoint > candidate.high) low = middle + 1;
    else return true;
  }
  return false;
}

/** Where code points begin to be told apart by these sets: one code point out of each part stands for all of it. */
export function representatives(sets: Iterable<readonly CodePointRange[]>): readonly number[] {
  const borders = new Set([0]);
  for (const set of sets)
    for (const { low, high } of set) {
      borders.add(low);
      if (high < LAST) borders.add(high + 1);
    }
  return [...borders].sort((a, b) => a - b);
}

function range(first: string, last: string): CodePointRange {
  return { low: first.charCodeAt(0), high: last.charCodeAt(0) };
}
