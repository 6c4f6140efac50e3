import type { Term } from '#model/expression.ts';
import { formatNumber, formatPercent } from '#model/number-text.ts';

import { METRICS } from './metrics.ts';
import type { PreparedTerm } from './term-measure.ts';
import { type Dimension, UNITS } from './units.ts';

/** What a term's value is, where that can be told: seconds, bytes, a ratio; null for the columns' own unit. */
export function dimensionOf(term: Term): Dimension | null {
  switch (term.type) {
    case 'metric':
      return METRICS[term.metric].gives;
    case 'number':
      return term.unit === null ? null : UNITS[term.unit].dimension;
    case 'arithmetic': {
      if (term.operator === '*' || term.operator === '/') return null;
      const left = dimensionOf(term.left);
      return left === dimensionOf(term.right) ? left : null;
    }
    default:
      return null;
  }
}

const TIMES: readonly (readonly [seconds: number, word: string])[] = [
  [86_400, 'days'],
  [3600, 'hours'],
  [60, 'minutes'],
];
const SIZES: readonly (readonly [bytes: number, word: string])[] = [
  [1e12, 'TB'],
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
];

/** A number as the subject's reader expects it: ratios as percentages, times in hours, sizes in MB. */
export function numberText(subject: Term, value: number, digits?: number): string {
  const dimension = subject.type === 'metric' ? dimensionOf(subject) : null;
  switch (dimension) {
    case 'ratio':
      return formatPercent(value, digits);
    case 'seconds':
      return scaled(value, TIMES, 'seconds', digits ?? 4);
    case 'bytes':
      return scaled(value, SIZES, 'bytes', digits ?? 4);
    default:
      return formatNumber(value, digits);
  }
}

function scaled(
  value: number,
  steps: readonly (readonly [number, string])[],
  word: string,
  digits: number,
): string {
  const [size, name] = steps.find(([step]) => Math.abs(value) >= step) ?? [1, word];
  return `${formatNumber(value / size, digits)} ${name}`;
}

/** Two numbers with as many digits as it takes to tell them apart: never "is 10, expected < 10". */
export function numberTexts(subject: Term, left: number, right: number): readonly [string, string] {
  for (let digits = 6; ; digits += 1) {
    const texts = [numberText(subject, left, digits), numberText(subject, right, digits)] as const;
    if (left === right || texts[0] !== texts[1] || digits >= 12) return texts;
  }
}

/** A term beside the subject: a number as the subject's reader expects it, anything else as it is written. */
export function termText(subject: Term, { term, text }: PreparedTerm): string {
  return term.type === 'number' ? numberText(subject, term.value) : text;
}

/** `3 rows`, `1 row`. */
export function rowsText(count: number): string {
  return `${formatNumber(count)} ${count === 1 ? 'row' : 'rows'}`;
}
