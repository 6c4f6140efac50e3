import { type GaussianRates, NOMINAL_PERCENT } from './gaussian.ts';
import { BUDGETS, type Figure, type MetricClass } from './protocol.ts';

export type Recalls = Readonly<Record<string, readonly Figure[]>>;
export type HourlyFigures = Readonly<Record<string, { windowRecallAt3: number; bestEventF1: number }>>;

/** What was measured on the series of one class. */
export interface ClassReport {
  readonly days: number;
  readonly series: number;
  readonly methods: Recalls;
}

export interface Report {
  readonly folder: string;
  readonly classes: ReadonlyMap<MetricClass, ClassReport>;
  /** null: not measured. */
  readonly hourly: HourlyFigures | null;
  readonly repeats: {
    readonly found: number;
    readonly telling: number;
    readonly falseAlarms: number;
    readonly days: number;
  };
  readonly checksPerMinute: number;
  /** By the kind of series. */
  readonly gaussian: Readonly<Record<string, GaussianRates>>;
}

const WIDTH = 28;

/** The report for a person. */
export function printReport(report: Report): void {
  const { classes, hourly, repeats, gaussian } = report;
  console.log(`Series of ${report.folder}`);
  for (const [name, { days, series, methods }] of classes) {
    if (days === 0) continue;
    console.log(
      `\n${name}: ${series} series, ${days} days. Mean recall in % (threshold) at ${BUDGETS.join(' / ')}`,
    );
    console.log('false alarms per metric in 30 days');
    for (const [method, figures] of Object.entries(methods))
      console.log(`  ${method.padEnd(WIDTH)}${line(figures)}`);
    const [, middle] = methods['assay'] ?? [];
    if (middle) console.log(`  assay at ${middle.budget}: ${incidents(middle)}`);
  }
  if (hourly !== null) {
    console.log('\nhourly, labelled: window recall in % at 3 false-alarm hours per month, best event F1');
    for (const [method, { windowRecallAt3, bestEventF1 }] of Object.entries(hourly)) {
      console.log(
        `  ${method.padEnd(WIDTH)}${windowRecallAt3.toFixed(1).padStart(5)}  ${bestEventF1.toFixed(1).padStart(5)}`,
      );
    }
  }
  const falseAlarms = repeats.days === 0 ? 0 : (30 * repeats.falseAlarms) / repeats.days;
  console.log('\nexact repeats of the day before (counts from 1000 on)');
  console.log(
    `  found ${share(repeats.found, repeats.telling)} of ${repeats.telling}, ${falseAlarms.toFixed(3)} false alarms per metric in 30 days`,
  );
  console.log(`\nsimple mode, 2 sigma, false alarms in % on Gaussian series (nominal ${NOMINAL_PERCENT})`);
  for (const [kind, rates] of Object.entries(gaussian)) {
    const told = rates.map(({ length, percent }) => `${length}: ${percent?.toFixed(2) ?? 'not judged'}`);
    console.log(`  ${kind.padEnd(8)}${told.join('  ')}`);
  }
  console.log('\nadaptive mode, one core');
  console.log(`  ${Math.round(report.checksPerMinute / 1000)} thousand series scored per minute`);
}

const line = (figures: readonly Figure[]): string =>
  figures
    .map(({ recall, threshold }) =>
      `${(100 * recall).toFixed(1).padStart(6)} (${threshold.toFixed(1)})`.padEnd(16),
    )
    .join('');

const incidents = ({ byIncident }: Figure): string =>
  Object.entries(byIncident)
    .map(([name, recall]) => `${name} ${Math.round(100 * recall)}`)
    .join(', ');

const share = (part: number, whole: number): string =>
  whole === 0 ? 'none' : `${((100 * part) / whole).toFixed(1)} %`;
