import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { Problem, problemDocument } from '#collector/problems.ts';

/**
 * Every error of the API becomes application/problem+json (RFC 9457). What is not expected is logged with
 * its stack and answered without a word of its inside.
 */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | Error, request, reply) => {
    const problem = expected(error);
    if (!(problem instanceof Problem)) request.log.error({ err: error }, 'request failed');
    const document = problemDocument(problem);
    if (document.status === 503) void reply.header('retry-after', '1');
    return reply.code(document.status).type('application/problem+json').send(document);
  });
  app.setNotFoundHandler((request, reply) => {
    // Somebody typed an address: the pages say so in their own words.
    if (isForPage(request) && app.hasReplyDecorator('sendFile'))
      return reply.code(404).sendFile('index.html');
    const document = problemDocument(
      new Problem(
        'not_found',
        `There is no ${request.method} ${request.url.split('?')[0]}; see /openapi.json for what there is.`,
      ),
    );
    return reply.code(404).type('application/problem+json').send(document);
  });
}

/** Whether a person's browser asks, and not for the API. */
function isForPage({ method, url, headers }: FastifyRequest): boolean {
  return method === 'GET' && !url.startsWith('/api/') && (headers.accept ?? '').includes('text/html');
}

function expected(error: FastifyError | Error): Error {
  if (error instanceof Problem) return error;
  if ('validation' in error && error.validation) {
    const errors = error.validation.map((fault) => ({
      pointer: fault.instancePath,
      detail: fault.message ?? 'is not valid',
    }));
    return new Problem(
      'invalid_request',
      `The ${error.validationContext ?? 'request'} is not understood: ${error.message}.`,
      { errors },
    );
  }
  const code = 'code' in error ? error.code : '';
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new Problem(
      'body_too_large',
      'Send smaller events, or raise ingest.body_megabytes in assay.yaml.',
    );
  if (
    code === 'FST_ERR_CTP_EMPTY_JSON_BODY' ||
    code === 'FST_ERR_CTP_INVALID_JSON_BODY' ||
    error instanceof SyntaxError
  ) {
    return new Problem('not_json', `The body is not JSON: ${error.message}.`);
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new Problem('unsupported_encoding', 'Send application/json.');
  if (isStoreTrouble(error))
    return new Problem(
      'store_unavailable',
      'The store does not answer; nothing of this request was stored. Try again in a moment.',
    );
  return error;
}

const CONNECTION_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT']);

/**
 * Classes of SQLSTATE that say something of the server's state, not of the statement: connection lost,
 * read-only, waits in a circle, resources used up (a full disk), locks, an operator's or a timeout's
 * intervention, input and output.
 */
const TROUBLE_CLASSES = new Set(['08', '25', '40', '53', '55', '57', '58']);

function isStoreTrouble(error: Error): boolean {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    CONNECTION_CODES.has(code) ||
    (code.length === 5 && TROUBLE_CLASSES.has(code.slice(0, 2))) ||
    /Connection terminated|timeout exceeded when trying to connect/.test(error.message)
  );
}
