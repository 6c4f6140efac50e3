import type { Row } from '../session.ts';

/** One load of the cluster, of whichever schema its row was. */
export interface LoadRow {
  /** Unique in a cluster for ever, and growing with creation. */
  readonly id: string;
  readonly label: string;
  readonly database: string;
  /** Null where the release does not tell (3.1 to 3.3). */
  readonly table: string | null;
  readonly state: LoadState;
  /** `stream_load`, `routine_load`, `broker`, `insert`, …, in lower case. */
  readonly type: string;
  readonly user: string | null;
  readonly rows: {
    readonly scanned: number | null;
    readonly filtered: number | null;
    readonly unselected: number | null;
    readonly written: number | null;
  };
  readonly scanBytes: number | null;
  readonly files: number | null;
  /** As the frontend writes times; without a zone. */
  readonly created: string | null;
  readonly finished: string | null;
  readonly transaction: string | null;
  /** Of a routine load. */
  readonly job: string | null;
  readonly error: string | null;
  readonly trackingSql: string | null;
}

/** `open`: its data is not visible yet. */
export type LoadState = 'open' | 'finished' | 'cancelled';

/** Which of the two schemas `information_schema.loads` has: since 3.4 (and late 3.3) there is a column ID. */
export interface LoadsSchema {
  readonly id: 'ID' | 'JOB_ID';
  readonly database: 'DB_NAME' | 'DATABASE_NAME';
  /** Those of our columns that are there. */
  readonly columns: readonly string[];
}

const WANTED = [
  'ID',
  'JOB_ID',
  'LABEL',
  'DB_NAME',
  'DATABASE_NAME',
  'TABLE_NAME',
  'USER',
  'STATE',
  'TYPE',
  'SCAN_ROWS',
  'SCAN_BYTES',
  'FILTERED_ROWS',
  'UNSELECTED_ROWS',
  'SINK_ROWS',
  'RUNTIME_DETAILS',
  'JOB_DETAILS',
  'CREATE_TIME',
  'LOAD_FINISH_TIME',
  'PROPERTIES',
  'ERROR_MSG',
  'TRACKING_SQL',
] as const;

/** Tells the schema from the columns, never from a version. Null: these are not the columns of `loads`. */
export function schemaOf(columns: readonly string[]): LoadsSchema | null {
  const found = new Set(columns.map((name) => name.toUpperCase()));
  const id = found.has('ID') ? 'ID' : found.has('JOB_ID') ? 'JOB_ID' : null;
  const database = found.has('DB_NAME') ? 'DB_NAME' : found.has('DATABASE_NAME') ? 'DATABASE_NAME' : null;
  if (id === null || database === null || !found.has('STATE')) return null;
  return {
    id,
    database,
    columns: WANTED.filter((name) => found.has(name) && (name !== 'JOB_ID' || id === 'JOB_ID')),
  };
}

/** Reads a row of `loads` or of its history, whose columns are in lower case. */
export function loadOf(given: Row, schema: Pick<LoadsSchema, 'id' | 'database'>): LoadRow {
  const row = Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toUpperCase(), value]));
  const text = (name: string): string | null => {
    const value = row[name];
    return value === undefined || value === null || value === '' || value === 'NULL' ? null : value;
  };
  const details = objectOf(text('RUNTIME_DETAILS') ?? text('JOB_DETAILS'));
  const properties = objectOf(text('PROPERTIES'));
  return {
    id: text(schema.id) ?? '0',
    label: text('LABEL') ?? '',
    database: text(schema.database) ?? '',
    table: text('TABLE_NAME'),
    state: stateOf(text('STATE')),
    type: (text('TYPE') ?? 'load').toLowerCase(),
    user: text('USER'),
    rows: {
      scanned: numberOf(row['SCAN_ROWS']),
      filtered: numberOf(row['FILTERED_ROWS']),
      unselected: numberOf(row['UNSELECTED_ROWS']),
      written: numberOf(row['SINK_ROWS']),
    },
    scanBytes: numberOf(row['SCAN_BYTES']),
    files: numberOf(details['file_num']),
    created: text('CREATE_TIME'),
    finished: text('LOAD_FINISH_TIME'),
    transaction: textOf(details['txn_id']),
    job: textOf(properties['job_name']),
    error: text('ERROR_MSG'),
    trackingSql: text('TRACKING_SQL'),
  };
}

/** Data is visible at FINISHED alone: COMMITED (so spelled) and PREPARED are not. */
export function stateOf(text: string | null): LoadState {
  if (text === 'FINISHED') return 'finished';
  return text === 'CANCELLED' ? 'cancelled' : 'open';
}

function objectOf(text: string | null): Record<string, unknown> {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function numberOf(value: unknown): number | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const number = value === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) && number >= 0 ? number : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
