import type { FastifyRequest } from 'fastify';
import { Problem } from '#collector/problems.ts';
import type { IngestSource } from '#ingest/ingest.ts';

/** How `assay import` says that what it sends was read from a file. Whoever may send events may say so. */
const SOURCE_HEADER = 'assay-source';

/** Where a request's events come from. Throws invalid_request for a source that this route cannot have. */
export function sourceOf(request: FastifyRequest): IngestSource {
  const said = request.headers[SOURCE_HEADER];
  if (said === undefined) return 'http';
  if (said === 'file') return said;
  throw new Problem(
    'invalid_request',
    `The header ${SOURCE_HEADER} is "file" for events read from a file; leave it out for all others.`,
  );
}
