import uPlot from 'uplot';
import type { SeriesPoint } from '../../../collector/api/schema/overview.ts';
import { simpleAlone } from '../parts/states.ts';
import { valueRange } from './chart-range.ts';
import { figure, partitionWords, shortFigure, shorten } from '../parts/words.ts';

const COLOURS = ['ink', 'soft', 'line', 'surface', 'held', 'finding', 'series', 'band', 'weekend'] as const;
export type Colours = Readonly<Record<(typeof COLOURS)[number], string>>;

/** The tokens as they are resolved for the theme of now. */
export function readColours(element: Element): Colours {
  const style = getComputedStyle(element);
  return Object.fromEntries(COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`)])) as Colours;
}

const DAY_SECONDS = 86_400;

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
      draw: [(plot) => drawMarks(plot, points, colours)],
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

type ChartMark = 'held' | 'finding' | 'simple';

function markOf(point: SeriesPoint): ChartMark | null {
  if (point.published === 'held') return 'held';
  if (point.finding) return 'finding';
  return simpleAlone(point) ? 'simple' : null;
}

/** So many marks still have room for their word. */
const WORDED = 6;

/**
 * A square for what is held, a triangle for a finding, each with its word where there is room; an empty ring,
 * without a word, where only 2 sigma would have fired.
 */
function drawMarks(plot: uPlot, points: readonly SeriesPoint[], colours: Colours): void {
  const marked = points.flatMap((point, index) => {
    const kind = markOf(point);
    return kind && point.value !== null ? [{ kind, index, value: point.value } as const] : [];
  });
  const alarms = marked.filter(({ kind }) => kind !== 'simple').length;
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - 8 * ratio, bbox.top - 8 * ratio, bbox.width + 16 * ratio, bbox.height + 16 * ratio);
  ctx.clip();
  ctx.font = `600 ${12 * ratio}px system-ui, sans-serif`;
  ctx.lineWidth = 2 * ratio;
  const words: {
    readonly word: string;
    readonly kind: 'held' | 'finding';
    readonly x: number;
    readonly y: number;
  }[] = [];
  const bottom = bbox.top + bbox.height;
  for (const { kind, index, value } of marked) {
    const x = plot.valToPos(plot.data[0][index] ?? 0, 'x', true);
    const exact = plot.valToPos(value, 'y', true);
    const y = Math.min(Math.max(exact, bbox.top), bottom);
    if (x < bbox.left - 1 || x > bbox.left + bbox.width + 1) continue;
    if (kind === 'simple') {
      ctx.strokeStyle = colours.soft;
      ctx.lineWidth = 1.5 * ratio;
      trace(ctx, kind, x, y, 4.5 * ratio);
      ctx.stroke();
      ctx.lineWidth = 2 * ratio;
      continue;
    }
    ctx.fillStyle = colours[kind];
    // A rim in the ground's colour keeps the mark apart from the line below it.
    ctx.strokeStyle = colours.surface;
    trace(ctx, kind, x, y, 5.5 * ratio);
    ctx.stroke();
    ctx.fill();
    const word = kind === 'held' ? 'Held' : 'Finding';
    // At the edge the place does not tell the value any more.
    if (exact !== y) words.push({ word: `${word} at ${figure(value)}, off the scale`, kind, x, y });
    else if (alarms <= WORDED || kind === 'held') words.push({ word, kind, x, y });
  }
  ctx.textBaseline = 'middle';
  ctx.lineWidth = 4 * ratio;
  ctx.lineJoin = 'round';
  words.forEach(({ word, kind, x, y }, index) => {
    const room = ctx.measureText(word).width + 14 * ratio;
    const next = words[index + 1];
    // The next mark's word stands for both.
    if (next && next.x - x < room && Math.abs(next.y - y) < 14 * ratio) return;
    const onLeft = x + room > bbox.left + bbox.width;
    ctx.textAlign = onLeft ? 'right' : 'left';
    const at = x + (onLeft ? -10 : 10) * ratio;
    ctx.fillStyle = colours[kind];
    ctx.strokeText(word, at, y);
    ctx.fillText(word, at, y);
  });
  ctx.restore();
}

function trace(ctx: CanvasRenderingContext2D, kind: ChartMark, x: number, y: number, r: number): void {
  ctx.beginPath();
  if (kind === 'held') {
    ctx.rect(x - r, y - r, 2 * r, 2 * r);
  } else if (kind === 'simple') {
    ctx.arc(x, y, r, 0, 2 * Math.PI);
  } else {
    ctx.moveTo(x, y - r * 1.2);
    ctx.lineTo(x + r * 1.15, y + r);
    ctx.lineTo(x - r * 1.15, y + r);
    ctx.closePath();
  }
}
