import type { BacktestAnswer, BacktestMetricItem, BacktestPointItem } from '#api/schema/backtest.ts';
import { formatNumber } from '#model/number-text.ts';

const WIDTH = 960;
const PANEL = 190;
const HEAD = 86;
const LEFT = 84;
const RIGHT = 16;
const TOP = 30;
const BOTTOM = 24;

/** Light and dark by the reader's own setting; a viewer that knows no such setting shows the light one. */
const STYLE = `
  :root { color-scheme: light dark; --ground: #ffffff; --ink: #1b1f24; --soft: #5c6670; --line: #d9dee3; --series: #1f5fa8;
    --band: #1f5fa822; --simple: #8a6d1d; --page: #b3261e; }
  @media (prefers-color-scheme: dark) {
    :root { --ground: #14181c; --ink: #e8ebee; --soft: #9aa5af; --line: #333b43; --series: #7fb2ee; --band: #7fb2ee2e;
      --simple: #d9b84d; --page: #ff8a80; }
  }
  text { font: 12px system-ui, sans-serif; fill: var(--ink); }
  .soft { fill: var(--soft); } .title { font-size: 16px; font-weight: 600; } .name { font-weight: 600; }
  .end { text-anchor: end; } .middle { text-anchor: middle; }
  .ground { fill: var(--ground); } .frame { fill: none; stroke: var(--line); }
  .band { fill: var(--band); } .mean { fill: none; stroke: var(--soft); stroke-dasharray: 5 4; }
  .sigma { fill: none; stroke: var(--simple); stroke-dasharray: 2 3; } .value { fill: none; stroke: var(--series); stroke-width: 1.75; }
  .simple { fill: none; stroke: var(--simple); stroke-width: 1.75; } .fired { fill: var(--ground); stroke: var(--page); stroke-width: 1.75; }
  .paged { fill: var(--page); stroke: var(--ground); }`;

/**
 * A backtest as SVG: a panel for each metric with its values, the adaptive band (filled), the 2 sigma band
 * (dotted), a ring where 2 sigma would have fired, a triangle where the adaptive mode would have, filled where
 * somebody would have been told. A value too far away to draw is written at the edge. Names come from outside: they are text here, never markup.
 */
export function backtestChart(answer: BacktestAnswer): string {
  const { dataset, summary, from, to } = answer;
  const metrics = answer.metrics.filter((metric) => !isFlat(metric));
  const flat = answer.metrics.filter(isFlat).map(({ metric }) => metric);
  const end = HEAD + metrics.length * PANEL;
  const height = end + 28;
  const label = `${dataset.name}: ${summary.at(-1) ?? ''}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(label)}">
<title>${escape(label)}</title>
<style>${STYLE}
</style>
<rect class="ground" width="${WIDTH}" height="${height}"/>
<text class="title" x="16" y="28">${escape(cut(dataset.name, 90))}</text>
<text class="soft" x="16" y="48">${escape(cut(`${from ?? 'no partition'} to ${to ?? ''}. ${summary.at(-1) ?? ''}`, 150))}</text>
${legend(66)}
${metrics.map((metric, index) => panel(metric, HEAD + index * PANEL)).join('\n')}
${flat.length > 0 ? `<text class="soft" x="16" y="${end + 12}">${escape(cut(`Never changed, and quiet: ${flat.join(', ')}`, 150))}</text>` : ''}
</svg>
`;
}

function legend(y: number): string {
  const items: [mark: string, width: number, text: string][] = [
    [`<line class="value" x1="0" x2="18" y1="-4" y2="-4"/>`, 24, 'value'],
    [`<rect class="band" x="0" y="-11" width="18" height="12"/>`, 24, 'adaptive range'],
    [`<line class="mean" x1="0" x2="18" y1="-4" y2="-4"/>`, 24, 'expected'],
    [`<line class="sigma" x1="0" x2="18" y1="-4" y2="-4"/>`, 24, '2 sigma range'],
    [ring(7, -4), 18, '2 sigma fires'],
    [triangle(7, -4, 'fired'), 18, 'adaptive fires'],
    [triangle(7, -4, 'paged'), 18, 'somebody is told'],
  ];
  let x = 16;
  return items
    .map(([mark, width, text]) => {
      const item = `<g transform="translate(${x} ${y})">${mark}<text class="soft" x="${width}" y="0">${text}</text></g>`;
      x += width + text.length * 6.4 + 22;
      return item;
    })
    .join('');
}

function panel(
  { metric, points, simpleFired, adaptiveFired, paged }: BacktestMetricItem,
  top: number,
): string {
  const [low, high] = rangeOf(points);
  const inner = { width: WIDTH - LEFT - RIGHT, height: PANEL - TOP - BOTTOM };
  const step = points.length > 1 ? inner.width / (points.length - 1) : 0;
  const x = (index: number): number => round(LEFT + index * step);
  const y = (value: number): number => {
    const clamped = Math.min(Math.max(value, low), high);
    return round(TOP + inner.height * (1 - (clamped - low) / (high - low)));
  };
  const counts = `2 sigma ${simpleFired}, adaptive ${adaptiveFired}, told ${paged}`;
  return `<g transform="translate(0 ${top})">
<text class="name" x="${LEFT}" y="18">${escape(cut(metric, 80))}</text>
<text class="soft end" x="${WIDTH - RIGHT}" y="18">${counts}</text>
<rect class="frame" x="${LEFT}" y="${TOP}" width="${inner.width}" height="${inner.height}"/>
<text class="soft end" x="${LEFT - 6}" y="${TOP + 10}">${escape(formatNumber(high, 3))}</text>
<text class="soft end" x="${LEFT - 6}" y="${TOP + inner.height}">${escape(formatNumber(low, 3))}</text>
${dates(points, x, TOP + inner.height + 16)}
${stretches(points, ({ adaptive }) => (adaptive?.low ?? null) !== null)
  .map((stretch) => bandOf(stretch, points, x, y))
  .join('')}
${line('mean', points, x, y, ({ adaptive }) => adaptive?.mean ?? null)}
${line('sigma', points, x, y, ({ simple }) => simple.low)}
${line('sigma', points, x, y, ({ simple }) => simple.high)}
${line('value', points, x, y, ({ value }) => value)}
${points.map((point, index) => marksOf(point, x(index), y)).join('')}
${points.map(({ value }, index) => (value === null || (value >= low && value <= high) ? '' : farValue(value, value > high, x(index), inner.height))).join('')}
</g>`;
}

/** A circle and a triangle lie over one another where both modes fire. */
function marksOf(point: BacktestPointItem, x: number, y: (value: number) => number): string {
  const { partition, value, simple, adaptive, paged } = point;
  if (value === null) return '';
  const fired = adaptive?.status === 'anomalous';
  if (!fired && !paged && simple.status !== 'anomalous') return '';
  const word = fired || (paged && adaptive) ? (adaptive?.message ?? '') : simple.message;
  return `<g><title>${escape(`${partition}: ${word}`)}</title>${simple.status === 'anomalous' ? ring(x, y(value)) : ''}${fired || paged ? triangle(x, y(value), paged ? 'paged' : 'fired') : ''}</g>`;
}

/** What a mark at the edge stands for. */
function farValue(value: number, isAbove: boolean, x: number, height: number): string {
  const isLeft = x < LEFT + 80;
  const [at, y] = [isLeft ? x + 10 : x - 10, isAbove ? TOP + 13 : TOP + height - 5];
  return `<text class="${isLeft ? '' : 'end'}" x="${at}" y="${y}">${escape(formatNumber(value, 3))} ${isAbove ? '↑' : '↓'}</text>`;
}

const ring = (x: number, y: number): string => `<circle class="simple" cx="${x}" cy="${y}" r="6.5"/>`;
const triangle = (x: number, y: number, kind: 'fired' | 'paged'): string =>
  `<path class="${kind}" d="M${x} ${round(y - 5)}l5 9h-10z"/>`;

function dates(points: readonly BacktestPointItem[], x: (index: number) => number, y: number): string {
  if (points.length === 0) return '';
  const last = points.length - 1;
  const chosen = [...new Set([0, Math.round(last / 3), Math.round((2 * last) / 3), last])];
  return chosen
    .map((index) => {
      const side = index === 0 ? '' : index === last ? ' end' : ' middle';
      return `<text class="soft${side}" x="${x(index)}" y="${y}">${escape(cut(points[index]?.partition ?? '', 30))}</text>`;
    })
    .join('');
}

/** Indices of neighbouring points that all have something. */
function stretches(
  points: readonly BacktestPointItem[],
  has: (point: BacktestPointItem) => boolean,
): number[][] {
  const found: number[][] = [];
  for (const [index, point] of points.entries()) {
    if (!has(point)) continue;
    const last = found.at(-1);
    if (last?.at(-1) === index - 1) last.push(index);
    else found.push([index]);
  }
  return found;
}

function bandOf(
  stretch: readonly number[],
  points: readonly BacktestPointItem[],
  x: (index: number) => number,
  y: (value: number) => number,
): string {
  const edge = (index: number, side: 'low' | 'high'): string =>
    `${x(index)} ${y(points[index]?.adaptive?.[side] ?? 0)}`;
  const upper = stretch.map((index) => edge(index, 'high'));
  const lower = stretch.map((index) => edge(index, 'low')).toReversed();
  return `<path class="band" d="M${[...upper, ...lower].join('L')}z"/>`;
}

function line(
  kind: string,
  points: readonly BacktestPointItem[],
  x: (index: number) => number,
  y: (value: number) => number,
  valueOf: (point: BacktestPointItem) => number | null,
): string {
  const paths = stretches(points, (point) => valueOf(point) !== null).map((stretch) =>
    stretch
      .map(
        (index, place) =>
          `${place === 0 ? 'M' : 'L'}${x(index)} ${y(valueOf(points[index] as BacktestPointItem) ?? 0)}`,
      )
      .join(''),
  );
  return paths.length === 0 ? '' : `<path class="${kind}" d="${paths.join('')}"/>`;
}

/** So many times the ordinary spread away, a value would flatten all the others: it is drawn at the edge. */
const FAR = 1.5;

/** From the values; bands that are far wider than these are cut, because the values are what is looked at. */
function rangeOf(points: readonly BacktestPointItem[]): [low: number, high: number] {
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
  const ordinary = points
    .filter(({ adaptive, paged }) => !paged && adaptive?.status !== 'anomalous')
    .flatMap(({ value, adaptive, simple }) => [value, adaptive?.mean ?? simple.mean])
    .filter((value) => value !== null);
  const seen = ordinary.length > 0 ? ordinary : values;
  if (seen.length === 0) return [0, 1];
  const [from, to] = [Math.min(...seen), Math.max(...seen)];
  const spread = to - from;
  const near = values.filter((value) => value >= from - FAR * spread && value <= to + FAR * spread);
  const least = Math.min(from, ...near);
  const most = Math.max(to, ...near);
  const margin = (most - least) * 0.12 || Math.abs(most) * 0.1 || 1;
  return [least >= 0 ? Math.max(0, least - margin) : least - margin, most + margin];
}

/** Nothing to see: the same value all along, and nobody would have said a word. */
function isFlat({ points, simpleFired, adaptiveFired, notices }: BacktestMetricItem): boolean {
  return (
    simpleFired + adaptiveFired + notices === 0 && points.every(({ value }) => value === points[0]?.value)
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function cut(text: string, length: number): string {
  const characters = Array.from(text);
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

// XML takes no control characters, and marks that turn the direction would tear the line apart.
const UNSEEN = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replaceAll(UNSEEN, '\uFFFD').replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
