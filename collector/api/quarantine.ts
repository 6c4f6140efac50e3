import { isUtf8 } from 'node:buffer';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { unpack } from '#ingest/codec.ts';
import type { EventStore } from '#ingest/ingest.ts';
import { quarantinedEntry, replayMatching, replayQuarantined } from '#ingest/quarantine-replay.ts';
import { isUuid, type Uuid } from '#model/ids.ts';
import type { Database } from '#store/database.ts';
import {
  listQuarantine,
  settleQuarantined,
  type QuarantineCursor,
  type QuarantinedBytes,
  type QuarantineFilter,
  type QuarantineRow,
  type QuarantineState,
} from '#store/quarantine.ts';
import { Problem } from '#collector/problems.ts';
import { bytesOf, takeBytes } from './bytes-as-sent.ts';
import { actorOf } from './request-key.ts';
import { strictBodies } from './strict-bodies.ts';
import {
  BulkReplayAnswer,
  BulkReplayOrder,
  DiscardOrder,
  QuarantineDetail,
  QuarantinedEvent,
  QuarantineList,
  QuarantineQuery,
} from './schema/quarantine.ts';

export interface QuarantineServices {
  readonly database: Database;
  readonly ingest: EventStore;
  /** Largest mended event after decompression, in bytes. */
  readonly bodyBytes: number;
  readonly now?: () => Date;
}

const Params = Type.Object({ id: Type.String() });
const By = Type.Object({ by: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) });
const PAGE = 100;

/** The routes below /api/v2/quarantine: events that could not be accepted, and what can be done with them. */
export function registerQuarantine(app: FastifyInstance, services: QuarantineServices): void {
  void app.register(async (scope) => {
    strictBodies(scope);
    registerRoutes(scope, services);
  });
}

function registerRoutes(
  app: FastifyInstance,
  { database, ingest, bodyBytes, now = () => new Date() }: QuarantineServices,
): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();
  const find = (id: string): Promise<QuarantinedBytes> => quarantinedEntry(database, uuid(id));

  routes.get(
    '/api/v2/quarantine',
    { schema: { querystring: QuarantineQuery, response: { 200: QuarantineList } } },
    async ({ query }) => {
      const limit = query.limit ?? PAGE;
      const state = query.state === 'all' ? null : ((query.state ?? 'open') as QuarantineState);
      const filter = { ...filterOf(query), state };
      const rows = await database.rows<QuarantineRow>(
        listQuarantine(filter, cursorOf(query.cursor), limit + 1),
      );
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      const next = last ? cursorText({ at: last.last_received_at, id: last.id }) : null;
      return { events: rows.slice(0, limit).map(shown), next };
    },
  );

  routes.get(
    '/api/v2/quarantine/:id',
    { schema: { params: Params, response: { 200: QuarantineDetail } } },
    async ({ params }) => {
      const entry = await find(params.id);
      const bytes = unpack(entry.codec, entry.body);
      return { ...shown(entry), text: Buffer.from(bytes).toString('utf8'), exact: isUtf8(bytes) };
    },
  );

  routes.get('/api/v2/quarantine/:id/bytes', { schema: { params: Params } }, async ({ params }, reply) => {
    const { id, codec, body } = await find(params.id);
    return reply
      .type('application/octet-stream')
      .header('content-disposition', `attachment; filename="${id}.json"`)
      .header('x-content-type-options', 'nosniff')
      .send(Buffer.from(unpack(codec, body)));
  });

  routes.post(
    '/api/v2/quarantine/:id/discard',
    { schema: { params: Params, body: DiscardOrder, response: { 200: QuarantinedEvent } } },
    async (request) => {
      const { params, body } = request;
      const { id } = await find(params.id);
      const settled = await database.execute(
        settleQuarantined({
          state: 'discarded',
          entries: [{ id, replayedAs: null }],
          note: body.reason,
          by: actorOf(request, body.by ?? null),
          at: now(),
        }),
      );
      const entry = await find(id);
      if (settled === 0)
        throw new Problem('conflict', `Only an open entry can be discarded; this one is ${entry.state}.`);
      return shown(entry);
    },
  );

  routes.post(
    '/api/v2/quarantine/replay',
    { schema: { body: BulkReplayOrder, response: { 200: BulkReplayAnswer } } },
    async (request) => {
      const { body } = request;
      const order = { by: actorOf(request, body.by ?? null), now: now() };
      const page = await replayMatching({ database, ingest }, filterOf(body), cursorOf(body.cursor), order);
      return { ...page, failed: [...page.failed].map(answerable), next: page.next && cursorText(page.next) };
    },
  );

  void app.register(async (scope) => {
    // A mended event is taken as it is, like one that is sent for the first time.
    takeBytes(scope, bodyBytes);
    scope
      .withTypeProvider<TypeBoxTypeProvider>()
      .post(
        '/api/v2/quarantine/:id/replay',
        { schema: { params: Params, querystring: By } },
        async (request) => {
          const bytes = await bytesOf(request, bodyBytes);
          const mended = bytes.length === 0 ? null : bytes;
          const order = { mended, by: actorOf(request, request.query.by ?? null), now: now() };
          return replayQuarantined({ database, ingest }, uuid(request.params.id), order);
        },
      );
  });
}

function uuid(text: string): Uuid {
  if (isUuid(text)) return text.toLowerCase();
  throw new Problem('not_found', `No quarantined event has the id ${text}.`);
}

function shown(row: QuarantineRow): QuarantinedEvent {
  return {
    id: row.id,
    state: row.state,
    reason: row.reason,
    problems: [...row.problems],
    producer: row.producer,
    source: row.source,
    times: row.times,
    size: row.size,
    firstReceivedAt: row.first_received_at.toISOString(),
    lastReceivedAt: row.last_received_at.toISOString(),
    settledAt: row.state === 'open' ? null : (row.settled_at?.toISOString() ?? null),
    settledBy: row.settled_by,
    note: row.note,
    replayedAs: row.replayed_as,
  };
}

function answerable<T extends { readonly problems: readonly object[] }>(
  failure: T,
): T & { problems: T['problems'][number][] } {
  return { ...failure, problems: [...failure.problems] };
}

interface AskedFor {
  readonly reason?: string;
  readonly producer?: string;
  readonly source?: string;
  readonly q?: string;
  readonly since?: string;
  readonly until?: string;
}

function filterOf(asked: AskedFor): Omit<QuarantineFilter, 'state'> {
  // What is stored holds no U+0000, and Postgres takes none.
  const text = (given: string | undefined): string | null => given?.replaceAll('\u0000', '\uFFFD') ?? null;
  return {
    reason: text(asked.reason),
    producer: text(asked.producer),
    source: text(asked.source),
    search: text(asked.q),
    since: instantOf('since', asked.since),
    until: instantOf('until', asked.until),
  };
}

function instantOf(name: string, text: string | undefined): Date | null {
  if (text === undefined) return null;
  const at = new Date(text);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(at.getTime())) return at;
  throw new Problem('invalid_request', `${name} is no date-time; write it as 2026-01-31T12:00:00Z.`);
}

function cursorText({ at, id }: QuarantineCursor): string {
  return `${at.getTime()}.${id}`;
}

function cursorOf(text: string | undefined): QuarantineCursor | null {
  if (text === undefined) return null;
  const [, time = '', id = ''] = /^(\d{1,14})\.(.+)$/.exec(text) ?? [];
  if (isUuid(id)) return { at: new Date(Number(time)), id };
  throw new Problem('invalid_request', 'The cursor is not one that a list gave; leave it out to begin anew.');
}
