import { together, type Relation } from './relation.ts';

/** Where a range ends. */
export interface End<T> {
  readonly value: T;
  /** The value itself is not in the range. */
  readonly open: boolean;
}

/** What lies between two ends; null for no end. */
export interface Interval<T> {
  readonly low: End<T> | null;
  readonly high: End<T> | null;
}

/** How two ranges relate. Texts are compared as texts: dates and times of one form. */
export function ofIntervals<T extends number | string>(before: Interval<T>, after: Interval<T>): Relation {
  return together([ofEnds(before.low, after.low, 'low'), ofEnds(before.high, after.high, 'high')]);
}

function ofEnds<T extends number | string>(
  before: End<T> | null,
  after: End<T> | null,
  side: 'low' | 'high',
): Relation {
  if (before === null || after === null)
    return before === after ? 'same' : after === null ? 'looser' : 'tighter';
  // A number became a text, or the other way round.
  if (typeof before.value !== typeof after.value) return 'other';
  if (before.value !== after.value)
    return after.value > before.value === (side === 'high') ? 'looser' : 'tighter';
  return before.open === after.open ? 'same' : before.open ? 'looser' : 'tighter';
}
