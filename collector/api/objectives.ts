import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { isUuid } from '#model/ids.ts';
import type { NamingRules } from '#model/naming.ts';
import { budgetOf, burnRate, TARGET } from '#rules/objective/budget.ts';
import type { Database } from '#store/database.ts';
import {
  listObjectives,
  objectivePeriods,
  type ObjectivePeriodRow,
  type ObjectiveRow,
} from '#store/objectives.ts';
import { findDataset } from './find-dataset.ts';
import { cursorText, isText, readCursor } from './page-cursor.ts';
import * as schema from './schema/objectives.ts';

export interface ObjectiveRouteServices {
  readonly database: Database;
  readonly naming?: NamingRules | undefined;
  readonly now: () => Date;
}

const SHOWN = 100;
const PERIODS_SHOWN = 60;
const MOST_OF_ONE = 100;

/** GET /api/v2/objectives, the board of promises in time, and those of one dataset with what became of them. */
export function registerObjectives(
  app: FastifyInstance,
  { database, naming, now }: ObjectiveRouteServices,
): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();

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
        items: page.map((row) => itemOf(row, at)),
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
      const objectives = rows.map((row) => ({
        ...itemOf(row, at),
        periods: periods
          .filter((one) => one.dataset_id === row.dataset_id && one.name === row.name)
          .map(periodOf),
      }));
      return { dataset: { id, namespace: within, name }, objectives };
    },
  );
}

function itemOf(row: ObjectiveRow, now: Date): schema.ObjectiveItem {
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
      target: TARGET,
      due: month.total,
      broken: month.bad,
      left: budgetOf(month).left,
      burnWeek: burnRate(week),
      burnMonth: burnRate(month),
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
