import { GAUSSIAN_MAD, medianBetween } from '../statistics/order.ts';
import { quantileBySelection } from '../statistics/select.ts';
import { HOURS, type HourAxis, PLACES } from './axis.ts';
import { seasonOf } from './season.ts';

const DAY = 24;
/** Hours whose median says where the level is by now: after a shift it takes half of them to follow. */
const RECENT = 48;
/** Hours of the last day that must be there before it has a say. */
const ENOUGH_OF_A_DAY = 12;
/**
 * A view that sees nothing odd counts as this many deviations, not as none: three views multiply, and a value
 * that happens to be the mean of the month would else never be odd at its hour.
 */
const LEAST = 0.5;
/** A day or an hour that hardly ever varied is still taken to vary by this share of the month's deviation. */
const QUIETEST = 0.02;

/** One way to look at a series: where it expects the target, and within what. */
export interface View {
  readonly name: 'hour' | 'month' | 'day';
  /** In the metric's units. */
  readonly centre: number;
  /** One deviation, in the metric's units; above 0. */
  readonly scale: number;
}

const rest = new Float64Array(HOURS);
const sizes = new Float64Array(HOURS);

/**
 * The three views of an hourly series: its season (what this hour of a working or free day usually brings,
 * in robust scales), the plain month (mean and deviation of 28 days) and the last 24 hours. Where the season
 * explains the series the other two look at it without its season, and noisy hours count less.
 * @param extraVariance noise that the past need not have shown, in squared units of the metric
 * @returns one list of views, the hour's first; two of them on a holiday: it may be like either kind of day
 */
export function viewsOf(axis: HourAxis, extraVariance: number): View[][] {
  const { length, values, places } = axis;
  const { level, offsets, residuals, belief, noise } = seasonOf(axis);
  let count = 0;
  let sum = 0;
  let daySum = 0;
  let dayCount = 0;
  for (let slot = 0; slot < length; slot += 1) {
    const place = places[slot] as number;
    rest[slot] = (values[slot] as number) - belief * (offsets[place] as number);
    if (Number.isNaN(rest[slot])) continue;
    sizes[count++] = Math.abs(residuals[slot] as number) / (noise[place] as number);
    sum += rest[slot] as number;
    if (slot < length - DAY) continue;
    daySum += rest[slot] as number;
    dayCount += 1;
  }
  const mean = sum / count;
  const dayMean = daySum / dayCount;
  let squares = 0;
  let daySquares = 0;
  for (let slot = 0; slot < length; slot += 1) {
    if (Number.isNaN(rest[slot])) continue;
    const size = noise[places[slot] as number] as number;
    squares += (((rest[slot] as number) - mean) / size) ** 2;
    if (slot >= length - DAY) daySquares += (((rest[slot] as number) - dayMean) / size) ** 2;
  }
  // Without a season the middle half of the hours says what is common, however wild the others are. With one,
  // what is left over has wilder tails than the middle tells, and all three views share them.
  const hourScale =
    (GAUSSIAN_MAD * quantileBySelection(sizes, count, 0.5)) ** (1 - belief) *
    (quantileBySelection(sizes, count, 0.9) / 1.645) ** belief;
  const monthScale = Math.sqrt(squares / Math.max(1, count - 1));
  const least = Math.max(1e-3 * Math.abs(level), QUIETEST * monthScale, 1e-9);
  const dayScale = Math.sqrt(daySquares / Math.max(1, dayCount - 1));
  const scaleOf = (deviation: number, place: number): number =>
    Math.hypot(Math.max(least, deviation) * (noise[place] as number), Math.sqrt(extraVariance));

  const recent = medianBetween(residuals, Math.max(0, length - RECENT), length);
  const now = level + (Number.isNaN(recent) ? 0 : recent);
  const own = places[length] as number;
  const candidates = axis.holiday === null ? [own] : [own, (own + 24) % PLACES];
  return candidates.map((place) => {
    const offset = offsets[place] as number;
    const views: View[] = [
      { name: 'hour', centre: now + offset, scale: scaleOf(hourScale, place) },
      { name: 'month', centre: mean + belief * offset, scale: scaleOf(monthScale, place) },
    ];
    if (dayCount >= ENOUGH_OF_A_DAY)
      views.push({ name: 'day', centre: dayMean + belief * offset, scale: scaleOf(dayScale, place) });
    return views;
  });
}

/**
 * How odd the views find a value together: the geometric mean of their distances, with the sign of the
 * hour's. A view that finds the value on the other side, or nowhere special, counts as LEAST. It grows with
 * the distance from the hour's centre, so that its bounds can be found (`boundOf`).
 */
export function distanceOf(views: readonly View[], value: number): number {
  const [hour] = views;
  if (hour === undefined) return 0;
  const side = value < hour.centre ? -1 : 1;
  let product = 1;
  for (const view of views) {
    const distance = (side * (value - view.centre)) / view.scale;
    product *= view === hour ? distance : Math.max(LEAST, distance);
  }
  return side * product ** (1 / views.length);
}

/** The value at which the distance reaches `threshold` on that side, by bisection. */
export function boundOf(views: readonly View[], threshold: number, side: 1 | -1): number {
  const centre = views[0]?.centre ?? 0;
  let reach = views[0]?.scale ?? 1;
  for (let doubling = 0; doubling < 200 && Math.abs(distanceOf(views, centre + side * reach)) < threshold;)
    [reach, doubling] = [reach * 2, doubling + 1];
  let low = 0;
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + reach) / 2;
    if (Math.abs(distanceOf(views, centre + side * middle)) < threshold) low = middle;
    else reach = middle;
  }
  return centre + side * reach;
}
