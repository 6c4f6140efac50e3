import type { ClientRequest } from 'node:http';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';

import type { Settings } from '../config/settings.ts';
import { EmitError, messageOf } from '../errors.ts';
import type { OpenLineageEvent } from '../event.ts';
import type { TokenProvider } from './auth.ts';
import { bearer, tokenProvider } from './auth.ts';
import type { RetryPolicy } from './retry.ts';
import { DEFAULT_RETRY, parseRetryAfter, retryDelayMs } from './retry.ts';
import type { Transport } from './transport.ts';
import { serialise } from './transport.ts';
import { lineageUrl, publicUrl } from './url.ts';

const gzip = promisify(gzipCallback);

/** Characters of an answer that are worth repeating in an error. */
const REASON_LENGTH = 300;

/** Options of the http transport. */
export interface HttpOptions {
  /** Where events go; see `lineageUrl`. */
  readonly url: URL;
  /** Milliseconds for one attempt, from connecting to the end of the response; default 5000. */
  readonly timeoutMs?: number;
  /** False accepts any TLS certificate; default true. */
  readonly verify?: boolean;
  readonly token?: TokenProvider;
  readonly gzip?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly retry?: RetryPolicy;
}

interface Response {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Start of the body, on one line: what the server says is wrong. */
  readonly reason: string;
}

/** Posts every event, again after network errors and the statuses that promise better. */
export class HttpTransport implements Transport {
  readonly kind = 'http';
  readonly #options: HttpOptions;
  readonly #agent: HttpAgent;
  readonly #closing = new AbortController();
  readonly #active = new Set<ClientRequest>();

  constructor(options: HttpOptions) {
    this.#options = options;
    this.#agent =
      options.url.protocol === 'https:'
        ? new HttpsAgent({ keepAlive: true, rejectUnauthorized: options.verify ?? true })
        : new HttpAgent({ keepAlive: true });
  }

  /** Reads the keys of the Python client's http transport. @throws {ConfigurationError} */
  static fromSettings(settings: Settings): HttpTransport {
    const retry = settings.section('retry');
    const compression = settings.string('compression');
    if (compression !== undefined && compression !== 'gzip')
      throw settings.error('compression', 'can only be gzip');
    return new HttpTransport({
      url: lineageUrl(
        settings.requiredString('url'),
        settings.string('endpoint'),
        settings.strings('urlParams', 'url_params'),
      ),
      timeoutMs: settings.number('timeout', 5, { min: 0.001 }) * 1000,
      verify: settings.boolean('verify', true),
      token: tokenProvider(settings.value('auth'), `${settings.path}.auth`),
      gzip: compression === 'gzip',
      headers: settings.strings('custom_headers', 'headers'),
      retry: retry === undefined ? DEFAULT_RETRY : readRetry(retry),
    });
  }

  async emit(event: OpenLineageEvent): Promise<void> {
    const policy = this.#options.retry ?? DEFAULT_RETRY;
    const text = serialise(event);
    // Higher levels take twice the time for little: the Python client's choice too.
    const body = this.#options.gzip === true ? await gzip(text, { level: 3 }) : Buffer.from(text);
    const headers = await this.#headers(body.length);
    for (let retries = 0; ; retries += 1) {
      const outcome = await this.#attempt(body, headers);
      if (outcome === undefined) return;
      const delay = retryDelayMs(policy, retries, outcome.retryAfterMs, Math.random());
      const mayRetry = outcome.retryable && retries < policy.total;
      if (!mayRetry || !(await this.#wait(delay))) {
        const attempts = retries === 0 ? '' : ` after ${retries + 1} attempts`;
        throw new EmitError(`POST ${publicUrl(this.#options.url)} failed${attempts}: ${outcome.problem}`);
      }
    }
  }

  /** True after the wait, false as soon as the transport is closed. */
  async #wait(milliseconds: number): Promise<boolean> {
    return sleep(milliseconds, true, { signal: this.#closing.signal }).catch(() => false);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const request of this.#active) request.destroy(new Error('the client was closed'));
    this.#agent.destroy();
  }

  async #headers(length: number): Promise<Record<string, string>> {
    const { url, token, headers } = this.#options;
    const value = await token?.();
    const basic = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    return {
      'Content-Type': 'application/json',
      Accept: 'application/json',
      'Content-Length': String(length),
      ...(basic === ':' ? {} : { Authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
      ...(value === undefined || value === '' ? {} : { Authorization: bearer(value) }),
      ...(this.#options.gzip === true ? { 'Content-Encoding': 'gzip' } : {}),
      ...headers,
    };
  }

  /** Undefined when the event was taken. */
  async #attempt(
    body: Buffer,
    headers: Record<string, string>,
  ): Promise<{ retryable: boolean; problem: string; retryAfterMs?: number | undefined } | undefined> {
    const policy = this.#options.retry ?? DEFAULT_RETRY;
    let response: Response;
    try {
      response = await this.#post(body, headers);
    } catch (error) {
      return { retryable: true, problem: networkProblem(error) };
    }
    const { status, reason, retryAfter } = response;
    if (status >= 200 && status < 300) return undefined;
    return {
      retryable: policy.status_forcelist.includes(status),
      problem: `status ${status}${reason === '' ? '' : `, ${reason}`}`,
      retryAfterMs: parseRetryAfter(retryAfter, new Date()),
    };
  }

  #post(body: Buffer, headers: Record<string, string>): Promise<Response> {
    const { url, timeoutMs = 5000 } = this.#options;
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const request = send({ ...addressOf(url), method: 'POST', agent: this.#agent, headers }, (incoming) => {
        let start = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => {
          if (start.length < REASON_LENGTH) start += chunk;
        });
        incoming.on('error', reject);
        incoming.on('end', () => {
          const { 'retry-after': retryAfter } = incoming.headers;
          resolve({ status: incoming.statusCode ?? 0, retryAfter, reason: oneLine(start) });
        });
      });
      const timer = setTimeout(
        () => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)),
        timeoutMs,
      );
      this.#active.add(request);
      request.on('error', reject);
      request.on('close', () => {
        clearTimeout(timer);
        this.#active.delete(request);
        reject(new Error('the connection was closed before the answer'));
      });
      request.end(body);
    });
  }
}

function readRetry(settings: Settings): RetryPolicy {
  return {
    total: settings.number('total', DEFAULT_RETRY.total, { min: 0, integer: true }),
    backoff_factor: settings.number('backoff_factor', DEFAULT_RETRY.backoff_factor, { min: 0 }),
    status_forcelist: settings.numberList('status_forcelist', DEFAULT_RETRY.status_forcelist),
    retry_after_max: settings.number('retry_after_max', DEFAULT_RETRY.retry_after_max, { min: 0 }),
  };
}

/** What `request` needs of a URL; its own reading would turn credentials into a header of ours. */
function addressOf(url: URL): { hostname: string; port: string; path: string } {
  const hostname = url.hostname.replaceAll(/^\[|\]$/g, '');
  return { hostname, port: url.port, path: `${url.pathname}${url.search}` };
}

/** The system's code where there is one: its messages may repeat the address with its query. */
function networkProblem(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? messageOf(error);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, REASON_LENGTH);
}
