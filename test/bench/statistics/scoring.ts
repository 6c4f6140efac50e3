import type { PartitionWindow } from '#store/read-statistics.ts';
import { KEYS } from './generated-windows.ts';

export interface ScoreRate {
  readonly series: number;
  readonly seconds: number;
  /** Series whose last value is beyond two standard deviations. */
  readonly beyond: number;
}

/** The last value of every metric against mean and standard deviation of those before it. */
export function scoreAll(windows: Iterable<PartitionWindow>): ScoreRate {
  const begin = performance.now();
  let [series, beyond] = [0, 0];
  for (const window of windows) {
    for (const key of KEYS) {
      const values = window.series(key);
      const n = values.length - 1;
      let sum = 0;
      for (let index = 0; index < n; index += 1) sum += values[index] as number;
      const mean = sum / n;
      let squares = 0;
      for (let index = 0; index < n; index += 1) squares += ((values[index] as number) - mean) ** 2;
      if (Math.abs((values[n] as number) - mean) > 2 * Math.sqrt(squares / (n - 1))) beyond += 1;
      series += 1;
    }
  }
  return { series, seconds: (performance.now() - begin) / 1000, beyond };
}
