import type { HardRule } from '#model/detection.ts';
import { medianOfFirst, quantileOfSorted } from '../statistics/order.ts';
import type { HourAxis } from './axis.ts';

/** Hours at the same place of the week (an hour earlier and later included) that must be known. */
const ENOUGH_LIKE_IT = 5;
/** Where so many rows are usual, chance alone leaves an hour empty less than once in ten thousand. */
const NEVER_EMPTY_BY_CHANCE = 9;
/** Of the hours like it that may be absent before an absent one says nothing. */
const USUALLY_THERE = 0.9;
/** Below this many usable hours there are no bounds to speak of. */
const FEW_HOURS = 12;
/** While learning a value may be this many times the largest seen, or this part of the least. */
const LEARNING_RATIO = 8;
/** Steps of the history that a repeat is compared with, at least. */
const ENOUGH_STEPS = 7 * 24;
/** Where steps are usually this large, two hours agree by chance about once in ten thousand. */
const LARGE_STEP = 5000;

/** What is wrong with an hour whatever the model says. */
export function hourRules(axis: HourAxis, value: number | null, learning: boolean): HardRule[] {
  const volume = axis.profile.followsCalendar;
  if (value === null) {
    const like = hoursLikeIt(axis);
    const there = like.filter((slot) => !Number.isNaN(axis.measured[slot])).length;
    return volume && like.length >= ENOUGH_LIKE_IT && there >= USUALLY_THERE * like.length ? ['absent'] : [];
  }
  const rules: HardRule[] = [];
  if (volume && value === 0 && neverEmpty(axis, hoursLikeIt(axis))) rules.push('empty');
  if (volume && value > 0 && learning && axis.usable >= FEW_HOURS && outOfBounds(axis, value))
    rules.push('out_of_bounds_while_learning');
  if (repeats(axis, value)) rules.push('exact_repeat');
  return rules;
}

/** Slots of the same hour and its neighbours, on days like the target's; of any day while there are few. */
function hoursLikeIt({ length, places }: HourAxis): number[] {
  const place = places[length] as number;
  const near = (slot: number): boolean => [0, 1, 23].includes(((places[slot] as number) - place + 48) % 24);
  const slots = Array.from({ length }, (_, slot) => slot).filter(near);
  const same = slots.filter((slot) => (places[slot] as number) >= 24 === place >= 24);
  return same.length >= ENOUGH_LIKE_IT ? same : slots;
}

function neverEmpty({ values, measured }: HourAxis, like: readonly number[]): boolean {
  const seen = like.filter((slot) => !Number.isNaN(measured[slot]));
  if (seen.length < ENOUGH_LIKE_IT || seen.some((slot) => measured[slot] === 0)) return false;
  const known = Float64Array.from(seen.map((slot) => values[slot] as number).filter((x) => !Number.isNaN(x)));
  return medianOfFirst(known, known.length) >= NEVER_EMPTY_BY_CHANCE;
}

function outOfBounds({ values }: HourAxis, value: number): boolean {
  const known = values.filter((x) => !Number.isNaN(x));
  const most = known.reduce((a, b) => Math.max(a, b), 0);
  const least = known.reduce((a, b) => Math.min(a, b), Infinity);
  return most > 0 && (value > LEARNING_RATIO * most || value < least / LEARNING_RATIO);
}

/**
 * Whether the value is exactly that of the hour before or of this hour yesterday, where that never happened:
 * whole numbers repeat by chance unless they move far, other numbers do not.
 */
function repeats({ profile, measured, length }: HourAxis, value: number): boolean {
  if (profile.family === 'rate' || value === 0) return false;
  return [1, 24].some((back) => {
    if (measured[length - back] !== value) return false;
    const steps = new Float64Array(length);
    let count = 0;
    for (let slot = back; slot < length; slot += 1) {
      const step = Math.abs((measured[slot] as number) - (measured[slot - back] as number));
      if (step === 0) return false;
      if (!Number.isNaN(step)) steps[count++] = step;
    }
    if (count < ENOUGH_STEPS) return false;
    return (
      !Number.isInteger(value) || quantileOfSorted(steps.subarray(0, count).sort(), count, 0.5) >= LARGE_STEP
    );
  });
}
