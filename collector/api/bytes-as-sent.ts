import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '#collector/problems.ts';
import type { BodyRoom } from './body-room.ts';
import { decodeBody } from './decode-body.ts';

/** Makes the routes of a scope take any body as the bytes it is: nothing is parsed, coerced or stripped. */
export function takeBytes(scope: FastifyInstance, limit: number): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limit }, (_request, body, done) =>
    done(null, body),
  );
}

/** The body's bytes, decompressed; none when there was no body. Throws what `decodeBody` throws. */
export async function bytesOf(request: FastifyRequest, limit: number): Promise<Buffer> {
  const body = request.body instanceof Buffer ? request.body : Buffer.alloc(0);
  const encoding = request.headers['content-encoding'];
  return encoding === undefined ? body : decodeBody(body, encoding, limit);
}

/** Makes the routes of a scope find their body unread: they call `readBody` when they want it. */
export function leaveBodyUnread(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, _body, done) => done(null));
}

/** Bytes of a refused body that are read away, so that a sender who looks for the answer only afterwards gets it. */
const READ_AWAY_BYTES = 256 * 1024;

/**
 * Reads the body as it was sent. The caller gives the room back (`room.give(body.length)`) once the body is
 * handed on. Throws body_too_large, overloaded, both without reading further, invalid_request.
 */
export function readBody({ raw }: FastifyRequest, room: BodyRoom, limit: number): Promise<Buffer> {
  const announced = Number(raw.headers['content-length'] ?? 0);
  if (announced > limit) return Promise.reject(tooLarge(limit));
  if (!room.hasRoomFor(Math.max(1, announced))) return Promise.reject(overloaded());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let open = true;
    const fail = (problem: Problem): void => {
      open = false;
      room.give(length);
      chunks.length = 0;
      reject(problem);
    };
    raw.on('data', (chunk: Buffer) => {
      if (!open) return;
      if (length + chunk.length > limit) return fail(tooLarge(limit));
      if (!room.take(chunk.length)) return fail(overloaded());
      length += chunk.length;
      chunks.push(chunk);
    });
    raw.on('end', () => {
      if (!open) return;
      open = false;
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length));
    });
    raw.on('error', () => {
      if (open) fail(new Problem('invalid_request', 'The connection ended before the whole body had come.'));
    });
  });
}

/**
 * To be called before a request is answered whose body nobody wants any more. A small rest is read away; of
 * a large one the connection is closed.
 */
export function dropBody({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (raw.complete) return;
  const announced = raw.headers['content-length'];
  if (announced !== undefined && Number(announced) > READ_AWAY_BYTES) {
    void reply.header('connection', 'close');
    return;
  }
  let dropped = 0;
  raw.on('error', () => {}); // it may well hang up now
  raw.on('data', (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > READ_AWAY_BYTES) raw.destroy();
  });
}

function tooLarge(limit: number): Problem {
  return new Problem(
    'body_too_large',
    `The body is larger than ${limit} bytes; raise ingest.body_megabytes in assay.yaml or send less.`,
  );
}

/** There is no room: the sender comes again. Its answer carries Retry-After. */
export function overloaded(): Problem {
  return new Problem(
    'overloaded',
    'Events arrive faster than they can be stored; nothing of this request was stored. Send it again in a second.',
  );
}
