import type { Detection } from '#model/detection.ts';
import { formatNumber } from '#model/number-text.ts';

import { durationText } from './duration-text.ts';
import { plainDetection } from './plain-detection.ts';
import { TAIL_POINTS, TAIL_THRESHOLD, tailDistance, usualTail } from './usual-tail.ts';

/** What a run used; absent is not zero. */
export interface RunUsage {
  readonly bytesRead?: number;
  readonly bytesWritten?: number;
  /** Rows that it wrote. */
  readonly rows?: number;
  readonly seconds?: number;
}

/** What usage costs, in units of anyone's choice. What is not priced costs nothing. */
export interface Prices {
  readonly perByteRead?: number;
  readonly perByteWritten?: number;
  readonly perRow?: number;
  readonly perSecond?: number;
}

export interface CostOptions {
  /** How the job is called in the messages. */
  readonly label: string;
  /** Without prices only usage is judged, not cost. */
  readonly prices?: Prices;
  /** What the units are called: `EUR`; `units` by default. */
  readonly unit?: string;
  readonly threshold?: number;
}

const PARTS = [
  {
    use: 'bytesRead',
    price: 'perByteRead',
    metric: 'run_bytes_read',
    says: (x: number) => `${bytesText(x)} read`,
  },
  {
    use: 'bytesWritten',
    price: 'perByteWritten',
    metric: 'run_bytes_written',
    says: (x: number) => `${bytesText(x)} written`,
  },
  {
    use: 'rows',
    price: 'perRow',
    metric: 'run_rows',
    says: (x: number) => `${formatNumber(x, 3)} rows written`,
  },
  {
    use: 'seconds',
    price: 'perSecond',
    metric: 'run_seconds',
    says: (x: number) => `${durationText(x)} of running`,
  },
] as const;

/** A metric of a run with what is said of it. */
export interface CostFinding {
  readonly metric: 'run_cost' | (typeof PARTS)[number]['metric'];
  readonly detection: Detection;
}

/**
 * Is a run dearer than the past runs of its job? Judges each kind of usage that is known, and their cost
 * when there are prices; only upwards. The cost comes first and names the use that grew most.
 * @param history earlier completed runs of the job, oldest first; the last 30 count
 */
export function costPerRun(history: readonly RunUsage[], run: RunUsage, options: CostOptions): CostFinding[] {
  const { label, threshold = TAIL_THRESHOLD, prices, unit = 'units' } = options;
  const judge = (
    metric: CostFinding['metric'],
    valueOf: (usage: RunUsage) => number | null,
    says: (value: number) => string,
    why: string,
  ): CostFinding[] => {
    const value = valueOf(run);
    if (value === null) return [];
    const past = history.flatMap((usage) => valueOf(usage) ?? []);
    return [{ metric, detection: judged({ value, past, says, why, label, threshold }) }];
  };
  const costs =
    prices === undefined
      ? []
      : judge(
          'run_cost',
          (usage) => costOf(usage, prices),
          (x) => `cost ${formatNumber(x, 3)} ${unit}`,
          grownMost(history, run, prices),
        );
  return [
    ...costs,
    ...PARTS.flatMap(({ use, metric, says }) => judge(metric, (usage) => known(usage[use]), says, '')),
  ];
}

/**
 * What a run cost; null when a priced kind of usage is not known, since a part of a cost is no cost, and
 * when nothing is priced.
 */
export function costOf(usage: RunUsage, prices: Prices): number | null {
  const priced = PARTS.filter(({ price }) => (prices[price] ?? 0) > 0);
  if (priced.length === 0) return null;
  let cost = 0;
  for (const { use, price } of priced) {
    const used = known(usage[use]);
    if (used === null) return null;
    cost += used * (prices[price] ?? 0);
  }
  return cost;
}

interface Asked {
  readonly value: number;
  readonly past: readonly number[];
  readonly says: (value: number) => string;
  readonly why: string;
  readonly label: string;
  readonly threshold: number;
}

function judged({ value, past, says, why, label, threshold }: Asked): Detection {
  const points = Math.min(past.length, 30);
  const common = { detector: 'cost_per_run', value, threshold, points };
  const tail = usualTail(past, { threshold });
  if (tail === null) {
    const message = `${label}: ${says(value)}, not judged: only ${points} earlier runs tell it, at least ${TAIL_POINTS} are needed`;
    return plainDetection({ ...common, status: 'learning', message });
  }
  const dear = value > tail.high;
  const ratio = value / tail.centre;
  const z = tailDistance(tail, value);
  const usual = `usually ${says(tail.centre)}`;
  return plainDetection({
    ...common,
    status: dear ? 'anomalous' : 'normal',
    expected: tail.centre,
    low: 0,
    high: tail.high,
    z: Number.isFinite(z) ? z : null,
    ratio,
    message: dear
      ? `${ratio.toFixed(1)} times the usual${why === '' ? '' : `, mostly by ${why}`}: ${label}, ${says(value)}, ${usual}`
      : `${label}: ${says(value)}, ${usual}`,
  });
}

/** The use whose cost passes its usual (the median of the past) by most. */
function grownMost(history: readonly RunUsage[], run: RunUsage, prices: Prices): string {
  let most = 0;
  let named = '';
  for (const { use, price, says } of PARTS) {
    const used = known(run[use]);
    const past = history.flatMap((usage) => known(usage[use]) ?? []).toSorted((a, b) => a - b);
    if (used === null || past.length === 0) continue;
    const more = (used - (past[past.length >> 1] ?? 0)) * (prices[price] ?? 0);
    if (more <= most) continue;
    most = more;
    named = says(used);
  }
  return named;
}

function known(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) && value >= 0 ? value : null;
}

function bytesText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${formatNumber(bytes / 1000 ** step, 3)} ${units[step]}`;
}
