import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Metrics } from '#collector/telemetry.ts';
import { Problem, problemDocument } from '#collector/problems.ts';
import { QueueFull } from '#ingest/batcher.ts';
import type { Ingest, IngestOutcome } from '#ingest/ingest.ts';
import { splitJsonArray } from '#ingest/json-text.ts';
import { bytesOf, takeBytes } from './bytes-as-sent.ts';

export interface LineageIngestServices {
  readonly ingest: Ingest;
  readonly metrics: Metrics;
  /** Largest body after decompression, in bytes. */
  readonly bodyBytes: number;
}

/**
 * POST /api/v1/lineage and /api/v1/lineage/batch (OpenLineage API 2.0.2). The answer to an accepted event
 * is 201 with a small JSON body: Go's client accepts only 200 and 201, Java's breaks on an empty body.
 */
export function registerLineageIngest(app: FastifyInstance, services: LineageIngestServices): void {
  void app.register(async (scope) => {
    takeBytes(scope, services.bodyBytes);
    scope.post('/api/v1/lineage', (request, reply) => receiveOne(request, reply, services));
    scope.post('/api/v1/lineage/batch', (request, reply) => receiveBatch(request, reply, services));
  });
}

async function receiveOne(
  request: FastifyRequest,
  reply: FastifyReply,
  services: LineageIngestServices,
): Promise<unknown> {
  const begin = performance.now();
  const outcome = await receive(await bytesOf(request, services.bodyBytes), services);
  services.metrics.acknowledge.observe((performance.now() - begin) / 1000);
  if (outcome.status === 'invalid') {
    const detail =
      outcome.kind === 'not_json'
        ? (outcome.problems[0]?.detail ?? 'The body is not JSON.')
        : 'The event was kept in quarantine and can be replayed once it is mended.';
    throw new Problem(outcome.kind, detail, { errors: outcome.problems, quarantineId: outcome.id });
  }
  return reply.code(201).send(outcome);
}

interface FailedEvent {
  readonly index: number;
  readonly reason: string;
  readonly retriable: boolean;
}

async function receiveBatch(
  request: FastifyRequest,
  reply: FastifyReply,
  services: LineageIngestServices,
): Promise<unknown> {
  const begin = performance.now();
  const elements = splitJsonArray(await bytesOf(request, services.bodyBytes));
  if (!elements)
    throw new Problem(
      'not_json',
      'A batch is a JSON array of OpenLineage events; a single event goes to /api/v1/lineage.',
    );
  const results = await Promise.all(
    elements.map((element, index) => receiveElement(element, index, services)),
  );
  services.metrics.acknowledge.observe((performance.now() - begin) / 1000);
  const failed = results.filter((result) => result !== null);
  // When nothing could be stored for want of room, the whole request is to be sent again.
  if (failed.length > 0 && failed.length === elements.length && failed.every((failure) => failure.retriable))
    throw overloaded();
  const retriable = failed.filter((failure) => failure.retriable).length;
  return reply.code(200).send({
    status: failed.length === 0 ? 'success' : 'partial_success',
    summary: {
      received: elements.length,
      successful: elements.length - failed.length,
      failed: failed.length,
      retriable,
      non_retriable: failed.length - retriable,
    },
    ...(failed.length > 0 && { failed_events: failed }),
  });
}

async function receiveElement(
  element: Uint8Array,
  index: number,
  services: LineageIngestServices,
): Promise<FailedEvent | null> {
  try {
    const outcome = await receive(element, services);
    if (outcome.status !== 'invalid') return null;
    const reason = outcome.problems.map(({ pointer, detail }) => `${pointer || '/'}: ${detail}`).join(' ');
    return { index, reason, retriable: false };
  } catch (error) {
    if (!(error instanceof Problem)) {
      const document = problemDocument(error);
      return { index, reason: String(document['detail']), retriable: true };
    }
    return { index, reason: error.message, retriable: error.status === 503 };
  }
}

async function receive(
  bytes: Uint8Array,
  { ingest, metrics }: LineageIngestServices,
): Promise<IngestOutcome> {
  metrics.eventBytes.observe(bytes.byteLength);
  try {
    const outcome = await ingest.receive(bytes, 'http');
    metrics.events.inc({
      outcome: outcome.status === 'accepted' && outcome.duplicate ? 'duplicate' : outcome.status,
    });
    if (outcome.status === 'accepted' && outcome.warnings > 0) metrics.facetWarnings.inc(outcome.warnings);
    return outcome;
  } catch (error) {
    metrics.events.inc({ outcome: 'refused' });
    if (error instanceof QueueFull) throw overloaded();
    throw error;
  }
}

function overloaded(): Problem {
  return new Problem(
    'overloaded',
    'Events arrive faster than they can be stored; nothing of this request was stored. Send it again in a second.',
  );
}
