import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '#collector/problems.ts';

const unzip = promisify(gunzip);

/** Makes the routes of a scope take any body as the bytes it is: nothing is parsed, coerced or stripped. */
export function takeBytes(scope: FastifyInstance, limit: number): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limit }, (_request, body, done) =>
    done(null, body),
  );
}

/** The body's bytes, decompressed; none when there was no body. Throws unsupported_encoding, body_too_large. */
export async function bytesOf(request: FastifyRequest, limit: number): Promise<Buffer> {
  const body = request.body instanceof Buffer ? request.body : Buffer.alloc(0);
  const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding === 'identity') return body;
  if (encoding !== 'gzip')
    throw new Problem(
      'unsupported_encoding',
      `Content-Encoding "${encoding}" is not understood; send gzip or none.`,
    );
  try {
    return await unzip(body, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Problem(
        'body_too_large',
        `The body is larger than ${limit} bytes once decompressed; raise ingest.body_megabytes in assay.yaml or send less.`,
      );
    }
    throw new Problem('unsupported_encoding', 'Content-Encoding says gzip, but the body is not gzip.');
  }
}
