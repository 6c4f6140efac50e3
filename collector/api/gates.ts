import { setTimeout as sleep } from 'node:timers/promises';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '#collector/problems.ts';
import { readContractFault } from '#gate/contract-faults.ts';
import { findContract } from '#gate/contracts.ts';
import { evaluateCandidate } from '#gate/evaluate.ts';
import { ContractBook } from '#gate/contract-book.ts';
import { freezeOf, frozenReason } from '#gate/freeze.ts';
import { publishEvaluation } from '#gate/publish.ts';
import { publishTogether } from '#gate/publish-together.ts';
import { rollbackPartition } from '#gate/rollback.ts';
import type { GateServices } from '#gate/services.ts';
import { startEvaluation } from '#gate/start-evaluation.ts';
import { evaluationStatus, partitionStatus, type EvaluationStatus } from '#gate/status.ts';
import { readWaiting } from '#gate/waiting.ts';
import { grantWaiver, requestWaiver } from '#gate/waive.ts';
import { isUuid, type Uuid } from '#model/ids.ts';
import type { EvaluationRow } from '#store/evaluations.ts';
import { hallmarks, type HallmarkRow } from '#store/publications.ts';
import { contractFaultItem } from './contract-answers.ts';
import {
  evaluationAnswer,
  freezeItem,
  hallmarkItem,
  publicationAnswer,
  waiverAnswer,
} from './gate-answers.ts';
import { addBreakerRoute } from './breaker.ts';
import { requireScope } from './authenticate.ts';
import { actorOf } from './request-key.ts';
import { addDecisionPage } from './decision-page.ts';
import { datasetOf } from './gate-dataset.ts';
import { addEventRoute, addFreezeRoutes } from './gate-stops.ts';
import { strictBodies } from './strict-bodies.ts';
import * as schema from './schema/gates.ts';

const EVALUATION = {
  200: schema.EvaluationAnswer,
  201: schema.EvaluationAnswer,
  202: schema.EvaluationAnswer,
};

/** The gate under /api/v2/gates and /api/v2/publications. Time is taken once per request. */
export function registerGateRoutes(app: FastifyInstance, services: GateServices): void {
  void app.register(async (scope) => {
    strictBodies(scope);
    addRoutes(scope, services);
  });
}

function addRoutes(app: FastifyInstance, services: GateServices): void {
  const book = new ContractBook();
  addFreezeRoutes(app, services);
  addEventRoute(app, services);
  addDecisionPage(app, services);
  addBreakerRoute(app, services);
  const api = app.withTypeProvider<TypeBoxTypeProvider>();

  api.post('/api/v2/gates/:dataset/evaluations', {
    schema: {
      params: schema.DatasetParams,
      querystring: schema.NamespaceQuery,
      body: schema.EvaluationBody,
      response: EVALUATION,
    },
    handler: async (request, reply) => {
      const now = new Date();
      const { publish = false, mode = 'sync', waitSeconds = 0, ...asked } = request.body;
      if (publish) requireScope(request, reply, 'gate:publish');
      const requestedBy = actorOf(request, asked.requestedBy ?? null);
      const order = { ...asked, ...(requestedBy !== null && { requestedBy }) };
      const { dataset_id: datasetId } = await findContract(
        services,
        request.params.dataset,
        request.query.namespace ?? null,
      );
      const finish = (row: EvaluationRow) => publishAllowed(services, row, publish, requestedBy, now);
      if (mode === 'async') {
        const { id, done } = await startEvaluation(services, { ...order, datasetId }, now);
        const ended = done.then(finish);
        ended.catch((error: unknown) =>
          request.log.error({ err: error }, 'an evaluation in the background did not end well'),
        );
        const inTime = await Promise.race([ended.then(() => true), sleep(waitSeconds * 1000, false)]);
        void reply.code(inTime ? 200 : 202);
        return evaluationAnswer(await evaluationStatus(services, id));
      }
      const row = await evaluateCandidate(services, { ...order, datasetId }, now);
      await finish(row);
      // 200 where the idempotency key brought back an earlier one.
      void reply.code(row.requested_at.getTime() === now.getTime() ? 201 : 200);
      return evaluationAnswer(await evaluationStatus(services, row.id));
    },
  });

  api.get('/api/v2/gates/evaluations/:id', {
    schema: { params: schema.IdParams, querystring: schema.WaitQuery, response: EVALUATION },
    handler: async (request) =>
      evaluationAnswer(await waitFor(services, request.params.id, request.query.wait ?? 0)),
  });

  api.post('/api/v2/gates/evaluations/:id/publish', {
    schema: {
      params: schema.IdParams,
      body: schema.PublishBody,
      response: { 200: schema.PublicationAnswer },
    },
    handler: async (request) =>
      publicationAnswer(
        await publishEvaluation(services, uuidOf(request.params.id), byActor(request), new Date()),
      ),
  });

  api.post('/api/v2/gates/evaluations/:id/waivers', {
    schema: { params: schema.IdParams, body: schema.WaiverBody, response: { 201: schema.WaiverAnswer } },
    handler: async (request, reply) => {
      const requestedBy = actorOf(request, request.body.requestedBy ?? '');
      const asked = { ...request.body, requestedBy, expiresAt: new Date(request.body.expiresAt) };
      const waiver = await requestWaiver(services, request.params.id, asked, new Date());
      return reply.code(201).send(waiverAnswer(waiver));
    },
  });

  api.post('/api/v2/gates/waivers/:id/approve', {
    schema: { params: schema.IdParams, body: schema.ApproveBody, response: { 200: schema.ApprovalAnswer } },
    handler: async (request) => {
      const person = actorOf(request, request.body.approvedBy ?? '');
      const granted = await grantWaiver(services, request.params.id, person, new Date());
      const evaluations = [];
      for (const id of granted.evaluations)
        evaluations.push(evaluationAnswer(await evaluationStatus(services, id)));
      return { waiver: waiverAnswer(granted.waiver), evaluations };
    },
  });

  api.get('/api/v2/gates/:dataset/decision', {
    schema: {
      params: schema.DatasetParams,
      querystring: schema.DecisionQuery,
      response: { 200: schema.DecisionAnswer },
    },
    handler: async (request) => {
      const partition = request.query.partition ?? '';
      const datasetId = await datasetOf(services, request.params.dataset, request.query.namespace);
      const { evaluation, published, freeze } = await partitionStatus(services, datasetId, partition);
      const fault = await readContractFault(services, datasetId);
      return {
        datasetId,
        partition,
        decision: evaluation?.decision ?? (freeze === null ? 'unknown' : 'block'),
        state: evaluation?.row.state ?? null,
        evaluationId: evaluation?.row.id ?? null,
        candidateVersion: evaluation?.row.candidate_version ?? null,
        reasons:
          evaluation === null && freeze !== null
            ? [{ ...frozenReason(freeze), holds: true }]
            : [...(evaluation?.reasons ?? [])],
        published: published && publicationAnswer(published),
        contractError: fault && contractFaultItem(fault),
        frozen: freeze && freezeItem(freeze),
      };
    },
  });

  api.post('/api/v2/gates/:dataset/rollback', {
    schema: {
      params: schema.DatasetParams,
      querystring: schema.NamespaceQuery,
      body: schema.RollbackBody,
      response: { 200: schema.PublicationAnswer },
    },
    handler: async (request) => {
      const datasetId = await datasetOf(services, request.params.dataset, request.query.namespace);
      return publicationAnswer(
        await rollbackPartition(services, { ...byActor(request), datasetId }, new Date()),
      );
    },
  });

  api.post('/api/v2/publications', {
    schema: { body: schema.PublishTogetherBody, response: { 200: schema.PublicationList } },
    handler: async (request) => {
      const { evaluations } = request.body;
      const by = actorOf(request, request.body.requestedBy ?? null);
      const rows = await publishTogether(services, evaluations, by, new Date());
      return { items: rows.map(publicationAnswer) };
    },
  });

  api.get('/api/v2/publications', {
    schema: { querystring: schema.PublicationsQuery, response: { 200: schema.HallmarkList } },
    handler: async (request) => {
      const { state = null, dataset, namespace, limit = 100, cursor } = request.query;
      const datasetId = dataset === undefined ? null : await datasetOf(services, dataset, namespace);
      const after = cursor === undefined ? null : readCursor(cursor);
      const rows = await services.database.rows<HallmarkRow>(hallmarks({ state, datasetId, limit, after }));
      const last = rows.length === limit ? rows.at(-1) : undefined;
      const waiting = new Map(
        (await readWaiting(services, book, new Date())).map((one) => [one.evaluation_id, one]),
      );
      return {
        items: rows.map((row) => hallmarkItem(row, waiting.get(row.evaluation_id))),
        next: last ? `${last.requested_at.toISOString()}_${last.evaluation_id}` : null,
      };
    },
  });
}

/** Publishes what was allowed, where that was asked for; a frozen gate publishes nothing and says so in its answer. */
async function publishAllowed(
  services: GateServices,
  row: EvaluationRow,
  publish: boolean,
  requestedBy: string | null,
  now: Date,
): Promise<void> {
  if (!publish || row.decision !== 'allow' || row.state === 'superseded' || row.candidate_version === null)
    return;
  if ((await freezeOf(services.database, row.dataset_id)) !== null) return;
  const expectedVersion = row.candidate_version;
  await publishEvaluation(services, row.id, { expectedVersion, requestedBy }, now);
}

/** The body, by the one who really acts. */
function byActor<T extends { readonly requestedBy?: string }>(request: FastifyRequest & { body: T }): T {
  return request.key ? { ...request.body, requestedBy: request.key.name } : request.body;
}

const POLL_MS = 250;
const RUNNING = new Set(['pending', 'running']);

/** The evaluation as soon as it has ended, or as it is after `seconds`. */
async function waitFor(services: GateServices, id: string, seconds: number): Promise<EvaluationStatus> {
  const until = performance.now() + seconds * 1000;
  let found = await evaluationStatus(services, id);
  while (RUNNING.has(found.row.state) && performance.now() < until) {
    await sleep(POLL_MS);
    found = await evaluationStatus(services, id);
  }
  return found;
}

function uuidOf(id: string): Uuid {
  if (isUuid(id)) return id;
  throw new Problem('evaluation_not_found', `There is no evaluation ${id}.`);
}

function readCursor(cursor: string): { readonly requestedAt: Date; readonly id: Uuid } {
  const [time = '', id = ''] = cursor.split('_');
  const requestedAt = new Date(time);
  if (isUuid(id) && !Number.isNaN(requestedAt.getTime())) return { requestedAt, id };
  throw new Problem('invalid_request', 'cursor is not one that this list gave; leave it out to begin.');
}
