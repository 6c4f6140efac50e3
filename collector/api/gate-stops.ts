import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { freezeHistory, setFreeze } from '#gate/freeze.ts';
import type { GateServices } from '#gate/services.ts';
import { gateEventsOf, type GateEventRow } from '#store/gate-events.ts';
import type { FreezeRow } from '#store/gate-freezes.ts';
import { freezeItem } from './gate-answers.ts';
import { datasetOf } from './gate-dataset.ts';
import { actorOf } from './request-key.ts';
import * as schema from './schema/gates.ts';

const MOST_EVENTS = 100;

/** The stop button: POST freeze and unfreeze, GET freezes. */
export function addFreezeRoutes(app: FastifyInstance, services: GateServices): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>();
  for (const action of ['freeze', 'unfreeze'] as const)
    api.post(`/api/v2/gates/:dataset/${action}`, {
      schema: {
        params: schema.DatasetParams,
        querystring: schema.NamespaceQuery,
        body: schema.FreezeBody,
        response: { 200: schema.FreezeList },
      },
      handler: async (request) => {
        const datasetId = await datasetOf(services, request.params.dataset, request.query.namespace);
        const author = actorOf(request, request.body.requestedBy ?? '');
        await setFreeze(services, { datasetId, action, reason: request.body.reason, author }, new Date());
        return freezeList(await freezeHistory(services, datasetId));
      },
    });
  api.get('/api/v2/gates/:dataset/freezes', {
    schema: {
      params: schema.DatasetParams,
      querystring: schema.NamespaceQuery,
      response: { 200: schema.FreezeList },
    },
    handler: async (request) => {
      const datasetId = await datasetOf(services, request.params.dataset, request.query.namespace);
      return freezeList(await freezeHistory(services, datasetId));
    },
  });
}

/** What completed runs brought to a gate by themselves. */
export function addEventRoute(app: FastifyInstance, services: GateServices): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get('/api/v2/gates/:dataset/events', {
    schema: {
      params: schema.DatasetParams,
      querystring: schema.NamespaceQuery,
      response: { 200: schema.GateEventList },
    },
    handler: async (request) => {
      const datasetId = await datasetOf(services, request.params.dataset, request.query.namespace);
      const rows = await services.database.rows<GateEventRow>(gateEventsOf(datasetId, MOST_EVENTS));
      return {
        items: rows.map((row) => ({
          runId: row.run_id,
          partition: row.partition,
          candidate: row.candidate_ref,
          evaluationId: row.evaluation_id,
          fault: row.fault,
          at: row.noted_at.toISOString(),
        })),
      };
    },
  });
}

function freezeList(rows: readonly FreezeRow[]): schema.FreezeList {
  return { frozen: rows[0]?.action === 'freeze', items: rows.map(freezeItem) };
}
