import type { BronzeDay } from './bronze.ts';
import { parquetSchema, writeParquet, type ParquetFile } from './parquet-file.ts';

/** One day of flights, typed and without repeats; airports are codes into `airports`. */
export interface SilverDay {
  readonly date: string;
  readonly rows: number;
  /** Local departure, milliseconds since midnight. */
  readonly departureTime: Int32Array;
  /** Minutes; negative when early. */
  readonly delay: Int32Array;
  /** Miles. */
  readonly distance: Int32Array;
  readonly origin: Uint16Array;
  readonly destination: Uint16Array;
  readonly airports: readonly string[];
  /** Rows that repeat another one in every column. The source carries no flight number, so this is its only key. */
  readonly duplicates: number;
  /** Rows with a missing or impossible value: no date of this day, no airport code, no distance above 0. */
  readonly rejected: number;
}

const MICROS_PER_DAY = 86_400_000_000;
const AIRPORT = /^[A-Z0-9]{3}$/;

/** Casts, rejects and deduplicates one day. The first of equal rows stays, in arrival order. */
export function toSilver(day: BronzeDay): SilverDay {
  const midnight = Date.parse(`${day.date}T00:00:00Z`) * 1000;
  const out = allocate(day.rows);
  const codes = new Map<string, number>();
  const seen = rowSet(out);
  let rows = 0;
  let rejected = 0;
  let duplicates = 0;
  for (let row = 0; row < day.rows; row++) {
    const micros = Number(day.departure[row] ?? Number.NaN) - midnight;
    const delay = Number(day.delay[row] ?? Number.NaN);
    const distance = Number(day.distance[row] ?? Number.NaN);
    const origin = airportCode(codes, day.origin[row]);
    const destination = airportCode(codes, day.destination[row]);
    // Written so that NaN (a missing value) is rejected too.
    const valid =
      micros >= 0 &&
      micros < MICROS_PER_DAY &&
      (delay | 0) === delay &&
      (distance | 0) === distance &&
      distance > 0;
    if (!valid || origin === null || destination === null) {
      rejected++;
      continue;
    }
    out.departureTime[rows] = Math.floor(micros / 1000);
    out.delay[rows] = delay;
    out.distance[rows] = distance;
    out.origin[rows] = origin;
    out.destination[rows] = destination;
    if (seen(rows)) rows++;
    else duplicates++;
  }
  return {
    date: day.date,
    rows,
    departureTime: out.departureTime.subarray(0, rows),
    delay: out.delay.subarray(0, rows),
    distance: out.distance.subarray(0, rows),
    origin: out.origin.subarray(0, rows),
    destination: out.destination.subarray(0, rows),
    airports: [...codes.keys()],
    duplicates,
    rejected,
  };
}

type SilverColumns = Pick<SilverDay, 'departureTime' | 'delay' | 'distance' | 'origin' | 'destination'>;

function allocate(rows: number): SilverColumns {
  return {
    departureTime: new Int32Array(rows),
    delay: new Int32Array(rows),
    distance: new Int32Array(rows),
    origin: new Uint16Array(rows),
    destination: new Uint16Array(rows),
  };
}

function airportCode(codes: Map<string, number>, name: string | null | undefined): number | null {
  if (name === null || name === undefined) return null;
  const known = codes.get(name);
  if (known !== undefined) return known;
  if (!AIRPORT.test(name)) return null;
  codes.set(name, codes.size);
  return codes.size - 1;
}

/** A set of row numbers that are equal when all their columns are: open addressing, no object per row. */
function rowSet(columns: SilverColumns): (row: number) => boolean {
  const { departureTime, delay, distance, origin, destination } = columns;
  let size = 16;
  while (size < departureTime.length * 2) size *= 2;
  const slots = new Int32Array(size).fill(-1);
  return (row) => {
    let hash = Math.imul(departureTime[row] ?? 0, 0x9e3779b1);
    hash = Math.imul(hash ^ (((origin[row] ?? 0) << 16) | (destination[row] ?? 0)), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15) ^ (delay[row] ?? 0), 0xc2b2ae35);
    let slot = (hash ^ (hash >>> 13)) & (size - 1);
    for (;;) {
      const other = slots[slot] ?? -1;
      if (other === -1) {
        slots[slot] = row;
        return true;
      }
      if (
        departureTime[other] === departureTime[row] &&
        delay[other] === delay[row] &&
        distance[other] === distance[row] &&
        origin[other] === origin[row] &&
        destination[other] === destination[row]
      ) {
        return false;
      }
      slot = (slot + 1) & (size - 1);
    }
  };
}

const SILVER_SCHEMA = parquetSchema(
  [
    {
      name: 'departure_time',
      type: 'INT32',
      converted_type: 'TIME_MILLIS',
      logical_type: { type: 'TIME', isAdjustedToUTC: false, unit: 'MILLIS' },
    },
    { name: 'delay', type: 'INT32' },
    { name: 'distance', type: 'INT32' },
    { name: 'origin', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    { name: 'destination', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  ],
  'REQUIRED',
);

/** Writes a day as one Parquet file; its date is the partition's name, not a column. */
export function writeSilverDay(dataDir: string, day: SilverDay): Promise<ParquetFile> {
  const names = (codes: Uint16Array): string[] => Array.from(codes, (code) => day.airports[code] ?? '');
  return writeParquet(dataDir, 'silver', day.date, SILVER_SCHEMA, [
    { name: 'departure_time', data: day.departureTime },
    { name: 'delay', data: day.delay },
    { name: 'distance', data: day.distance },
    { name: 'origin', data: names(day.origin) },
    { name: 'destination', data: names(day.destination) },
  ]);
}
