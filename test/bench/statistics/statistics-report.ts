import { medianOf, rounded, show, table, type BenchReport, QUIET } from '../frame.ts';
import { percentile } from '../statistics.ts';
import type { CheckRate } from './check-rate.ts';
import { COLUMNS, DAYS, KEYS } from './generated-windows.ts';
import type { ScoreRate } from './scoring.ts';
import type { Sizes } from './statistics-benchmark.ts';
import type { Sample } from './statistics-rungs.ts';

export interface StatisticsMeasurements {
  readonly sizes: Sizes;
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
  readonly scored: ScoreRate;
  readonly checked: CheckRate;
}

/** Goals that absolute figures are held to; the machine is told with them. */
const GOALS = { bytesPerValue: 5, times: 15, windowP99Ms: 5, rescoreSeconds: 1, checksPerSecond: 10_000 };

export function reportStatistics({ sizes, samples, scored, checked }: StatisticsMeasurements): BenchReport {
  const of = (name: string): readonly Sample[] => samples.get(name) ?? [];
  const ms = (name: string): number => medianOf(of(name), ({ milliseconds }) => milliseconds);
  const cpu = (name: string): number => medianOf(of(name), ({ processorMs }) => processorMs);
  const latency = (name: string, p: number): number =>
    medianOf(of(name), ({ latencies }) => percentile(latencies, p));
  const values = (datasets: number): number => datasets * DAYS * KEYS.length;
  const perDay = sizes.common * KEYS.length;
  const packed = sizes.packedBytes / values(sizes.datasets);
  const narrow = sizes.narrowBytes / values(sizes.common);
  const series = scored.series;
  const rescore = ((ms('packed windows') / 1000 + scored.seconds) * 150_000) / series;
  const checksPerSecond = checked.checks / checked.seconds;
  const checksWithRead = checked.checks / (checked.seconds + ms('packed windows') / 1000);
  const failures = [
    ...sameSums(of('packed windows'), of('narrow windows'), 'windows of all datasets'),
    ...sameSums(of('packed one window'), of('narrow one window'), 'windows one by one'),
    ...(of('sketched month').some(({ checksum }) => !Number.isFinite(checksum))
      ? ['a month could not be rolled up from sketches']
      : []),
    ...((checked.statuses['no_data'] ?? 0) + (checked.statuses['error'] ?? 0) > 0
      ? [`checks were not answered: ${JSON.stringify(checked.statuses)}`]
      : []),
  ];
  const goals = {
    bytesPerValueAtMost5: packed <= GOALS.bytesPerValue,
    fifteenTimesSmallerThanNarrow: narrow / packed >= GOALS.times,
    oneWindowP99AtMost5Ms: latency('packed one window', 99) <= GOALS.windowP99Ms,
    rescore150kSeriesWithinASecond: rescore <= GOALS.rescoreSeconds,
    tenThousandChecksPerSecond: checksPerSecond >= GOALS.checksPerSecond,
  };
  const figures = {
    datasets: sizes.datasets,
    columns: COLUMNS,
    days: DAYS,
    valuesPerPartition: KEYS.length,
    bytesPerPartition: { packed: rounded(packed * KEYS.length, 0), narrow: rounded(narrow * KEYS.length, 0) },
    bytesPerValue: { packed: rounded(packed), narrow: rounded(narrow) },
    timesSmaller: rounded(narrow / packed, 1),
    megabytes: rounded(sizes.packedBytes / 2 ** 20, 0),
    sketchBytesPerPartition: rounded(sizes.sketchBytes, 0),
    windows: pairOf('windows', sizes.common),
    oneWindow: {
      packedP50Ms: rounded(latency('packed one window', 50)),
      packedP99Ms: rounded(latency('packed one window', 99)),
      narrowP50Ms: rounded(latency('narrow one window', 50)),
      narrowP99Ms: rounded(latency('narrow one window', 99)),
    },
    writeDay: {
      ...pairOf('day', sizes.common),
      packedPartitionsPerSecond: rounded((sizes.common * 1000) / ms('packed day'), 0),
      narrowPartitionsPerSecond: rounded((sizes.common * 1000) / ms('narrow day'), 0),
      packedWalPerValue: rounded(medianOf(of('packed day'), ({ walBytes }) => walBytes) / perDay, 1),
      narrowWalPerValue: rounded(medianOf(of('narrow day'), ({ walBytes }) => walBytes) / perDay, 1),
    },
    rollUpMonth: {
      packedP50Ms: rounded(latency('packed month', 50)),
      packedP99Ms: rounded(latency('packed month', 99)),
      narrowP50Ms: rounded(latency('narrow month', 50)),
      sketchedP50Ms: rounded(latency('sketched month', 50)),
      sketchedP99Ms: rounded(latency('sketched month', 99)),
    },
    rescore: { series, scoreMs: rounded(scored.seconds * 1000, 1), secondsPer150kSeries: rounded(rescore) },
    checks: {
      perSecond: rounded(checksPerSecond, 0),
      perSecondWithReading: rounded(checksWithRead, 0),
      statuses: { ...checked.statuses },
    },
    goals,
  };
  function pairOf(what: string, datasets: number) {
    return {
      datasets,
      packedMs: rounded(ms(`packed ${what}`), 1),
      narrowMs: rounded(ms(`narrow ${what}`), 1),
      packedProcessorMs: rounded(cpu(`packed ${what}`), 0),
      narrowProcessorMs: rounded(cpu(`narrow ${what}`), 0),
      timesFaster: rounded(ms(`narrow ${what}`) / ms(`packed ${what}`), 1),
    };
  }
  const row = (what: string, packedText: string, narrowText: string): string[] => [
    what,
    packedText,
    narrowText,
  ];
  const lines = [
    `${sizes.datasets.toLocaleString('en-GB')} datasets x ${COLUMNS} columns x 5 metrics x ${DAYS} days, ${KEYS.length} values a partition; the narrow table has ${sizes.common.toLocaleString('en-GB')} of the datasets`,
    '',
    ...table(
      ['', 'packed', 'one row per metric'],
      [
        row('bytes a partition on disk', show(packed * KEYS.length), show(narrow * KEYS.length)),
        row('bytes a value', show(packed), show(narrow)),
        row(
          `${DAYS} days of ${sizes.common} datasets, ms`,
          show(ms('packed windows')),
          show(ms('narrow windows')),
        ),
        row('  processor time, ms', show(cpu('packed windows')), show(cpu('narrow windows'))),
        row(
          `${DAYS} days of one dataset, p50 ms`,
          show(latency('packed one window', 50)),
          show(latency('narrow one window', 50)),
        ),
        row('  p99 ms', show(latency('packed one window', 99)), show(latency('narrow one window', 99))),
        row(`a day of ${sizes.common} datasets written, ms`, show(ms('packed day')), show(ms('narrow day'))),
        row(
          '  write-ahead log, bytes a value',
          show(figures.writeDay.packedWalPerValue),
          show(figures.writeDay.narrowWalPerValue),
        ),
        row(
          'month of one dataset rolled up, p50 ms',
          show(latency('packed month', 50)),
          show(latency('narrow month', 50)),
        ),
        row(`  with sketches of ${COLUMNS} columns, p50 ms`, show(latency('sketched month', 50)), '-'),
      ],
    ),
    '',
    `Sketches: ${show(sizes.sketchBytes)} bytes a partition of ${COLUMNS} columns (HyperLogLog and quantiles)`,
    `Scoring: ${series.toLocaleString('en-GB')} series in ${show(scored.seconds * 1000)} ms; 150,000 read and scored in ${show(rescore)} s`,
    `Checks: ${show(checksPerSecond)} a second answered from windows in memory, ${show(checksWithRead)} with reading the windows`,
    `Goals: ${Object.entries(goals)
      .map(([goal, met]) => `${goal} ${met ? 'met' : 'MISSED'}`)
      .join(', ')}`,
    ...disturbances(samples),
  ];
  return { figures, lines, failures };
}

/** Both layouts must have given the same numbers. */
function sameSums(packed: readonly Sample[], narrow: readonly Sample[], what: string): string[] {
  const [a, b] = [packed[0]?.checksum ?? Number.NaN, narrow[0]?.checksum ?? Number.NaN];
  return Math.abs(a - b) <= 1e-9 * Math.abs(b)
    ? []
    : [`${what}: the packed rows sum to ${a}, the narrow ones to ${b}`];
}

function disturbances(samples: ReadonlyMap<string, readonly Sample[]>): string[] {
  const worst = Math.max(...[...samples.values()].flat().map(({ foreignCores }) => foreignCores));
  return worst > QUIET
    ? [
        `WARNING: other work kept up to ${worst.toFixed(2)} cores busy while measuring; compare ratios and processor time`,
      ]
    : [];
}
