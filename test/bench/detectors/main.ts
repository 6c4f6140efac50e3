/**
 * `npm run bench:detectors`: how much the detectors find at the same number of false alarms as other methods.
 * Exit code 0 when measured, 3 when the folder holds nothing to measure, 4 for wrong use.
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { scoreByAssay, type AssayScores } from './assay.ts';
import { gaussianRates } from './gaussian.ts';
import { hourlyFigures, LEARNING_HOURS } from './hourly.ts';
import { type HourlySeries, readHourlySeries } from './hourly-series.ts';
import { PEERS } from './methods.ts';
import {
  BUDGETS,
  CLASS_OF,
  type BenchDay,
  daysOf,
  type Figure,
  figuresOf,
  type MetricClass,
  scoreDays,
} from './protocol.ts';
import { type ClassReport, type HourlyFigures, printReport, type Recalls, type Report } from './report.ts';
import { readSeries } from './series.ts';

const USAGE = `npm run bench:detectors -- [options]
  --data DIR   a folder with daily.csv, null_rates_semisynthetic.csv, hourly_labelled.csv, series_meta.csv and
               holidays.csv, each of which may be missing (../shared/anomaly)
  --json       one JSON document on standard output`;

const CLASSES: readonly MetricClass[] = ['counts', 'means', 'rates'];

async function main(): Promise<number> {
  let values: { data?: string; json?: boolean; help?: boolean };
  try {
    ({ values } = parseArgs({
      options: { data: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
    }));
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    return 4;
  }
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const folder = resolve(values.data ?? resolve(import.meta.dirname, '../../../../shared/anomaly'));
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    console.error(`There is no folder ${folder}: --data must name one with series (see --help).`);
    return 4;
  }
  const progress = (text: string): void => void process.stderr.write(`${text}\n`);
  // The document holds nothing of the simple mode.
  const report = await measure(folder, progress, values.json !== true);
  if (report === null) {
    console.error(
      `${folder} holds no series that can be judged: one of daily.csv, null_rates_semisynthetic.csv (more than 30 days) and hourly_labelled.csv (more than 14 days) must be there.`,
    );
    return 3;
  }
  if (values.json === true) console.log(JSON.stringify(documentOf(report), null, 2));
  else printReport(report);
  return 0;
}

async function measure(
  folder: string,
  progress: (text: string) => void,
  withSimpleMode: boolean,
): Promise<Report | null> {
  const { series, remarks } = readSeries(folder);
  const labelled = readHourlySeries(folder);
  for (const remark of [...remarks, ...labelled.remarks]) progress(remark);
  const hourly = await hourlyOf(labelled.series, progress);
  const repeats = { found: 0, telling: 0, falseAlarms: 0, days: 0 };
  let questions = 0;
  let seconds = 0;
  const classes = new Map<MetricClass, ClassReport>();
  for (const metricClass of CLASSES) {
    const own = series.filter(({ kind }) => CLASS_OF[kind] === metricClass);
    const days = own.flatMap(daysOf);
    progress(`${metricClass}: ${own.length} series, ${days.length} days`);
    const { methods, assay } = measureClass(days, metricClass);
    repeats.found += assay.repeats.found;
    repeats.telling += assay.repeats.telling;
    repeats.falseAlarms += assay.repeats.falseAlarms;
    repeats.days += days.length;
    questions += assay.questions;
    seconds += assay.seconds;
    classes.set(metricClass, { days: days.length, series: own.length, methods });
  }
  if (repeats.days === 0 && hourly === null) return null;
  if (withSimpleMode) progress('simple mode on Gaussian series');
  return {
    folder,
    classes,
    hourly,
    repeats,
    checksPerMinute: seconds === 0 ? 0 : (60 * questions) / seconds,
    gaussian: withSimpleMode ? { undated: gaussianRates(false), daily: gaussianRates(true) } : {},
  };
}

function measureClass(
  days: readonly BenchDay[],
  metricClass: MetricClass,
): { methods: Record<string, readonly Figure[]>; assay: AssayScores } {
  const assay = scoreByAssay(days, true);
  if (days.length === 0) return { methods: {}, assay };
  const methods: Record<string, readonly Figure[]> = {
    assay: figuresOf(days, assay.byModel),
    'assay with hard rules': figuresOf(days, assay.withRules),
  };
  // Holidays move volumes alone.
  if (metricClass === 'counts') {
    methods['assay without calendar'] = figuresOf(days, scoreByAssay(days, false).byModel);
  }
  for (const [name, method] of Object.entries(PEERS))
    methods[name] = figuresOf(days, scoreDays(days, method));
  return { methods, assay };
}

async function hourlyOf(
  series: readonly HourlySeries[],
  progress: (text: string) => void,
): Promise<HourlyFigures | null> {
  const long = series.filter(({ values }) => values.length > LEARNING_HOURS);
  if (long.length === 0) return null;
  progress(`hourly: ${long.length} series`);
  return hourlyFigures(long);
}

const percent = (share: number): number => Number((100 * share).toFixed(2));

/** The document of --json: recall in per cent by class, method and budget. */
function documentOf({ classes, hourly }: Report): Record<string, unknown> {
  const recalls = (methods: Recalls): Record<string, Record<string, number>> =>
    Object.fromEntries(
      Object.entries(methods).map(([name, figures]) => [
        name,
        Object.fromEntries(BUDGETS.map((budget, at) => [String(budget), percent(figures[at]?.recall ?? 0)])),
      ]),
    );
  return {
    counts: recalls(classes.get('counts')?.methods ?? {}),
    means: recalls(classes.get('means')?.methods ?? {}),
    rates: recalls(classes.get('rates')?.methods ?? {}),
    hourly: hourly ?? {},
  };
}

process.exitCode = await main();
