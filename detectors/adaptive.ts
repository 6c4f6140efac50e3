import type { Because, Detection, DetectionQuestion } from '#model/detection.ts';

import { type Expectation, expectationOf, MODEL_POINTS } from './adaptive/expectation.ts';
import { FORECASTER_NAMES } from './adaptive/forecasters.ts';
import { hardRules } from './adaptive/hard-rules.ts';
import { hintOf } from './adaptive/hint.ts';
import { markedThreshold } from './adaptive/marks.ts';
import { messageOf } from './adaptive/message.ts';
import { windowOf, type Window } from './adaptive/window.ts';
import { WEEKDAYS } from './weekday-slots.ts';

/** |z| that pages, that pages when the ratio betrays a cause, and that is worth a line in a digest. */
export const THRESHOLD = 5;
export const SIGNATURE_THRESHOLD = 4;
export const NOTICE = 3;

/** A forecaster with less weight explains nothing. */
const TELLING_WEIGHT = 0.05;

/**
 * Adaptive mode for daily series and others without an hourly rhythm: where is the value expected, by ten
 * small forecasters weighted by their own past errors, and how many robust scales from there does it lie?
 * Hard rules come first and need no model. Points that were flagged stay in the history: only "expected" and
 * "incident" marks keep a point out of training. Never throws; the same question has the same answer.
 */
export function detectAdaptive(question: DetectionQuestion): Detection {
  const { target, label, marks } = question;
  const window = windowOf(question);
  const value = target.value !== null && Number.isFinite(target.value) ? target.value : null;
  const rules = hardRules(window, value);
  const expectation = value === null ? null : expectationOf(window, target.rows);
  const base = question.threshold ?? THRESHOLD;
  const threshold = markedThreshold(base, marks, target.at) * widening(window.usable);
  const percent = window.profile.family === 'rate';
  const holiday = window.holiday;
  const said = marks.find(({ kind, partition }) => partition === target.partition && EXCUSES.has(kind));
  const finish = (
    found: Omit<Detection, 'message' | 'detector' | 'value' | 'holiday' | 'points'>,
  ): Detection => {
    const whole = { ...found, detector: 'adaptive', value, holiday, points: window.usable };
    const excused = said === undefined || whole.status === 'no_data' || whole.status === 'learning';
    const told = excused ? whole : { ...whole, status: 'normal' as const };
    const message = messageOf(told, label, percent);
    return { ...told, message: excused ? message : `${message}; marked as ${WORDS[said.kind] ?? said.kind}` };
  };
  if (value === null || expectation === null) {
    const status = rules.length > 0 ? 'anomalous' : value === null ? 'no_data' : 'learning';
    return finish({ ...UNKNOWN, status, threshold, rules });
  }
  const z = distance(expectation, expectation.transform.to(value));
  const expected = expectation.transform.back(expectation.centre);
  const ratio = Number.isFinite(value / expected) ? value / expected : null;
  const direction = question.direction ?? window.profile.direction;
  const unwanted = direction === 'up' ? Math.max(0, z) : direction === 'down' ? Math.max(0, -z) : Math.abs(z);
  const hint = unwanted >= NOTICE ? hintOf(ratio) : null;
  const applied =
    hint !== null && question.threshold === undefined
      ? (threshold * SIGNATURE_THRESHOLD) / THRESHOLD
      : threshold;
  const anomalous = rules.length > 0 || unwanted >= applied;
  const notice = unwanted >= Math.min(NOTICE * widening(window.usable), applied);
  return finish({
    status: anomalous ? 'anomalous' : notice ? 'notice' : 'normal',
    expected,
    low: expectation.transform.back(expectation.low - applied * expectation.scale),
    high: expectation.transform.back(expectation.high + applied * expectation.scale),
    z,
    threshold: applied,
    ratio,
    rules,
    hint,
    because: becauseOf(window, expectation),
  });
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
const EXCUSES: ReadonlySet<string> = new Set(['expected', 'new_normal']);
const WORDS: Readonly<Record<string, string>> = { expected: 'expected', new_normal: 'the new normal' };

/** How far (in scales, signed) a transformed value lies outside of what is expected. */
export function distance({ low, high, scale }: Expectation, value: number): number {
  if (value < low) return (value - low) / scale;
  return value > high ? (value - high) / scale : 0;
}

/** A young history is trusted less: twice the threshold at 10 points, a tenth more at 21. */
function widening(points: number): number {
  return points < MODEL_POINTS ? 1 : 1 + 1.05 * Math.exp(-(points - MODEL_POINTS) / 5);
}

function becauseOf(window: Window, { weights, forecasts, transform }: Expectation): Because[] {
  const weekday = window.daily ? `${WEEKDAYS[window.weekdays[window.length] ?? 0]}s` : 'same partitions';
  const slots = window.daily ? 'days' : 'partitions';
  return FORECASTER_NAMES.map((name, k) => ({
    name: name(weekday, slots),
    weight: weights[k] ?? 0,
    forecast: transform.back(forecasts[k] ?? Number.NaN),
  }))
    .filter(({ weight, forecast }) => weight > TELLING_WEIGHT && Number.isFinite(forecast))
    .sort((a, b) => b.weight - a.weight);
}
