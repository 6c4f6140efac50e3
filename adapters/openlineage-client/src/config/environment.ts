import { ConfigurationError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { isRecord } from './settings.ts';

/** Environment variables, e.g. `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'OPENLINEAGE__';
const DEFAULT_HTTP = `${PREFIX}TRANSPORT__TRANSPORTS__DEFAULT_HTTP`;

/** True when `OPENLINEAGE_DISABLED` says so; then nothing is sent, whatever else is configured. */
export function isDisabled(env: Environment): boolean {
  return (env['OPENLINEAGE_DISABLED'] ?? '').trim().toLowerCase() === 'true';
}

/**
 * The configuration in `OPENLINEAGE__…` variables, as the Python client reads it: `__` nests, keys become
 * lower case, values that parse as JSON are JSON, and a variable for a whole section replaces those for
 * parts of it. `OPENLINEAGE_URL`, `_ENDPOINT` and `_API_KEY` join as the transport `default_http` of a
 * composite one.
 * @throws {ConfigurationError} when one variable needs a section where another puts a value
 */
export function configFromEnvironment(env: Environment, logger: Logger): Record<string, unknown> {
  const variables = Object.entries({ ...env, ...aliases(env) })
    .filter((entry): entry is [string, string] => entry[0].startsWith(PREFIX) && entry[1] !== undefined)
    // Descending, so that the variable of a section comes after those of its parts and replaces them.
    .toSorted(([left], [right]) => (left < right ? 1 : -1));
  const config: Record<string, unknown> = {};
  for (const [variable, text] of variables) {
    insert(
      config,
      variable,
      variable.slice(PREFIX.length).toLowerCase().split('__'),
      parse(variable, text, logger),
    );
  }
  return config;
}

/** The http transport that the short variables alone describe. */
export function httpFromShortVariables(env: Environment): Record<string, unknown> | undefined {
  const url = env['OPENLINEAGE_URL'];
  if (url === undefined || url === '') return undefined;
  const endpoint = env['OPENLINEAGE_ENDPOINT'];
  const apiKey = env['OPENLINEAGE_API_KEY'];
  return {
    type: 'http',
    url,
    ...(endpoint === undefined || endpoint === '' ? {} : { endpoint }),
    ...(apiKey === undefined || apiKey === '' ? {} : { auth: { type: 'api_key', apiKey } }),
  };
}

function aliases(env: Environment): Record<string, string> {
  const http = httpFromShortVariables(env);
  if (http === undefined || Object.keys(env).some((key) => key.startsWith(DEFAULT_HTTP))) return {};
  return Object.fromEntries(
    Object.entries(http).map(([key, value]) => [
      `${DEFAULT_HTTP}__${key.toUpperCase()}`,
      // As JSON, so that a URL or key that happens to parse as JSON stays the text it is.
      JSON.stringify(value),
    ]),
  );
}

function parse(variable: string, text: string, logger: Logger): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (/[{}[\]]/.test(text))
      logger.warn(`${variable} looks like JSON but does not parse; it is taken as plain text.`);
    return text;
  }
}

function insert(
  config: Record<string, unknown>,
  variable: string,
  keys: readonly string[],
  value: unknown,
): void {
  let section = config;
  for (const key of keys.slice(0, -1)) {
    const next = (section[key] ??= {});
    if (!isRecord(next)) {
      throw new ConfigurationError(
        `${variable} needs a section where another variable puts a value; remove one.`,
      );
    }
    section = next;
  }
  section[keys.at(-1) ?? ''] = value;
}
