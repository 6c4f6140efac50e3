import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { actOnIncident, incidentNamed, type Act } from '#collector/incidents/act.ts';
import type { RunbookRule } from '#collector/incidents/runbook.ts';
import { showIncident } from '#collector/incidents/show.ts';
import { Problem } from '#collector/problems.ts';
import { isUuid } from '#model/ids.ts';
import type { NamingRules } from '#model/naming.ts';
import { markIncident } from '#monitor/marks.ts';
import type { Database } from '#store/database.ts';
import {
  INCIDENT_STATES,
  listIncidents,
  type IncidentRow,
  type IncidentState,
  type ListedIncidentRow,
} from '#store/incidents.ts';
import { findDataset } from './find-dataset.ts';
import { incidentDetail, incidentItem } from './incident-answers.ts';
import { cursorText, readCursor } from './page-cursor.ts';
import { actorOf } from './request-key.ts';
import * as schema from './schema/incidents.ts';
import { strictBodies } from './strict-bodies.ts';

export interface IncidentServices {
  readonly database: Database;
  readonly naming?: NamingRules | undefined;
  readonly runbooks?: readonly RunbookRule[] | undefined;
  readonly now: () => Date;
}

/** /api/v2/incidents: what is wrong, why, whom it touches, and what people do about it. */
export function registerIncidents(app: FastifyInstance, services: IncidentServices): void {
  void app.register(async (scope) => {
    strictBodies(scope);
    addReading(scope, services);
    addActs(scope, services);
  });
}

const ACTIVE: readonly IncidentState[] = ['open', 'acknowledged', 'snoozed'];

function addReading(app: FastifyInstance, { database, naming, runbooks }: IncidentServices): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>();

  api.get('/api/v2/incidents', {
    schema: { querystring: schema.IncidentListQuery, response: { 200: schema.IncidentList } },
    handler: async ({ query }) => {
      const { limit = 100, state = 'active', severity = null, owner = null } = query;
      const [openedAt, id] = readCursor(query.cursor, [isMoment, isUuid]) ?? [];
      const dataset =
        query.dataset === undefined
          ? null
          : await findDataset(database, query.dataset, query.namespace ?? null, naming);
      const rows = await database.rows<ListedIncidentRow>(
        listIncidents({
          states: statesOf(state),
          severity,
          datasetId: dataset?.id ?? null,
          owner,
          after: openedAt === undefined || id === undefined ? null : { openedAt, id },
          limit: limit + 1,
        }),
      );
      const page = rows.slice(0, limit);
      const last = rows.length > limit ? page.at(-1) : undefined;
      return {
        items: page.map((row) => incidentItem(row, row)),
        next: last ? cursorText([last.opened_at.toISOString(), last.id]) : null,
      };
    },
  });

  api.get('/api/v2/incidents/:id', {
    schema: { params: schema.IncidentPath, response: { 200: schema.IncidentDetail } },
    handler: async ({ params }) =>
      incidentDetail(await showIncident(database, await incidentNamed(database, params.id), runbooks)),
  });
}

function addActs(app: FastifyInstance, { database, runbooks, now }: IncidentServices): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>();
  const answer = async (row: IncidentRow): Promise<schema.IncidentDetail> =>
    incidentDetail(await showIncident(database, row, runbooks));
  const act = async (request: Acting, what: Act): Promise<schema.IncidentDetail> =>
    answer(await actOnIncident(database, request.params.id, what, authorOf(request), now()));
  const response = { 200: schema.IncidentDetail };

  api.post('/api/v2/incidents/:id/ack', {
    schema: { params: schema.IncidentPath, body: schema.AckBody, response },
    handler: (request) => act(request, { type: 'acknowledge' }),
  });

  api.post('/api/v2/incidents/:id/snooze', {
    schema: { params: schema.IncidentPath, body: schema.SnoozeBody, response },
    handler: (request) => act(request, { type: 'snooze', until: new Date(request.body.until) }),
  });

  api.post('/api/v2/incidents/:id/assign', {
    schema: { params: schema.IncidentPath, body: schema.AssignBody, response },
    handler: (request) => act(request, { type: 'assign', assignee: request.body.assignee }),
  });

  api.post('/api/v2/incidents/:id/notes', {
    schema: { params: schema.IncidentPath, body: schema.NoteBody, response },
    handler: (request) => act(request, { type: 'note', text: request.body.text }),
  });

  api.post('/api/v2/incidents/:id/resolve', {
    schema: {
      params: schema.IncidentPath,
      body: schema.ResolveBody,
      response: { 200: schema.ResolveAnswer },
    },
    handler: async (request) => {
      const { how, reason } = request.body;
      const author = authorOf(request);
      const { id } = await incidentNamed(database, request.params.id);
      // Before it is resolved: whoever is cut off in between says it again.
      const marks =
        how === 'expected' || how === 'new_normal'
          ? await markIncident(database, id, how, { reason, author }, now())
          : [];
      const row = await actOnIncident(database, id, { type: 'resolve', how, reason }, author, now());
      return { ...(await answer(row)), marks };
    },
  });
}

type Acting = FastifyRequest<{ Params: { id: string }; Body: { author?: string | undefined } }>;

function statesOf(state: IncidentState | 'active' | 'all'): readonly IncidentState[] {
  if (state === 'active') return ACTIVE;
  return state === 'all' ? INCIDENT_STATES.filter((one) => one !== 'merged') : [state];
}

function authorOf(request: FastifyRequest<{ Body: { author?: string | undefined } }>): string {
  const author = actorOf(request, request.body.author);
  if (author !== undefined) return author;
  const detail = 'author is missing; say who does it.';
  throw new Problem('invalid_request', detail, { errors: [{ pointer: '/author', detail }] });
}

const isMoment = (part: string): boolean =>
  /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(part) && !Number.isNaN(Date.parse(part));
