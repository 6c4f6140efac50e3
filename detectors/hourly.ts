import type { Because, Detection, DetectionQuestion, HardRule } from '#model/detection.ts';

import { hintOf } from './adaptive/hint.ts';
import { markedThreshold } from './adaptive/marks.ts';
import { messageOf } from './adaptive/message.ts';
import { type HourAxis, hourAxis } from './hourly/axis.ts';
import { hourRules } from './hourly/hard-rules.ts';
import { boundOf, distanceOf, type View, viewsOf } from './hourly/views.ts';
import { WEEKDAYS } from './weekday-slots.ts';

/** |z| from which an hour is an alarm. On labelled telemetry about three false hours a month. */
export const HOURLY_THRESHOLD = 5;
/** From this part of the threshold on it is a notice. */
const NOTICE_SHARE = 0.6;
/** From two days on an hour can be judged by its views; below only by hard rules. */
const MODEL_HOURS = 48;
/** Rules that need no second bad hour. */
const AT_ONCE: ReadonlySet<HardRule> = new Set<HardRule>(['empty', 'absent']);

/**
 * Adaptive mode for hourly series. Three views (its hour of working days or of weekends and holidays, the
 * plain month of 28 days, the last 24 hours) must together find the value odd: the score is the geometric
 * mean of their distances, as research on labelled series suggests, where any one of them alone cries wolf.
 * Hours and days are those of UTC. Hard rules come first. Flagged points stay in the history; only
 * "expected" and "incident" marks keep one out. Never throws; the same question has the same answer.
 */
export function detectHourly(question: DetectionQuestion): Detection {
  const { target, label, marks } = question;
  const axis = hourAxis(question);
  const value = target.value !== null && Number.isFinite(target.value) ? target.value : null;
  const learning = axis.usable < MODEL_HOURS;
  const rules = hourRules(axis, value, learning);
  const base = markedThreshold(question.threshold ?? HOURLY_THRESHOLD, marks, target.at);
  const threshold = base * widening(axis.usable);
  const known = { detector: 'hourly', value, holiday: axis.holiday, points: axis.usable, threshold, rules };
  const percent = axis.profile.family === 'rate';
  const said = marks.find(({ kind, partition }) => partition === target.partition && EXCUSES.has(kind));
  const finish = (found: Omit<Detection, 'message'>): Detection => {
    const excused = said !== undefined && (found.status === 'anomalous' || found.status === 'notice');
    const told = excused ? { ...found, status: 'normal' as const } : found;
    const message = messageOf(told, label, percent);
    return { ...told, message: excused ? `${message}; marked as ${EXCUSES.get(said.kind)}` : message };
  };
  if (value === null || learning) {
    const status = rules.length > 0 ? 'anomalous' : value === null ? 'no_data' : 'learning';
    return finish({ ...UNKNOWN, ...known, status });
  }
  const choices = viewsOf(axis, extraVariance(axis, target.rows));
  // On a holiday the hour may be like that of either kind of day, and is less sure.
  const holiday = axis.holiday === null ? 1 : 2;
  const [views = [], ...others] = choices;
  const z =
    others.reduce((least, other) => nearer(least, distanceOf(other, value)), distanceOf(views, value)) /
    holiday;
  const expected = views[0]?.centre ?? 0;
  const ratio = expected === 0 ? null : value / expected;
  const direction = question.direction ?? axis.profile.direction;
  const unwanted = direction === 'up' ? Math.max(0, z) : direction === 'down' ? Math.max(0, -z) : Math.abs(z);
  const anomalous = rules.length > 0 || unwanted >= threshold;
  const notice = unwanted >= NOTICE_SHARE * threshold;
  const bounds = choices.map((choice) => ({
    low: boundOf(choice, threshold * holiday, -1),
    high: boundOf(choice, threshold * holiday, 1),
  }));
  return finish({
    ...known,
    status: anomalous ? 'anomalous' : notice ? 'notice' : 'normal',
    expected,
    low: within(axis, Math.min(...bounds.map(({ low }) => low))),
    high: within(axis, Math.max(...bounds.map(({ high }) => high))),
    z,
    ratio,
    hint: notice ? hintOf(ratio) : null,
    because: becauseOf(axis, views, target.at),
  });
}

/** Whether people are to be woken for the latest of some consecutive hours. */
export interface HourlyPage {
  readonly page: boolean;
  /** Partitions or positions are the caller's: these are indices into what was given. */
  readonly hours: readonly number[];
  readonly reason: string;
}

/**
 * The paging rule of hourly series: two of the last three hours out on the same side, or at once when the
 * latest hour is empty or absent. One odd hour is noise more often than not.
 * @param hours detections of consecutive hours, oldest first; the last three are looked at
 */
export function pagesHourly(hours: readonly Detection[]): HourlyPage {
  const latest = hours.at(-1);
  if (latest?.status !== 'anomalous')
    return { page: false, hours: [], reason: 'the latest hour is no alarm' };
  const at = hours.length - 1;
  const rule = latest.rules.find((rule) => AT_ONCE.has(rule));
  if (rule !== undefined) return { page: true, hours: [at], reason: `the hour is ${rule}` };
  const alike = [at - 2, at - 1, at].filter(
    (index) => hours[index]?.status === 'anomalous' && sideOf(hours[index]) === sideOf(latest),
  );
  if (alike.length < 2)
    return { page: false, hours: alike, reason: 'one odd hour of three: wait for a second' };
  const side = { '-1': 'too low', '0': 'wrong', '1': 'too high' }[sideOf(latest)];
  return { page: true, hours: alike, reason: `${alike.length} of the last 3 hours are ${side}` };
}

function sideOf(found: Detection): '-1' | '0' | '1' {
  return found.z === null || found.z === 0 ? '0' : found.z < 0 ? '-1' : '1';
}

const UNKNOWN = {
  expected: null,
  low: null,
  high: null,
  z: null,
  ratio: null,
  hint: null,
  because: [],
} as const;
const EXCUSES: ReadonlyMap<string, string> = new Map([
  ['expected', 'expected'],
  ['new_normal', 'the new normal'],
]);

/** Of two distances the one that excuses more; on different sides the value lies between: nothing is odd. */
function nearer(a: number, b: number): number {
  return a * b <= 0 ? 0 : Math.abs(a) < Math.abs(b) ? a : b;
}

/** A young history is trusted less: twice the threshold after two days, a tenth more after a week. */
function widening(hours: number): number {
  return hours < MODEL_HOURS ? 1 : 1 + 1.05 * Math.exp(-(hours - MODEL_HOURS) / 50);
}

/** Noise that the past need not have shown: half a unit of whole numbers, the binomial one of a rate. */
function extraVariance({ profile, values }: HourAxis, rows: number | undefined): number {
  if (profile.whole && values.every((value) => Number.isNaN(value) || Number.isInteger(value))) return 0.25;
  if (profile.family !== 'rate' || rows === undefined || !(rows > 0)) return 0;
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
  }
  // Half a row more and less: a rate that was always 0 is not known to be 0.
  const rate = Math.min(1 - 0.5 / (rows + 1), Math.max(0.5 / (rows + 1), sum / Math.max(1, count)));
  return (rate * (1 - rate)) / rows;
}

/** A volume is never below 0 (unless it was), a rate never beyond 0 and 1: the shown range is cut there. */
function within({ profile, values }: HourAxis, bound: number): number {
  if (profile.family === 'rate') return Math.min(1, Math.max(0, bound));
  return profile.family === 'volume' && !values.some((value) => value < 0) ? Math.max(0, bound) : bound;
}

function becauseOf(axis: HourAxis, views: readonly View[], at: Date): Because[] {
  const hour = `${String(at.getUTCHours()).padStart(2, '0')}:00 UTC`;
  const free = (axis.places[axis.length] as number) >= 24;
  const weekday = WEEKDAYS[at.getUTCDay()] ?? '';
  const days = axis.holiday !== null ? 'holidays and weekends' : free ? 'weekends' : 'working days';
  const names: Readonly<Record<View['name'], string>> = {
    hour: `${hour} of ${days} (a ${weekday})`,
    month: 'level of 28 days',
    day: 'level of the last 24 hours',
  };
  return views.map(({ name, centre }) => ({ name: names[name], weight: 1 / views.length, forecast: centre }));
}
