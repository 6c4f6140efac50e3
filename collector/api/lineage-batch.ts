import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, problemDocument } from '#collector/problems.ts';
import type { IngestOutcome } from '#ingest/ingest.ts';
import { splitJsonArray } from '#ingest/json-text.ts';
import { overloaded } from './bytes-as-sent.ts';
import { sourceOf } from './event-source.ts';
import { receiveEvent, useBody, type Intake } from './intake.ts';
import './request-key.ts';

/** Media types of one JSON text a line. */
const LINES = new Set([
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
]);

interface FailedEvent {
  readonly index: number;
  readonly reason: string;
  readonly retriable: boolean;
}

/**
 * Stores a JSON array of events, or one event a line, each on its own (OpenLineage API 2.0.2,
 * /lineage/batch): 200 with a summary and the failed events by index from 0, or 204 when all are stored and
 * the request says `Prefer: return=minimal` (RFC 7240).
 */
export async function receiveBatch(
  request: FastifyRequest,
  reply: FastifyReply,
  intake: Intake,
): Promise<void> {
  const results = await useBody(request, intake, receiveAll);
  const failed = results.flatMap((result, index) => failureOf(result, index) ?? []);
  const retriable = failed.filter((failure) => failure.retriable).length;
  // When nothing could be stored for want of room, the whole request is to be sent again.
  if (retriable > 0 && retriable === results.length) throw overloaded();
  if (failed.length === 0 && wantsMinimum(request)) {
    void reply.code(204).header('preference-applied', 'return=minimal').send();
    return;
  }
  void reply.code(200).send({
    status: failed.length === 0 ? 'success' : 'partial_success',
    summary: {
      received: results.length,
      successful: results.length - failed.length,
      failed: failed.length,
      retriable,
      non_retriable: failed.length - retriable,
    },
    ...(failed.length > 0 && { failed_events: failed }),
  });
}

/** All of a batch is queued before any of it is awaited, so that it is stored together. */
function receiveAll(
  bytes: Buffer,
  request: FastifyRequest,
  intake: Intake,
): Promise<PromiseSettledResult<IngestOutcome>[]> {
  const permit = request.key?.permit;
  const source = sourceOf(request);
  const events = isLines(request) ? splitLines(bytes) : splitJsonArray(bytes);
  if (!events) {
    throw new Problem(
      'not_json',
      'A batch is a JSON array of OpenLineage events, or one event a line under application/x-ndjson; a single event goes to /api/v1/lineage.',
    );
  }
  return Promise.allSettled(events.map((event) => receiveEvent(event, intake, source, permit)));
}

function isLines(request: FastifyRequest): boolean {
  const type = request.headers['content-type'];
  return type !== undefined && LINES.has((type.split(';', 1)[0] ?? '').trim().toLowerCase());
}

const NEW_LINE = 0x0a;

/** The lines that hold more than white space, as they are; a JSON text holds no line break of its own. */
export function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(NEW_LINE, start);
    const next = found < 0 ? bytes.length : found;
    let end = next;
    while (end > start && isSpace(bytes[end - 1])) end -= 1;
    if (end > start) lines.push(bytes.subarray(start, end));
    start = next + 1;
  }
  return lines;
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0d || byte === 0x09;

function failureOf(result: PromiseSettledResult<IngestOutcome>, index: number): FailedEvent | null {
  if (result.status === 'fulfilled') {
    if (result.value.status !== 'invalid') return null;
    const { problems } = result.value;
    const reason = problems.map(({ pointer, detail }) => `${pointer || '/'}: ${detail}`).join(' ');
    return { index, reason, retriable: false };
  }
  const error: unknown = result.reason;
  return error instanceof Problem
    ? { index, reason: error.message, retriable: error.status === 503 }
    : { index, reason: String(problemDocument(error)['detail']), retriable: true };
}

function wantsMinimum(request: FastifyRequest): boolean {
  const prefer = request.headers['prefer'];
  return prefer !== undefined && /(?:^|,)\s*return\s*=\s*"?minimal"?\s*(?:[,;]|$)/i.test(String(prefer));
}
