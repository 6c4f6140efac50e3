import type { SeriesPoint } from '../../../collector/api/schema/overview.ts';

/** So many times the ordinary spread away, a point would flatten all the others. */
const FAR = 1.5;
/** And so many times a bound of a band. */
const WIDE = 2.5;
const MARGIN = 0.08;

/**
 * Bounds of the value axis. What is held or a finding may lie so far off that the weekly rhythm would become
 * a straight line: then the axis shows the ordinary values and their bands, and such a point is drawn at its edge.
 */
export function valueRange(points: readonly SeriesPoint[]): [low: number, high: number] {
  const ordinary = points.filter(({ published, status }) => published !== 'held' && status !== 'anomalous');
  const bounds = points.flatMap((point) => [point.low, point.high]);
  const [lowest, highest] = extent(ordinary.flatMap(({ value, mean }) => [value, mean]));
  const width = highest - lowest;
  // A young band is as wide as its history is short: it is cut where it would flatten the values.
  const [low, high] = extent([
    lowest,
    highest,
    ...(width > 0
      ? bounds.map((bound) =>
          bound === null ? null : clamp(bound, lowest - WIDE * width, highest + WIDE * width),
        )
      : bounds),
  ]);
  const spread = width || high - low;
  const near = points
    .map(({ value }) => value)
    .filter((value) => value !== null && value >= low - FAR * spread && value <= high + FAR * spread);
  const [least, most] = extent(spread > 0 ? [low, high, ...near] : points.map(({ value }) => value));
  const margin = (most - least) * MARGIN || Math.abs(most) * MARGIN || 1;
  // No margin below zero for what cannot be negative.
  return [least >= 0 ? Math.max(0, least - margin) : least - margin, most + margin];
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

function extent(values: readonly (number | null)[]): [least: number, most: number] {
  let least = Infinity;
  let most = -Infinity;
  for (const value of values) {
    if (value === null) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return least <= most ? [least, most] : [0, 0];
}
