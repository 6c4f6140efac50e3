import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Key, KeyRing } from '#collector/keys/key-ring.ts';
import type { Scope } from '#collector/keys/scopes.ts';
import { Problem } from '#collector/problems.ts';
import { dropBody } from './bytes-as-sent.ts';
import './request-key.ts';
import { scopeOf } from './route-scopes.ts';

export interface KeyOptions {
  readonly keys: KeyRing;
  /** Whether a key may also come as `?api_key=`: addresses are written into the logs of what lies between. */
  readonly queryKey: boolean;
}

type Hook = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void;

/**
 * Every route that is registered from here on takes a key with the scope of `route-scopes.ts`. The check is
 * made once per route and runs before the body is read.
 */
export function requireKeys(app: FastifyInstance, options: KeyOptions): void {
  app.decorateRequest('key');
  app.addHook('onRoute', (route) => {
    const [method = 'GET'] = [route.method].flat();
    const scope = scopeOf(method, route.url);
    if (scope === 'open') return;
    const guard = guardOf(scope, options, route.url === '/metrics');
    route.onRequest = [guard, ...[route.onRequest ?? []].flat()];
  });
}

function guardOf(scope: Scope, { keys, queryKey }: KeyOptions, openOnLoopback: boolean): Hook {
  return (request, reply, done) => {
    const text = bearerOf(request.headers.authorization) ?? (queryKey ? queryKeyOf(request) : null);
    if (text === null && openOnLoopback && isLocal(request)) return done();
    const key = text === null ? null : keys.find(text);
    // Also of one that is refused: the audit log says whose.
    if (key) request.key = key;
    if (key?.allows(scope)) return done();
    dropBody(request, reply);
    done(key ? forbidden(reply, key, scope) : unauthorised(reply, text !== null));
  };
}

/** Whether the key allows a further scope than its route's. Throws forbidden; passes without configured keys. */
export function requireScope(request: FastifyRequest, reply: FastifyReply, scope: Scope): void {
  if (request.key && !request.key.allows(scope)) throw forbidden(reply, request.key, scope);
}

function forbidden(reply: FastifyReply, key: Key, scope: Scope): Problem {
  void reply.header('www-authenticate', `Bearer realm="assay", error="insufficient_scope", scope="${scope}"`);
  return new Problem(
    'forbidden',
    `This takes a key with the scope ${scope}; the key "${key.name}" has ${key.scopes.join(', ') || 'none'}.`,
  );
}

function unauthorised(reply: FastifyReply, wrong: boolean): Problem {
  void reply.header('www-authenticate', `Bearer realm="assay"${wrong ? ', error="invalid_token"' : ''}`);
  return new Problem(
    'unauthorised',
    wrong
      ? 'The key is not one of those that assay.yaml lists by their hashes.'
      : 'Send a key as "Authorization: Bearer …"; clients of OpenLineage take it as their api_key, assay commands from ASSAY_KEY.',
  );
}

const SCHEME = 'bearer ';

/** The key of an Authorization header, or null. Airflow hands Spark its whole header as the key: "Bearer Bearer K". */
function bearerOf(header: string | undefined): string | null {
  let rest = header ?? '';
  while (rest.slice(0, SCHEME.length).toLowerCase() === SCHEME) rest = rest.slice(SCHEME.length).trimStart();
  return rest === header || rest === '' ? null : rest.trimEnd();
}

function queryKeyOf(request: FastifyRequest): string | null {
  const value = (request.query as Readonly<Record<string, unknown>> | undefined)?.['api_key'];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** From this machine, and not through a proxy that stands on it. */
function isLocal({ raw }: FastifyRequest): boolean {
  const address = raw.socket.remoteAddress ?? '';
  const direct = raw.headers['x-forwarded-for'] === undefined && raw.headers['forwarded'] === undefined;
  return direct && (address === '::1' || address.replace(/^::ffff:/, '').startsWith('127.'));
}
