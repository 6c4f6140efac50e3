import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Predicate } from '#model/predicate.ts';
import { ofPredicates } from '#rules/diff/predicate-relation.ts';
import { ColumnTable } from '#rules/expression/check-columns.ts';
import { checkTypes } from '#rules/expression/check-types.ts';
import { factsOf } from '#rules/expression/facts.ts';
import { parseExpression, parseRowPredicate } from '#rules/expression/parse.ts';
import { printExpression } from '#rules/expression/print.ts';
import { holds } from './sql/row-oracle.ts';
import { checkOf } from './support.ts';

const COLUMNS = new ColumnTable([
  { name: 'lat', type: 'double' },
  { name: 'lon', type: 'decimal(9,6)' },
  { name: 'city', type: 'varchar(20)' },
]);

function said(text: string): string {
  const parsed = parseExpression(text);
  if (parsed.status === 'ok') return printExpression(parsed.expression);
  const { message, mend, span } = parsed.problem;
  return `${span.offset}: ${message}. ${mend}`;
}

function predicate(text: string): Predicate {
  const parsed = parseRowPredicate(text);
  assert.ok(parsed.status === 'ok', text);
  return parsed.predicate;
}

function ask(text: string, lat: number | null, lon: number | null): boolean | null {
  const columns = ['lat', 'lon'].map((name) => ({ name, kind: 'double' as const }));
  const context = { table: { columns, rows: [] }, row: [lat, lon], now: new Date(0) };
  return holds(context, predicate(text));
}

const triangle = '[[52.3, 13.1], [52.7, 13.1], [52.5, 13.8]]';

describe('places on a map', () => {
  test('are said in one way, whatever unit they were written in', () => {
    const CASES: readonly (readonly [string, string])[] = [
      ['WITHIN_RADIUS(lat, lon, 52.52, 13.40, 25 km)', 'within_radius(lat, lon, 52.52, 13.4, 25 km)'],
      ['within_radius(lat, lon, -1, -2, 250 m)', 'within_radius(lat, lon, -1, -2, 0.25 km)'],
      ['within_radius(lat, lon, 0, 0, 10 miles)', 'within_radius(lat, lon, 0, 0, 16.09344 km)'],
      [`inside_polygon(lat, lon, ${triangle})`, `inside_polygon(lat, lon, ${triangle})`],
      // The first corner may be said again at the end, as GeoJSON does.
      [
        'inside_polygon(lat, lon, [[0, 0], [0, 1], [1, 1], [0, 0]])',
        'inside_polygon(lat, lon, [[0, 0], [0, 1], [1, 1]])',
      ],
      [
        `not inside_polygon("lat", lon, ${triangle}) for 99% of rows where city = 'Berlin'`,
        `not (inside_polygon(lat, lon, ${triangle})) for 99% of rows where city = 'Berlin'`,
      ],
      [
        '(within_radius(lat, lon, 0, 0, 1 km) or city is null)',
        'within_radius(lat, lon, 0, 0, 1 km) or city is null',
      ],
    ];
    for (const [text, canonical] of CASES) {
      assert.equal(said(text), canonical);
      assert.equal(said(canonical), canonical);
      assert.deepEqual(checkTypes(checkOf(text).expression, COLUMNS), []);
    }
  });

  test('are refused with the place where they cannot be meant', () => {
    const CASES: readonly (readonly [string, RegExp])[] = [
      ['within_radius(lat, lon, 52.52, 13.40, 25)', /^40: .*expected km, m or miles\. Say how far in a unit/],
      [
        'within_radius(lat, lon, 52.52, 13.40, 25 minutes)',
        /^38: A radius is a length\. Say how far in km, m or miles/,
      ],
      [
        'within_radius(lat, lon, 113.40, 52.52, 25 km)',
        /^24: A place lies between -90 and 90 degrees here\. The latitude comes first/,
      ],
      ['within_radius(lat, lon, 52.52, 213.40, 25 km)', /^31: A place lies between -180 and 180/],
      ['within_radius(lat, lon, 52.52, 13.40, 0 km)', /A radius lies above 0 and up to 20015\.1 km/],
      ['within_radius(lat, lon, 52.52, 13.40, 20016 km)', /^38: A radius lies above 0/],
      [
        'within_radius(lat, other.lon, 52.52, 13.40, 1 km)',
        /^19: A row has only the columns of its own table/,
      ],
      ['inside_polygon(lat, lon, [52.3, 13.1])', /A corner is a latitude and a longitude/],
      ['inside_polygon(lat, lon, [[0, 0], [1, 1]])', /at least three corners/],
      [
        'inside_polygon(lat, lon, [[0, 0], [1, 1], [2, 2], [3, 3]])',
        /^25: A polygon has at least three corners that are not on one line/,
      ],
      [
        'inside_polygon(lat, lon, [[0, 170], [5, -170], [9, 175]])',
        /around the 180th meridian\. Write two polygons/,
      ],
      [
        `inside_polygon(lat, lon, [${Array.from({ length: 202 }, (_, n) => `[${n % 90}, ${n % 7}]`).join(', ')}])`,
        /A polygon has at most 200 corners/,
      ],
      ['st_contains(lat, lon)', /Did you mean inside_polygon/],
    ];
    for (const [text, expected] of CASES) assert.match(said(text), expected, text);
  });

  test('need numbers, and columns that are there', () => {
    const lint = (text: string): string[] =>
      checkTypes(checkOf(text).expression, COLUMNS).map(({ message, mend }) => `${message}. ${mend}`);
    assert.deepEqual(lint('within_radius(city, lon, 0, 0, 1 km)'), [
      'within_radius needs degrees as numbers, but city is a text. Name columns of numbers, the latitude first.',
    ]);
    assert.match(lint(`inside_polygon(lat, lom, ${triangle})`)[0] ?? '', /no column lom\. Did you mean lon/);
    const { facts, columns, costClass } = factsOf(checkOf('within_radius(lat, lon, 0, 0, 1 km)').expression);
    assert.deepEqual(facts, [
      'row_count',
      'true_count(within_radius(lat, lon, 0, 0, 1 km))',
      'false_count(within_radius(lat, lon, 0, 0, 1 km))',
    ]);
    assert.deepEqual([columns, costClass], [['lat', 'lon'], 'scan']);
  });

  test('distances are those of a sphere, also around the 180th meridian and at the poles', () => {
    // Berlin and Hamburg: 255.25 km.
    const hamburg = [53.5511, 9.9937] as const;
    assert.equal(ask('within_radius(lat, lon, 52.52, 13.405, 255 km)', ...hamburg), false);
    assert.equal(ask('within_radius(lat, lon, 52.52, 13.405, 256 km)', ...hamburg), true);
    assert.equal(ask('within_radius(lat, lon, 0, 179.9, 23 km)', 0, -179.9), true);
    assert.equal(ask('within_radius(lat, lon, 90, 0, 112 km)', 89, 123), true);
    assert.equal(ask('within_radius(lat, lon, 90, 0, 111 km)', 89, 123), false);
    // What is no place lies nowhere, of what is null nothing is known.
    assert.equal(ask('within_radius(lat, lon, 0, 0, 20000 km)', 91, 0), false);
    assert.equal(ask('within_radius(lat, lon, 0, 0, 20000 km)', 0, -180.1), false);
    assert.equal(ask('within_radius(lat, lon, 0, 0, 20000 km)', null, 500), null);
  });

  test('sides in the south and west belong to a polygon, those in the north and east to the next', () => {
    const square = 'inside_polygon(lat, lon, [[0, 0], [0, 2], [2, 2], [2, 0]])';
    for (const [lat, lon, expected] of [
      [1, 1, true],
      [0, 1, true],
      [1, 0, true],
      [0, 0, true],
      [2, 1, false],
      [1, 2, false],
      [2, 2, false],
      [0, 2, false],
      [3, 1, false],
      [-1, 1, false],
    ] as const)
      assert.equal(ask(square, lat, lon), expected, `${lat}, ${lon}`);
    // Where the line crosses itself every second part is inside: the middle of a star is not.
    const star = 'inside_polygon(lat, lon, [[10, 0], [-8, 6], [3, -9], [3, 9], [-8, -6]])';
    assert.equal(ask(star, 0, 0), false);
    assert.equal(ask(star, 8, 0), true);
  });

  test('a smaller radius is a stronger promise', () => {
    const of = (km: number, at = 0): Predicate => predicate(`within_radius(lat, lon, ${at}, 0, ${km} km)`);
    assert.equal(ofPredicates(of(5), of(4)), 'tighter');
    assert.equal(ofPredicates(of(5), of(6)), 'looser');
    assert.equal(ofPredicates(of(5), of(5)), 'same');
    assert.equal(ofPredicates(of(5), of(4, 1)), 'other');
  });
});
