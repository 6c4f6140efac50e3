import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { datasetId, derivedId, type Uuid } from '#model/ids.ts';
import { derive, quantileOf } from '#model/statistics/derived-statistics.ts';
import {
  mergeStatistics,
  statisticsOf,
  type PartitionStatistics,
  type ProfiledPartition,
} from '#model/statistics/partition-statistics.ts';
import { rollUpMonths } from '#model/statistics/roll-up.ts';
import type { Database } from '#store/database.ts';
import {
  deleteOldStatistics,
  layoutsInUse,
  segmentsOf,
  statisticsVersions,
  type StatisticsLayout,
  type StatisticsWindow,
} from '#store/partition-statistics.ts';
import { readStatistics, readWindows } from '#store/read-statistics.ts';
import { sql } from '#store/sql.ts';
import { layoutFor, StatisticsLayouts } from '#store/statistics-layouts.ts';
import { writeStatistics } from '#store/write-statistics.ts';
import { seededRandom } from '#test/bench/statistics.ts';
import { testDatabase } from '#test/support/database.ts';
import { profileOf } from '#test/support/profiles.ts';

const ORDERS = datasetId('n', 'orders');
const USERS = datasetId('n', 'users');
const run = (name: string): Uuid => derivedId('run', name);
const at = (hour: number): Date => new Date(Date.UTC(2026, 2, 1, hour));

function partition(
  day: string,
  values: readonly (number | null)[],
  more: Partial<ProfiledPartition> = {},
): ProfiledPartition {
  return {
    datasetId: ORDERS,
    partition: `dt=${day}`,
    segment: '',
    version: run('a'),
    statedAt: at(1),
    ...profileOf({ amount: values }),
    ...more,
  };
}

const everything: StatisticsWindow = { datasetId: ORDERS, segment: '', from: null, until: null, limit: 1000 };
async function read(database: Database, window: Partial<StatisticsWindow> = {}) {
  return readStatistics(database, new StatisticsLayouts(), { ...everything, ...window });
}
const put = (database: Database, ...partitions: readonly ProfiledPartition[]): Promise<void> =>
  writeStatistics(database, partitions, { profiled: true });
const rowsOf = ({ rows }: PartitionStatistics): number | null => rows;

describe('statistics in the store', () => {
  test('come back as they were measured, sketches too', async (t) => {
    const database = await testDatabase(t);
    await put(database, partition('2026-01-01', [1, null, 3.5, 3.5]));
    const { partitions, faults } = await read(database);
    assert.deepEqual(faults, []);
    const [stored] = partitions;
    assert.deepEqual(stored?.at, new Date('2026-01-01T00:00:00Z'));
    const { facts, sketches } = profileOf({ amount: [1, null, 3.5, 3.5] });
    assert.deepEqual(stored?.statistics, statisticsOf(facts, sketches));
    assert.deepEqual([stored?.row.version, stored?.row.profiled], [run('a'), true]);
  });

  test('of a later version replace those of an earlier one, whichever arrives first', async (t) => {
    const database = await testDatabase(t);
    const first = partition('2026-01-01', [1]);
    const again = partition('2026-01-01', [1, 2], { version: run('b'), statedAt: at(2) });
    const late = partition('2026-01-01', [1, 2, 3], { version: run('c'), statedAt: at(0) });
    const versions = async (): Promise<Uuid[]> =>
      (await database.rows<{ version: Uuid }>(statisticsVersions(ORDERS, '', 'dt=2026-01-01'))).map(
        ({ version }) => version,
      );
    const counted = async (): Promise<(number | null)[]> =>
      (await read(database)).partitions.map(({ statistics }) => rowsOf(statistics));
    await put(database, first);
    await put(database, again);
    await put(database, late);
    assert.deepEqual(await counted(), [2]);
    assert.deepEqual(await versions(), [run('b'), run('a'), run('c')]);
    // The first states something again, later: it counts once more, and stands nowhere twice.
    await put(database, { ...first, ...profileOf({ amount: [5, 5, 5, 5] }), statedAt: at(3) });
    assert.deepEqual(await counted(), [4]);
    assert.deepEqual(await versions(), [run('a'), run('b'), run('c')]);
    // And the same once more is the same.
    await put(database, again, again);
    assert.deepEqual(await versions(), [run('a'), run('b'), run('c')]);
    assert.deepEqual(await counted(), [4]);
  });

  test('of several versions in one call are those stated last', async (t) => {
    const database = await testDatabase(t);
    await put(
      database,
      partition('2026-01-01', [1, 2], { version: run('b'), statedAt: at(2) }),
      partition('2026-01-01', [1]),
    );
    assert.deepEqual(
      (await read(database)).partitions.map(({ statistics }) => statistics.rows),
      [2],
    );
  });

  test('of two writers at once keep the later version', async (t) => {
    const database = await testDatabase(t);
    const writers = Array.from({ length: 6 }, (_, hour) =>
      put(
        database,
        partition('2026-01-01', Array<number>(hour + 1).fill(1), {
          version: run(`w${hour}`),
          statedAt: at(hour),
        }),
      ),
    );
    await Promise.all(writers);
    assert.deepEqual(
      (await read(database)).partitions.map(({ statistics }) => statistics.rows),
      [6],
    );
  });

  test('tell segments apart', async (t) => {
    const database = await testDatabase(t);
    await put(
      database,
      partition('2026-01-01', [1, 2, 3]),
      partition('2026-01-01', [1, 2], { segment: 'country=DE' }),
      partition('2026-01-01', [3], { segment: 'country=FR' }),
    );
    const segments = await database.rows<{ segment: string }>(segmentsOf(ORDERS, 10));
    assert.deepEqual(
      segments.map(({ segment }) => segment),
      ['country=DE', 'country=FR'],
    );
    const parts = await Promise.all(
      ['country=DE', 'country=FR'].map(
        async (segment) => (await read(database, { segment })).partitions[0]?.statistics,
      ),
    );
    const [whole] = (await read(database)).partitions;
    const together = mergeStatistics(parts.filter((part) => part !== undefined));
    assert.equal(together.rows, whole?.statistics.rows);
    assert.equal(together.columns.get('amount')?.sum, whole?.statistics.columns.get('amount')?.sum);
  });

  test('are read by window in time, and by number of partitions for many datasets at once', async (t) => {
    const database = await testDatabase(t);
    const days = ['2026-01-30', '2026-01-31', '2026-02-01', '2026-02-02'];
    await put(
      database,
      ...days.map((day, index) => partition(day, Array<number>(index + 1).fill(index))),
      partition('2026-02-02', [7], { datasetId: USERS }),
      partition('none', [8, 8], { partition: 'batch=7' }),
    );
    const window = await read(database, { from: new Date('2026-01-31'), until: new Date('2026-02-02') });
    assert.deepEqual(
      window.partitions.map((one) => one.partition),
      ['dt=2026-01-31', 'dt=2026-02-01'],
    );
    const layouts = new StatisticsLayouts();
    const { windows } = await readWindows(database, layouts, [ORDERS, USERS, datasetId('n', 'none')], 3, {
      before: 'dt=2026-02-02',
    });
    assert.deepEqual([...windows.keys()], [ORDERS]);
    assert.deepEqual(windows.get(ORDERS)?.partitions, ['dt=2026-01-30', 'dt=2026-01-31', 'dt=2026-02-01']);
    assert.deepEqual([...(windows.get(ORDERS)?.series('row_count') ?? [])], [1, 2, 3]);
    assert.deepEqual([...(windows.get(ORDERS)?.series('sum(other)') ?? [])], [NaN, NaN, NaN]);
    const { windows: all } = await readWindows(database, layouts, [ORDERS, USERS], 2);
    assert.deepEqual(all.get(ORDERS)?.partitions, ['dt=2026-02-01', 'dt=2026-02-02']);
    const [point] = all.get(USERS)?.points(['max(amount)', 'row_count']) ?? [];
    assert.deepEqual(point, {
      partition: 'dt=2026-02-02', at: new Date('2026-02-02'), excluded: null, facts: new Map([['max(amount)', 7], ['row_count', 1]]),
    }); // prettier-ignore
    assert.equal(all.get(USERS)?.points()[0]?.facts.size, 8);
  });

  test('of a month roll up to what its rows together would give', async (t) => {
    const database = await testDatabase(t);
    const random = seededRandom(3);
    const days = Array.from({ length: 59 }, (_, day) => ({
      day: new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10),
      // One day is empty, and one has nulls alone.
      values: Array.from({ length: day === 4 ? 0 : 200 }, () =>
        day === 7 || random() < 0.1 ? null : Math.round(random() * 1e6) / 100,
      ),
    }));
    await put(database, ...days.map(({ day, values }) => partition(day, values)));
    const { partitions } = await read(database);
    const months = rollUpMonths(partitions);
    assert.deepEqual(
      months.map(({ month, statistics }) => [month, statistics.partitions]),
      [
        ['2026-01', 31],
        ['2026-02', 28],
      ],
    );
    for (const { month, statistics } of months) {
      const values = days.filter(({ day }) => day.startsWith(month ?? '-')).flatMap((one) => one.values);
      const direct = profileOf({ amount: values });
      const found = statistics.columns.get('amount');
      const expected = statisticsOf(direct.facts, direct.sketches).columns.get('amount');
      assert.ok(found && expected);
      assert.deepEqual(
        [found.rows, found.nulls, found.min, found.max],
        [expected.rows, expected.nulls, expected.min, expected.max],
      );
      const [a, b] = [derive(found), derive(expected)];
      assert.ok(Math.abs((a.mean ?? 0) - (b.mean ?? 1)) < 1e-9 * (b.mean ?? 0));
      assert.ok(Math.abs((a.variance ?? 0) - (b.variance ?? 1)) < 1e-9 * (b.variance ?? 0));
      assert.deepEqual(found.distinctSketch, expected.distinctSketch);
      for (const q of [0.01, 0.5, 0.99]) assert.equal(quantileOf(found, q), quantileOf(expected, q));
    }
  });

  test('share a layout, which changes only when a fact is new', async (t) => {
    const database = await testDatabase(t);
    const used = async (): Promise<StatisticsLayout[]> => database.rows(layoutsInUse([ORDERS]));
    await put(database, partition('2026-01-01', [1, 2]));
    const [first] = await used();
    // A day of nulls has no sum, an empty one no facts of columns: no reason for another layout.
    await put(database, partition('2026-01-02', [null]), partition('2026-01-03', []));
    assert.deepEqual(await used(), [first]);
    await put(database, partition('2026-01-04', [1], profileOf({ amount: [1], price: [2] })));
    const [second] = await used();
    assert.equal(second?.keys.length, (first?.keys.length ?? 0) + 7);
    assert.deepEqual(
      (await read(database)).partitions.map(({ statistics }) => statistics.columns.size),
      [1, 1, 1, 2],
    );
    const [{ count } = { count: 0 }] = await database.rows<{ count: number }>(
      sql`select count(*) as count from statistics_layout`,
    );
    assert.equal(count, 2);
  });

  test('that were damaged are told and hold up no others', async (t) => {
    const database = await testDatabase(t);
    await put(
      database,
      ...['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'].map((day) => partition(day, [1, 2])),
    );
    await database.execute(
      sql`update partition_statistics set numbers = substring(numbers for 5) where partition = 'dt=2026-01-02'`,
    );
    await database.execute(
      sql`update partition_statistics set sketches = substring(sketches for 20) where partition = 'dt=2026-01-03'`,
    );
    await database.execute(
      sql`update partition_statistics set layout_id = ${run('x')} where partition = 'dt=2026-01-04'`,
    );
    const { partitions, faults } = await read(database);
    assert.deepEqual(
      partitions.map((one) => one.partition),
      ['dt=2026-01-01'],
    );
    assert.deepEqual(
      faults.map((fault) => fault.partition),
      ['dt=2026-01-02', 'dt=2026-01-03', 'dt=2026-01-04'],
    );
    for (const { message } of faults)
      assert.match(message, /^Stored statistics cannot be read at byte \d+: .+\.$/);
    const { windows, faults: others } = await readWindows(database, new StatisticsLayouts(), [ORDERS], 30);
    assert.deepEqual(windows.get(ORDERS)?.partitions, ['dt=2026-01-01', 'dt=2026-01-03']);
    assert.equal(others.length, 2);
  });

  test('are deleted when old, a backfill of old partitions only after its own time', async (t) => {
    const database = await testDatabase(t);
    await put(
      database,
      partition('2025-01-01', [1], { statedAt: new Date('2025-01-02') }),
      partition('2025-01-02', [1], { statedAt: new Date('2026-01-02') }),
      partition('2026-01-01', [1], { statedAt: new Date('2025-01-02') }),
    );
    await put(
      database,
      partition('2026-01-01', [1, 2], { version: run('b'), statedAt: new Date('2026-01-03') }),
    );
    const [deleted] = await database.rows(
      deleteOldStatistics(new Date('2025-06-01'), new Date('2025-02-01'), 100),
    );
    assert.deepEqual(deleted, { statistics: 1, versions: 1 });
    assert.deepEqual(
      (await read(database)).partitions.map((one) => one.partition),
      ['dt=2025-01-02', 'dt=2026-01-01'],
    );
  });

  test('of a dataset of several names are one history, and the later statement of a partition counts', async (t) => {
    const database = await testDatabase(t);
    await database.execute(
      sql`insert into dataset_group (dataset_id, canonical_id) values (${ORDERS}, ${ORDERS}), (${USERS}, ${ORDERS})`,
    );
    await put(
      database,
      partition('2026-01-01', [1]),
      partition('2026-01-02', [1, 2]),
      partition('2026-01-02', [1, 2, 3], { datasetId: USERS, statedAt: at(5) }),
      partition('2026-01-03', [1, 2, 3, 4], { datasetId: USERS }),
    );
    const { windows } = await readWindows(database, new StatisticsLayouts(), [ORDERS], 30);
    assert.deepEqual([...(windows.get(ORDERS)?.series('row_count') ?? [])], [1, 3, 4]);
    assert.deepEqual(
      (await read(database)).partitions.map(({ statistics }) => statistics.rows),
      [1, 3, 4],
    );
  });
});

describe('layouts', () => {
  test('are found again without asking, and the oldest are forgotten', async (t) => {
    const database = await testDatabase(t);
    await put(
      database,
      partition('2026-01-01', [1]),
      partition('2026-01-01', [1], { datasetId: USERS, ...profileOf({ other: [1] }) }),
    );
    const ids = (await database.rows<{ id: Uuid }>(sql`select id from statistics_layout order by id`)).map(
      ({ id }) => id,
    );
    let asked = 0;
    const counting = {
      ...database,
      rows: <T extends object>(statement: Parameters<Database['rows']>[0]) => (
        (asked += 1),
        database.rows<T>(statement)
      ),
    };
    const layouts = new StatisticsLayouts(1);
    assert.equal((await layouts.find(counting, ids)).size, 2);
    assert.equal((await layouts.find(counting, [ids[1] ?? ''])).size, 1);
    assert.equal(asked, 1);
    assert.equal((await layouts.find(counting, [ids[0] ?? ''])).size, 1);
    assert.equal(asked, 2);
    assert.equal((await layouts.find(counting, [run('unknown')])).size, 0);
  });

  test('let go of columns that are mostly gone', () => {
    const wide = layoutFor(
      Array.from({ length: 500 }, (_, index) => `sum(c${index})`),
      undefined,
    );
    assert.equal(layoutFor(['row_count'], wide).keys.length, 1);
    assert.equal(layoutFor(wide.keys.slice(0, 300), wide), wide);
    assert.equal(layoutFor([...wide.keys, 'row_count'], wide).keys.length, 501);
    assert.equal(layoutFor(['b', 'a'], undefined).id, layoutFor(['a', 'b'], undefined).id);
  });
});
