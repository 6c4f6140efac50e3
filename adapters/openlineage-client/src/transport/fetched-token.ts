import type { Settings } from '../config/settings.ts';
import { isRecord } from '../config/settings.ts';
import { EmitError } from '../errors.ts';
import type { TokenProvider } from './auth.ts';
import type { HttpAnswer } from './http-exchange.ts';
import { networkProblem, post } from './http-exchange.ts';
import { DEFAULT_RETRY } from './retry.ts';
import { publicUrl } from './url.ts';

/** Milliseconds that a token endpoint has to answer, as in the Python client. */
const TIMEOUT_MS = 10_000;
/** Seconds that a token is kept which does not say how long it is valid. */
const UNKNOWN_VALIDITY = 300;

/** No token could be had; the message holds no secret. */
export class TokenError extends EmitError {
  readonly retryable: boolean;

  constructor(message: string, retryable: boolean) {
    super(message);
    this.retryable = retryable;
  }
}

/** Where and how a token is fetched. */
export interface TokenRequest {
  readonly endpoint: URL;
  readonly form: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Names that the token may have in the answer, whatever their case. */
  readonly tokenFields: readonly string[];
  readonly expiresInField: string;
  /** Seconds before its end that a token is replaced, at most half of its validity. */
  readonly refreshBuffer: number;
}

/** Exchanges an API key for a token; the keys and defaults of the Python client. @throws {ConfigurationError} */
export function jwtProvider(settings: Settings): TokenProvider {
  const fields = settings.value('tokenFields');
  return fetchedToken({
    endpoint: endpointOf(settings),
    form: {
      grant_type: settings.string('grantType') ?? 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      response_type: settings.string('responseType') ?? 'token',
      apikey: settings.requiredString('apiKey'),
    },
    tokenFields:
      fields === undefined
        ? ['token', 'access_token']
        : typeof fields === 'string'
          ? [fields]
          : settings.stringList('tokenFields'),
    expiresInField: settings.string('expiresInField') ?? 'expires_in',
    refreshBuffer: refreshBufferOf(settings),
  });
}

/** OAuth 2 client credentials (RFC 6749, 4.4). @throws {ConfigurationError} */
export function oauth2Provider(settings: Settings): TokenProvider {
  const id = settings.requiredString('clientId');
  const secret = settings.requiredString('clientSecret');
  const how = settings.string('clientAuth') ?? 'basic';
  if (how !== 'basic' && how !== 'post') throw settings.error('clientAuth', 'must be basic or post');
  const scope = settings.string('scope');
  const audience = settings.string('audience');
  return fetchedToken({
    endpoint: endpointOf(settings),
    form: {
      grant_type: settings.string('grantType') ?? 'client_credentials',
      ...(how === 'post' ? { client_id: id, client_secret: secret } : {}),
      ...(scope === undefined ? {} : { scope }),
      ...(audience === undefined ? {} : { audience }),
    },
    ...(how === 'basic' ? { headers: { Authorization: basic(id, secret) } } : {}),
    tokenFields: ['access_token'],
    expiresInField: 'expires_in',
    refreshBuffer: refreshBufferOf(settings),
  });
}

/** A provider that fetches a token, keeps it while it is good, and fetches it once for all who wait. */
export function fetchedToken(
  request: TokenRequest,
  now: () => number = () => Date.now() / 1000,
): TokenProvider {
  let kept: { readonly token: string; readonly until: number } | undefined;
  let underWay: Promise<string> | undefined;
  async function fetchAnew(): Promise<string> {
    const answer = await exchange(request);
    const token = textOf(member(answer, request.tokenFields));
    if (token === undefined)
      throw failed(request, `the answer has no ${request.tokenFields.join(' or ')}`, false);
    const expiresIn = Number(member(answer, [request.expiresInField]));
    const validity = expiresIn > 0 ? expiresIn : (expiryOfJwt(token) ?? now() + UNKNOWN_VALIDITY) - now();
    kept = { token, until: now() + validity - Math.min(request.refreshBuffer, validity / 2) };
    return token;
  }
  return async (rejected) => {
    if (kept !== undefined && kept.token !== rejected && now() < kept.until) return kept.token;
    underWay ??= fetchAnew().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

async function exchange(request: TokenRequest): Promise<Readonly<Record<string, unknown>>> {
  let answer: HttpAnswer;
  try {
    const body = new URLSearchParams(request.form).toString();
    answer = await post({
      url: request.endpoint,
      timeoutMs: TIMEOUT_MS,
      body,
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        'Content-Length': String(Buffer.byteLength(body)),
        Accept: 'application/json',
        ...request.headers,
      },
    });
  } catch (error) {
    throw failed(request, networkProblem(error), true);
  }
  const document = parse(answer.body);
  if (answer.status < 200 || answer.status >= 300) {
    // Only the code of RFC 6749, 5.2: other text of an authority may repeat what it was sent.
    const code = /^\w{1,60}$/.exec(textOf(document['error']) ?? '')?.[0];
    const retryable = DEFAULT_RETRY.status_forcelist.includes(answer.status);
    throw failed(request, `status ${answer.status}${code === undefined ? '' : `, ${code}`}`, retryable);
  }
  return document;
}

function failed({ endpoint }: TokenRequest, problem: string, retryable: boolean): TokenError {
  return new TokenError(`no token from ${publicUrl(endpoint)}: ${problem}`, retryable);
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(text);
    return isRecord(document) ? document : {};
  } catch {
    return {};
  }
}

/** The first of these members that is there, whatever the case and underscores of its name. */
function member(document: Readonly<Record<string, unknown>>, names: readonly string[]): unknown {
  const plain = new Map(Object.entries(document).map(([name, value]) => [plainName(name), value]));
  return names
    .map((name) => plain.get(plainName(name)))
    .find((value) => value !== undefined && value !== null);
}

function plainName(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The `exp` claim, in seconds since the epoch, of a token that is a JWT. */
function expiryOfJwt(token: string): number | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  const { exp } = parse(Buffer.from(payload, 'base64url').toString('utf8'));
  return typeof exp === 'number' ? exp : undefined;
}

function endpointOf(settings: Settings): URL {
  const text = settings.requiredString('tokenEndpoint');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    throw settings.error('tokenEndpoint', 'must be a URL such as https://login.example.com/token');
  return url;
}

function refreshBufferOf(settings: Settings): number {
  return settings.number('tokenRefreshBuffer', 120, { min: 0 });
}

/** RFC 6749, 2.3.1: both parts form-encoded first. */
function basic(id: string, secret: string): string {
  const [user, password] = [id, secret].map((part) =>
    new URLSearchParams({ part }).toString().slice('part='.length),
  );
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
