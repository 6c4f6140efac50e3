import {
  documentationDatasetFacet,
  jobTypeJobFacet,
  type InputScope,
  type OpenLineageClient,
  type OutputScope,
  type RunScope,
} from 'openlineage-client';
import { writeBronzeDay, type BronzeDay } from './bronze.ts';
import { bronzeMetrics, goldMetrics, silverMetrics, type MetricsByColumn } from './column-metrics.ts';
import { BRONZE, GOLD, SILVER, SOURCE, type DemoDataset } from './datasets.ts';
import { toDailyRoutes } from './gold.ts';
import { toSilver, writeSilverDay } from './silver.ts';
import type { DemoWarehouse } from './warehouse.ts';

/** What the steps of a day share. */
export interface StepContext {
  readonly client: OpenLineageClient;
  readonly warehouse: DemoWarehouse;
  readonly dataDir: string;
}

/** The whole UTC day as a nominal interval. */
function nominalDay(date: string): { readonly start: string; readonly end: string } {
  const next = new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000);
  return { start: `${date}T00:00:00Z`, end: next.toISOString().replace('.000Z', 'Z') };
}

function job(
  name: string,
  jobType: 'DAG' | 'TASK',
): { readonly name: string; readonly facets: { readonly jobType: ReturnType<typeof jobTypeJobFacet> } } {
  return {
    name,
    facets: { jobType: jobTypeJobFacet({ processingType: 'BATCH', integration: 'ASSAY_DEMO', jobType }) },
  };
}

/** Runs a whole day as `demo.flights.daily`, the parent of its steps. */
export function runDaily<T>(
  client: OpenLineageClient,
  date: string,
  body: (run: RunScope) => Promise<T>,
): Promise<T> {
  return client.run({ job: job('demo.flights.daily', 'DAG'), nominalTime: nominalDay(date) }, body);
}

/** Bronze, silver and the staging table of one day, each reported as its own run; returns the staging table's name. */
export async function stageDay(context: StepContext, day: BronzeDay, parent: RunScope): Promise<string> {
  await runStep(context, day.date, parent, 'demo.flights.ingest', async (run) => {
    const { sizeBytes } = await writeBronzeDay(context.dataDir, day);
    read(run, SOURCE, day.date, day.rows);
    written(run, BRONZE, day.date, { rowCount: day.rows, size: sizeBytes, fileCount: 1 }, bronzeMetrics(day));
  });
  const silver = await runStep(context, day.date, parent, 'demo.flights.to_silver', async (run) => {
    const typed = toSilver(day);
    const { sizeBytes } = await writeSilverDay(context.dataDir, typed);
    read(run, BRONZE, day.date, day.rows);
    written(
      run,
      SILVER,
      day.date,
      { rowCount: typed.rows, size: sizeBytes, fileCount: 1 },
      silverMetrics(typed),
    );
    return typed;
  });
  return runStep(context, day.date, parent, 'demo.flights.to_gold', async (run) => {
    const routes = toDailyRoutes(silver);
    const staging = await context.warehouse.stage(routes);
    read(run, SILVER, day.date, silver.rows);
    written(run, GOLD, day.date, { rowCount: routes.rows }, goldMetrics(routes));
    return staging;
  });
}

function runStep<T>(
  context: StepContext,
  date: string,
  parent: RunScope,
  name: string,
  body: (run: RunScope) => Promise<T>,
): Promise<T> {
  return context.client.run({ job: job(name, 'TASK'), parent, nominalTime: nominalDay(date) }, body);
}

function read(run: RunScope, dataset: DemoDataset, date: string, rowCount: number): void {
  described(run.input(dataset), dataset, date).statistics({ rowCount });
}

function written(
  run: RunScope,
  dataset: DemoDataset,
  date: string,
  statistics: { readonly rowCount: number; readonly size?: number; readonly fileCount?: number },
  columnMetrics: MetricsByColumn,
): void {
  described(run.output(dataset), dataset, date)
    .statistics(statistics)
    .qualityMetrics({ rowCount: statistics.rowCount, columnMetrics })
    .columnLineage(dataset.columnLineage);
}

function described<S extends InputScope | OutputScope>(scope: S, dataset: DemoDataset, date: string): S {
  scope
    .schema(dataset.fields)
    .facet('documentation', documentationDatasetFacet({ description: dataset.description }));
  scope.partition({ flight_date: date });
  return scope;
}
