import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import {
  cutByDay,
  daysOfSource,
  readBronzeDays,
  writeBronzeDay,
  type BronzeDay,
  type BronzeRows,
} from '#cli/demo/bronze.ts';
import { bronzeMetrics } from '#cli/demo/column-metrics.ts';
import { toDailyRoutes } from '#cli/demo/gold.ts';
import { toSilver, writeSilverDay } from '#cli/demo/silver.ts';
import { sourceFilePath } from '#cli/demo/source-file.ts';

/** A flight as hyparquet's plain row reader gives it: the reference path, which the demo does not use. */
interface FlightRow {
  readonly date: Date;
  readonly delay: bigint;
  readonly distance: bigint;
  readonly origin: string;
  readonly destination: string;
}

/** A row of a planted day: departure in minutes after midnight of `date`. */
type PlantedRow = readonly [
  minute: number | null,
  delay: bigint | null,
  distance: bigint | null,
  origin: string | null,
  destination: string | null,
];

function rowsOf(date: string, planted: readonly PlantedRow[]): BronzeRows {
  const midnight = BigInt(Date.parse(`${date}T00:00:00Z`)) * 1000n;
  return {
    departure: planted.map(([minute]) => (minute === null ? null : midnight + BigInt(minute) * 60_000_000n)),
    delay: planted.map((row) => row[1]),
    distance: planted.map((row) => row[2]),
    origin: planted.map((row) => row[3]),
    destination: planted.map((row) => row[4]),
  };
}

function dayOf(date: string, planted: readonly PlantedRow[]): BronzeDay {
  return { date, rows: planted.length, ...rowsOf(date, planted) };
}

async function daysOf(...groups: readonly BronzeRows[]): Promise<BronzeDay[]> {
  async function* source(): AsyncGenerator<BronzeRows> {
    yield* groups;
  }
  const days: BronzeDay[] = [];
  for await (const day of cutByDay(source())) days.push(day);
  return days;
}

describe('the real file, by day', () => {
  const SNOW_DAY = '2001-03-05';
  const sizes = new Map<string, number>();
  let duplicates = 0;
  let rejected = 0;
  let flights = 0;
  let snowDay: BronzeDay;

  before(async () => {
    for await (const day of readBronzeDays(sourceFilePath())) {
      assert.equal(sizes.has(day.date), false, `${day.date} came twice`);
      sizes.set(day.date, day.rows);
      const silver = toSilver(day);
      duplicates += silver.duplicates;
      rejected += silver.rejected;
      flights += toDailyRoutes(silver).flights.reduce((sum, count) => sum + count, 0);
      if (day.date === SNOW_DAY) snowDay = day;
    }
  });

  test('has 182 days in order, the last of which breaks off after six rows', async () => {
    const dates = [...sizes.keys()];
    assert.equal(dates.length, 182);
    assert.deepEqual(dates, dates.toSorted());
    assert.deepEqual([dates[0], dates.at(-1)], ['2001-01-01', '2001-07-01']);
    assert.equal(sizes.get('2001-07-01'), 6);
    assert.deepEqual(await daysOfSource(sourceFilePath()), {
      first: '2001-01-01',
      last: '2001-07-01',
      count: 182,
    });
    assert.equal(Math.min(...dates.slice(0, -1).map((date) => sizes.get(date) ?? 0)), 14_267);
  });

  test('loses no row on the way: every row of the file is a flight of gold or a known repeat', () => {
    assert.equal(
      [...sizes.values()].reduce((sum, rows) => sum + rows, 0),
      3_000_000,
    );
    assert.equal(rejected, 0);
    assert.equal(duplicates, 191);
    assert.equal(flights, 3_000_000 - 191);
  });

  test('gold of one day equals a plain computation over the file', async () => {
    const file = await asyncBufferFromFile(sourceFilePath());
    // These rows hold the first days of March; all rows as objects would need gigabytes.
    const rows = (await parquetReadObjects({
      file,
      compressors,
      rowStart: 900_000,
      rowEnd: 1_150_000,
    })) as unknown as FlightRow[];
    const ofDay = rows.filter((row) => row.date.toISOString().startsWith(SNOW_DAY));
    assert.equal(ofDay.length, sizes.get(SNOW_DAY));
    const distinct = new Map(
      ofDay.map((row) => [
        [row.date.getTime(), row.delay, row.distance, row.origin, row.destination].join('|'),
        row,
      ]),
    );
    const byRoute = Map.groupBy(distinct.values(), (row) => `${row.origin}-${row.destination}`);
    const expected = [...byRoute].map(([route, group]) => {
      const delays = group.map((row) => Number(row.delay));
      const late = delays.filter((delay) => delay > 60).length;
      return {
        route,
        flights: group.length,
        distance: Number(group[0]?.distance),
        meanDelay: delays.reduce((sum, delay) => sum + delay, 0) / group.length,
        late,
        shareLate: late / group.length,
      };
    });
    const gold = toDailyRoutes(toSilver(snowDay));
    assert.equal(gold.rows, expected.length);
    const rowOf = new Map(gold.origin.map((origin, row) => [`${origin}-${gold.destination[row]}`, row]));
    for (const route of expected) {
      const row = rowOf.get(route.route) ?? -1;
      assert.deepEqual(
        [gold.flights[row], gold.lateFlights[row], gold.distance[row]],
        [route.flights, route.late, route.distance],
        route.route,
      );
      assert.ok(Math.abs((gold.meanDelay[row] ?? Number.NaN) - route.meanDelay) <= 0.005 + 1e-9, route.route);
      assert.ok(
        Math.abs((gold.shareLate[row] ?? Number.NaN) - route.shareLate) <= 0.000_05 + 1e-9,
        route.route,
      );
    }
  });

  test('bronze and silver files hold the day as it was read and typed', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'assay-demo-data-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const silver = toSilver(snowDay);
    const bronzeFile = await writeBronzeDay(folder, snowDay);
    const silverFile = await writeSilverDay(folder, silver);
    assert.equal(silverFile.path, join(folder, 'demo/silver/flights/flight_date=2001-03-05/part-0.parquet'));

    const landed = await parquetReadObjects({
      file: await asyncBufferFromFile(bronzeFile.path),
      compressors,
    });
    assert.equal(landed.length, snowDay.rows);
    assert.deepEqual(
      landed.map((row) => row['delay'] as bigint),
      snowDay.delay,
    );
    const typed = await parquetReadObjects({ file: await asyncBufferFromFile(silverFile.path), compressors });
    assert.equal(typed.length, silver.rows);
    assert.deepEqual(typed[0], {
      departure_time: silver.departureTime[0],
      delay: silver.delay[0],
      distance: silver.distance[0],
      origin: silver.airports[silver.origin[0] ?? -1],
      destination: silver.airports[silver.destination[0] ?? -1],
    });
    // Writing again overwrites: the day's partition stays one file.
    await writeSilverDay(folder, silver);
    assert.equal(
      (await parquetReadObjects({ file: await asyncBufferFromFile(silverFile.path), compressors })).length,
      silver.rows,
    );
  });
});

describe('cutting by day', () => {
  test('a day may span row groups, and rows without a date stay with the day they came with', async () => {
    const first = rowsOf('2001-01-01', [[10, 1n, 100n, 'JFK', 'BOS']]);
    const second = rowsOf('2001-01-01', [
      [20, 2n, 100n, 'JFK', 'BOS'],
      [null, 3n, 100n, 'JFK', 'BOS'],
      [1440, 4n, 100n, 'JFK', 'BOS'],
      [30, 5n, 100n, 'JFK', 'BOS'],
    ]);
    const days = await daysOf(first, second);
    assert.deepEqual(
      days.map((day) => [day.date, day.rows, day.delay]),
      [
        ['2001-01-01', 3, [1n, 2n, 3n]],
        ['2001-01-02', 2, [4n, 5n]],
      ],
    );
  });

  test('an empty source has no days', async () => {
    assert.deepEqual(await daysOf(), []);
  });
});

describe('silver', () => {
  test('drops exact repeats only, and the first of them stays', () => {
    const silver = toSilver(
      dayOf('2001-01-01', [
        [10, 5n, 100n, 'JFK', 'BOS'],
        [11, 5n, 100n, 'JFK', 'BOS'],
        [10, 5n, 100n, 'JFK', 'BOS'],
        [10, 6n, 100n, 'JFK', 'BOS'],
        [10, 5n, 101n, 'JFK', 'BOS'],
        [10, 5n, 100n, 'BOS', 'JFK'],
        [10, 5n, 100n, 'JFK', 'BOS'],
      ]),
    );
    assert.deepEqual([silver.rows, silver.duplicates, silver.rejected], [5, 2, 0]);
    assert.deepEqual([...silver.delay], [5, 5, 6, 5, 5]);
    assert.deepEqual([...silver.departureTime], [600_000, 660_000, 600_000, 600_000, 600_000]);
  });

  test('rejects rows that cannot be typed, and keeps the rest', () => {
    const silver = toSilver(
      dayOf('2001-01-01', [
        [null, 5n, 100n, 'JFK', 'BOS'],
        [-1, 5n, 100n, 'JFK', 'BOS'],
        [1440, 5n, 100n, 'JFK', 'BOS'],
        [10, null, 100n, 'JFK', 'BOS'],
        [10, 3_000_000_000n, 100n, 'JFK', 'BOS'],
        [10, 5n, 0n, 'JFK', 'BOS'],
        [10, 5n, 100n, null, 'BOS'],
        [10, 5n, 100n, 'JFK', 'nowhere'],
        [1439, -80n, 100n, 'JFK', 'BOS'],
      ]),
    );
    assert.deepEqual([silver.rows, silver.rejected, silver.duplicates], [1, 8, 0]);
    assert.equal(silver.airports[silver.destination[0] ?? -1], 'BOS');
  });
});

test('gold counts, averages and rounds per route', () => {
  const gold = toDailyRoutes(
    toSilver(
      dayOf('2001-01-01', [
        [10, 60n, 100n, 'JFK', 'BOS'],
        [11, 61n, 100n, 'JFK', 'BOS'],
        [12, -1n, 100n, 'JFK', 'BOS'],
        [13, -5n, 100n, 'BOS', 'JFK'],
      ]),
    ),
  );
  assert.deepEqual(gold, {
    date: '2001-01-01',
    rows: 2,
    origin: ['JFK', 'BOS'],
    destination: ['BOS', 'JFK'],
    distance: [100, 100],
    haul: ['short', 'short'],
    flights: [3, 1],
    meanDelay: [40, -5],
    lateFlights: [1, 0],
    shareLate: [0.3333, 0],
  });
});

test('column metrics leave out what is not known', () => {
  const day = dayOf('2001-01-01', [
    [10, 5n, null, 'JFK', 'BOS'],
    [11, -3n, null, null, 'BOS'],
    [12, null, null, 'JFK', 'BOS'],
    [13, 5n, null, 'LGA', 'BOS'],
  ]);
  assert.deepEqual(bronzeMetrics(day), {
    date: { nullCount: 0, distinctCount: 4, count: 4 },
    delay: { nullCount: 1, distinctCount: 2, count: 3, sum: 7, min: -3, max: 5 },
    distance: { nullCount: 4, distinctCount: 0, count: 0 },
    origin: { nullCount: 1, distinctCount: 2, count: 3 },
    destination: { nullCount: 0, distinctCount: 1, count: 4 },
  });
});
