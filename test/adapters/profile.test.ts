import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import { createConnection } from 'mysql2/promise';
import { mysqlMeasuring, type MeasuringWarehouse } from '#adapters/mysql/measuring.ts';
import type { ProfileRequest, TableProfile } from '#model/profile.ts';
import { HyperLogLog } from '#model/statistics/hyperloglog.ts';
import { QuantileSketch } from '#model/statistics/quantile-sketch.ts';
import { statisticsOf } from '#model/statistics/partition-statistics.ts';
import { MARIADB_MISSING, startMariadb, type MariadbServer } from '#test/support/mariadb-server.ts';
import { seededRandom } from '#test/bench/statistics.ts';
import { testWarehouse } from './postgres/warehouse.ts';

// A profile of a warehouse beside what the same values give here, one by one.

interface House {
  readonly warehouse: MeasuringWarehouse;
  run(text: string): Promise<void>;
}

let mariadb: MariadbServer | undefined;
before(async () => {
  if (MARIADB_MISSING === false) mariadb = await startMariadb();
});
after(() => mariadb?.stop());

async function mariadbHouse(t: TestContext): Promise<House> {
  assert.ok(mariadb);
  const url = await mariadb.database('staging');
  const admin = await createConnection({ uri: url, charset: 'utf8mb4', multipleStatements: true });
  const warehouse = mysqlMeasuring({ name: 'mariadb', url });
  t.after(async () => {
    await warehouse.close();
    await admin.query('drop database staging');
    await admin.end();
  });
  return { warehouse, run: async (text) => void (await admin.query(text)) };
}

interface Order {
  readonly id: number;
  readonly country: string | null;
  readonly amount: number | null;
  readonly weight: number | null;
  readonly day: string;
  readonly at: string | null;
}

const COUNTRIES = ['DE', 'de', 'FR', 'Österreich', "it's", ''];

/** Amounts of two decimals, some of them negative or zero; weights over many orders of magnitude. */
function orders(count: number, seed = 7): Order[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    country: index % 11 === 0 ? null : (COUNTRIES[Math.floor(random() ** 2 * COUNTRIES.length)] ?? null),
    amount: index % 7 === 0 ? null : index % 13 === 0 ? 0 : Math.round((random() - 0.2) * 100_000) / 100,
    weight: index % 5 === 0 ? null : Math.round(10 ** (random() * 6)) / 1024,
    day: `2026-01-${String(1 + (index % 28)).padStart(2, '0')}`,
    at: index % 3 === 0 ? null : `2026-01-31 10:${String(index % 60).padStart(2, '0')}:00.5`,
  }));
}

async function fill(house: House, rows: readonly Order[], table = 'staging.orders'): Promise<void> {
  const text = (value: string | number | null): string =>
    value === null ? 'null' : typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
  await house.run(
    `create table ${table} (id integer, country varchar(20), amount decimal(12,2), weight double precision, day date, at timestamp(6) null);`,
  );
  if (rows.length === 0) return;
  const values = rows.map((row) => `(${Object.values(row).map(text).join(',')})`);
  await house.run(`insert into ${table} values ${values.join(',')}`);
}

const COLUMNS = ['id', 'country', 'amount', 'weight', 'day', 'at'];

function request(change: Partial<ProfileRequest> = {}): ProfileRequest {
  return {
    ref: 'staging.orders',
    where: null,
    columns: COLUMNS.map((name) => ({ name, source: name, values: true })),
    segments: [],
    mostSegments: 50,
    content: [],
    keys: [],
    timeLimitMs: 60_000,
    ...change,
  };
}

async function profiled(house: House, change: Partial<ProfileRequest> = {}): Promise<TableProfile> {
  const outcome = await house.warehouse.profile?.(request(change));
  assert.equal(outcome?.status, 'success', outcome?.status === 'failure' ? outcome.reason : '');
  return outcome.value;
}

/** As docs/statistics.md writes values. */
const TEXTS: Readonly<Record<string, (row: Order) => string | number | null>> = {
  id: (row) => row.id,
  country: (row) => row.country,
  amount: (row) => row.amount,
  weight: (row) => row.weight,
  day: (row) => row.day,
  at: (row) => row.at && `${row.at.replace(' ', 'T')}00000Z`,
};

function assertIs(part: TableProfile['parts'][number] | undefined, rows: readonly Order[]): void {
  assert.ok(part);
  const found = statisticsOf(part.facts, part.sketches);
  assert.equal(found.rows, rows.length);
  for (const name of COLUMNS) {
    const values = rows.flatMap((row) => TEXTS[name]?.(row) ?? []);
    const column = found.columns.get(name);
    assert.equal(column?.count, values.length, name);
    assert.equal(column.nulls, rows.length - values.length, name);
    if (values.length === 0) {
      assert.equal(column.distinctSketch, null, name);
      continue;
    }
    const distinct = new HyperLogLog();
    for (const value of values) distinct.add(String(value));
    const registers = Buffer.from(column.distinctSketch?.registers ?? []);
    assert.ok(registers.equals(distinct.registers), `the HyperLogLog of ${name}`);
    const numbers = values.filter((value) => typeof value === 'number');
    if (numbers.length === 0) {
      assert.equal(column.quantileSketch, null, name);
      continue;
    }
    const sum = numbers.reduce((whole, one) => whole + one, 0);
    const mean = sum / numbers.length;
    assert.equal(column.min, Math.min(...numbers), name);
    assert.equal(column.max, Math.max(...numbers), name);
    close(column.sum, sum);
    close(
      column.squaredDeviations,
      numbers.reduce((whole, one) => whole + (one - mean) ** 2, 0),
    );
    const sketch = new QuantileSketch();
    for (const number of numbers) sketch.add(number);
    assert.equal(column.quantileSketch?.count, numbers.length, name);
    const sorted = numbers.toSorted((a, b) => a - b);
    for (const q of [0, 0.05, 0.5, 0.95, 1]) {
      const exact = sorted[Math.floor(q * (sorted.length - 1))] ?? 0;
      const told = column.quantileSketch?.quantile(q) ?? Number.NaN;
      const error = column.quantileSketch?.relativeError ?? 0;
      assert.ok(
        Math.abs(told - exact) <= Math.abs(exact) * error * 1.0001,
        `${name} ${q}: ${told}, ${exact}`,
      );
    }
    assert.equal(column.quantileSketch?.collapses, sketch.collapses, name);
  }
}

function close(value: number | null | undefined, expected: number): void {
  const difference = Math.abs((value ?? Number.NaN) - expected);
  assert.ok(difference <= Math.abs(expected) * 1e-9 + 1e-9, `${value} is not ${expected}`);
}

for (const [name, open, skip] of [
  ['PostgreSQL', (t: TestContext): Promise<House> => testWarehouse(t), false],
  ['MariaDB', mariadbHouse, process.env['CI'] === undefined && MARIADB_MISSING],
] as const) {
  describe(`a profile on ${name}`, { skip }, () => {
    test('is the statistics of the same values, of the whole and of every segment', async (t) => {
      const house = await open(t);
      const rows = orders(3000);
      await fill(house, rows);
      const profile = await profiled(house, {
        segments: [
          { name: 'country', source: 'country' },
          { name: 'weekday', source: 'day' },
        ],
      });
      assert.deepEqual(profile.refused, []);
      assertIs(profile.parts[0], rows);
      for (const label of [...COUNTRIES, null]) {
        const segment = `country=${label ?? '__HIVE_DEFAULT_PARTITION__'}`;
        const inside = rows.filter((row) => row.country === label);
        assertIs(
          profile.parts.find((part) => part.segment === segment),
          inside,
        );
      }
      assert.equal(profile.parts.length, 1 + COUNTRIES.length + 1 + 28);
    });

    test('reads the rows of one partition alone', async (t) => {
      const house = await open(t);
      const rows = orders(500);
      await fill(house, rows);
      const profile = await profiled(house, { where: "c.day = '2026-01-05'" });
      assertIs(
        profile.parts[0],
        rows.filter(({ day }) => day === '2026-01-05'),
      );
    });

    test('tells no segments of a column with too many values, and all else', async (t) => {
      const house = await open(t);
      const rows = orders(300);
      await fill(house, rows);
      const profile = await profiled(house, {
        segments: [
          { name: 'id', source: 'id' },
          { name: 'country', source: 'country' },
        ],
        mostSegments: 10,
      });
      assert.deepEqual(profile.refused, ['id']);
      assertIs(profile.parts[0], rows);
      assert.ok(profile.parts.every(({ segment }) => segment === '' || segment.startsWith('country=')));
      assert.equal(profile.parts.length, 1 + COUNTRIES.length + 1);
    });

    test('of no rows says that there are none', async (t) => {
      const house = await open(t);
      await fill(house, []);
      const profile = await profiled(house, {
        segments: [{ name: 'country', source: 'country' }],
        content: ['amount'],
        keys: ['id'],
      });
      assert.equal(profile.parts.length, 1);
      assert.equal(profile.parts[0]?.facts.get('row_count'), 0);
      assert.equal(profile.parts[0]?.facts.get('count(amount)'), 0);
      assert.equal(profile.content.keys, null);
    });

    test('keeps the values of personal data to itself', async (t) => {
      const house = await open(t);
      await fill(house, orders(200));
      const [whole] = (
        await profiled(house, { columns: [{ name: 'amount', source: 'amount', values: false }] })
      ).parts;
      assert.deepEqual(
        [...(whole?.facts.keys() ?? [])],
        ['row_count', 'null_count(amount)', 'count(amount)'],
      );
      assert.equal(whole?.sketches.get('amount')?.quantiles, undefined);
      assert.ok(whole?.sketches.get('amount')?.distinct);
    });

    test('tells equal rows by a checksum and by the hashes of their keys', async (t) => {
      const house = await open(t);
      const rows = orders(1000);
      const tomorrow = rows.map((row) => ({ ...row, day: '2026-02-01' })).toReversed();
      await fill(house, rows, 'staging.today');
      await fill(house, tomorrow, 'staging.tomorrow');
      await fill(house, [...rows.slice(1), { ...rows[0], amount: 1 } as Order], 'staging.changed');
      await fill(
        house,
        orders(1000, 8).map((row) => ({ ...row, id: row.id + 5000 })),
        'staging.others',
      );
      const content = ['id', 'country', 'amount', 'weight', 'at'];
      const of = async (ref: string): Promise<TableProfile['content']> =>
        (await profiled(house, { ref, columns: [], content, keys: ['id', 'country'] })).content;
      const today = await of('staging.today');
      assert.match(today.checksum ?? '', /^[0-9a-f]{32}$/);
      assert.equal(today.keys?.length, 256);
      assert.deepEqual(
        today.keys,
        today.keys?.toSorted((a, b) => (a < b ? -1 : 1)),
      );
      assert.deepEqual(await of('staging.tomorrow'), today);
      const changed = await of('staging.changed');
      assert.notEqual(changed.checksum, today.checksum);
      assert.deepEqual(changed.keys, today.keys);
      const others = await of('staging.others');
      assert.notEqual(others.checksum, today.checksum);
      assert.ok(others.keys?.every((key) => !today.keys?.includes(key)));
    });

    test('goes with the measuring of a candidate, and its fault leaves the facts be', async (t) => {
      const house = await open(t);
      const rows = orders(100);
      await fill(house, rows);
      const measure = async (profile: ProfileRequest): Promise<string> => {
        const outcome = await house.warehouse.measure({
          ref: 'staging.orders',
          statements: [],
          profile: () => profile,
        });
        assert.equal(outcome.status, 'success');
        assert.ok(outcome.value.version);
        if (outcome.value.profile?.status === 'success') assertIs(outcome.value.profile.value.parts[0], rows);
        return outcome.value.profile?.status ?? 'none';
      };
      assert.equal(await measure(request()), 'success');
      assert.equal(
        await measure(request({ columns: [{ name: 'gone', source: 'gone', values: true }] })),
        'failure',
      );
      assert.equal((await house.warehouse.profile?.(request({ ref: 'staging.none' })))?.status, 'failure');
    });
  });
}
