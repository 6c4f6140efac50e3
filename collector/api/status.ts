import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { StreamStatus } from '#model/event-stream.ts';
import { Problem } from '#collector/problems.ts';

export interface StatusServices {
  readonly registry: Registry;
  /** Brings gauges up to date just before they are read. */
  readonly refresh: () => Promise<void>;
  /** Null when requests can be served; else one sentence that says what is missing. */
  readonly notReady: () => Promise<string | null>;
  /** How the reading of Kafka stands; left out: none is configured. */
  readonly kafka?: (() => StreamStatus) | undefined;
}

/**
 * /healthz: the process lives. /readyz: the store answers and its migrations are current; how the reading of Kafka
 * stands is told beside it, for what comes over HTTP is taken all the same. /metrics: Prometheus.
 */
export function registerStatus(app: FastifyInstance, services: StatusServices): void {
  app.get('/healthz', async () => ({ status: 'alive' }));
  app.get('/readyz', async () => {
    const reason = await services.notReady();
    if (reason !== null) throw new Problem('store_unavailable', reason);
    if (!services.kafka) return { status: 'ready' };
    // Without its detail, which names brokers: whoever asks here shows no key.
    const { state, partitions, held, restarts } = services.kafka();
    return { status: 'ready', kafka: { state, partitions, held, restarts } };
  });
  app.get('/metrics', async (_request, reply) => {
    await services.refresh();
    return reply.type(services.registry.contentType).send(await services.registry.metrics());
  });
}
