import type { SeriesPoint } from '#model/finding.ts';

import { detectSigma, type SigmaOptions } from './sigma.ts';

const DAY_MS = 86_400_000;

/** How a rule would have done on the past of a series. */
export interface FiringHistory {
  /** Points that had enough history to be judged. */
  readonly judged: number;
  /** Partitions on which it would have fired, oldest first. */
  readonly fired: readonly string[];
  /** Alarms in 30 judged points; null when none was judged. */
  readonly perMonth: number | null;
  /** `would have fired 3 times in the last 60 days`. */
  readonly message: string;
}

/**
 * How often the simple mode would have fired on this series: each point is judged by those before it, as it
 * would have been on its day. Oldest first, without points that a person excluded. For a person who chooses
 * sigma: nominal rates hold for Gaussian noise only.
 */
export function firingHistory(series: readonly SeriesPoint[], options: SigmaOptions): FiringHistory {
  const fired: string[] = [];
  let judged = 0;
  let first: SeriesPoint | undefined;
  series.forEach((point, index) => {
    const { status } = detectSigma(series.slice(0, index), point, options);
    if (status !== 'normal' && status !== 'anomalous') return;
    first ??= point;
    judged += 1;
    if (status === 'anomalous') fired.push(point.partition);
  });
  const message = firingText(fired.length, judged, first, series.at(-1));
  return { judged, fired, perMonth: judged === 0 ? null : (30 * fired.length) / judged, message };
}

/** `would have fired 9 times in the last 60 days`, of what was judged from the first point to the last. */
export function firingText(
  fired: number,
  judged: number,
  first: Pick<SeriesPoint, 'at'> | undefined,
  last: Pick<SeriesPoint, 'at'> | undefined,
): string {
  if (judged === 0) return 'cannot be tried on the past yet: there is too little';
  const times = fired === 1 ? 'once' : `${fired} times`;
  return `would have fired ${times} in the last ${spanOf(first, last, judged)}`;
}

function spanOf(
  first: Pick<SeriesPoint, 'at'> | undefined,
  last: Pick<SeriesPoint, 'at'> | undefined,
  judged: number,
): string {
  const from = first?.at?.getTime() ?? Number.NaN;
  const days = Math.round(((last?.at?.getTime() ?? Number.NaN) - from) / DAY_MS) + 1;
  return Number.isNaN(days) ? `${judged} partitions` : `${days} day${days === 1 ? '' : 's'}`;
}
