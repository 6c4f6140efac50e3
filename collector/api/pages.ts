import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { PAGE_PATHS } from './page-paths.ts';

export interface PagesOptions {
  /** Where `npm run build:web` puts the pages: dashboards/dist. */
  readonly directory: string;
}

/**
 * Everything comes from this server, and nothing inside a page may be a script or a style: a name that
 * somehow became markup would still not run.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  // The one policy makes the address of the worker that lays graphs out.
  'trusted-types assay',
].join('; ');

/** Serves the web pages: `/`, the addresses below it, and the files that they load. */
export async function registerPages(app: FastifyInstance, { directory }: PagesOptions): Promise<void> {
  if (!existsSync(join(directory, 'index.html'))) {
    app.get('/', (_request, reply) =>
      reply
        .code(503)
        .type('text/plain; charset=utf-8')
        .send(
          'The web pages are not built. Run `npm run build:web` and start again. The API is there: /api/v2/overview\n',
        ),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: directory,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (response, path) => {
      // Files below assets/ carry a hash of their content in their name; the others are asked for again each time.
      const hashed = path.includes('/assets/');
      response.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      response.header('content-security-policy', CONTENT_SECURITY_POLICY);
      response.header('x-content-type-options', 'nosniff');
      response.header('referrer-policy', 'no-referrer');
      response.header('cross-origin-opener-policy', 'same-origin');
    },
  });
  for (const path of PAGE_PATHS)
    app.get(path, { schema: { hide: true } }, (_request, reply) => reply.sendFile('index.html'));
}
