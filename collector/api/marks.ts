import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '#collector/problems.ts';
import { isUuid } from '#model/ids.ts';
import type { NamingRules } from '#model/naming.ts';
import { addNewMark, takeBackMark } from '#monitor/marks.ts';
import { nearest } from '#rules/spelling.ts';
import type { Database } from '#store/database.ts';
import type { NamedDatasetRow } from '#store/lineage.ts';
import { listMarks, type MarkRow } from '#store/marks.ts';
import { watchedOf, type WatchedRow } from '#store/verdicts.ts';
import { findDataset } from './find-dataset.ts';
import { cursorText, readCursor } from './page-cursor.ts';
import { actorOf } from './request-key.ts';
import * as schema from './schema/marks.ts';
import { strictBodies } from './strict-bodies.ts';

export interface MarkServices {
  readonly database: Database;
  readonly naming?: NamingRules | undefined;
  readonly now: () => Date;
}

/** /api/v2/datasets/:dataset/marks: what people say of what the detectors found. */
export function registerMarks(app: FastifyInstance, services: MarkServices): void {
  void app.register(async (scope) => addRoutes(scope, services));
}

function addRoutes(app: FastifyInstance, { database, naming, now }: MarkServices): void {
  strictBodies(app);
  const api = app.withTypeProvider<TypeBoxTypeProvider>();
  const find = (dataset: string, namespace: string | undefined): Promise<NamedDatasetRow> =>
    findDataset(database, dataset, namespace ?? null, naming);

  api.get('/api/v2/datasets/:dataset/marks', {
    schema: {
      params: schema.MarksPath,
      querystring: schema.MarkListQuery,
      response: { 200: schema.MarkList },
    },
    handler: async ({ params, query }) => {
      const { limit = 100, partition = null, withdrawn = false } = query;
      const dataset = await find(params.dataset, query.namespace);
      const [markedAt, id] = readCursor(query.cursor, [isMoment, isUuid]) ?? [];
      const after = markedAt === undefined || id === undefined ? null : { markedAt, id };
      const rows = await database.rows<MarkRow>(
        listMarks(dataset.id, { partition, withdrawn, after }, limit + 1),
      );
      const page = rows.slice(0, limit);
      const last = rows.length > limit ? page.at(-1) : undefined;
      return {
        dataset: nameOf(dataset),
        items: page.map(itemOf),
        next: last ? cursorText([last.marked_at.toISOString(), last.id]) : null,
      };
    },
  });

  api.post('/api/v2/datasets/:dataset/marks', {
    schema: {
      params: schema.MarksPath,
      querystring: schema.InNamespace,
      body: schema.MarkBody,
      response: { 201: schema.MarkAnswer },
    },
    handler: async (request, reply) => {
      const { kind, partition, metric = null, reason } = request.body;
      const author = authorOf(request);
      const dataset = await find(request.params.dataset, request.query.namespace);
      const watched = await database.rows<WatchedRow>(watchedOf(dataset.id, partition));
      refuseUnknown(watched, dataset.name, partition, metric);
      const said = { kind, partition, metric, reason, author };
      const mark = await addNewMark(database, { datasetId: dataset.id, ...said }, now());
      const { id, markedAt } = mark;
      const item = { id, ...said, markedAt: markedAt.toISOString(), withdrawn: null };
      return reply.code(201).send({ dataset: nameOf(dataset), mark: item });
    },
  });

  api.post('/api/v2/datasets/:dataset/marks/:mark/withdrawal', {
    schema: {
      params: schema.MarkPath,
      querystring: schema.InNamespace,
      body: schema.WithdrawalBody,
      response: { 200: schema.MarkAnswer },
    },
    handler: async (request) => {
      const { params, body } = request;
      const author = authorOf(request);
      const dataset = await find(params.dataset, request.query.namespace);
      const taken = await takeBackMark(
        database,
        dataset.id,
        params.mark,
        { reason: body.reason, author },
        now(),
      );
      if (!taken)
        throw new Problem(
          'not_found',
          `${dataset.name} has no mark ${params.mark}; GET /api/v2/datasets/{dataset}/marks lists them.`,
        );
      const item = itemOf(taken.mark);
      if (!taken.fresh)
        throw new Problem(
          'conflict',
          `${item.withdrawn?.author ?? 'Somebody'} took this mark back at ${item.withdrawn?.at ?? 'an earlier time'}.`,
        );
      return { dataset: nameOf(dataset), mark: item };
    },
  });
}

/** A mark on what nothing has been judged of is a slip of the pen: it says where. */
function refuseUnknown(
  watched: readonly WatchedRow[],
  dataset: string,
  partition: string,
  metric: string | null,
): void {
  if (watched.length === 0)
    throw invalid(
      '/partition',
      `${dataset} has no partition "${partition}" that was judged; write it as column=value: dt=2026-01-31.`,
    );
  if (metric === null || watched.some((one) => one.metric === metric)) return;
  const names = watched.map((one) => one.metric);
  const meant = nearest(metric, names);
  throw invalid(
    '/metric',
    `${dataset} ${partition} has no metric "${metric}"; ${meant === null ? `there are ${names.slice(0, 20).join(', ')}` : `is ${meant} meant?`}`,
  );
}

function invalid(pointer: string, detail: string): Problem {
  return new Problem('invalid_request', detail, { errors: [{ pointer, detail }] });
}

function authorOf(request: FastifyRequest<{ Body: { author?: string | undefined } }>): string {
  const author = actorOf(request, request.body.author);
  if (author === undefined) throw invalid('/author', 'author is missing; say who says so.');
  return author;
}

function itemOf(row: MarkRow): schema.MarkItem {
  const { id, kind, partition, metric, reason, author, marked_at: markedAt } = row;
  return {
    id,
    kind,
    partition,
    metric,
    reason,
    author,
    markedAt: markedAt.toISOString(),
    withdrawn:
      row.withdrawn_at === null
        ? null
        : {
            author: row.withdrawn_by ?? '',
            reason: row.withdrawal_reason ?? '',
            at: row.withdrawn_at.toISOString(),
          },
  };
}

const nameOf = ({
  id,
  namespace,
  name,
}: NamedDatasetRow): { id: string; namespace: string; name: string } => ({
  id,
  namespace,
  name,
});

const isMoment = (part: string): boolean =>
  /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(part) && !Number.isNaN(Date.parse(part));
