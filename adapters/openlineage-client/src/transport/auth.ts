import { Settings } from '../config/settings.ts';
import { ConfigurationError } from '../errors.ts';
import { jwtProvider, oauth2Provider } from './fetched-token.ts';

/**
 * Gives the token for the `Authorization: Bearer` header, or undefined for none. It is asked before every
 * request, and once more with the token in hand when the server answered 401 to it.
 */
export type TokenProvider = (rejected?: string) => string | undefined | Promise<string | undefined>;

/** Makes a provider from an `auth` section. @throws {ConfigurationError} */
export type TokenProviderBuilder = (settings: Settings) => TokenProvider;

/** A key that is the token. */
export interface ApiKeyAuth {
  readonly type: 'api_key';
  readonly apiKey: string;
}

/** A key that is exchanged for a token, by a form posted to an endpoint; keys as in the Python client. */
export interface JwtAuth {
  readonly type: 'jwt';
  readonly apiKey: string;
  readonly tokenEndpoint: string;
  /** Names that the token may have in the answer; default `token` and `access_token`. */
  readonly tokenFields?: readonly string[];
  /** Name of the seconds of validity in the answer; default `expires_in`. */
  readonly expiresInField?: string;
  /** Default `urn:ietf:params:oauth:grant-type:jwt-bearer`. */
  readonly grantType?: string;
  /** Default `token`. */
  readonly responseType?: string;
  /** Seconds before its end that a token is replaced; default 120. */
  readonly tokenRefreshBuffer?: number;
}

/** OAuth 2 client credentials (RFC 6749, 4.4). */
export interface OAuth2Auth {
  readonly type: 'oauth2';
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string;
  readonly audience?: string;
  /** How the client names itself: HTTP Basic, the default, or fields of the form. */
  readonly clientAuth?: 'basic' | 'post';
  /** Seconds before its end that a token is replaced; default 120. */
  readonly tokenRefreshBuffer?: number;
}

/** Authentication in configuration. */
export type Auth = ApiKeyAuth | JwtAuth | OAuth2Auth;

/** The token providers that come with the client, by the `type` of an `auth` section. */
export const BUILT_IN_TOKEN_PROVIDERS: Readonly<Record<string, TokenProviderBuilder>> = {
  api_key: (settings) => {
    const apiKey = settings.requiredString('apiKey');
    return () => apiKey;
  },
  jwt: (settings) => jwtProvider(settings),
  oauth2: (settings) => oauth2Provider(settings),
};

/** The provider for an `auth` section, or for a function given in code. @throws {ConfigurationError} */
export function tokenProvider(
  auth: unknown,
  path: string,
  builders: Readonly<Record<string, TokenProviderBuilder>>,
): TokenProvider {
  if (auth === undefined) return () => undefined;
  if (typeof auth === 'function') return auth as TokenProvider;
  const settings = new Settings(auth, path);
  const type = settings.string('type');
  if (type === undefined) return () => undefined;
  const builder = Object.hasOwn(builders, type) ? builders[type] : undefined;
  if (builder === undefined) {
    throw new ConfigurationError(
      `${path}.type must be one of ${Object.keys(builders).join(', ')}; for other schemes pass a function ` +
        `that returns the token as ${path}, or name a provider in the option tokenProviders.`,
    );
  }
  return builder(settings);
}

/**
 * The `Authorization` header for a token. Repeated `Bearer ` is stripped: Airflow hands the whole header
 * value on as the key, and other clients then send `Bearer Bearer KEY`.
 */
export function bearer(token: string): string {
  return `Bearer ${token.trim().replace(/^(?:bearer\s+)+/i, '')}`;
}
