import type { Operand, GeoPoint, Predicate } from '#model/predicate.ts';

import type { Dialect } from './dialect.ts';
import { asDouble, compileOperand, type RowContext } from './operand.ts';

/** Mean radius of the Earth in kilometres (IUGG). */
const EARTH = 6371.0088;
const RADIANS = Math.PI / 180;

/**
 * Whether a place lies at most so far from another, along the surface of a sphere. Haversines are compared, not
 * distances: that takes no inverse function, which engines refuse beyond 1.
 */
export function radiusSql(
  context: RowContext,
  { latitude, longitude, centre, kilometres }: Extract<Predicate, { readonly type: 'within_radius' }>,
): string {
  const { dialect } = context;
  const number = (value: number): string => dialect.doubleLiteral(value);
  return onMap(context, { latitude, longitude }, 'within_radius', (lat, lon) => {
    const half = (value: string, from: number): string =>
      `sin((${value} - ${number(from)}) * ${number(RADIANS / 2)})`;
    const [south, west] = [half(lat, centre.latitude), half(lon, centre.longitude)];
    const shrunk = `cos(${lat} * ${number(RADIANS)}) * ${number(Math.cos(centre.latitude * RADIANS))}`;
    const most = Math.sin(kilometres / (2 * EARTH)) ** 2;
    return `${south} * ${south} + ${shrunk} * ${west} * ${west} <= ${number(most)}`;
  });
}

/**
 * Whether a place lies in a polygon, by the sides that a line to the east of it crosses: an odd number of them.
 * Sides are straight on a map of degrees. Of a side's latitudes the northern end is left out, and a place on a side
 * lies to the east of it, so that of polygons that share a side each place is in one alone.
 */
export function polygonSql(
  context: RowContext,
  { latitude, longitude, corners }: Extract<Predicate, { readonly type: 'inside_polygon' }>,
): string {
  const { dialect } = context;
  return onMap(context, { latitude, longitude }, 'inside_polygon', (lat, lon) => {
    const crossed = corners.flatMap((to, at) => crossing(dialect, corners.at(at - 1) ?? to, to, lat, lon));
    return `(${crossed.length === 0 ? '0' : crossed.join(' + ')}) % 2 = 1`;
  });
}

function crossing(
  dialect: Dialect,
  from: GeoPoint,
  to: GeoPoint,
  lat: string,
  lon: string,
): readonly string[] {
  // A line to the east runs along it and crosses its neighbours.
  if (from.latitude === to.latitude) return [];
  const number = (value: number): string => dialect.doubleLiteral(value);
  const [south, north] = from.latitude < to.latitude ? [from, to] : [to, from];
  const slope = (north.longitude - south.longitude) / (north.latitude - south.latitude);
  const side =
    slope === 0
      ? number(south.longitude)
      : `${number(south.longitude)} + (${lat} - ${number(south.latitude)}) * ${number(slope)}`;
  const between = `${lat} >= ${number(south.latitude)} and ${lat} < ${number(north.latitude)}`;
  return [`case when ${between} and ${lon} < ${side} then 1 else 0 end`];
}

/** What is said of a place; of numbers that are none it is false, of a null unknown. */
function onMap(
  context: RowContext,
  columns: { readonly latitude: Operand; readonly longitude: Operand },
  what: string,
  holds: (lat: string, lon: string) => string,
): string {
  const { dialect } = context;
  const lat = asDouble(dialect, compileOperand(context, columns.latitude), what);
  const lon = asDouble(dialect, compileOperand(context, columns.longitude), what);
  const inside = (sql: string, most: number): string =>
    `${sql} >= ${dialect.doubleLiteral(-most)} and ${sql} <= ${dialect.doubleLiteral(most)}`;
  const known = `${lat} is not null and ${lon} is not null`;
  return `(case when ${inside(lat, 90)} and ${inside(lon, 180)} then (${holds(lat, lon)}) when ${known} then (1 = 0) end)`;
}
