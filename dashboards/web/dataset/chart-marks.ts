import type uPlot from 'uplot';
import type { SeriesPoint } from '../../../collector/api/schema/overview.ts';
import { isOver, simpleAlone } from '../parts/states.ts';
import { figure } from '../parts/words.ts';
import type { Colours } from './chart-options.ts';

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
export function drawMarks(plot: uPlot, points: readonly SeriesPoint[], colours: Colours): void {
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

/**
 * Above the values, and a dashed line down to what it is about: an octagon for an incident, filled while it is
 * open and empty when it is over. It does not hide the square or triangle of the value itself.
 */
export function drawIncidents(plot: uPlot, points: readonly SeriesPoint[], colours: Colours): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const radius = 6 * ratio;
  ctx.save();
  points.forEach(({ incident, value }, index) => {
    if (incident === null) return;
    const x = plot.valToPos(plot.data[0][index] ?? 0, 'x', true);
    if (x < bbox.left - 1 || x > bbox.left + bbox.width + 1) return;
    const y = bbox.top - 11 * ratio;
    const bottom = bbox.top + bbox.height;
    const below =
      value === null ? bottom : Math.min(Math.max(plot.valToPos(value, 'y', true), bbox.top), bottom);
    ctx.strokeStyle = colours.incident;
    ctx.fillStyle = isOver(incident.state) ? colours.surface : colours.incident;
    ctx.lineWidth = ratio;
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, y + radius);
    ctx.lineTo(x, below);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.lineWidth = 1.5 * ratio;
    octagon(ctx, x, y, radius);
    ctx.fill();
    ctx.stroke();
  });
  ctx.restore();
}

function octagon(ctx: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  ctx.beginPath();
  for (let corner = 0; corner < 8; corner += 1) {
    const angle = Math.PI / 8 + (corner * Math.PI) / 4;
    ctx.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  ctx.closePath();
}
