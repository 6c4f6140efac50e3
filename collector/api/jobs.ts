import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { isUuid } from '#model/ids.ts';
import { Problem } from '#collector/problems.ts';
import type { Database } from '#store/database.ts';
import { statedOfJob, type StatedSetRow } from '#store/facets.ts';
import { datasetsOfJob, jobById, listJobs, type JobDatasetRow, type JobViewRow } from '#store/job-views.ts';
import { listRuns, type RunViewRow } from '#store/run-views.ts';
import { cursorText, isText, readCursor } from './page-cursor.ts';
import { heldFacets, runItem } from './run-answers.ts';
import { IdPath, JobDetail, JobList, JobListQuery, type JobItem } from './schema/model.ts';

const RUNS_SHOWN = 20;

/** GET /api/v2/jobs and /api/v2/jobs/{id}: what runs, with what its events say of it. */
export function registerJobs(
  app: FastifyInstance,
  { database, now }: { readonly database: Database; readonly now: () => Date },
): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();

  routes.get(
    '/api/v2/jobs',
    { schema: { querystring: JobListQuery, response: { 200: JobList } } },
    async ({ query }) => {
      const { limit = 100 } = query;
      const after = readCursor(query.cursor, [isText, isText]);
      const rows = await database.rows<JobViewRow>(
        listJobs(
          query.q ?? null,
          query.namespace ?? null,
          after && { namespace: after[0] ?? '', name: after[1] ?? '' },
          limit + 1,
          now(),
        ),
      );
      const page = rows.slice(0, limit);
      const last = rows.length > limit ? page.at(-1) : undefined;
      return { jobs: page.map(jobItem), next: last ? cursorText([last.namespace, last.name]) : null };
    },
  );

  routes.get(
    '/api/v2/jobs/:id',
    { schema: { params: IdPath, response: { 200: JobDetail } } },
    async ({ params: { id } }) => {
      const [row] = isUuid(id) ? await database.rows<JobViewRow>(jobById(id, now())) : [];
      if (!row) throw new Problem('job_not_found', `No job has the id ${id}.`);
      const [facets, datasets, runs] = await Promise.all([
        database.rows<StatedSetRow>(statedOfJob(id)).then((stated) => heldFacets(database, stated)),
        database.rows<JobDatasetRow>(datasetsOfJob(id)),
        database.rows<RunViewRow>(
          listRuns(
            { jobId: id, datasetId: null, parentRunId: null, rootRunId: null, state: null },
            null,
            RUNS_SHOWN,
            now(),
          ),
        ),
      ]);
      const named = (role: number) =>
        datasets
          .filter((dataset) => dataset.role === role)
          .map(({ dataset_id: datasetId, namespace, name }) => ({ id: datasetId, namespace, name }));
      return { job: jobItem(row), facets, inputs: named(0), outputs: named(1), runs: runs.map(runItem) };
    },
  );
}

function jobItem(row: JobViewRow): JobItem {
  return {
    id: row.id,
    namespace: row.namespace,
    name: row.name,
    lastRunId: row.last_run_id,
    lastState: row.last_state,
    lastStartedAt: row.last_started_at?.toISOString() ?? null,
  };
}
