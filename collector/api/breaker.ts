import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import type { GateServices } from '#gate/services.ts';
import { pausesOf, standingBreaches, type BreachRow, type FeedPauseRow } from '#store/feed-pauses.ts';
import { datasetOf } from './gate-dataset.ts';
import { DatasetParams, NamespaceQuery } from './schema/gates.ts';

const Moment = Type.String({ format: 'date-time' });
const Breach = Type.Object({
  id: Type.String(),
  /** checks, objectives or freeze. */
  kind: Type.String(),
  message: Type.String(),
});

export const BreakerAnswer = Type.Object({
  /** What stands broken now, whatever the target is paused for. */
  breaches: Type.Array(Breach),
  /** Pauses of loads that feed the dataset, the last first. */
  items: Type.Array(
    Type.Object({
      id: Type.String(),
      load: Type.String(),
      target: Type.String(),
      /** pausing, paused, resuming, released, overridden, foreign or ended. */
      state: Type.String(),
      reasons: Type.Array(Breach),
      /** The warehouse's words, or what went wrong. */
      detail: Type.String(),
      begunAt: Moment,
      changedAt: Moment,
    }),
  ),
});
export type BreakerAnswer = Static<typeof BreakerAnswer>;

const MOST = 100;

/** GET /api/v2/gates/{dataset}/breaker: the loads that feed a dataset and were paused, and why. */
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
        items: pauses.map((row) => ({
          id: row.id,
          load: row.feed,
          target: `${row.warehouse}:${row.target}`,
          state: row.state,
          reasons: row.breaches.map(({ id, kind, message }) => ({ id, kind, message })),
          detail: row.detail,
          begunAt: row.begun_at.toISOString(),
          changedAt: row.changed_at.toISOString(),
        })),
      };
    },
  });
}
