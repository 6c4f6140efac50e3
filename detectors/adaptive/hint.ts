/** Ratios that betray a cause, and within what of them (in logarithms) a value must be. */
const SIGNATURES: readonly (readonly [ratio: number, hint: string])[] = [
  [2, 'about twice the expectation: loaded twice?'],
  [0.5, 'about half of the expectation: part of the input missing?'],
  [100, 'about 100 times the expectation: another unit?'],
  [0.01, 'about a hundredth of the expectation: another unit?'],
  [1000, 'about 1000 times the expectation: another unit?'],
  [0.001, 'about a thousandth of the expectation: another unit?'],
];
const NEAR = 0.1;

/** What a deviation of this ratio often comes from; null when it is like no known one. */
export function hintOf(ratio: number | null): string | null {
  if (ratio === null || !(ratio > 0)) return null;
  return SIGNATURES.find(([known]) => Math.abs(Math.log(ratio / known)) < NEAR)?.[1] ?? null;
}
