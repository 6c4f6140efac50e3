import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import Fastify, { type FastifyInstance } from 'fastify';

/** A server under load, in a process of its own. */
export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a file of this folder as a server; resolves when it listens. */
export function startServer(
  file: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: { ...process.env, ...settings },
    execArgv: [],
  });
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGTERM');
    });
  return new Promise((resolve, reject) => {
    child.once('message', (message: { port: number }) =>
      resolve({ pid: child.pid ?? 0, port: message.port, stop }),
    );
    child.once('exit', (code) => reject(new Error(`${file} ended with code ${code} before it listened.`)));
  });
}

/** Serves POST /api/v1/lineage: the body as bytes goes to `receive`, and 201 with its answer back. */
export async function serveLineage(receive: (body: Buffer) => unknown): Promise<void> {
  const app: FastifyInstance = Fastify({ bodyLimit: 32 * 1024 * 1024 });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post('/api/v1/lineage', async (request, reply) => {
    const answer = await receive(request.body as Buffer);
    return reply.code(201).send(answer);
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  process.send?.({ port: address.port });
  process.on('disconnect', () => process.exit(0));
}
