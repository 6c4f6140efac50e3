import { ConfigurationError } from '../errors.ts';

/** Path of the lineage endpoint unless configured otherwise. */
export const DEFAULT_ENDPOINT = 'api/v1/lineage';

/**
 * The address that events are posted to. A path in `url` is kept, unlike in the Python client, which loses
 * its last segment; a `url` that already ends with the endpoint is taken as it is.
 * @throws {ConfigurationError} when `url` is not an http or https URL
 */
export function lineageUrl(
  url: string,
  endpoint: string = DEFAULT_ENDPOINT,
  urlParams: Readonly<Record<string, string>> = {},
): URL {
  const target = URL.canParse(url.trim()) ? new URL(url.trim()) : undefined;
  if (target === undefined || !['http:', 'https:'].includes(target.protocol)) {
    throw new ConfigurationError('transport.url must be a URL such as http://localhost:4100.');
  }
  const [path = '', query = ''] = endpoint.trim().split('?');
  const base = target.pathname.replace(/\/+$/, '');
  const tail = path.replaceAll(/^\/+|\/+$/g, '');
  target.pathname = tail === '' || `${base}/`.endsWith(`/${tail}/`) ? base : `${base}/${tail}`;
  for (const [key, value] of new URLSearchParams(query)) target.searchParams.append(key, value);
  for (const [key, value] of Object.entries(urlParams)) target.searchParams.append(key, value);
  target.hash = '';
  return target;
}

/** The address for people: without credentials and query, which may hold keys. */
export function publicUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
