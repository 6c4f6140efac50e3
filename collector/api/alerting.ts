import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { isDead } from '#alerting/deliverer.ts';
import { exampleEvent, type ExampleAlert } from '#alerting/example-event.ts';
import { receiverText, type Routing } from '#alerting/routing.ts';
import { simulate } from '#alerting/simulate.ts';
import { receiverOfRow, silenceOf } from '#alerting/stored.ts';
import { Problem } from '#collector/problems.ts';
import { channelStates, type ChannelRow } from '#store/alert-channels.ts';
import {
  deliveryBacklog,
  listDeliveries,
  type BacklogRow,
  type DeliveryRow,
} from '#store/alert-deliveries.ts';
import { listHolds, standingSilences, type HoldRow, type SilenceRow } from '#store/alert-silences.ts';
import type { Database } from '#store/database.ts';
import * as schema from './schema/alerting.ts';
import { heldOf } from './silences.ts';
import { strictBodies } from './strict-bodies.ts';

export interface AlertingRoutesServices {
  readonly database: Database;
  /** Null: alerting is not configured. */
  readonly routing: Routing | null;
  readonly now: () => Date;
}

/** How to begin. */
export const ALERTING_HINT =
  'Nobody is told of incidents: assay.yaml has no alerting. The commented example in the assay.yaml that comes with Assay shows channels and routes.';

/** /api/v2/routes/simulate, /api/v2/deliveries and /api/v2/alerting: where alerts would go, where they went, and how the channels do. */
export function registerAlerting(app: FastifyInstance, services: AlertingRoutesServices): void {
  void app.register(async (scope) => addRoutes(scope, services));
}

function addRoutes(app: FastifyInstance, { database, routing, now }: AlertingRoutesServices): void {
  strictBodies(app);
  const api = app.withTypeProvider<TypeBoxTypeProvider>();

  api.post('/api/v2/routes/simulate', {
    schema: { body: schema.SimulateBody, response: { 200: schema.Simulation } },
    handler: async ({ body: { at, ...alert } }) => {
      if (routing === null) throw new Problem('not_found', ALERTING_HINT);
      const moment = at === undefined ? now() : new Date(at);
      const silences = (await database.rows<SilenceRow>(standingSilences(moment))).map(silenceOf);
      const {
        visits,
        now: sent,
        held,
        later,
      } = simulate(exampleEvent(alert as ExampleAlert, moment), { routing, silences, now: moment });
      return { visits: [...visits], now: [...sent], held: [...held], later: [...later] };
    },
  });

  api.get('/api/v2/deliveries', {
    schema: { querystring: schema.DeliveryQuery, response: { 200: schema.DeliveryList } },
    handler: async ({ query: { incident = null, state = null, channel = null, limit = 100 } }) => {
      const rows = await database.rows<DeliveryRow>(listDeliveries({ incident, state, channel }, limit));
      const holds = incident === null ? [] : await database.rows<HoldRow>(listHolds(incident, null, limit));
      return { items: rows.map(deliveryOf), held: holds.map(heldOf) };
    },
  });

  api.get('/api/v2/alerting', {
    schema: { response: { 200: schema.AlertingStatus } },
    handler: async () => {
      if (routing === null) return { configured: false, hint: ALERTING_HINT, channels: [] };
      const names = [...routing.channels.keys()];
      const states = new Map(
        (await database.rows<ChannelRow>(channelStates(names))).map((row) => [row.name, row]),
      );
      const backlog = new Map(
        (await database.rows<BacklogRow>(deliveryBacklog())).map((row) => [row.channel, row]),
      );
      return {
        configured: true,
        hint: null,
        channels: [...routing.channels].map(([name, { kind }]) => {
          const state = states.get(name);
          return {
            name,
            kind,
            up: state === undefined || !isDead(state, now()),
            failures: state?.failures ?? 0,
            lastSuccessAt: state?.last_success_at?.toISOString() ?? null,
            lastError: state?.last_error ?? null,
            waiting: backlog.get(name)?.waiting ?? 0,
            dead: backlog.get(name)?.dead ?? 0,
          };
        }),
      };
    },
  });
}

function deliveryOf(row: DeliveryRow) {
  return {
    key: row.key,
    receiver: receiverText(receiverOfRow(row)),
    kind: row.kind,
    incidents: [...row.incident_ids],
    summary: row.summary,
    because: row.because,
    state: row.state,
    attempts: row.attempts,
    nextAt: row.state === 'waiting' ? row.next_at.toISOString() : null,
    error: row.last_error,
    createdAt: row.created_at.toISOString(),
    settledAt: row.settled_at?.toISOString() ?? null,
  };
}
