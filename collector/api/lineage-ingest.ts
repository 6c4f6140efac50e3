import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '#collector/problems.ts';
import type { IngestOutcome } from '#ingest/ingest.ts';
import { BodyRoom } from './body-room.ts';
import { dropBody, leaveBodyUnread } from './bytes-as-sent.ts';
import { sourceOf } from './event-source.ts';
import { receiveEvent, useBody, type Intake } from './intake.ts';
import { receiveBatch } from './lineage-batch.ts';
import './request-key.ts';

export type LineageIngestServices = Omit<Intake, 'room'>;

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * POST /api/v1/lineage and /api/v1/lineage/batch (OpenLineage API 2.0.2). The answer to an accepted event
 * is 201 with a small JSON body: Go's client accepts only 200 and 201, Java's breaks on an empty body.
 */
export function registerLineageIngest(app: FastifyInstance, services: LineageIngestServices): void {
  const intake: Intake = { ...services, room: new BodyRoom(services.ingest, services.bodyBytes) };
  void app.register(async (scope) => {
    leaveBodyUnread(scope);
    // They return nothing: a promise would be wrapped and watched by Fastify, for each event.
    scope.post('/api/v1/lineage', (request, reply) => {
      receiveOne(request, reply, intake).catch((error: unknown) => refuse(error, request, reply));
    });
    scope.post('/api/v1/lineage/batch', (request, reply) => {
      receiveBatch(request, reply, intake).catch((error: unknown) => refuse(error, request, reply));
    });
  });
}

function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  dropBody(request, reply);
  void reply.send(error);
}

async function receiveOne(request: FastifyRequest, reply: FastifyReply, intake: Intake): Promise<void> {
  const outcome = await useBody(request, intake, receiveBytes);
  if (outcome.status === 'invalid') throw problemOf(outcome);
  const text =
    outcome.status === 'accepted'
      ? `{"status":"accepted","id":"${outcome.id}","duplicate":${outcome.duplicate},"warnings":${outcome.warnings}}`
      : JSON.stringify(outcome);
  void reply.code(201).header('content-type', JSON_TYPE).send(text);
}

const receiveBytes = (bytes: Buffer, request: FastifyRequest, intake: Intake): Promise<IngestOutcome> =>
  receiveEvent(bytes, intake, sourceOf(request), request.key?.permit);

function problemOf({ id, kind, problems }: Extract<IngestOutcome, { status: 'invalid' }>): Problem {
  const detail =
    kind === 'invalid_envelope'
      ? 'The event was kept in quarantine and can be replayed once it is mended.'
      : (problems[0]?.detail ?? 'The body is not JSON.');
  return new Problem(kind, detail, { errors: problems, quarantineId: id });
}
