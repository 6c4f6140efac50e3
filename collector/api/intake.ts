import type { FastifyRequest } from 'fastify';
import type { Metrics } from '#collector/telemetry.ts';
import { Problem } from '#collector/problems.ts';
import { QueueFull } from '#ingest/batcher.ts';
import type { EventStore, IngestOutcome, IngestSource } from '#ingest/ingest.ts';
import type { BodyRoom } from './body-room.ts';
import { overloaded, readBody } from './bytes-as-sent.ts';
import { decodeBody } from './decode-body.ts';
import { sourceOf } from './event-source.ts';

/** What events from HTTP pass through. */
export interface Intake {
  readonly ingest: EventStore;
  readonly metrics: Metrics;
  /** Largest body after decompression, in bytes. */
  readonly bodyBytes: number;
  readonly room: BodyRoom;
}

/** Stores one event and counts what became of it. Throws overloaded, forbidden, and what the store throws. */
export async function receiveEvent(
  bytes: Uint8Array,
  { ingest, metrics }: Intake,
  source: IngestSource,
  permit: Parameters<EventStore['receive']>[2],
): Promise<IngestOutcome> {
  metrics.eventBytes.observe(bytes.byteLength);
  try {
    const outcome = await ingest.receive(bytes, source, permit);
    if (outcome.status !== 'accepted') metrics.events[outcome.status] += 1;
    else {
      if (outcome.duplicate) metrics.events.duplicate += 1;
      else metrics.events.accepted += 1;
      if (outcome.warnings > 0) metrics.facetWarnings.inc(outcome.warnings);
    }
    return outcome;
  } catch (error) {
    metrics.events.refused += 1;
    if (error instanceof QueueFull) throw overloaded();
    throw error;
  }
}

/**
 * Reads and decompresses a request's body and hands it on; the room that it takes is given back as soon as
 * `use` has begun, because what `use` queues is counted there.
 */
export async function useBody<T>(
  request: FastifyRequest,
  intake: Intake,
  use: (bytes: Buffer, request: FastifyRequest, intake: Intake) => T,
): Promise<Awaited<T>> {
  const { room, bodyBytes, metrics } = intake;
  const body = await readBody(request, room, bodyBytes);
  const begin = performance.now();
  let using: T;
  try {
    const encoding = request.headers['content-encoding'];
    const bytes = encoding === undefined ? body : await decoded(body, encoding, sourceOf(request), intake);
    using = use(bytes, request, intake);
  } finally {
    room.give(body.length);
  }
  const result = await using;
  metrics.acknowledge.observe((performance.now() - begin) / 1000);
  return result;
}

/** A body that is not what its header says is kept like any other that cannot be read: as it was sent. */
async function decoded(
  body: Buffer,
  encoding: string,
  source: IngestSource,
  { ingest, metrics, bodyBytes }: Intake,
): Promise<Buffer> {
  try {
    return await decodeBody(body, encoding, bodyBytes);
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== 'broken_encoding') throw error;
    metrics.events.invalid += 1;
    const quarantineId = await ingest.keep(body, source, error.kind, error.message);
    throw new Problem(error.kind, `${error.message} It was kept in quarantine as it was sent.`, {
      quarantineId,
    });
  }
}
