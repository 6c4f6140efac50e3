import type { Database, Queryable } from '#store/database.ts';
import type { Statement } from '#store/sql.ts';
import { DAYS, KEYS, type GeneratedWindows } from './generated-windows.ts';

/**
 * The baseline: one row per metric and day in a narrow table, at its best: a number for the series (which
 * stands for dataset and metric), a date, the value, all prepared and set-based.
 */
const WIDTH = KEYS.length;

export async function createNarrow(database: Database): Promise<void> {
  await database.execute({
    text: 'create table narrow (series integer, day date, value float8 not null, primary key (series, day))',
    values: [],
  });
}

/** Writes the partitions of one day. */
export async function writeNarrow(
  connection: Queryable,
  windows: GeneratedWindows,
  datasets: readonly number[],
  day: number,
): Promise<void> {
  const series: number[] = [];
  const values: number[] = [];
  for (const dataset of datasets) {
    windows.values(dataset, day).forEach((value, slot) => {
      series.push(dataset * WIDTH + slot);
      values.push(value);
    });
  }
  // pg's own arrays would escape each element: measured elsewhere at twenty times the cost.
  await connection.execute({
    name: 'write_narrow',
    text: `insert into narrow select series, date '2026-01-01' + $3::integer, value from unnest($1::integer[], $2::float8[]) as t(series, value)
      on conflict (series, day) do update set value = excluded.value`,
    values: [`{${series.join(',')}}`, `{${values.join(',')}}`, day],
  });
}

/** Reads the first thirty days of these datasets, as one array a series. */
export async function readNarrow(
  database: Queryable,
  datasets: readonly number[],
): Promise<Map<number, Float64Array>> {
  const found = new Map<number, Float64Array>();
  for (const row of await database.rows<{ series: number; day: number; value: number }>(
    windowStatement(datasets),
  )) {
    let values = found.get(row.series);
    if (!values) found.set(row.series, (values = new Float64Array(DAYS).fill(Number.NaN)));
    values[row.day] = row.value;
  }
  return found;
}

function windowStatement(datasets: readonly number[]): Statement {
  return {
    name: 'narrow_window',
    text: `select series, day - date '2026-01-01' as day, value
      from unnest($1::integer[]) as asked(dataset) join narrow
        on series between dataset * ${WIDTH} and dataset * ${WIDTH} + ${WIDTH - 1}
     where day < date '2026-01-01' + ${DAYS}`,
    values: [`{${datasets.join(',')}}`],
  };
}

/** What SQL can roll up of a month: sums and extremes. */
export async function rollUpNarrow(database: Queryable, dataset: number): Promise<number> {
  const rows = await database.rows({
    name: 'narrow_roll_up',
    text: `select series, sum(value), min(value), max(value) from narrow
      where series between $1::integer * ${WIDTH} and $1::integer * ${WIDTH} + ${WIDTH - 1} and day < date '2026-01-01' + ${DAYS}
      group by series`,
    values: [dataset],
  });
  return rows.length;
}
