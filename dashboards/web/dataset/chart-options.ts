import uPlot from 'uplot';
import type { SeriesPoint } from '../../../collector/api/schema/overview.ts';
import { drawIncidents, drawMarks } from './chart-marks.ts';
import { valueRange } from './chart-range.ts';
import { figure, partitionWords, shortFigure, shorten } from '../parts/words.ts';

const COLOURS = [
  'ink',
  'soft',
  'line',
  'surface',
  'held',
  'finding',
  'incident',
  'series',
  'band',
  'weekend',
] as const;
export type Colours = Readonly<Record<(typeof COLOURS)[number], string>>;

/** The tokens as they are resolved for the theme of now. */
export function readColours(element: Element): Colours {
  const style = getComputedStyle(element);
  return Object.fromEntries(COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`)])) as Colours;
}

const DAY_SECONDS = 86_400;
/** Pixels above the values where a sign of an incident stands. */
const SIGN_ROOM = 22;

/** Columns for uPlot: x (seconds, or the position when not every partition tells its time), low, high, mean, value. */
export function chartShape(points: readonly SeriesPoint[]): {
  readonly data: uPlot.AlignedData;
  readonly timed: boolean;
} {
  const times = points.map(({ at }) => (at === null ? null : new Date(at).getTime() / 1000));
  // Two partitions of one day (by region, say) have no order in time: then the position counts.
  const timed = times.every((time, index) => time !== null && time > (times[index - 1] ?? -Infinity));
  return {
    timed,
    data: [
      timed ? (times as number[]) : points.map((_, index) => index),
      points.map(({ low }) => low),
      points.map(({ high }) => high),
      points.map(({ mean }) => mean),
      points.map(({ value }) => value),
    ],
  };
}

/** Everything of the chart but its size. */
export function chartOptions(
  points: readonly SeriesPoint[],
  timed: boolean,
  colours: Colours,
  onPoint: (index: number | null) => void,
): Omit<uPlot.Options, 'width' | 'height'> {
  const font = '12px system-ui, sans-serif';
  const axis: uPlot.Axis = {
    stroke: colours.soft,
    font,
    grid: { stroke: colours.line, width: 1 },
    ticks: { stroke: colours.line, width: 1 },
  };
  const edge: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } };
  return {
    legend: { show: false },
    // A partition's day has no zone; it is shown as it is written.
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    cursor: { y: false, points: { size: 8 } },
    // Room above for the signs of incidents.
    ...(points.some(({ incident }) => incident !== null) && { padding: [SIGN_ROOM, null, null, null] }),
    scales: { x: { time: timed }, y: { range: () => valueRange(points) } },
    axes: [
      timed
        ? { ...axis, values: dayValues }
        : {
            ...axis,
            values: (_plot, positions) => positions.map((position) => cut(points[position]?.partition)),
          },
      { ...axis, size: 54, values: (_plot, values) => axisFigures(values) },
    ],
    series: [
      {},
      edge,
      edge,
      { stroke: colours.soft, width: 1, dash: [5, 4], points: { show: false } },
      { stroke: colours.series, width: 1.75, points: { show: points.length < 60, size: 5 } },
    ],
    bands: [{ series: [2, 1], fill: colours.band }],
    hooks: {
      drawClear: [(plot) => timed && shadeWeekends(plot, colours.weekend)],
      draw: [
        (plot) => {
          drawIncidents(plot, points, colours);
          drawMarks(plot, points, colours);
        },
      ],
      setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)],
    },
  };
}

/** Short figures, unless they would be the same for two lines. */
function axisFigures(values: readonly number[]): string[] {
  const short = values.map(shortFigure);
  return new Set(short).size === short.length ? short : values.map(figure);
}

const dayMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const dayHour = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

function dayValues(_plot: uPlot, times: number[]): string[] {
  const daily = times.every((time) => time % DAY_SECONDS === 0);
  return times.map((time) => (daily ? dayMonth : dayHour).format(time * 1000));
}

function cut(partition: string | undefined): string {
  return partition === undefined ? '' : shorten(partitionWords(partition), 0, 13);
}

/** Saturdays and Sundays, so that the weekly rhythm can be seen as such. */
function shadeWeekends(plot: uPlot, colour: string): void {
  const { min, max } = plot.scales['x'] ?? {};
  if (min === undefined || max === undefined || min === null || max === null) return;
  // Over years the stripes would be a grey wall.
  if (max - min > 500 * DAY_SECONDS) return;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = colour;
  const half = DAY_SECONDS / 2;
  for (let day = Math.floor(min / DAY_SECONDS) * DAY_SECONDS; day <= max; day += DAY_SECONDS) {
    if (new Date(day * 1000).getUTCDay() !== 6) continue;
    const left = Math.max(plot.valToPos(day - half, 'x', true), bbox.left);
    const right = Math.min(plot.valToPos(day + DAY_SECONDS + half, 'x', true), bbox.left + bbox.width);
    if (right > left) ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
}
