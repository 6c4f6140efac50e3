import type { TestContext } from 'node:test';
import { Incidents } from '#collector/incidents/incidents.ts';
import { Ingest } from '#ingest/ingest.ts';
import { datasetId, type Uuid } from '#model/ids.ts';
import { Monitor } from '#monitor/monitor.ts';
import { sql } from '#store/sql.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { facet, outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

export const NAMESPACE = 'postgres://db:5432';
export const idOf = (name: string): Uuid => datasetId(NAMESPACE, name);

/** Days of a medallion, and the clock behind it: the last one ends at five in the morning of its day. */
export const DAYS = 40;
export const day = (n: number): string => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);

export interface Estate {
  readonly database: TestDatabase;
  readonly ingest: Ingest;
  /** Everything that was sent is judged, and folded at the clock's time. */
  readonly settle: () => Promise<void>;
  readonly clock: { now: Date };
  /** A day of one table, made of others; at so many minutes after midnight of the next day. */
  readonly write: (day: number, table: string, rows: number, more?: WriteOptions) => Promise<void>;
}

export interface WriteOptions {
  readonly inputs?: readonly string[];
  /** The day of its inputs that the run says it read; else it does not say. */
  readonly readDay?: number;
  readonly minute?: number;
  readonly type?: 'COMPLETE' | 'FAIL' | 'START';
  readonly error?: string;
  readonly attempt?: number;
  readonly schema?: readonly string[];
}

const JOBS = ['bronze', 'silver', 'gold', 'other'];

/** An empty Assay of which the clock is the test's. */
export async function estate(t: TestContext): Promise<Estate> {
  const database = await testDatabase(t);
  const clock = { now: new Date('2026-01-01T00:00:00Z') };
  const now = (): Date => clock.now;
  const ingest = new Ingest({ database, now });
  const monitor = new Monitor({ database, now, excludedOf: async () => new Map() });
  const incidents = new Incidents({ database, now });
  return {
    database,
    ingest,
    clock,
    async settle() {
      await monitor.settle();
      await incidents.pass();
    },
    async write(
      n,
      table,
      rows,
      { inputs = [], readDay, minute = 60, type = 'COMPLETE', error, attempt = 0, schema } = {},
    ) {
      const number = (n * 10 + attempt) * 100 + Math.max(0, JOBS.indexOf(table)) + 1;
      const at = Date.UTC(2026, 0, 2 + n) + minute * 60_000;
      if (clock.now.getTime() < at) clock.now = new Date(at);
      await ingest.receive(
        sampleEvent({
          runId: `018cc251-f400-7000-8000-${String(number).padStart(12, '0')}`,
          type,
          time: new Date(at).toISOString(),
          job: `make ${table}`,
          ...(error !== undefined && {
            runFacets: { errorMessage: facet({ message: error, programmingLanguage: 'JAVA' }) },
          }),
          inputs: inputs.map((name) => ({
            namespace: NAMESPACE,
            name,
            ...(readDay !== undefined && { inputFacets: readOf(day(readDay)) }),
          })),
          outputs: [outputWithRows(table, rows, { partition: { dt: day(n) }, ...(schema && { schema }) })],
        }),
        'http',
      );
    },
  };
}

function readOf(dt: string): object {
  const partitions = [{ identifier: 'p', dimensions: { dt } }];
  return { subset: facet({ inputCondition: { type: 'partition', partitions } }) };
}

export interface KeptIncident {
  readonly id: Uuid;
  readonly state: string;
  readonly root: string;
  readonly how: string;
  readonly kind: string;
  readonly severity: string;
  /** `table dt=… subject`, sorted. */
  readonly evidence: readonly string[];
}

/** What is kept, without what depends on when it was looked at. */
export async function kept(database: TestDatabase): Promise<KeptIncident[]> {
  return database.rows<KeptIncident>(sql`
    select i.id, i.state, d.name as root, i.root_how as how, i.kind, i.severity,
           (select array_agg(of.name || ' ' || e.partition || ' ' || e.subject order by of.name, e.partition, e.subject)
              from evidence e join dataset of on of.id = e.dataset_id where e.incident_id = i.id) as evidence
      from incident i join dataset d on d.id = i.root_id
     where i.state <> 'merged'
     order by i.opened_at, i.id`);
}

/** Forty good days of bronze, silver made of it, gold made of that, and another table beside them. */
export async function goodDays(of: Estate, days = DAYS): Promise<void> {
  for (let n = 0; n < days; n += 1) {
    await of.write(n, 'bronze', rowsOf(n), { minute: 60 });
    await of.write(n, 'silver', rowsOf(n), { minute: 90, inputs: ['bronze'] });
    await of.write(n, 'gold', rowsOf(n), { minute: 120, inputs: ['silver'] });
    await of.write(n, 'other', rowsOf(n), { minute: 125 });
  }
}

export const rowsOf = (n: number): number => 1000 + ((n * 37) % 11);
