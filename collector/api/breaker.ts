import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { GateServices } from '#gate/services.ts';
import {
  openPauses,
  pausesOf,
  standingBreaches,
  type BreachRow,
  type FeedPauseRow,
  type OpenPauseRow,
} from '#store/feed-pauses.ts';
import { datasetOf } from './gate-dataset.ts';
import { BreakerAnswer, OpenPauses, type Pause } from './schema/breaker.ts';
import { DatasetParams, NamespaceQuery } from './schema/gates.ts';

const MOST = 100;

/**
 * GET /api/v2/gates/{dataset}/breaker: the loads that feed a dataset and were paused, and why; GET /api/v2/breaker:
 * those of all datasets that stand still now.
 */
export function addBreakerRoute(app: FastifyInstance, services: GateServices): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get('/api/v2/gates/:dataset/breaker', {
    schema: { params: DatasetParams, querystring: NamespaceQuery, response: { 200: BreakerAnswer } },
    handler: async (request) => {
      const datasetId = await datasetOf(services, request.params.dataset, request.query.namespace);
      const [breaches, pauses] = await Promise.all([
        services.database.rows<BreachRow>(standingBreaches([datasetId], MOST)),
        services.database.rows<FeedPauseRow>(pausesOf(datasetId, MOST)),
      ]);
      return {
        breaches: breaches.map(({ id, kind, message }) => ({ id, kind, message })),
        items: pauses.map(pauseItem),
      };
    },
  });

  app.withTypeProvider<TypeBoxTypeProvider>().get('/api/v2/breaker', {
    schema: { response: { 200: OpenPauses } },
    handler: async () => {
      const rows = await services.database.rows<OpenPauseRow>(openPauses(MOST));
      return {
        items: rows.map((row) => ({
          ...pauseItem(row),
          datasetId: row.dataset_id,
          namespace: row.namespace,
          dataset: row.dataset ?? row.dataset_id,
        })),
      };
    },
  });
}

function pauseItem(row: FeedPauseRow): Pause {
  return {
    id: row.id,
    load: row.feed,
    target: `${row.warehouse}:${row.target}`,
    state: row.state,
    reasons: row.breaches.map(({ id, kind, message }) => ({ id, kind, message })),
    detail: row.detail,
    begunAt: row.begun_at.toISOString(),
    changedAt: row.changed_at.toISOString(),
  };
}
