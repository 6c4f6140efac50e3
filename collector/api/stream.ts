import { Type } from 'typebox';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Problem } from '#collector/problems.ts';
import type { Database } from '#store/database.ts';
import { ChangeFeed } from './change-feed.ts';
import { StreamClient } from './stream-client.ts';

export interface StreamServices {
  readonly database: Database;
  /** Told when a look for changes failed; the next makes up for it. */
  readonly onError: (error: unknown) => void;
  /** Listeners at a time; 200 unless told. */
  readonly most?: number;
  /** Milliseconds between looks for changes, and between beats. */
  readonly every?: number;
  readonly beatEvery?: number;
}

const MOST_CLIENTS = 200;
const BEAT = 15_000;

const StreamQuery = Type.Object({
  /** As the header Last-Event-ID, which goes before. */
  lastEventId: Type.Optional(Type.String({ maxLength: 8192 })),
});

/**
 * GET /api/v2/stream: server-sent events that say what changed, by topic and ids, at most one a second. Data is asked
 * for where it always is. A client that comes back with the last id misses nothing, at whichever collector.
 */
export function registerStream(app: FastifyInstance, services: StreamServices): void {
  const { most = MOST_CLIENTS, beatEvery = BEAT, every } = services;
  const feed = new ChangeFeed({ ...services, ...(every !== undefined && { every }) });
  const clients = new Set<StreamClient>();
  const beats = setInterval(() => clients.forEach((client) => client.beat()), beatEvery);
  beats.unref();
  // Else closing would wait for those who listen.
  app.addHook('preClose', (done) => {
    clearInterval(beats);
    clients.forEach((client) => client.end());
    done();
  });

  app.withTypeProvider<TypeBoxTypeProvider>().get('/api/v2/stream', {
    exposeHeadRoute: false,
    schema: { querystring: StreamQuery, produces: ['text/event-stream'] },
    handler: (request, reply) => {
      if (clients.size >= most)
        throw new Problem('overloaded', `${most} listen already; ask again later, or without the stream.`);
      const header = request.headers['last-event-id'];
      const from = (typeof header === 'string' ? header : request.query.lastEventId) ?? null;
      reply.hijack();
      const out = reply.raw;
      out.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
        // When the stream ends the connection does: kept alive it would hold up the end of the service.
        connection: 'close',
        'x-content-type-options': 'nosniff',
      });
      out.flushHeaders();
      const client = new StreamClient(out);
      const leave = feed.listen(from === '' ? null : from, {
        begin: (batch) => client.begin(batch),
        tell: (batch) => client.tell(batch),
        fail: (error) => {
          services.onError(error);
          client.end(); // it comes again by itself
        },
      });
      clients.add(client);
      const gone = (): void => {
        clients.delete(client);
        leave();
      };
      out.once('close', gone).on('error', gone);
    },
  });
}
