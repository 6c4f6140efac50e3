import { spanText } from './promise.ts';

/** How far a stream had come at a moment. */
export interface LagSample {
  readonly at: Date;
  /** Event time of the last record that was processed (the watermark); null before the first. */
  readonly processedTo: Date | null;
  /** How many records its source had; null when that is not known. */
  readonly sourceOffset: number | null;
}

export interface LagPromise {
  /** The time lag that is allowed. */
  readonly seconds: number;
  /** Seconds between samples. */
  readonly intervalSeconds: number;
  /** It is broken when `m` of the last `n` samples are over the limit. */
  readonly m: number;
  readonly n: number;
}

export const LAG_HOLD = { intervalSeconds: 15, m: 3, n: 5 } as const;

/**
 * ok; lagging: behind, and going on; stuck: behind, and standing still while its source goes on; no_traffic: its
 * source stands still, so nothing is late; absent: no samples, so nobody knows.
 */
export type LagState = 'ok' | 'lagging' | 'stuck' | 'no_traffic' | 'absent';

export interface LagJudgement {
  readonly state: LagState;
  /** Of the last sample: its time less that of the last record processed; null when that is not known. */
  readonly lagSeconds: number | null;
  readonly message: string;
}

/** Whether a stream keeps up, by time and not by offsets. Samples after `now` are not seen. */
export function judgeLag(samples: readonly LagSample[], promise: LagPromise, now: Date): LagJudgement {
  const { seconds, intervalSeconds, m, n } = promise;
  const seen = samples.filter(({ at }) => at <= now).sort((a, b) => +a.at - +b.at);
  const window = seen.slice(-n);
  const [first, last] = [window[0], window.at(-1)];
  if (first === undefined || last === undefined || +now - +last.at > 2 * intervalSeconds * 1000) {
    const since =
      last === undefined ? 'no sample has come' : `no sample for ${spanText((+now - +last.at) / 1000)}`;
    return {
      state: 'absent',
      lagSeconds: null,
      message: `${since}, one is expected every ${spanText(intervalSeconds)}`,
    };
  }
  const lagSeconds = lagOf(last);
  if (window.length > 1 && first.sourceOffset !== null && first.sourceOffset === last.sourceOffset)
    return { state: 'no_traffic', lagSeconds, message: 'its source has nothing new' };
  const over = window.filter((sample) => (lagOf(sample) ?? Infinity) > seconds).length;
  const behind = lagSeconds === null ? 'nothing is processed' : `${spanText(lagSeconds)} behind`;
  const limit = `${spanText(seconds)} allowed, over in ${over} of ${window.length} samples`;
  if (over < m) return { state: 'ok', lagSeconds, message: `${behind}, ${limit}` };
  const stands = window.length > 1 && +(first.processedTo ?? 0) === +(last.processedTo ?? 0);
  return stands
    ? { state: 'stuck', lagSeconds, message: `stuck: ${behind} and nothing moves, ${limit}` }
    : { state: 'lagging', lagSeconds, message: `${behind}, ${limit}` };
}

function lagOf({ at, processedTo }: LagSample): number | null {
  return processedTo === null ? null : Math.max(0, (+at - +processedTo) / 1000);
}
