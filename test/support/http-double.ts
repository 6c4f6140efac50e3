import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';

export interface GotRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface DoubleAnswer {
  readonly code: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A receiver on this machine that keeps what it gets, and answers as it is told. */
export interface HttpDouble {
  readonly url: string;
  readonly got: GotRequest[];
  /** What to answer; `hang` never answers, `drop` breaks the connection after it has read the request. */
  answer: (request: GotRequest) => DoubleAnswer | 'hang' | 'drop' | Promise<DoubleAnswer | 'hang' | 'drop'>;
  /** It is gone: connections are refused. */
  close(): Promise<void>;
  /** It is there again, on the same port. */
  open(): Promise<void>;
}

export async function httpDouble(t: TestContext): Promise<HttpDouble> {
  const sockets = new Set<Socket>();
  const double: HttpDouble = {
    url: '',
    got: [],
    answer: () => ({ code: 200, body: '{}' }),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
    open: async () => {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
  };
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
      const got: GotRequest = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString('utf8'),
      };
      double.got.push(got);
      const answer = await double.answer(got);
      if (answer === 'drop') request.socket.destroy();
      if (typeof answer === 'string') return;
      response.writeHead(answer.code, answer.headers);
      response.end(answer.body ?? '');
    })().catch(() => request.socket.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  let port = 0;
  await double.open();
  port = (server.address() as AddressInfo).port;
  Object.assign(double, { url: `http://127.0.0.1:${port}` });
  t.after(() => double.close());
  return double;
}
