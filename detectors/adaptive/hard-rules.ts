import type { HardRule } from '#model/detection.ts';
import { medianBetween } from '../statistics/order.ts';
import type { Window } from './window.ts';

/** Below this many usable points there is no ratio to speak of. */
const FEW_POINTS = 3;
const LEARNING_POINTS = 10;
/** While learning a value may be this many times the median, or this part of it. */
const LEARNING_RATIO = 8;
/** A repeated whole number below this is nothing special. */
const TELLING_COUNT = 1000;
/** Of the steps of the history that may be repeats, before a repeat says nothing. */
const TOLERATED_TIES = 0.02;

/** What is wrong whatever the model says; works from the first partition on. */
export function hardRules(window: Window, value: number | null): HardRule[] {
  const { profile, values, usable, length } = window;
  if (value === null) return profile.followsCalendar && !absentBefore(window) ? ['absent'] : [];
  const rules: HardRule[] = [];
  const median = medianBetween(values, 0, length);
  const volume = profile.followsCalendar && median > 0;
  if (volume && value === 0 && !emptyBefore(window)) rules.push('empty');
  if (volume && value > 0 && usable >= FEW_POINTS && usable < LEARNING_POINTS) {
    const ratio = value / median;
    if (ratio >= LEARNING_RATIO || ratio <= 1 / LEARNING_RATIO) rules.push('out_of_bounds_while_learning');
  }
  if (repeats(window, value)) rules.push('exact_repeat');
  return rules;
}

/** Whether the two last same weekdays (or any earlier holiday, on one) had no partition: then none is due. */
function absentBefore(window: Window): boolean {
  return samePlaces(window, 2).every((slot) => Number.isNaN(window.measured[slot]));
}

/** Whether a zero was seen in the same place of the last weeks. */
function emptyBefore(window: Window): boolean {
  return samePlaces(window, 4).some((slot) => window.measured[slot] === 0);
}

/** The latest slots like the target's: the same weekday, or earlier holidays on a holiday. */
function samePlaces({ length, weekdays, days }: Window, wanted: number): number[] {
  const slots: number[] = [];
  const holiday = days[length] === 'holiday';
  for (let slot = length - 1; slot >= 0 && slots.length < wanted; slot -= 1) {
    if (weekdays[slot] === weekdays[length] || (holiday && days[slot] === 'holiday')) slots.push(slot);
  }
  return slots;
}

/** Whether the value is exactly the one before, in a series whose values practically never repeat. */
function repeats({ profile, measured, length }: Window, value: number): boolean {
  if (profile.family === 'rate' || value === 0) return false;
  if (profile.family === 'volume' && Number.isInteger(value) && value < TELLING_COUNT) return false;
  let before = Number.NaN;
  let steps = 0;
  let ties = 0;
  for (let slot = 0; slot < length; slot += 1) {
    const current = measured[slot] as number;
    if (Number.isNaN(current)) continue;
    if (!Number.isNaN(before)) {
      steps += 1;
      if (current === before) ties += 1;
    }
    before = current;
  }
  return steps >= 4 && value === before && ties < TOLERATED_TIES * steps;
}
