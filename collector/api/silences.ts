import { randomUUID } from 'node:crypto';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { MATCH_FIELDS } from '#alerting/matcher.ts';
import { receiverText } from '#alerting/routing.ts';
import { receiverOfRow } from '#alerting/stored.ts';
import { Problem } from '#collector/problems.ts';
import { nearest } from '#rules/spelling.ts';
import { lookAtAllAlerts } from '#store/alert-incidents.ts';
import {
  addSilence,
  endSilence,
  listHolds,
  listSilences,
  silenceById,
  type HoldRow,
  type SilenceRow,
} from '#store/alert-silences.ts';
import type { Database } from '#store/database.ts';
import { actorOf } from './request-key.ts';
import * as schema from './schema/alerting.ts';
import { strictBodies } from './strict-bodies.ts';

export interface SilenceServices {
  readonly database: Database;
  readonly now: () => Date;
}

/** A silence is for a time that somebody can oversee. */
const LONGEST_MS = 90 * 24 * 60 * 60_000;

/** /api/v2/silences: what need not call anybody, by whom, why and until when. */
export function registerSilences(app: FastifyInstance, services: SilenceServices): void {
  void app.register(async (scope) => addRoutes(scope, services));
}

function addRoutes(app: FastifyInstance, { database, now }: SilenceServices): void {
  strictBodies(app);
  const api = app.withTypeProvider<TypeBoxTypeProvider>();
  const find = async (id: string): Promise<SilenceRow> => {
    const [row] = await database.rows<SilenceRow>(silenceById(id));
    if (row === undefined)
      throw new Problem('not_found', `There is no silence ${id}; GET /api/v2/silences?over=true lists them.`);
    return row;
  };

  api.get('/api/v2/silences', {
    schema: { querystring: schema.SilenceListQuery, response: { 200: schema.SilenceList } },
    handler: async ({ query: { over = false, limit = 100 } }) => {
      const rows = await database.rows<SilenceRow>(listSilences(over, limit, now()));
      return { items: rows.map((row) => itemOf(row, now())) };
    },
  });

  api.get('/api/v2/silences/:id', {
    schema: { params: schema.SilencePath, response: { 200: schema.SilenceAnswer } },
    handler: async ({ params: { id } }) => {
      const row = await find(id);
      const holds = await database.rows<HoldRow>(listHolds(null, id, 1000));
      return { silence: itemOf(row, now()), held: holds.map(heldOf) };
    },
  });

  api.post('/api/v2/silences', {
    schema: { body: schema.SilenceBody, response: { 201: schema.SilenceItem } },
    handler: async (request, reply) => {
      const { match, comment, startsAt, endsAt } = request.body;
      const at = now();
      const author = actorOf(request, request.body.author);
      if (author === undefined) throw invalid('/author', 'author is missing; say who says so.');
      refuseMatch(match);
      const begin = startsAt === undefined ? at : new Date(startsAt);
      const end = new Date(endsAt);
      if (end <= begin || end <= at)
        throw invalid('/endsAt', 'endsAt must lie after startsAt, and in the future.');
      if (end.getTime() - begin.getTime() > LONGEST_MS)
        throw invalid(
          '/endsAt',
          'A silence lasts 90 days at most; what is to be silent for ever needs another route.',
        );
      const id = randomUUID();
      const silence = { id, match, author, comment, starts_at: begin, ends_at: end };
      await database.execute(addSilence(silence, at));
      return reply.code(201).send(itemOf({ ...silence, created_at: at, ended_by: null, held: 0 }, at));
    },
  });

  api.post('/api/v2/silences/:id/end', {
    schema: { params: schema.SilencePath, body: schema.EndBody, response: { 200: schema.SilenceItem } },
    handler: async (request) => {
      const { id } = request.params;
      const row = await find(id);
      const at = now();
      const by = actorOf(request, request.body.author);
      if (by === undefined) throw invalid('/author', 'author is missing; say who ends it.');
      const ended = await database.transaction(async (connection) => {
        const changed = await connection.execute(endSilence(id, by, at));
        // What it held and still fires is to be told now, not when it would have ended.
        if (changed > 0) await connection.execute(lookAtAllAlerts(at));
        return changed > 0;
      });
      if (!ended)
        throw new Problem('conflict', `The silence was over at ${row.ends_at.toISOString()} already.`);
      return itemOf(await find(id), at);
    },
  });
}

/** A field that is misspelt would silence everything. */
function refuseMatch(match: Readonly<Record<string, readonly string[]>>): void {
  const names = Object.keys(match);
  if (names.length === 0)
    throw invalid(
      '/match',
      'match is empty and would silence everything; to do that write {"dataset": ["*"]}.',
    );
  for (const name of names) {
    if (MATCH_FIELDS.some((field) => field === name)) continue;
    const meant = nearest(name, [...MATCH_FIELDS]);
    throw invalid(
      `/match/${name}`,
      `${name} is nothing to match on; ${meant === null ? `there are ${MATCH_FIELDS.join(', ')}` : `is ${meant} meant?`}`,
    );
  }
}

function invalid(pointer: string, detail: string): Problem {
  return new Problem('invalid_request', detail, { errors: [{ pointer, detail }] });
}

function itemOf(row: SilenceRow, now: Date): schema.SilenceItem {
  return {
    id: row.id,
    match: Object.fromEntries(Object.entries(row.match).map(([field, list]) => [field, [...list]])),
    comment: row.comment,
    author: row.author,
    startsAt: row.starts_at.toISOString(),
    endsAt: row.ends_at.toISOString(),
    endedBy: row.ended_by,
    state: row.ends_at <= now ? 'over' : row.starts_at > now ? 'pending' : 'active',
    held: row.held,
  };
}

export function heldOf(row: HoldRow): {
  incident: string;
  version: number;
  receiver: string;
  until: string | null;
  because: string;
  at: string;
} {
  return {
    incident: row.incident_id,
    version: row.version,
    receiver: receiverText(receiverOfRow(row)),
    until: row.held_until?.toISOString() ?? null,
    because: row.because,
    at: row.at.toISOString(),
  };
}
