import { hourAxis } from '#detectors/hourly/axis.ts';
import { type View, viewsOf } from '#detectors/hourly/views.ts';
import { detectHourly } from '#detectors/hourly.ts';
import type { DetectionPoint, DetectionQuestion } from '#model/detection.ts';
import type { HourlySeries } from './hourly-series.ts';

/** |z| of every hour from `from` on, each seen from the hours before it; NaN where there is no value. */
export type HourlyMethod = (series: HourlySeries, from: number) => Float64Array;

const MONTH = 720;

/** Ours beside what else is used. The deviation is never below a thousandth of the centre. */
export const HOURLY_METHODS: Readonly<Record<string, HourlyMethod>> = {
  assay,
  // The same views, put together otherwise.
  'season alone': ofViews(([hour]) => (hour ? away(hour) : 0)),
  'season, half the month in its scale': ofViews(([hour, month]) =>
    hour && month ? Math.abs(hour.value - hour.centre) / Math.hypot(hour.scale, month.scale / 2) : 0,
  ),
  'season and month multiplied': ofViews(([hour, month]) =>
    hour && month ? Math.sqrt(away(hour) * away(month)) : 0,
  ),
  'mean+sd 30 d': pastMoments(MONTH, () => true, 2),
  'same hour mean+sd': pastMoments(MONTH, (back) => back % 24 === 0, 3),
  '24-h mean+sd': pastMoments(24, () => true, 12),
  'hour of week': pastMoments(MONTH, (back) => back % 168 === 0, 2),
  'seasonal naive 24 h': seasonalNaive,
  'Holt-Winters 24': holtWinters,
};

function assay(series: HourlySeries, from: number): Float64Array {
  return asked(series, from, (question) => {
    const found = detectHourly(question);
    return found.rules.length > 0 ? Infinity : Math.abs(found.z ?? 0);
  });
}

type Seen = View & { readonly value: number };
const away = ({ value, centre, scale }: Seen): number => Math.abs(value - centre) / scale;

function ofViews(scoreOf: (views: readonly Seen[]) => number): HourlyMethod {
  return (series, from) =>
    asked(series, from, (question) => {
      const value = question.target.value ?? 0;
      const [views = []] = viewsOf(hourAxis(question), 0);
      return scoreOf(views.map((view) => ({ ...view, value })));
    });
}

/** The scores of a detector that is asked as the product asks it. */
function asked(
  { values, firstHour, kind }: HourlySeries,
  from: number,
  scoreOf: (question: DetectionQuestion) => number,
): Float64Array {
  const points = Array.from(values, (value, index): DetectionPoint => {
    const at = new Date((firstHour + index) * 3_600_000);
    return { partition: at.toISOString(), at, value: Number.isNaN(value) ? null : value };
  });
  return scores(values, from, (index) => {
    const history = points.slice(Math.max(0, index - 672), index);
    const target = points[index] as DetectionPoint;
    const rest = { cadence: 'hourly', marks: [], calendar: () => null, label: 'value' } as const;
    return scoreOf({ kind, history, target, ...rest });
  });
}

/** Distance from the mean of some past hours in their standard deviations. */
function pastMoments(reach: number, wanted: (back: number) => boolean, least: number): HourlyMethod {
  return ({ values }, from) =>
    scores(values, from, (index) => {
      const past: number[] = [];
      for (let back = 1; back <= Math.min(reach, index); back += 1) {
        const value = values[index - back] as number;
        if (wanted(back) && !Number.isNaN(value)) past.push(value);
      }
      if (past.length < least) return 0;
      const mean = past.reduce((sum, value) => sum + value, 0) / past.length;
      const squares = past.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      const deviation = Math.sqrt(squares / (past.length - 1));
      return Math.abs((values[index] as number) - mean) / floored(deviation, mean);
    });
}

/** The same hour yesterday, in deviations of such differences in a month. */
function seasonalNaive({ values }: HourlySeries, from: number): Float64Array {
  const steps = values.map((value, index) =>
    index < 24 ? Number.NaN : value - (values[index - 24] as number),
  );
  return scores(values, from, (index) => {
    const step = steps[index] as number;
    const past = steps.subarray(Math.max(0, index - MONTH), index).filter((x) => !Number.isNaN(x));
    if (Number.isNaN(step) || past.length < 24) return 0;
    const mean = past.reduce((sum, x) => sum + x, 0) / past.length;
    const deviation = Math.sqrt(past.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (past.length - 1));
    return Math.abs(step) / floored(deviation, values[index] as number);
  });
}

/** Additive Holt-Winters without trend (level 0.05, season 0.1), in root mean squares of its past errors. */
function holtWinters({ values }: HourlySeries, from: number): Float64Array {
  const first = Array.from(values.subarray(0, 24)).filter((value) => !Number.isNaN(value));
  let level = first.reduce((sum, value) => sum + value, 0) / Math.max(1, first.length);
  const season = Float64Array.from({ length: 24 }, (_, hour) => {
    const value = values[hour] ?? Number.NaN;
    return Number.isNaN(value) ? 0 : value - level;
  });
  const errors: number[] = [];
  const out = new Float64Array(values.length).fill(Number.NaN);
  for (let index = 24; index < values.length; index += 1) {
    const value = values[index] as number;
    if (Number.isNaN(value)) continue;
    const offset = season[index % 24] as number;
    const forecast = level + offset;
    const past = errors.slice(-MONTH);
    const squares = past.reduce((sum, error) => sum + error * error, 0);
    if (index >= from) {
      const scale = floored(Math.sqrt(squares / past.length), forecast);
      out[index] = past.length < 24 ? 0 : Math.abs(value - forecast) / scale;
    }
    errors.push(value - forecast);
    const before = level;
    level = 0.05 * (value - offset) + 0.95 * before;
    season[index % 24] = 0.1 * (value - before) + 0.9 * offset;
  }
  return out;
}

const floored = (deviation: number, centre: number): number =>
  Math.max(deviation, 1e-3 * Math.abs(centre), 1e-9);

function scores(values: Float64Array, from: number, scoreOf: (index: number) => number): Float64Array {
  return values.map((value, index) => (index < from || Number.isNaN(value) ? Number.NaN : scoreOf(index)));
}
