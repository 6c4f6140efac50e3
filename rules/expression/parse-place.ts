import type { Operand, GeoPoint, Predicate, Span } from '#model/predicate.ts';

import type { Token } from './lex.ts';
import { parseColumn } from './parse-names.ts';
import { parseNumber } from './parse-number.ts';
import { join, type TokenReader } from './tokens.ts';

// Conditions on where a row's place lies on a map.

/** More corners than this make a query that nobody reads any more. */
export const MAX_CORNERS = 200;
/** Half the way around the Earth, in kilometres: nothing lies farther apart. */
const FARTHEST = 20_015.1;

const RADIUS = 'For example: within_radius(lat, lon, 52.52, 13.40, 25 km).';
const POLYGON = 'For example: inside_polygon(lat, lon, [[52.3, 13.1], [52.7, 13.1], [52.5, 13.8]]).';

/** Null when the current token begins no condition on a place. */
export function parsePlace(reader: TokenReader): Predicate | null {
  if (!reader.isSymbol('(', 1)) return null;
  if (reader.isWord('within_radius')) return parseRadius(reader);
  return reader.isWord('inside_polygon') ? parsePolygon(reader) : null;
}

/** `within_radius "(" latitude "," longitude "," number "," number "," number ("km" | "m" | "miles") ")"`. */
function parseRadius(reader: TokenReader): Predicate {
  const { word, latitude, longitude } = parseSubject(reader, RADIUS);
  reader.expectSymbol(',', RADIUS);
  const centre = parsePair(reader, RADIUS);
  reader.expectSymbol(',', RADIUS);
  const radius = parseLength(reader);
  const end = reader.expectSymbol(')', RADIUS);
  const span = join(word.span, end.span);
  return { type: 'within_radius', latitude, longitude, centre: centre.place, kilometres: radius, span };
}

function parseSubject(
  reader: TokenReader,
  example: string,
): { readonly word: Token; readonly latitude: Operand; readonly longitude: Operand } {
  const word = reader.advance();
  reader.advance();
  const latitude = parseColumn(reader, example);
  reader.expectSymbol(',', example);
  const longitude = parseColumn(reader, example);
  for (const { table, span } of [latitude, longitude])
    if (table !== null)
      reader.problem(span, 'A row has only the columns of its own table', `Name a column alone. ${example}`);
  const operand = (column: typeof latitude): Operand => ({ type: 'column', column, span: column.span });
  return { word, latitude: operand(latitude), longitude: operand(longitude) };
}

/** Latitude and longitude, in this order. */
function parsePair(reader: TokenReader, example: string): { readonly place: GeoPoint; readonly span: Span } {
  const latitude = parseDegrees(reader, 90, example);
  reader.expectSymbol(',', example);
  const longitude = parseDegrees(reader, 180, example);
  return {
    place: { latitude: latitude.value, longitude: longitude.value },
    span: join(latitude.span, longitude.span),
  };
}

function parseDegrees(
  reader: TokenReader,
  most: number,
  example: string,
): { readonly value: number; readonly span: Span } {
  const { value, unit, span } = parseNumber(reader);
  if (unit === null && Math.abs(value) <= most) return { value, span };
  const hint = most === 90 ? 'The latitude comes first. ' : '';
  return reader.problem(span, `A place lies between -${most} and ${most} degrees here`, hint + example);
}

const LENGTHS: Readonly<Record<string, number | undefined>> = {
  km: 1,
  kilometre: 1,
  kilometres: 1,
  kilometer: 1,
  kilometers: 1,
  m: 0.001,
  metre: 0.001,
  metres: 0.001,
  meter: 0.001,
  meters: 0.001,
  mile: 1.609344,
  miles: 1.609344,
};

function parseLength(reader: TokenReader): number {
  const { value, unit, span } = parseNumber(reader);
  if (unit !== null) reader.problem(span, 'A radius is a length', `Say how far in km, m or miles. ${RADIUS}`);
  const word = reader.current;
  const factor = word.kind === 'word' ? LENGTHS[word.text.toLowerCase()] : undefined;
  if (factor === undefined) return reader.fail('km, m or miles', `Say how far in a unit. ${RADIUS}`);
  reader.advance();
  const kilometres = factor === 0.001 ? value / 1000 : value * factor;
  if (kilometres > 0 && kilometres <= FARTHEST) return kilometres;
  return reader.problem(
    join(span, word.span),
    `A radius lies above 0 and up to ${FARTHEST} km, half the way around the Earth`,
    RADIUS,
  );
}

/** `inside_polygon "(" latitude "," longitude "," "[" corner { "," corner } "]" ")"`; a corner is `[lat, lon]`. */
function parsePolygon(reader: TokenReader): Predicate {
  const { word, latitude, longitude } = parseSubject(reader, POLYGON);
  reader.expectSymbol(',', POLYGON);
  const open = reader.expectSymbol('[', `Write the corners in brackets. ${POLYGON}`);
  const corners: GeoPoint[] = [];
  do {
    const start = reader.expectSymbol('[', `A corner is a latitude and a longitude. ${POLYGON}`);
    const { place } = parsePair(reader, POLYGON);
    const close = reader.expectSymbol(']', POLYGON);
    corners.push(place);
    if (corners.length > MAX_CORNERS + 1)
      reader.problem(join(start.span, close.span), TOO_MANY, 'Simplify the line, or join several by or.');
  } while (reader.takeSymbol(','));
  const shut = reader.expectSymbol(']', 'Close the list of corners.');
  const span = join(open.span, shut.span);
  // GeoJSON says the first corner again at the end.
  if (corners.length > 1 && isSame(corners[0], corners.at(-1))) corners.pop();
  refuseShape(reader, corners, span);
  const end = reader.expectSymbol(')', POLYGON);
  return { type: 'inside_polygon', latitude, longitude, corners, span: join(word.span, end.span) };
}

const TOO_MANY = `A polygon has at most ${MAX_CORNERS} corners`;

function refuseShape(reader: TokenReader, corners: readonly GeoPoint[], span: Span): void {
  if (corners.length > MAX_CORNERS)
    reader.problem(span, TOO_MANY, 'Simplify the line, or join several by or.');
  const [first] = corners;
  // What lies on one line with the first corner and any other has no area.
  const isFlat = corners.every((one) =>
    corners.every(
      (other) =>
        first === undefined ||
        (one.latitude - first.latitude) * (other.longitude - first.longitude) ===
          (one.longitude - first.longitude) * (other.latitude - first.latitude),
    ),
  );
  if (corners.length < 3 || isFlat)
    reader.problem(span, 'A polygon has at least three corners that are not on one line', POLYGON);
  const long = corners.some(
    ({ longitude }, at) => Math.abs(longitude - (corners.at(at - 1)?.longitude ?? 0)) > 180,
  );
  if (long)
    reader.problem(
      span,
      'A side of the polygon is longer than 180 degrees: it goes around the 180th meridian',
      'Write two polygons, one on each side of it, and join them by or.',
    );
}

function isSame(one: GeoPoint | undefined, other: GeoPoint | undefined): boolean {
  return one?.latitude === other?.latitude && one?.longitude === other?.longitude;
}
