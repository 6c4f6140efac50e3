import { Settings } from '../config/settings.ts';
import { ConfigurationError } from '../errors.ts';

/** Gives the token for the `Authorization: Bearer` header, or undefined for none. */
export type TokenProvider = () => string | undefined | Promise<string | undefined>;

/** Authentication in configuration, spelled as in the Python client. */
export interface ApiKeyAuth {
  readonly type: 'api_key';
  readonly apiKey: string;
}

/** The provider for an `auth` section, or for a function given in code. @throws {ConfigurationError} */
export function tokenProvider(auth: unknown, path: string): TokenProvider {
  if (auth === undefined) return () => undefined;
  if (typeof auth === 'function') return auth as TokenProvider;
  const settings = new Settings(auth, path);
  const type = settings.string('type');
  if (type === undefined) return () => undefined;
  if (type !== 'api_key') {
    throw new ConfigurationError(
      `${path}.type must be api_key; for other schemes pass a function that returns the token as ${path}.`,
    );
  }
  const apiKey = settings.requiredString('apiKey');
  return () => apiKey;
}

/**
 * The `Authorization` header for a token. Repeated `Bearer ` is stripped: Airflow hands the whole header
 * value on as the key, and other clients then send `Bearer Bearer KEY`.
 */
export function bearer(token: string): string {
  return `Bearer ${token.trim().replace(/^(?:bearer\s+)+/i, '')}`;
}
