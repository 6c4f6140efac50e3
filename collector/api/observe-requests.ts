import type { FastifyInstance } from 'fastify';
import type { Tally, TallyHistogram } from '#collector/telemetry/tally.ts';

/** Times every request of the routes that are registered from here on, by method, route and status; those of no route together. */
export function observeRequests(app: FastifyInstance, seconds: TallyHistogram): void {
  const timesOf = (method: string, route: string): ((status: number, ms: number) => void) => {
    const byStatus = new Map<number, Tally>();
    return (status, ms) => {
      let tally = byStatus.get(status);
      if (!tally) byStatus.set(status, (tally = seconds.tally({ method, route, status: String(status) })));
      tally.observe(ms / 1000);
    };
  };
  const observeUnknown = timesOf('any', 'none');
  app.addHook('onResponse', (request, reply, done) => {
    if (request.is404) observeUnknown(reply.statusCode, reply.elapsedTime);
    done();
  });
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      const observe = timesOf(method, route.url);
      route.onResponse = [
        ...[route.onResponse ?? []].flat(),
        (_request, reply, done) => {
          observe(reply.statusCode, reply.elapsedTime);
          done();
        },
      ];
    }
  });
}
