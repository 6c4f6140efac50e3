import type { SeriesPoint } from '../../collector/api/schema/overview.ts';

/** So many times the ordinary spread away, a point would flatten all the others. */
const FAR = 1.5;
const MARGIN = 0.08;

/**
 * Bounds of the value axis. What is held or a finding may lie so far off that the weekly rhythm would become
 * a straight line: then the axis shows the ordinary values and their bands, and such a point is drawn at its edge.
 */
export function valueRange(points: readonly SeriesPoint[]): [low: number, high: number] {
  const ordinary = points.filter(({ published, status }) => published !== 'held' && status !== 'anomalous');
  const [low, high] = extent([
    ...ordinary.map(({ value }) => value),
    ...points.flatMap((point) => [point.low, point.high]),
  ]);
  const spread = high - low;
  const near = points
    .map(({ value }) => value)
    .filter((value) => value !== null && value >= low - FAR * spread && value <= high + FAR * spread);
  const [least, most] = extent(spread > 0 ? [low, high, ...near] : points.map(({ value }) => value));
  const margin = (most - least) * MARGIN || Math.abs(most) * MARGIN || 1;
  // No margin below zero for what cannot be negative.
  return [least >= 0 ? Math.max(0, least - margin) : least - margin, most + margin];
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
