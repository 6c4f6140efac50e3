import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { zstdDecompressSync } from 'node:zlib';
import { parquetSchema, writeParquet, type ParquetFile } from './parquet-file.ts';

/** One day of flights as they arrived: raw types, any value may be missing, nothing validated. */
export interface BronzeDay {
  /** `2001-01-01`. */
  readonly date: string;
  readonly rows: number;
  /** Local departure, microseconds since 1970-01-01 as if it were UTC (the file has no time zone). */
  readonly departure: readonly (bigint | null)[];
  /** Minutes; negative when early. */
  readonly delay: readonly (bigint | null)[];
  /** Miles. */
  readonly distance: readonly (bigint | null)[];
  readonly origin: readonly (string | null)[];
  readonly destination: readonly (string | null)[];
}

/** A range of consecutive rows of the source, column by column. */
export type BronzeRows = Omit<BronzeDay, 'date' | 'rows'>;

const MILLIS_PER_DAY = 86_400_000;
const MICROS_PER_DAY = MILLIS_PER_DAY * 1000;

/** `2001-01-01` for a number of days since 1970-01-01. */
const dayText = (day: number): string => new Date(day * MILLIS_PER_DAY).toISOString().slice(0, 10);

const COLUMNS: readonly (readonly [sourceName: string, column: keyof BronzeRows])[] = [
  ['date', 'departure'],
  ['delay', 'delay'],
  ['distance', 'distance'],
  ['origin', 'origin'],
  ['destination', 'destination'],
];

/** First and last day of the source, from its row groups' statistics: no rows are read. */
export async function daysOfSource(
  path: string,
): Promise<{ readonly first: string; readonly last: string; readonly count: number }> {
  const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
  const bounds = metadata.row_groups.flatMap(({ columns }) => {
    const found = columns.find(({ meta_data: column }) => column?.path_in_schema[0] === 'date')?.meta_data
      ?.statistics;
    return [found?.min_value, found?.max_value];
  });
  const times = bounds.map((bound) => (bound instanceof Date ? bound.getTime() : Number.NaN));
  const [first, last] = [Math.min(...times), Math.max(...times)].map((time) =>
    Math.floor(time / MILLIS_PER_DAY),
  );
  if (first === undefined || last === undefined || !Number.isFinite(first + last)) {
    throw new Error(
      `${path} has no statistics of its column "date": it is not the flights file that the demo reads.`,
    );
  }
  return { first: dayText(first), last: dayText(last), count: last - first + 1 };
}

/** Reads the source day by day, in the file's order; one row group at a time is in memory. */
export async function* readBronzeDays(path: string): AsyncGenerator<BronzeDay> {
  yield* cutByDay(readRowGroups(path));
}

/** Rows of each row group of a flights file. */
async function* readRowGroups(path: string): AsyncGenerator<BronzeRows> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const parts = new Map<string, (bigint | string | null)[]>();
    await parquetRead({
      file,
      metadata,
      rowStart,
      rowEnd,
      // The platform's zstd is a quarter faster than the JavaScript one.
      compressors: { ...compressors, ZSTD: (input: Uint8Array) => zstdDecompressSync(input) },
      parsers: { timestampFromMicroseconds: (micros: bigint) => micros },
      onChunk: ({ columnName, columnData }) => {
        const values = Array.from(columnData as ArrayLike<bigint | string | null>);
        const known = parts.get(columnName);
        parts.set(columnName, known === undefined ? values : known.concat(values));
      },
    });
    yield rowsOf(parts, path);
    rowStart = rowEnd;
  }
}

function rowsOf(parts: ReadonlyMap<string, (bigint | string | null)[]>, path: string): BronzeRows {
  const rows: Partial<Record<keyof BronzeRows, unknown>> = {};
  for (const [sourceName, column] of COLUMNS) {
    const values = parts.get(sourceName);
    if (values === undefined)
      throw new Error(
        `${path} has no column "${sourceName}": it is not the flights file that the demo reads.`,
      );
    rows[column] = values;
  }
  return rows as BronzeRows;
}

/**
 * Cuts rows in arrival order into days: a day ends when a row of a later day arrives. A row without a
 * date, or with an earlier one, stays in the day with which it arrived (silver rejects it there).
 */
export async function* cutByDay(groups: AsyncIterable<BronzeRows>): AsyncGenerator<BronzeDay> {
  let day: number | null = null;
  let pending: BronzeRows[] = [];
  for await (const group of groups) {
    let start = 0;
    for (let row = 0; row < group.departure.length; row++) {
      const departure = group.departure[row];
      if (departure === null || departure === undefined) continue;
      const rowDay = Math.floor(Number(departure) / MICROS_PER_DAY);
      if (day !== null && rowDay > day) {
        yield bronzeDay(day, [...pending, slice(group, start, row)]);
        pending = [];
        start = row;
      }
      if (day === null || rowDay > day) day = rowDay;
    }
    pending.push(slice(group, start, group.departure.length));
  }
  if (day !== null) yield bronzeDay(day, pending);
}

function slice(rows: BronzeRows, start: number, end: number): BronzeRows {
  return {
    departure: rows.departure.slice(start, end),
    delay: rows.delay.slice(start, end),
    distance: rows.distance.slice(start, end),
    origin: rows.origin.slice(start, end),
    destination: rows.destination.slice(start, end),
  };
}

function bronzeDay(day: number, parts: readonly BronzeRows[]): BronzeDay {
  const joined: BronzeRows = {
    departure: parts.flatMap((part) => part.departure),
    delay: parts.flatMap((part) => part.delay),
    distance: parts.flatMap((part) => part.distance),
    origin: parts.flatMap((part) => part.origin),
    destination: parts.flatMap((part) => part.destination),
  };
  return {
    date: new Date(day * 86_400_000).toISOString().slice(0, 10),
    rows: joined.departure.length,
    ...joined,
  };
}

const BRONZE_SCHEMA = parquetSchema(
  [
    {
      name: 'date',
      type: 'INT64',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' },
    },
    { name: 'delay', type: 'INT64' },
    { name: 'distance', type: 'INT64' },
    { name: 'origin', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    { name: 'destination', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  ],
  'OPTIONAL',
);

/** Lands a day as one Parquet file with the source's own names and types. */
export function writeBronzeDay(dataDir: string, day: BronzeDay): Promise<ParquetFile> {
  return writeParquet(
    dataDir,
    'bronze',
    day.date,
    BRONZE_SCHEMA,
    COLUMNS.map(([name, column]) => ({ name, data: [...day[column]] })),
  );
}
