import type { Agent as HttpAgent, ClientRequest } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

import { messageOf } from '../errors.ts';

/** Bytes of an answer that are read; what follows is dropped. */
const ANSWER_BYTES = 4 * 1024 * 1024;

/** One POST. */
export interface HttpRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** From connecting to the end of the answer. */
  readonly timeoutMs: number;
  readonly agent?: HttpAgent;
  /** Aborting it cuts the request. */
  readonly signal?: AbortSignal;
}

/** What a server answered, whatever the status. */
export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** Posts once. @throws when no answer came: the network, the timeout or the signal */
export function post(exchange: HttpRequest): Promise<HttpAnswer> {
  const { url, headers, body, timeoutMs, agent, signal } = exchange;
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(new Error('the client was closed'));
      return;
    }
    const options = { ...addressOf(url), method: 'POST', headers, ...(agent === undefined ? {} : { agent }) };
    const request: ClientRequest = send(options, (incoming) => {
      const chunks: Buffer[] = [];
      let length = 0;
      incoming.on('data', (chunk: Buffer) => {
        if (length < ANSWER_BYTES) chunks.push(chunk);
        length += chunk.length;
      });
      incoming.on('error', reject);
      incoming.on('end', () => {
        const { 'retry-after': retryAfter } = incoming.headers;
        resolve({
          status: incoming.statusCode ?? 0,
          retryAfter,
          body: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    const cut = () => request.destroy(new Error('the client was closed'));
    signal?.addEventListener('abort', cut);
    request.on('error', reject);
    request.on('close', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cut);
      reject(new Error('the connection was closed before the answer'));
    });
    request.end(body);
  });
}

/** The system's code where there is one: its messages may repeat the address with its query. */
export function networkProblem(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? messageOf(error);
}

/** What `request` needs of a URL; its own reading would turn credentials into a header of ours. */
function addressOf(url: URL): { hostname: string; port: string; path: string } {
  const hostname = url.hostname.replaceAll(/^\[|\]$/g, '');
  return { hostname, port: url.port, path: `${url.pathname}${url.search}` };
}
