import type { TestContext } from 'node:test';
import { Incidents } from '#collector/incidents/incidents.ts';
import { Objectives } from '#collector/objectives/objectives.ts';
import { Ingest } from '#ingest/ingest.ts';
import { datasetId, type Uuid } from '#model/ids.ts';
import { addContract } from '#store/contracts.ts';
import { sql } from '#store/sql.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

export const NAMESPACE = 'postgres://db:5432';
export const idOf = (name: string): Uuid => datasetId(NAMESPACE, name);
export const at = (text: string): Date => new Date(`${text}Z`);

export interface PeriodNow {
  readonly period: string;
  readonly state: string;
  readonly late: number | null;
  readonly alarm: boolean;
  readonly warning: string | null;
}

export interface Promised {
  readonly database: TestDatabase;
  readonly clock: { now: Date };
  /** A service as a process that begins now would have it. */
  readonly begin: () => Objectives;
  readonly promise: (dataset: string, terms: string, version?: string) => Promise<void>;
  /** A run of a job that writes a table, from its start so many minutes before it ends. */
  readonly write: (table: string, partition: string, ended: string, more?: WriteMore) => Promise<void>;
  readonly periods: (dataset: string) => Promise<readonly PeriodNow[]>;
  readonly state: (dataset: string) => Promise<string>;
  readonly incidents: Incidents;
}

export interface WriteMore {
  readonly minutes?: number;
  readonly inputs?: readonly string[];
  readonly begunOnly?: boolean;
}

/** An empty Assay of which the clock is the test's. */
export async function promised(t: TestContext): Promise<Promised> {
  const database = await testDatabase(t);
  const clock = { now: at('2026-05-01T00:00') };
  const now = (): Date => clock.now;
  const ingest = new Ingest({ database, now });
  let runs = 0;
  return {
    database,
    clock,
    begin: () => new Objectives({ database, now }),
    incidents: new Incidents({ database, now }),
    async promise(dataset, terms, version = '1.0.0') {
      const text = `dataset: ${dataset}\nversion: ${version}\nowner: data\n${terms}\n`;
      await database.execute(
        addContract(
          {
            dataset_id: idOf(dataset), namespace: NAMESPACE, name: dataset, version, hash: `${dataset} ${version}`, owner: 'data',
            file_name: `${dataset}.yaml`, text, pushed_at: clock.now, pushed_by: null, object: null,
          },
          version.split('.').map(Number).concat(1),
        ),
      ); // prettier-ignore
    },
    async write(table, partition, ended, { minutes = 30, inputs = [], begunOnly = false } = {}) {
      runs += 1;
      const end = at(ended);
      const types = begunOnly ? (['START'] as const) : (['START', 'COMPLETE'] as const);
      for (const type of types)
        await ingest.receive(
          sampleEvent({
            runId: `018cc251-f400-7000-8000-${String(runs).padStart(12, '0')}`,
            type,
            time: (type === 'COMPLETE' ? end : new Date(+end - minutes * 60_000)).toISOString(),
            job: `make ${table}`,
            inputs: inputs.map((name) => ({ namespace: NAMESPACE, name })),
            outputs: [outputWithRows(table, 10, partition === '' ? {} : { partition: { dt: partition } })],
          }),
          'http',
        );
    },
    async periods(dataset) {
      return database.rows<PeriodNow>(sql`
        select period, state, late_seconds as late, missed_alarm is not null as alarm, warning
          from objective_period where dataset_id = ${idOf(dataset)} order by due_at`);
    },
    async state(dataset) {
      const [row] = await database.rows<{ state: string }>(
        sql`select state from objective where dataset_id = ${idOf(dataset)} order by name limit 1`,
      );
      return row?.state ?? 'none';
    },
  };
}
