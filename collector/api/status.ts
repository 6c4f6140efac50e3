import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { Problem } from '#collector/problems.ts';

export interface StatusServices {
  readonly registry: Registry;
  /** Brings gauges up to date just before they are read. */
  readonly refresh: () => Promise<void>;
  /** Null when requests can be served; else one sentence that says what is missing. */
  readonly notReady: () => Promise<string | null>;
}

/** /healthz: the process lives. /readyz: the store answers and its migrations are current. /metrics: Prometheus. */
export function registerStatus(app: FastifyInstance, services: StatusServices): void {
  app.get('/healthz', async () => ({ status: 'alive' }));
  app.get('/readyz', async () => {
    const reason = await services.notReady();
    if (reason !== null) throw new Problem('store_unavailable', reason);
    return { status: 'ready' };
  });
  app.get('/metrics', async (_request, reply) => {
    await services.refresh();
    return reply.type(services.registry.contentType).send(await services.registry.metrics());
  });
}
