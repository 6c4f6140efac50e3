import { HOURLY_METHODS, type HourlyMethod } from './hourly-methods.ts';
import type { HourlySeries } from './hourly-series.ts';

/** Hours that every method may learn from before it is judged: 14 days. */
export const LEARNING_HOURS = 14 * 24;
const MONTH = 720;

/** Percent. */
export interface HourlyFigure {
  /** Of the labelled windows those with an alarm, at three false-alarm hours per metric-month. */
  readonly windowRecallAt3: number;
  /** The best F1 of events over all thresholds: a run of alarms that meets no label is a false event. */
  readonly bestEventF1: number;
}

/**
 * Judges the hourly methods on labelled series: one threshold for all series of a method,
 * online, every hour from its past only, labelled hours left in that past. Nothing without series.
 */
export async function hourlyFigures(
  series: readonly HourlySeries[],
  methods: Readonly<Record<string, HourlyMethod>> = HOURLY_METHODS,
): Promise<Record<string, HourlyFigure>> {
  if (series.length === 0) return {};
  const figures: Record<string, HourlyFigure> = {};
  for (const [name, method] of Object.entries(methods)) {
    figures[name] = figureOf(
      series,
      series.map((one) => method(one, LEARNING_HOURS)),
    );
    // Others may want to draw their progress.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return figures;
}

/** The figures of a method's scores, one array for each series. */
export function figureOf(series: readonly HourlySeries[], scores: readonly Float64Array[]): HourlyFigure {
  const clean: number[] = [];
  const windows: number[] = [];
  let hours = 0;
  series.forEach(({ labels }, at) => {
    const own = scores[at] ?? new Float64Array();
    let best = Number.NaN;
    for (let index = 0; index <= own.length; index += 1) {
      const score = own[index] ?? Number.NaN;
      if (!Number.isNaN(score)) hours += 1;
      if (labels[index] === 1) {
        if (!Number.isNaN(score)) best = Number.isNaN(best) ? score : Math.max(best, score);
        continue;
      }
      if (!Number.isNaN(best)) windows.push(best);
      best = Number.NaN;
      if (!Number.isNaN(score)) clean.push(score);
    }
  });
  clean.sort((a, b) => b - a);
  const allowed = Math.floor((3 * hours) / MONTH);
  const threshold = clean[Math.min(allowed, clean.length - 1)] ?? 0;
  const found = (limit: number): number => windows.filter((score) => score > limit).length;
  const percent = (part: number): number => Math.round(1000 * part) / 10;
  let best = 0;
  for (const limit of thresholds()) {
    const hits = found(limit);
    const misses = falseEvents(series, scores, limit);
    const f1 = (2 * hits) / (hits + misses + windows.length || 1);
    best = Math.max(best, f1);
  }
  return {
    windowRecallAt3: percent(found(threshold) / Math.max(1, windows.length)),
    bestEventF1: percent(best),
  };
}

/** From 1 to 1000 in steps of 2 %. */
function thresholds(): number[] {
  return Array.from({ length: 350 }, (_, step) => 1.02 ** step);
}

function falseEvents(
  series: readonly HourlySeries[],
  scores: readonly Float64Array[],
  threshold: number,
): number {
  let events = 0;
  series.forEach(({ labels }, at) => {
    const own = scores[at] ?? new Float64Array();
    let open = false;
    let met = false;
    for (let index = 0; index <= own.length; index += 1) {
      const alarm = (own[index] ?? Number.NaN) > threshold;
      if (open && !alarm && !met) events += 1;
      if (alarm && !open) met = false;
      open = alarm;
      if (alarm && labels[index] === 1) met = true;
    }
  });
  return events;
}
