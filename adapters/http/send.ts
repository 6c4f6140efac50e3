import { lookup as resolveName, type LookupAddress } from 'node:dns';
import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { HttpAnswer, HttpRequest, SendHttp } from '#model/http-exchange.ts';
import { isPrivateAddress } from './private-addresses.ts';

export interface SendOptions {
  /** Whether receivers may have addresses of private networks and of this machine. */
  readonly allowPrivate: boolean;
  /** Milliseconds for the whole exchange. */
  readonly timeoutMs?: number;
}

const TIMEOUT = 10_000;
/** An answer is read so far and no further: nobody must be able to fill our memory. */
const ANSWER_BYTES = 64 * 1024;

class Refused extends Error {}

/**
 * Sends requests to receivers of alerts: no redirects, a time limit, and connections only to addresses that
 * were checked, so that a name that resolves differently a moment later gains nothing.
 */
export function httpSender({ allowPrivate, timeoutMs = TIMEOUT }: SendOptions): SendHttp {
  return async (request) => {
    const url = new URL(request.url);
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      return { status: 'refused', reason: `${url.protocol}//${url.host} is neither http nor https` };
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (!allowPrivate && isIP(host) !== 0 && isPrivateAddress(host)) return refusal(host);
    try {
      return await exchange(url, request, allowPrivate ? undefined : checkedLookup, timeoutMs);
    } catch (error) {
      if (error instanceof Refused) return refusal(host);
      return { status: 'unreachable', reason: reasonOf(error) };
    }
  };
}

function refusal(host: string): HttpAnswer {
  const mend = 'set allow_private for the channel if this is meant';
  return {
    status: 'refused',
    reason: `${host} lies in a private network, and nothing is sent there; ${mend}`,
  };
}

/** Resolves a name and gives only addresses that may be connected to: all of them, or it fails. */
const checkedLookup: LookupFunction = (hostname, options, callback) => {
  resolveName(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const [first] = addresses ?? [];
    if (error !== null || first === undefined) {
      callback(error ?? new Error(`${hostname} has no address`), '', 0);
      return;
    }
    if (addresses.some(({ address }) => isPrivateAddress(address))) {
      callback(new Refused(hostname), '', 0);
      return;
    }
    if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

async function exchange(
  url: URL,
  { method, headers, body }: HttpRequest,
  lookup: LookupFunction | undefined,
  timeoutMs: number,
): Promise<HttpAnswer> {
  const answered = Promise.withResolvers<IncomingMessage>();
  const send = url.protocol === 'https:' ? secureRequest : plainRequest;
  const sent = send(url, {
    method,
    headers: { 'user-agent': 'assay', ...headers, 'content-length': Buffer.byteLength(body) },
    agent: false,
    signal: AbortSignal.timeout(timeoutMs),
    ...(lookup !== undefined && { lookup }),
  });
  sent.once('response', answered.resolve).once('error', answered.reject);
  sent.end(body);
  const response = await answered.promise;
  try {
    const text = await beginningOf(response);
    return {
      status: 'answered',
      code: response.statusCode ?? 0,
      notBefore: retryAfter(response.headers['retry-after'], new Date()),
      body: text,
    };
  } finally {
    response.destroy();
  }
}

async function beginningOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part);
    length += part.length;
    if (length >= ANSWER_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, ANSWER_BYTES).toString('utf8');
}

/** Longest wait that a receiver may ask for: what it says must not silence it for days. */
const LONGEST_WAIT = 60 * 60_000;

/** Retry-After (RFC 9110, 10.2.3): seconds, or a date. Null when it is neither. */
export function retryAfter(value: string | undefined, now: Date): Date | null {
  if (value === undefined) return null;
  const at = /^\d{1,9}$/.test(value.trim()) ? now.getTime() + Number(value) * 1000 : Date.parse(value);
  if (Number.isNaN(at)) return null;
  return new Date(Math.min(Math.max(at, now.getTime()), now.getTime() + LONGEST_WAIT));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer in time';
  const { code } = error as NodeJS.ErrnoException;
  return code ?? error.message;
}
