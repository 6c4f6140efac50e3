import { setImmediate as breathe } from 'node:timers/promises';
import type { Calendar } from '#model/detection.ts';
import type { Contract } from '#model/contract.ts';
import type { Uuid } from '#model/ids.ts';
import { hasTheWord, type Judgement } from '#model/judgement.ts';
import type { StatedMark } from '#model/mark.ts';
import type { HistoryPoint } from '#model/measurement.ts';
import type { CheckResult } from '#model/result.ts';
import { checkPartition } from './check-partition.ts';
import type { Circumstances } from './circumstances.ts';
import { judgePartition } from './judge.ts';
import { reachOf } from './reach.ts';
import { watchedMetrics } from './watched-metrics.ts';

export interface BacktestQuestion {
  readonly datasetId: Uuid;
  /** Of one series, oldest first: the partitions to test and what lies before them. */
  readonly points: readonly HistoryPoint[];
  /** How many of them, from the end, are tested. */
  readonly tested: number;
  readonly marks: readonly StatedMark[];
  readonly calendar: Calendar;
  /** Its checks are asked as well; null where there is none. */
  readonly contract: Contract | null;
  /** When partitions landed and with which columns, for checks that ask. */
  readonly circumstances?: ReadonlyMap<string, Circumstances>;
  /** Only this metric; null for all. */
  readonly metric: string | null;
}

/** What the detectors would have said of one metric of one partition, the day it came. */
export interface BacktestPoint {
  readonly partition: string;
  readonly at: Date | null;
  readonly value: number | null;
  readonly simple: Judgement;
  /** null where the key tells no time: then 2 sigma has the word. */
  readonly adaptive: Judgement | null;
  /** Somebody would have been told; false while an alarm goes on that was told before. */
  readonly paged: boolean;
}

export interface BacktestMetric {
  readonly metric: string;
  /** Oldest first. */
  readonly points: readonly BacktestPoint[];
  readonly simpleFired: number;
  readonly adaptiveFired: number;
  readonly notices: number;
  readonly paged: number;
}

export interface BacktestCheck {
  readonly id: string;
  readonly text: string;
  readonly severity: string;
  /** Partitions by the status that the check would have had. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Where it would not have passed, oldest first. */
  readonly failures: readonly {
    readonly partition: string;
    readonly status: string;
    readonly message: string;
  }[];
}

export interface Backtest {
  readonly partitions: readonly string[];
  readonly metrics: readonly BacktestMetric[];
  readonly checks: readonly BacktestCheck[];
  /** Partitions of which somebody would have been told: one page each, however many metrics are odd. */
  readonly paged: number;
  readonly simpleFired: number;
}

/** Judgements of a partition and metric that one backtest makes at most: it runs beside everything else. */
export const MOST_JUDGEMENTS = 40_000;

/** How many judgements a backtest would make. */
export function judgementsOf({ points, tested, metric }: BacktestQuestion): number {
  if (metric !== null) return tested;
  return points.slice(-tested).reduce((sum, { facts }) => sum + watchedMetrics(facts).length, 0);
}

/**
 * Plays the past again: every partition is judged by those before it, by the same functions as the monitor's
 * and with the marks of now. Makes way for others after each partition.
 */
export async function backtest(question: BacktestQuestion): Promise<Backtest> {
  const { datasetId, points, tested, marks, calendar, contract, circumstances, metric } = question;
  const begin = points.length - tested;
  const judgements: Judgement[][] = [];
  const results: CheckResult[][] = [];
  for (let index = begin; index < points.length; index += 1) {
    const target = points[index];
    if (!target) break;
    const seen = points.slice(Math.max(0, index - reachOf(target.partition)), index + 1);
    // What a partition failed by is no reason to leave itself out.
    const window = [...seen.slice(0, -1), { ...target, excluded: null }];
    judgements.push(
      judgePartition({
        datasetId,
        points: window,
        marks,
        standing: 'young',
        calendar,
        metric,
        tier: contract?.tier ?? 3,
      }),
    );
    const known = circumstances?.get(target.partition);
    // What lasts until now is answered as of the landing: as it was on its day.
    const told = known && { circumstances: known, ...(known.landedAt && { now: known.landedAt }) };
    results.push(
      contract ? checkPartition(contract, target.partition, window, { marks, calendar, ...told }) : [],
    );
    await breathe();
  }
  const past = points.slice(begin);
  const metrics = metricsOf(past, judgements);
  const paged = new Set(
    metrics.flatMap(({ points: own }) => own.filter((one) => one.paged).map(({ partition }) => partition)),
  );
  return {
    partitions: past.map(({ partition }) => partition),
    metrics,
    checks: checksOf(past, results),
    paged: paged.size,
    simpleFired: metrics.reduce((sum, { simpleFired }) => sum + simpleFired, 0),
  };
}

function metricsOf(
  past: readonly HistoryPoint[],
  judgements: readonly (readonly Judgement[])[],
): BacktestMetric[] {
  const names = [...new Set(judgements.flat().map(({ metric }) => metric))].sort(rowsFirst);
  return names.map((metric) => {
    const points: BacktestPoint[] = [];
    let open: Judgement | null = null;
    for (const [index, { partition, at }] of past.entries()) {
      const own = (judgements[index] ?? []).filter((one) => one.metric === metric);
      const simple = own.find(({ detector }) => detector === 'sigma');
      if (!simple) continue;
      const adaptive = own.find(hasTheWord) ?? null;
      const word = adaptive ?? simple;
      const goesOn = open !== null && open.direction === word.direction;
      points.push({
        partition,
        at,
        value: word.value,
        simple,
        adaptive,
        paged: word.finding && !goesOn,
      });
      open = word.finding ? word : null;
    }
    const count = (wanted: (point: BacktestPoint) => boolean): number => points.filter(wanted).length;
    return {
      metric,
      points,
      simpleFired: count(({ simple }) => simple.status === 'anomalous'),
      adaptiveFired: count(({ adaptive }) => adaptive?.status === 'anomalous'),
      notices: count(({ adaptive }) => adaptive?.status === 'notice'),
      paged: count(({ paged }) => paged),
    };
  });
}

function rowsFirst(a: string, b: string): number {
  if ((a === 'row_count') !== (b === 'row_count')) return a === 'row_count' ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function checksOf(
  past: readonly HistoryPoint[],
  results: readonly (readonly CheckResult[])[],
): BacktestCheck[] {
  const found = new Map<string, { first: CheckResult; own: { partition: string; result: CheckResult }[] }>();
  for (const [index, { partition }] of past.entries())
    for (const result of results[index] ?? []) {
      const entry = found.get(result.checkId) ?? { first: result, own: [] };
      entry.own.push({ partition, result });
      found.set(result.checkId, entry);
    }
  return [...found.values()].map(({ first, own }) => {
    const statuses: Record<string, number> = {};
    for (const { result } of own) statuses[result.status] = (statuses[result.status] ?? 0) + 1;
    return {
      id: first.checkId,
      text: first.text,
      severity: first.severity,
      statuses,
      failures: own
        .filter(({ result }) => ['fail', 'warn', 'error'].includes(result.status))
        .map(({ partition, result: { status, message } }) => ({ partition, status, message })),
    };
  });
}
