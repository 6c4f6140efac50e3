import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';

import { EmitError, messageOf } from '../errors.ts';
import type { TokenProvider } from './auth.ts';
import { bearer } from './auth.ts';
import { TokenError } from './fetched-token.ts';
import type { HttpAnswer } from './http-exchange.ts';
import { networkProblem, post } from './http-exchange.ts';
import type { RetryPolicy } from './retry.ts';
import { DEFAULT_RETRY, parseRetryAfter, retryDelayMs } from './retry.ts';
import { publicUrl } from './url.ts';

const gzip = promisify(gzipCallback);

/** Characters of an answer that are worth repeating in an error. */
const REASON_LENGTH = 300;

/** Options that all transports over HTTP share. */
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

/** The server answered, and said no. */
export class RefusedError extends EmitError {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** Why an attempt did not succeed. */
interface Failure {
  readonly problem: string;
  readonly retryable: boolean;
  readonly status?: number;
  readonly retryAfterMs?: number | undefined;
}

/** Posts texts of JSON, again after network errors and the statuses that promise better. */
export class HttpSender {
  readonly policy: RetryPolicy;
  readonly #options: HttpOptions;
  readonly #agent: HttpAgent;
  readonly #closing = new AbortController();
  readonly #holdsProcess: boolean;

  /**
   * @param behaviour `holdsProcess`: whether a wait between attempts keeps the process running, as it must
   * when somebody awaits the delivery; `sockets`: connections at once
   */
  constructor(
    options: HttpOptions,
    behaviour: { readonly holdsProcess?: boolean; readonly sockets?: number } = {},
  ) {
    this.#options = options;
    this.policy = options.retry ?? DEFAULT_RETRY;
    this.#holdsProcess = behaviour.holdsProcess ?? true;
    const pool = { keepAlive: true, maxSockets: behaviour.sockets ?? Number.POSITIVE_INFINITY };
    this.#agent =
      options.url.protocol === 'https:'
        ? new HttpsAgent({ ...pool, rejectUnauthorized: options.verify ?? true })
        : new HttpAgent(pool);
  }

  /**
   * The answer of a server that took the text (2xx).
   * @throws {RefusedError} when it last answered anything else
   * @throws {EmitError} when it did not answer
   */
  async post(url: URL, text: string): Promise<HttpAnswer> {
    // Higher levels take twice the time for little: the Python client's choice too.
    const body = this.#options.gzip === true ? await gzip(text, { level: 3 }) : Buffer.from(text);
    for (let retries = 0; ; retries += 1) {
      const outcome = await this.#attempt(url, body);
      if (!('problem' in outcome)) return outcome;
      const mayRetry = outcome.retryable && retries < this.policy.total;
      if (mayRetry && (await this.pause(retries, outcome.retryAfterMs))) continue;
      const attempts = retries === 0 ? '' : ` after ${retries + 1} attempts`;
      const message = `POST ${publicUrl(url)} failed${attempts}: ${outcome.problem}`;
      throw outcome.status === undefined ? new EmitError(message) : new RefusedError(message, outcome.status);
    }
  }

  /** Waits before the next attempt: true after it, false as soon as the sender is closed. */
  async pause(retries: number, retryAfterMs?: number): Promise<boolean> {
    const delay = retryDelayMs(this.policy, retries, retryAfterMs, Math.random());
    const { signal } = this.#closing;
    return sleep(delay, true, { signal, ref: this.#holdsProcess }).catch(() => false);
  }

  /** Cuts what is under way and frees the connections. */
  close(): void {
    this.#closing.abort();
    this.#agent.destroy();
  }

  async #attempt(url: URL, body: Buffer): Promise<HttpAnswer | Failure> {
    let answer: HttpAnswer;
    try {
      answer = await this.#authorised(url, body);
    } catch (error) {
      if (error instanceof TokenError) return { problem: error.message, retryable: error.retryable };
      return { problem: networkProblem(error), retryable: true };
    }
    const { status } = answer;
    if (status >= 200 && status < 300) return answer;
    const reason = oneLine(answer.body);
    return {
      status,
      problem: `status ${status}${reason === '' ? '' : `, ${reason}`}`,
      retryable: this.policy.status_forcelist.includes(status),
      retryAfterMs: parseRetryAfter(answer.retryAfter, new Date()),
    };
  }

  /** Posts with a token; once more with another one when the server does not know it any longer. */
  async #authorised(url: URL, body: Buffer): Promise<HttpAnswer> {
    const token = await this.#token();
    const answer = await this.#post(url, body, token);
    if (answer.status !== 401 || token === undefined) return answer;
    const other = await this.#token(token);
    return other === undefined || other === token ? answer : this.#post(url, body, other);
  }

  async #token(rejected?: string): Promise<string | undefined> {
    try {
      return (await this.#options.token?.(rejected)) || undefined;
    } catch (error) {
      throw error instanceof TokenError
        ? error
        : new TokenError(`the token provider failed: ${messageOf(error)}`, false);
    }
  }

  #post(url: URL, body: Buffer, token: string | undefined): Promise<HttpAnswer> {
    const { timeoutMs = 5000, gzip: zipped, headers } = this.#options;
    const basic = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    return post({
      url,
      body,
      timeoutMs,
      agent: this.#agent,
      signal: this.#closing.signal,
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json',
        'Content-Length': String(body.length),
        ...(basic === ':' ? {} : { Authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
        ...(token === undefined ? {} : { Authorization: bearer(token) }),
        ...(zipped === true ? { 'Content-Encoding': 'gzip' } : {}),
        ...headers,
      },
    });
  }
}

function oneLine(text: string): string {
  return text
    .slice(0, 4 * REASON_LENGTH)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, REASON_LENGTH);
}
