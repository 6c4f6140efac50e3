import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { isUuid, runIdOf, type Uuid } from '#model/ids.ts';
import { Problem } from '#collector/problems.ts';
import { worstOfRun } from '#gate/run-evidence.ts';
import { readRunStatement, type RunStatement } from '#ingest/stated-facets.ts';
import { assertionsOfRuns, type AssertionViewRow } from '#store/assertions.ts';
import type { Database } from '#store/database.ts';
import {
  datasetsOfRun,
  listRuns,
  runsById,
  type RunDatasetViewRow,
  type RunViewRow,
} from '#store/run-views.ts';
import { cursorText, readCursor } from './page-cursor.ts';
import { assertionsOf, runDataset, runItem } from './run-answers.ts';
import { IdPath, RunDetail, RunList, RunListQuery, type RunItem } from './schema/model.ts';

const CHILDREN_SHOWN = 100;

/** GET /api/v2/runs and /api/v2/runs/{id}: what ran, how it ended, and what it stated. */
export function registerRuns(
  app: FastifyInstance,
  { database, now }: { readonly database: Database; readonly now: () => Date },
): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();

  routes.get(
    '/api/v2/runs',
    { schema: { querystring: RunListQuery, response: { 200: RunList } } },
    async ({ query }) => {
      const { limit = 100 } = query;
      const after = readCursor(query.cursor, [isUuid, isUuid]);
      const rows = await database.rows<RunViewRow>(
        listRuns(
          {
            jobId: idIn(query.job, 'job'),
            datasetId: idIn(query.dataset, 'dataset'),
            parentRunId: idIn(query.parent, 'parent'),
            rootRunId: idIn(query.root, 'root'),
            state: query.state ?? null,
            since: query.since === undefined ? null : new Date(query.since),
            until: query.until === undefined ? null : new Date(query.until),
          },
          after && { firstKey: after[0] ?? '', id: after[1] ?? '' },
          limit + 1,
          now(),
        ),
      );
      const page = rows.slice(0, limit);
      const last = rows.length > limit ? page.at(-1) : undefined;
      return { runs: page.map(runItem), next: last ? cursorText([last.first_key, last.id]) : null };
    },
  );

  routes.get(
    '/api/v2/runs/:id',
    { schema: { params: IdPath, response: { 200: RunDetail } } },
    async ({ params }) => {
      const at = now();
      const id = runIdOf(params.id); // a producer's own id, when that is no UUID, is understood too
      const [[row], statement, datasets, children, worst, assertions] = await Promise.all([
        database.rows<RunViewRow>(runsById([id], at)),
        readRunStatement(database, id),
        database.rows<RunDatasetViewRow>(datasetsOfRun(id)),
        database.rows<RunViewRow>(
          listRuns(
            { jobId: null, datasetId: null, rootRunId: null, state: null, parentRunId: id },
            null,
            CHILDREN_SHOWN,
            at,
          ),
        ),
        worstOfRun(database, id, at),
        database.rows<AssertionViewRow>(assertionsOfRuns([id])),
      ]);
      if (!row || !statement)
        throw new Problem('run_not_found', `No event has mentioned the run ${params.id}.`);
      const parent = row.parent_run_id === null ? null : await oneRun(database, row.parent_run_id, at);
      return {
        run: runItem(row),
        inputs: datasets.filter(({ role }) => role === 0).map(runDataset),
        outputs: datasets.filter(({ role }) => role === 1).map(runDataset),
        facets: statement.run,
        inputFacets: [...statement.inputs],
        outputFacets: [...statement.outputs],
        facetsExpired: statement.expired,
        clockAheadSeconds: statement.clockAheadSeconds,
        parent,
        children: children.map(runItem),
        worst,
        errors: errorsOf(row, statement),
        assertions: assertionsOf(assertions),
      };
    },
  );
}

async function oneRun(database: Database, id: Uuid, now: Date): Promise<RunItem | null> {
  const [row] = await database.rows<RunViewRow>(runsById([id], now));
  return row ? runItem(row) : null;
}

/** The run's own error, and what its extractor could not read (ExtractionErrorRunFacet). */
function errorsOf(row: RunViewRow, { run }: RunStatement): { message: string; task: string | null }[] {
  const errors = row.error === null ? [] : [{ message: row.error.message, task: null }];
  const extraction = run['extractionError'];
  const listed =
    typeof extraction === 'object' && extraction !== null && 'errors' in extraction ? extraction.errors : [];
  for (const entry of Array.isArray(listed) ? (listed as unknown[]) : []) {
    if (typeof entry !== 'object' || entry === null) continue;
    const { errorMessage, task } = entry as { errorMessage?: unknown; task?: unknown };
    if (typeof errorMessage === 'string')
      errors.push({
        message: errorMessage,
        task: typeof task === 'string' ? task : null,
      } as (typeof errors)[number]);
  }
  return errors;
}

function idIn(text: string | undefined, name: string): Uuid | null {
  if (text === undefined) return null;
  if (isUuid(text)) return text.toLowerCase();
  throw new Problem('invalid_request', `${name} must be an id; "${text.slice(0, 80)}" is none.`);
}
