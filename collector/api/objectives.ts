import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { isUuid } from '#model/ids.ts';
import type { NamingRules } from '#model/naming.ts';
import { datasetFacts } from '#collector/incidents/dataset-facts.ts';
import { budgetOf, burnRate } from '#rules/objective/budget.ts';
import { targetsOf, type ObjectiveTargets } from '#rules/objective/targets.ts';
import type { Database } from '#store/database.ts';
import {
  listObjectives,
  objectivePeriods,
  type ObjectivePeriodRow,
  type ObjectiveRow,
} from '#store/objectives.ts';
import { addProgress } from '#store/stream-progress.ts';
import { findDataset } from './find-dataset.ts';
import { cursorText, isText, readCursor } from './page-cursor.ts';
import * as schema from './schema/objectives.ts';
import { strictBodies } from './strict-bodies.ts';

export interface ObjectiveRouteServices {
  readonly database: Database;
  readonly naming?: NamingRules | undefined;
  readonly targets?: ObjectiveTargets | undefined;
  readonly now: () => Date;
}

const SHOWN = 100;
const PERIODS_SHOWN = 60;
const MOST_OF_ONE = 100;

/**
 * GET /api/v2/objectives, the board of promises in time, and those of one dataset with what became of them. POST
 * /api/v2/datasets/{dataset}/progress: a stream says how far it has come.
 */
export function registerObjectives(
  app: FastifyInstance,
  { database, naming, targets = targetsOf(), now }: ObjectiveRouteServices,
): void {
  const items = async (rows: readonly ObjectiveRow[], at: Date): Promise<schema.ObjectiveItem[]> => {
    const facts = await datasetFacts(
      database,
      rows.map((row) => row.dataset_id),
    );
    return rows.map((row) => itemOf(row, targets[facts.get(row.dataset_id)?.tier ?? 3], at));
  };
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();
  registerProgress(app, { database, naming, now });

  routes.get(
    '/api/v2/objectives',
    { schema: { querystring: schema.ObjectiveListQuery, response: { 200: schema.ObjectiveList } } },
    async ({ query: { state = null, limit = SHOWN, cursor } }) => {
      const [id, name] = readCursor(cursor, [isUuid, isText]) ?? [];
      const after = id === undefined || name === undefined ? null : ([id, name] as const);
      const at = now();
      const rows = await database.rows<ObjectiveRow>(
        listObjectives({ datasetId: null, state, after, limit: limit + 1 }, at),
      );
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        items: await items(page, at),
        next: rows.length > limit && last ? cursorText([last.dataset_id, last.name]) : null,
      };
    },
  );

  routes.get(
    '/api/v2/datasets/:dataset/objectives',
    {
      schema: {
        params: schema.ObjectivesPath,
        querystring: schema.DatasetObjectivesQuery,
        response: { 200: schema.DatasetObjectives },
      },
    },
    async ({ params, query: { namespace = null, limit = PERIODS_SHOWN } }) => {
      const { id, namespace: within, name } = await findDataset(database, params.dataset, namespace, naming);
      const at = now();
      const filter = { datasetId: id, state: null, after: null, limit: MOST_OF_ONE };
      const [rows, periods] = await Promise.all([
        database.rows<ObjectiveRow>(listObjectives(filter, at)),
        database.rows<ObjectivePeriodRow>(objectivePeriods(id, limit)),
      ]);
      const objectives = (await items(rows, at)).map((item) => ({
        ...item,
        periods: periods
          .filter((one) => one.dataset_id === item.datasetId && one.name === item.name)
          .map(periodOf),
      }));
      return { dataset: { id, namespace: within, name }, objectives };
    },
  );
}

/** What a stream says of itself: its samples are what a promise of `lag` is judged by. */
function registerProgress(app: FastifyInstance, { database, naming, now }: ObjectiveRouteServices): void {
  void app.register(async (scope) => {
    strictBodies(scope);
    scope.withTypeProvider<TypeBoxTypeProvider>().post(
      '/api/v2/datasets/:dataset/progress',
      {
        schema: {
          params: schema.ObjectivesPath,
          querystring: schema.ProgressQuery,
          body: schema.ProgressBody,
          response: { 200: schema.ProgressAnswer },
        },
      },
      async ({ params, query: { namespace = null }, body }) => {
        const { id } = await findDataset(database, params.dataset, namespace, naming);
        const at = now();
        // A statement must not meet the same moment twice.
        const samples = new Map(
          body.samples.map((sample) => {
            const taken = sample.at === undefined ? at : new Date(sample.at);
            const processedTo = sample.processedTo === null ? null : new Date(sample.processedTo);
            return [+taken, { at: taken, processedTo, sourceOffset: sample.sourceOffset ?? null }];
          }),
        );
        return { datasetId: id, kept: await database.execute(addProgress(id, [...samples.values()])) };
      },
    );
  });
}

function itemOf(row: ObjectiveRow, target: number, now: Date): schema.ObjectiveItem {
  const { month, week } = row;
  const isMissed = row.state === 'missed' || (row.state === 'cannot_tell' && row.due_at !== null);
  const soFar =
    isMissed && row.landed_at === null && row.due_at !== null ? (+now - +row.due_at) / 1000 : null;
  return {
    datasetId: row.dataset_id,
    namespace: row.namespace,
    dataset: row.dataset,
    owner: row.owner,
    name: row.name,
    promise: row.promise.text,
    state: row.state,
    why: row.why,
    period: row.period,
    partition: row.partition === '' ? null : row.partition,
    dueAt: row.due_at?.toISOString() ?? null,
    landedAt: row.landed_at?.toISOString() ?? null,
    lateSeconds: row.late_seconds ?? (soFar !== null && soFar > 0 ? soFar : null),
    expectedAt: row.state === 'at_risk' ? (row.expected_at?.toISOString() ?? null) : null,
    blocking:
      row.state === 'at_risk' && row.blocking_id !== null
        ? { id: row.blocking_id, name: row.blocking }
        : null,
    budget: {
      target,
      due: month.total,
      broken: month.bad,
      left: budgetOf(month, target).left,
      burnWeek: burnRate(week, target),
      burnMonth: burnRate(month, target),
    },
    since: row.since.toISOString(),
    judgedAt: row.judged_at?.toISOString() ?? null,
    nextAt: row.next_at.toISOString(),
  };
}

function periodOf(
  row: ObjectivePeriodRow,
): schema.DatasetObjectives['objectives'][number]['periods'][number] {
  return {
    period: row.period,
    partition: row.partition,
    dueAt: row.due_at.toISOString(),
    state: row.state,
    landedAt: row.landed_at?.toISOString() ?? null,
    lateSeconds: row.late_seconds,
    message: row.message,
    predictedAt: row.predicted_at?.toISOString() ?? null,
    warning: row.warning,
  };
}
