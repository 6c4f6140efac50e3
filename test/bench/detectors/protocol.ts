import { INCIDENTS } from './incidents.ts';
import type { BenchKind, BenchSeries } from './series.ts';

/** Past days that a detector may see. */
export const VISIBLE_DAYS = 30;
/** False alarms per metric in 30 days. */
export const BUDGETS = [1, 0.2, 0.05] as const;

/** One day to judge: the days before it, and the values that it might have had. */
export interface BenchDay {
  readonly series: BenchSeries;
  /** Of the day in the series. */
  readonly index: number;
  /** The true value first, then one for each incident. */
  readonly candidates: Float64Array;
}

/** Writes to `scores` how far each candidate is from what was to be expected (0: not at all; NaN: no answer). */
export type Method = (day: BenchDay, scores: Float64Array) => void;

export type MetricClass = 'counts' | 'means' | 'rates';
export const CLASS_OF: Readonly<Record<BenchKind, MetricClass>> = {
  count: 'counts',
  distinct: 'counts',
  mean: 'means',
  rate: 'rates',
};

export interface Figure {
  readonly budget: number;
  readonly threshold: number;
  /** Mean over the incident types, 0..1. */
  readonly recall: number;
  readonly byIncident: Readonly<Record<string, number>>;
}

/** The days of a series that are judged: enough past, a value, and no gross event by hindsight. */
export function daysOf(series: BenchSeries): BenchDay[] {
  const injections = Object.values(INCIDENTS[series.kind]);
  const days: BenchDay[] = [];
  for (let index = VISIBLE_DAYS; index < series.values.length; index += 1) {
    const value = series.values[index] ?? Number.NaN;
    if (Number.isNaN(value) || pastPoints(series, index) < 10 || grossByHindsight(series, index)) continue;
    const yesterday = series.values[index - 1] ?? Number.NaN;
    const weekAgo = series.values[index - 7] ?? Number.NaN;
    days.push({
      series,
      index,
      candidates: Float64Array.from([
        value,
        ...injections.map((inject) => inject(value, yesterday, weekAgo)),
      ]),
    });
  }
  return days;
}

function pastPoints(series: BenchSeries, index: number): number {
  let count = 0;
  for (let back = index - VISIBLE_DAYS; back < index; back += 1)
    if (!Number.isNaN(series.values[back])) count += 1;
  return count;
}

/**
 * Whether the same weekdays of the four weeks before and after call a common day grossly off: an alarm there
 * is wanted (a hurricane, a new supplier), so the day is not counted as clean.
 */
export function grossByHindsight(series: BenchSeries, index: number): boolean {
  if (series.holidays[index] !== null) return false;
  const around: number[] = [];
  for (let week = -4; week <= 4; week += 1) {
    const value = series.values[index + 7 * week] ?? Number.NaN;
    if (!Number.isNaN(value)) around.push(value);
  }
  if (around.length < 4) return false;
  const value = series.values[index] ?? Number.NaN;
  const middle = medianOf(around);
  const spread = 1.4826 * medianOf(around.map((other) => Math.abs(other - middle)));
  if (Math.abs(value - middle) <= 6 * spread) return false;
  if (series.kind === 'rate') return Math.abs(value - middle) > 0.05;
  const ratio = value / middle;
  return ratio < 0.55 || ratio > 1.8;
}

function medianOf(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b);
  const middle = ordered.length >> 1;
  const upper = ordered[middle] ?? Number.NaN;
  return ordered.length % 2 === 1 ? upper : ((ordered[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** All scores of one method on all days. */
export function scoreDays(days: readonly BenchDay[], method: Method): Float64Array[] {
  return days.map((day) => {
    const scores = new Float64Array(day.candidates.length);
    method(day, scores);
    return scores;
  });
}

/**
 * Recall at each budget. The threshold is the quantile of the clean scores that leaves as many false alarms
 * as the budget allows; a source counts with min(days, 1500) days of a kind, however many series it has.
 */
export function figuresOf(days: readonly BenchDay[], scores: readonly Float64Array[]): Figure[] {
  const weights = sourceWeights(days);
  const clean = days
    .map(({ series }, at) => ({
      score: scores[at]?.[0] ?? Number.NaN,
      weight: weights.get(groupOf(series)) ?? 0,
    }))
    .filter(({ score }) => !Number.isNaN(score))
    .sort((a, b) => b.score - a.score);
  const whole = clean.reduce((sum, { weight }) => sum + weight, 0);
  return BUDGETS.map((budget) => {
    let left = (budget / 30) * whole;
    const threshold = clean.find(({ weight }) => (left -= weight) < 0)?.score ?? 0;
    const byIncident = recallByIncident(days, scores, weights, threshold);
    const recalls = Object.values(byIncident);
    return {
      budget,
      threshold,
      recall: recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length,
      byIncident,
    };
  });
}

function recallByIncident(
  days: readonly BenchDay[],
  scores: readonly Float64Array[],
  weights: ReadonlyMap<string, number>,
  threshold: number,
): Record<string, number> {
  const found: Record<string, number> = {};
  const all: Record<string, number> = {};
  days.forEach(({ series, candidates }, at) => {
    const weight = weights.get(groupOf(series)) ?? 0;
    Object.keys(INCIDENTS[series.kind]).forEach((incident, position) => {
      if (Number.isNaN(candidates[position + 1])) return;
      // A copy of yesterday and one of a week ago are one type.
      const name = incident.replace(/^stale\d$/, 'stale');
      all[name] = (all[name] ?? 0) + weight;
      if ((scores[at]?.[position + 1] ?? 0) > threshold) found[name] = (found[name] ?? 0) + weight;
    });
  });
  return Object.fromEntries(Object.entries(all).map(([name, weight]) => [name, (found[name] ?? 0) / weight]));
}

/** Counts and distinct counts of one source are groups of their own. */
const groupOf = ({ source, kind }: BenchSeries): string => `${source} ${kind}`;

function sourceWeights(days: readonly BenchDay[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { series } of days) counts.set(groupOf(series), (counts.get(groupOf(series)) ?? 0) + 1);
  return new Map([...counts].map(([group, count]) => [group, Math.min(count, 1500) / count]));
}
