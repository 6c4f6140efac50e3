import type { TestContext } from 'node:test';
import { Ingest } from '#ingest/ingest.ts';
import { datasetId, type Uuid } from '#model/ids.ts';
import { testDatabase, type TestDatabase } from './database.ts';
import { facet, sampleEvent } from './sample-events.ts';

const NAMESPACE = 'postgres://db:5432';
export const costId = (name: string): Uuid => datasetId(NAMESPACE, name);
export const COST_NOW = new Date('2026-03-31T12:00:00Z');

/** A run that is over: who, how many days before now, for how long, from what and to what, in bytes. */
export interface CostRun {
  readonly job: string;
  readonly daysAgo: number;
  readonly seconds: number;
  readonly reads?: Readonly<Record<string, number>>;
  readonly writes?: Readonly<Record<string, number>>;
  /** Number of the run that it is a part of. */
  readonly partOf?: number;
}

/** A store that was told of these runs. */
export async function costEstate(t: TestContext, runs: readonly CostRun[]): Promise<TestDatabase> {
  const database = await testDatabase(t);
  const ingest = new Ingest({ database, now: () => COST_NOW });
  const idOf = (n: number): string => `018cc251-f400-7000-8000-${String(n + 1).padStart(12, '0')}`;
  for (const [n, { job, daysAgo, seconds, reads = {}, writes = {}, partOf }] of runs.entries()) {
    const end = COST_NOW.getTime() - daysAgo * 86_400_000;
    const parent = partOf === undefined ? undefined : runs[partOf];
    const about = {
      runId: idOf(n),
      job,
      ...(parent && {
        runFacets: {
          parent: facet({ run: { runId: idOf(partOf ?? 0) }, job: { namespace: 'tests', name: parent.job } }),
        },
      }),
    };
    const start = new Date(end - seconds * 1000).toISOString();
    await ingest.receive(sampleEvent({ ...about, type: 'START', time: start }), 'http');
    const complete = {
      ...about,
      type: 'COMPLETE' as const,
      time: new Date(end).toISOString(),
      inputs: Object.entries(reads).map(([name, size]) => ({
        namespace: NAMESPACE,
        name,
        inputFacets: { inputStatistics: facet({ size }) },
      })),
      outputs: Object.entries(writes).map(([name, size]) => ({
        namespace: NAMESPACE,
        name,
        outputFacets: { outputStatistics: facet({ size }) },
      })),
    };
    await ingest.receive(sampleEvent(complete), 'http');
  }
  return database;
}
