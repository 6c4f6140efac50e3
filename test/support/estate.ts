import { datasetId, derivedId, jobId, namespaceId } from '#model/ids.ts';
import { orderKey } from '#model/order-key.ts';
import type { Reason } from '#model/publication.ts';
import type { Database } from '#store/database.ts';
import { sql } from '#store/sql.ts';

/** A dataset of the test's own estate. */
export interface SeedDataset {
  readonly namespace: string;
  readonly name: string;
  readonly owner?: string;
  /** State of its last run; every earlier one completed. */
  readonly lastRun?: 'COMPLETED' | 'FAILED' | 'RUNNING';
  readonly columns?: readonly { readonly name: string; readonly type: string }[];
  readonly partitions: readonly SeedPartition[];
}

export interface SeedPartition {
  readonly key: string;
  readonly rows: number;
  readonly band?: { readonly mean: number; readonly low: number; readonly high: number };
  /** A verdict outside the band, in these words. */
  readonly finding?: string;
  readonly gold?: 'published' | 'held';
  readonly reasons?: readonly Reason[];
}

export const NOW = new Date('2026-11-21T12:00:00Z');

/** Writes the estate as the collector, the monitor and the gate would have left it. */
export async function seedEstate(database: Database, datasets: readonly SeedDataset[]): Promise<void> {
  const tables: Record<string, object[]> = {};
  const add = (table: string, row: object): void => void (tables[table] ??= []).push(row);
  for (const dataset of datasets) addDataset(dataset, add);
  for (const table of TABLES) {
    const rows = JSON.stringify(tables[table.name] ?? []);
    await database.execute(table.insert(rows));
  }
}

// No table name can be spliced into a statement, so each has its own.
const TABLES = [
  {
    name: 'namespace',
    insert: (rows: string) =>
      sql`insert into namespace select * from jsonb_populate_recordset(null::namespace, ${rows}) on conflict do nothing`,
  },
  {
    name: 'job',
    insert: (rows: string) =>
      sql`insert into job select * from jsonb_populate_recordset(null::job, ${rows}) on conflict do nothing`,
  },
  {
    name: 'dataset',
    insert: (rows: string) =>
      sql`insert into dataset select * from jsonb_populate_recordset(null::dataset, ${rows})`,
  },
  {
    name: 'run',
    insert: (rows: string) => sql`insert into run select * from jsonb_populate_recordset(null::run, ${rows})`,
  },
  {
    name: 'run_dataset',
    insert: (rows: string) =>
      sql`insert into run_dataset select * from jsonb_populate_recordset(null::run_dataset, ${rows})`,
  },
  {
    name: 'job_dataset',
    insert: (rows: string) =>
      sql`insert into job_dataset select * from jsonb_populate_recordset(null::job_dataset, ${rows})`,
  },
  {
    name: 'schema_column',
    insert: (rows: string) =>
      sql`insert into schema_column select * from jsonb_populate_recordset(null::schema_column, ${rows})`,
  },
  {
    name: 'contract',
    insert: (rows: string) =>
      sql`insert into contract select * from jsonb_populate_recordset(null::contract, ${rows})`,
  },
  {
    name: 'evaluation',
    insert: (rows: string) =>
      sql`insert into evaluation select * from jsonb_populate_recordset(null::evaluation, ${rows})`,
  },
  {
    name: 'publication',
    insert: (rows: string) =>
      sql`insert into publication select * from jsonb_populate_recordset(null::publication, ${rows})`,
  },
  {
    name: 'verdict',
    insert: (rows: string) =>
      sql`insert into verdict select * from jsonb_populate_recordset(null::verdict, ${rows})`,
  },
];

type Add = (table: string, row: object) => void;

function addDataset(dataset: SeedDataset, add: Add): void {
  const { namespace, name, owner, columns = [], partitions } = dataset;
  const id = datasetId(namespace, name);
  const job = jobId('estate', name);
  const schema = derivedId('schema', JSON.stringify(columns));
  add('namespace', { id: namespaceId(namespace), name: namespace });
  add('namespace', { id: namespaceId('estate'), name: 'estate' });
  add('dataset', { id, namespace_id: namespaceId(namespace), name });
  add('job', { id: job, namespace_id: namespaceId('estate'), name });
  add('job_dataset', { job_id: job, dataset_id: id, role: 1 });
  if (owner !== undefined) {
    const contract = {
      dataset_id: id,
      namespace,
      name,
      version: '1.0.0',
      precedence: [1, 0, 0, 1],
      hash: 'h',
      owner,
    };
    const text = JSON.stringify({
      dataset: name,
      namespace,
      version: contract.version,
      owner,
      quality: [{ check: 'row_count > 1000' }],
    });
    add('contract', { ...contract, file_name: 'estate.yaml', text, pushed_at: NOW });
  }
  columns.forEach((column, ordinal) => {
    // Datasets with the same columns share a schema; the tests give each its own.
    add('schema_column', { schema_id: schema, ordinal, ...column });
  });
  partitions.forEach((partition, index) => {
    const last = index === partitions.length - 1;
    const at = new Date(NOW.getTime() - (partitions.length - index) * 60_000);
    const run = derivedId('run', id, partition.key);
    const key = orderKey({ milliseconds: at.getTime(), nanoseconds: 0, zoned: true }, 'COMPLETE', run);
    add('run', {
      id: run,
      job_id: job,
      job_stated: true,
      job_key: key,
      state: last ? (dataset.lastRun ?? 'COMPLETED') : 'COMPLETED',
      attempts: 1,
      conflicting: false,
      start_missing: false,
      started_at: at,
      ended_at: at,
      last_event_at: at,
      event_count: 2,
      attempt_key: key,
      transitions: [key],
      first_key: key,
      last_key: key,
      unending: false,
    });
    add('run_dataset', {
      run_id: run,
      dataset_id: id,
      role: 1,
      stated_partition: partition.key,
      partition: partition.key,
      inferred: false,
      schema_id: columns.length > 0 ? schema : null,
      key,
      statistics: { row_count: partition.rows },
    });
    addVerdict(id, partition, at, add);
    if (partition.gold) addGold(dataset, partition, at, add);
  });
}

function addVerdict(id: string, { key, rows, band, finding }: SeedPartition, at: Date, add: Add): void {
  if (!band) return;
  add('verdict', {
    dataset_id: id,
    partition: key,
    metric: 'row_count',
    detector: 'adaptive',
    standing: 'young',
    finding: finding !== undefined,
    status: finding === undefined ? 'normal' : 'anomalous',
    value: rows,
    ...band,
    score: (rows - band.mean) / Math.max(1, (band.high - band.mean) / 2),
    direction: rows < band.mean ? 'down' : 'up',
    slot: 'weekday',
    baseline: [],
    message: finding ?? 'As expected.',
    decided_at: at,
  });
}

function addGold(
  { namespace, name }: SeedDataset,
  { key, rows, gold, reasons = [] }: SeedPartition,
  at: Date,
  add: Add,
): void {
  const id = datasetId(namespace, name);
  const evaluation = derivedId('evaluation', id, key);
  const about = {
    dataset_id: id,
    namespace,
    name,
    partition: key,
    warehouse: 'warehouse',
    target: name,
    candidate_ref: 'staging.x',
    candidate_version: 'v1',
  };
  add('evaluation', {
    ...about,
    id: evaluation,
    contract_version: '1.0.0',
    contract_hash: 'h',
    empty_partition: 'block',
    on_error: 'block',
    candidate_kind: 'staging',
    row_count: rows,
    state: gold === 'held' ? 'failed' : 'published',
    decision: gold === 'held' ? 'block' : 'allow',
    reasons,
    requested_at: at,
    decided_at: at,
  });
  if (gold === 'held') return;
  add('publication', {
    ...about,
    id: derivedId('publication', evaluation),
    kind: 'publish',
    evaluation_id: evaluation,
    state: 'published',
    started_at: at,
    lease_until: at,
    finished_at: at,
  });
}

const WEEKDAY_ROUTES = [3050, 3420, 3400, 3410, 3430, 3440, 2560];

/** The flights of the first half of 2001 in small: a weekly rhythm, a snowstorm, and a last day that breaks off. */
export function flights(): SeedDataset[] {
  const days = Array.from({ length: 182 }, (_, index) => new Date(Date.UTC(2001, 0, 1 + index)));
  const held: Reason[] = [
    {
      checkId: 'row_count_gt_1000',
      status: 'fail',
      message: 'row_count is 6; the contract wants row_count > 1000.',
      waivedBy: null,
    },
    {
      checkId: 'row_count_within',
      status: 'fail',
      message:
        'row_count is 6, which is 99.8 % below the mean of the last 7 partitions (3,243); the contract allows 50 %.',
      waivedBy: null,
    },
    {
      checkId: 'origin_not_null',
      status: 'warn',
      message: 'null_percentage(origin) is 0.17; the contract wants at most 0.05.',
      waivedBy: 'dana@example.com',
    },
  ];
  const series = (scale: number, column: string, gold: boolean): SeedPartition[] =>
    days.map((day, index) => {
      const key = `${column}=${day.toISOString().slice(0, 10)}`;
      const mean = (WEEKDAY_ROUTES[day.getUTCDay()] ?? 0) * scale;
      const band = index < 14 ? undefined : { mean, low: mean * 0.94, high: mean * 1.06 };
      const wobble = Math.sin(index * 2.4) * 0.02 + Math.sin(index / 9) * 0.012;
      if (index === 181) {
        const rows = 6;
        const finding = `row_count 6 lies below the expected ${Math.round(mean * 0.94)} to ${Math.round(mean * 1.06)} for a Sunday.`;
        return {
          key,
          rows,
          ...(band && { band }),
          finding,
          ...(gold && { gold: 'held' as const, reasons: held }),
        };
      }
      const storm = index === 63 || index === 64;
      const rows = Math.round(mean * (1 + wobble) * (storm ? 0.72 : 1));
      const finding = storm
        ? `row_count ${rows} lies below the expected ${Math.round(mean * 0.94)} to ${Math.round(mean * 1.06)} for its weekday.`
        : undefined;
      return {
        key,
        rows,
        ...(band && { band }),
        ...(finding !== undefined && { finding }),
        ...(gold && { gold: 'published' as const }),
      };
    });
  const columns = [
    { name: 'flight_date', type: 'date' },
    { name: 'origin', type: 'text' },
    { name: 'destination', type: 'text' },
    { name: 'flights', type: 'integer' },
  ];
  return [
    {
      namespace: 'file://flights',
      name: 'bronze/flights',
      owner: 'ingest',
      partitions: series(4.9, 'dt', false),
    },
    {
      namespace: 'postgres://localhost:5432',
      name: 'assay.silver.flights',
      owner: 'aviation',
      partitions: series(4.88, 'flight_date', false),
    },
    {
      namespace: 'postgres://localhost:5432',
      name: 'assay.gold.daily_routes',
      owner: 'aviation',
      columns,
      partitions: series(1, 'flight_date', true),
    },
  ];
}

/** Names that try to run, to turn the text round, to fill the page and to break out of their line. */
export const HOSTILE_NAMES = [
  '<script>globalThis.hacked = true</script>',
  '<img src=x onerror="globalThis.hacked = true">',
  '\u202Etxet desrever \u05E9\u05DC\u05D5\u05DD',
  `long_${'abcdefgh'.repeat(512)}_end`,
  '👩‍👩‍👧‍👦 family 🦄',
  `z${'\u0301\u0316'.repeat(40)}algo`,
  '"><a href="javascript:globalThis.hacked=true">x</a>',
  ' ',
];

/** One dataset for each hostile name, each held for a reason that repeats it. */
export function hostileEstate(): SeedDataset[] {
  return HOSTILE_NAMES.map((name, index) => ({
    namespace: index % 2 === 0 ? 'postgres://localhost:5432' : name,
    name,
    owner: name,
    columns: [{ name, type: name }],
    partitions: [
      {
        key: `dt=${name.slice(0, 900)}`,
        rows: 5,
        band: { mean: 10, low: 9, high: 11 },
        finding: `row_count of ${name} is 5.`,
        gold: 'held',
        reasons: [
          {
            checkId: name,
            status: 'fail',
            message: `row_count of ${name} is 5; the contract wants more.`,
            waivedBy: name,
          },
        ],
      },
    ],
  }));
}
