import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** One request as the client sent it, and what it was answered. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Decompressed. */
  readonly body: string;
  /** 0: the connection was closed without an answer. */
  readonly status: number;
}

/**
 * What goes wrong on the way: `busy` answers 503 in the collector's place, `lost` lets the request through
 * and closes the connection before the answer, as a time-out does.
 */
export type Trouble = 'none' | 'busy' | 'lost';

export interface RecordingProxy {
  readonly url: string;
  readonly exchanges: readonly Exchange[];
}

/** Stands between a client and Assay, passes everything on byte by byte and remembers it. Closed after the test. */
export async function recordingProxy(
  t: TestContext,
  target: string,
  trouble: (number: number, body: string) => Trouble = () => 'none',
): Promise<RecordingProxy> {
  const exchanges: Exchange[] = [];
  let number = 0;
  const server = createServer((from, to) => {
    void (async () => {
      const sent = await buffer(from);
      const body = (from.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent).toString();
      const { method = '', url: path = '', headers } = from;
      number += 1;
      const what = trouble(number, body);
      if (what === 'busy') {
        to.writeHead(503, { 'retry-after': '1', 'content-type': 'application/json' }).end('{}');
        exchanges.push({ method, path, headers, body, status: 503 });
        return;
      }
      const answer = await pass(target, from, sent);
      const answered = await buffer(answer);
      exchanges.push({ method, path, headers, body, status: what === 'lost' ? 0 : (answer.statusCode ?? 0) });
      if (what === 'lost') to.destroy();
      else to.writeHead(answer.statusCode ?? 502, answer.headers).end(answered);
    })().catch((error: unknown) => to.destroy(error instanceof Error ? error : undefined));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, exchanges };
}

/** As sent: the encoding of the body too, and chunks where the client sent chunks. */
async function pass(target: string, from: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  const { method, url = '', headers } = from;
  const out = request(new URL(url, target), { method, headers });
  out.end(body);
  const [answer] = (await once(out, 'response')) as [IncomingMessage];
  return answer;
}
