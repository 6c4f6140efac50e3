import { detectAdaptive } from '#detectors/adaptive.ts';
import type { Calendar, Detection, DetectionPoint } from '#model/detection.ts';
import { type BenchDay, VISIBLE_DAYS } from './protocol.ts';

const DAY_MS = 86_400_000;

export interface AssayScores {
  /** |z| on the side that matters for the kind. */
  readonly byModel: Float64Array[];
  /** The same, infinite where a hard rule fires. */
  readonly withRules: Float64Array[];
  /** Days on which an exact repeat of the day before was put in and found, and days on which one could tell. */
  readonly repeats: { readonly found: number; readonly telling: number; readonly falseAlarms: number };
  readonly questions: number;
  /** Processor time of all questions. */
  readonly seconds: number;
}

/** Asks the adaptive detector of every candidate of every day, as the product does. */
export function scoreByAssay(days: readonly BenchDay[], withCalendar: boolean): AssayScores {
  const byModel: Float64Array[] = [];
  const withRules: Float64Array[] = [];
  const repeats = { found: 0, telling: 0, falseAlarms: 0 };
  let questions = 0;
  const before = process.cpuUsage();
  for (const day of days) {
    const found = detections(day, withCalendar);
    questions += found.length;
    byModel.push(Float64Array.from(found, scoreOf));
    withRules.push(Float64Array.from(found, (one) => (one.rules.length > 0 ? Infinity : scoreOf(one))));
    countRepeats(day, found, repeats);
  }
  const spent = process.cpuUsage(before);
  return { byModel, withRules, repeats, questions, seconds: (spent.user + spent.system) / 1e6 };
}

function scoreOf({ z, kind }: Detection & { kind: string }): number {
  if (z === null) return Number.NaN;
  return kind === 'rate' ? Math.max(0, z) : Math.abs(z);
}

function detections(
  { series, index, candidates }: BenchDay,
  withCalendar: boolean,
): (Detection & { kind: string })[] {
  const history: DetectionPoint[] = [];
  for (let at = index - VISIBLE_DAYS; at < index; at += 1) {
    const value = series.values[at] ?? Number.NaN;
    history.push({
      partition: `day=${at}`,
      at: new Date((series.firstDay + at) * DAY_MS),
      value: Number.isNaN(value) ? null : value,
    });
  }
  const calendar: Calendar = withCalendar
    ? (day) => series.holidays[Math.round(Date.parse(day) / DAY_MS) - series.firstDay] ?? null
    : () => null;
  const rows = series.rows[index] ?? Number.NaN;
  return Array.from(candidates, (value) => ({
    kind: series.kind,
    ...detectAdaptive({
      kind: series.kind,
      cadence: 'daily',
      history,
      target: {
        partition: `day=${index}`,
        at: new Date((series.firstDay + index) * DAY_MS),
        value: Number.isNaN(value) ? null : value,
        ...(Number.isNaN(rows) ? {} : { rows }),
      },
      marks: [],
      calendar,
      label: series.id,
    }),
  }));
}

/** A repeat can tell where values practically never repeat of themselves: means, and counts from 1000 on. */
function countRepeats(
  { series, index, candidates }: BenchDay,
  found: readonly Detection[],
  repeats: { found: number; telling: number; falseAlarms: number },
): void {
  if (found[0]?.rules.includes('exact_repeat') === true) repeats.falseAlarms += 1;
  if (series.kind !== 'count') return;
  const yesterday = series.values[index - 1] ?? Number.NaN;
  if (Number.isNaN(yesterday) || yesterday < 1000) return;
  repeats.telling += 1;
  const at = candidates.indexOf(yesterday, 1);
  if (at > 0 && found[at]?.rules.includes('exact_repeat') === true) repeats.found += 1;
}
