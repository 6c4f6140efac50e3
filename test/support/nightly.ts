import assert from 'node:assert/strict';
import { SearchIndex } from '#collector/search/search-index.ts';
import { Ingest } from '#ingest/ingest.ts';
import { datasetId, jobId } from '#model/ids.ts';
import type { Database } from '#store/database.ts';
import { HOSTILE_NAMES } from './estate.ts';
import { facet } from './sample-events.ts';

const WAREHOUSE = 'postgres://warehouse:5432';
const AIRFLOW = 'airflow';
const HOUR = 3_600_000;

/** How many reports are made of `mart.orders_daily`: more than one sees at first. */
export const REPORTS = 17;
/** Names that nobody would choose, and what a spreadsheet would run. */
export const NIGHTLY_HOSTILE: readonly string[] = [...HOSTILE_NAMES, '=1+cmd()'];
/** Runs of `hourly.sync`, one an hour before the night. */
export const SYNCS = 40;

export const warehouseId = (name: string): string => datasetId(WAREHOUSE, name);
export const airflowJob = (name: string): string => jobId(AIRFLOW, name);
export const NIGHTLY = runOf(1);
/** The run of the night that failed. */
export const FAILED_REPORT = runOf(104);

function runOf(number: number): string {
  return `018cc251-f400-717f-9d98-${String(number).padStart(12, '0')}`;
}

interface Task {
  readonly number: number;
  readonly job: string;
  /** Minutes after the beginning of the night. */
  readonly from: number;
  readonly to: number;
  readonly reads?: readonly string[];
  readonly writes?: readonly string[];
  /** Columns of what it writes, each made of a column of what it reads. */
  readonly columns?: Readonly<Record<string, readonly [dataset: string, column: string]>>;
  readonly error?: string;
  readonly alone?: boolean;
}

/**
 * A night of work as an orchestrator reports it: a run with children, one of which fails; orders loaded, summed and
 * made into many reports; columns followed; and datasets whose names nobody would choose. Indexed for search.
 */
export async function storeNightly(
  database: Database,
  now = new Date(),
  hostile: readonly string[] = NIGHTLY_HOSTILE,
): Promise<void> {
  const night = now.getTime() - 3 * HOUR;
  const ingest = new Ingest({ database, now: () => now });
  const events = [
    dag('START', night, { ownership: facet({ owners: [{ name: 'team:orders', type: 'OWNER' }] }) }),
    ...tasks(hostile).flatMap((task) => eventsOf(task, night)),
    dag('FAIL', night + HOUR),
  ];
  const outcomes = await Promise.all(
    events.map((event) => ingest.receive(Buffer.from(JSON.stringify(event)), 'http')),
  );
  for (const outcome of outcomes) assert.equal(outcome.status, 'accepted', JSON.stringify(outcome));
  await new SearchIndex({ database, now: () => now }).settle();
}

function tasks(hostile: readonly string[]): Task[] {
  const reports = Array.from({ length: REPORTS }, (_, index) => `report.r${String(index).padStart(2, '0')}`);
  return [
    {
      number: 2,
      job: 'nightly.load_orders',
      from: 1,
      to: 9,
      reads: ['raw.orders'],
      writes: ['core.orders'],
      columns: { id: ['raw.orders', 'id'], amount: ['raw.orders', 'amount'] },
    },
    {
      number: 3,
      job: 'nightly.load_customers',
      from: 1,
      to: 4,
      reads: ['raw.customers'],
      writes: ['core.customers'],
    },
    {
      number: 4,
      job: 'nightly.orders_daily',
      from: 10,
      to: 31,
      reads: ['core.orders', 'core.customers'],
      writes: ['mart.orders_daily'],
      columns: {
        day: ['core.orders', 'id'],
        amount: ['core.orders', 'amount'],
        customers: ['core.customers', 'id'],
      },
    },
    ...reports.map((report, index): Task => ({
      number: 101 + index,
      job: `nightly.report_${index}`,
      from: 32,
      to: 34 + index,
      reads: ['mart.orders_daily'],
      writes: [report],
      columns: { amount: ['mart.orders_daily', 'amount'] },
      ...(index === 3 && { error: 'division by zero in column amount' }),
    })),
    { number: 200, job: 'nightly.export', from: 55, to: 57, reads: ['report.r00'], writes: ['export.r00'] },
    ...hostile.map((name, index): Task => ({
      number: 300 + index,
      job: name,
      from: 5,
      to: 6,
      reads: ['raw.customers'],
      writes: [name],
      columns: { [name]: ['raw.customers', name] },
      error: `${name} failed`,
    })),
    ...Array.from({ length: SYNCS }, (_, index): Task => ({
      number: 400 + index,
      job: 'hourly.sync',
      from: -60 * (index + 1),
      to: -60 * (index + 1) + 3 + (index % 5),
      writes: ['core.sync_state'],
      alone: true,
    })),
  ];
}

function eventsOf(task: Task, night: number): object[] {
  const { number, job, from, to, reads = [], writes = [], columns = {}, error, alone = false } = task;
  const parent = { run: { runId: NIGHTLY }, job: { namespace: AIRFLOW, name: 'nightly' } };
  const of = (eventType: string, minutes: number, facets: object): object => ({
    eventType,
    eventTime: new Date(night + minutes * 60_000).toISOString(),
    producer: 'https://example.com/tests',
    run: {
      runId: runOf(number),
      facets: { ...(!alone && { parent: facet({ ...parent, root: parent }) }), ...facets },
    },
    job: {
      namespace: AIRFLOW,
      name: job,
      facets: { sql: facet({ query: `insert into x\nselect '${job}'` }) },
    },
    inputs: reads.map((name) => ({ namespace: WAREHOUSE, name })),
    outputs: writes.map((name) => ({
      namespace: WAREHOUSE,
      name,
      facets: {
        ...(Object.keys(columns).length > 0 && {
          schema: facet({ fields: Object.keys(columns).map((column) => ({ name: column, type: 'text' })) }),
          columnLineage: facet({
            fields: Object.fromEntries(
              Object.entries(columns).map(([column, [dataset, field]]) => [
                column,
                { inputFields: [{ namespace: WAREHOUSE, name: dataset, field }] },
              ]),
            ),
          }),
        }),
      },
      outputFacets: { outputStatistics: facet({ rowCount: number }) },
    })),
  });
  const errorMessage = facet({ message: error, programmingLanguage: 'PYTHON' });
  return [of('START', from, {}), of(error ? 'FAIL' : 'COMPLETE', to, error ? { errorMessage } : {})];
}

function dag(eventType: string, time: number, facets: object = {}): object {
  return {
    eventType,
    eventTime: new Date(time).toISOString(),
    producer: 'https://example.com/tests',
    run: { runId: NIGHTLY },
    job: { namespace: AIRFLOW, name: 'nightly', facets },
  };
}
