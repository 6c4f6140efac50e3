import type { Unit } from '#model/expression.ts';

import { ratioToPercent } from './decimal.ts';

/** What a number is of; numbers of different dimensions are not compared. */
export type Dimension = 'ratio' | 'seconds' | 'rows' | 'bytes';

interface UnitRule {
  readonly dimension: Dimension;
  /** In base units: seconds, rows, bytes. A month has 30 days and a year 365. */
  readonly factor: number;
  /** As printed after one and after many. */
  readonly one: string;
  readonly many: string;
}

export const UNITS: Readonly<Record<Unit, UnitRule>> = {
  percent: { dimension: 'ratio', factor: 0.01, one: '%', many: '%' },
  seconds: { dimension: 'seconds', factor: 1, one: 'second', many: 'seconds' },
  minutes: { dimension: 'seconds', factor: 60, one: 'minute', many: 'minutes' },
  hours: { dimension: 'seconds', factor: 3600, one: 'hour', many: 'hours' },
  days: { dimension: 'seconds', factor: 86_400, one: 'day', many: 'days' },
  weeks: { dimension: 'seconds', factor: 604_800, one: 'week', many: 'weeks' },
  months: { dimension: 'seconds', factor: 30 * 86_400, one: 'month', many: 'months' },
  years: { dimension: 'seconds', factor: 365 * 86_400, one: 'year', many: 'years' },
  rows: { dimension: 'rows', factor: 1, one: 'row', many: 'rows' },
  kb: { dimension: 'bytes', factor: 1e3, one: 'kB', many: 'kB' },
  mb: { dimension: 'bytes', factor: 1e6, one: 'MB', many: 'MB' },
  gb: { dimension: 'bytes', factor: 1e9, one: 'GB', many: 'GB' },
  tb: { dimension: 'bytes', factor: 1e12, one: 'TB', many: 'TB' },
};

const WORDS: Readonly<Record<string, Unit>> = {
  percent: 'percent',
  s: 'seconds',
  sec: 'seconds',
  secs: 'seconds',
  second: 'seconds',
  seconds: 'seconds',
  min: 'minutes',
  mins: 'minutes',
  minute: 'minutes',
  minutes: 'minutes',
  h: 'hours',
  hour: 'hours',
  hours: 'hours',
  d: 'days',
  day: 'days',
  days: 'days',
  w: 'weeks',
  week: 'weeks',
  weeks: 'weeks',
  month: 'months',
  months: 'months',
  year: 'years',
  years: 'years',
  row: 'rows',
  rows: 'rows',
  kb: 'kb',
  mb: 'mb',
  gb: 'gb',
  tb: 'tb',
};

/** The unit that a word names, in any case, or null. */
export function unitOf(word: string): Unit | null {
  const lower = word.toLowerCase();
  return Object.hasOwn(WORDS, lower) ? (WORDS[lower] ?? null) : null;
}

/** Writes a number of base units in the given one, so that reading it gives the same number again. */
export function printUnit(value: number, unit: Unit): string {
  if (unit === 'percent') return `${ratioToPercent(value)}%`;
  const { factor, one, many } = UNITS[unit];
  const count = quotient(value, factor);
  return `${count} ${count === 1 ? one : many}`;
}

/** The number that times the factor gives the value: near value / factor, which may be off in the last digit. */
function quotient(value: number, factor: number): number {
  const near = value / factor;
  const exact = neighbours(near).filter((candidate) => candidate * factor === value);
  exact.sort((a, b) => String(a).length - String(b).length || a - b);
  return exact[0] ?? near;
}

function neighbours(value: number): number[] {
  if (value === 0 || !Number.isFinite(value)) return [value];
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  const [middle = 0n] = bits;
  return [-2n, -1n, 0n, 1n, 2n].map((step) => {
    bits[0] = middle + step;
    return new Float64Array(bits.buffer)[0] ?? value;
  });
}
