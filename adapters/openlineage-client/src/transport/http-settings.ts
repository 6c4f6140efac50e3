import type { Settings } from '../config/settings.ts';
import type { HttpOptions } from './http-sender.ts';
import type { RetryPolicy } from './retry.ts';
import { DEFAULT_RETRY } from './retry.ts';
import type { TransportContext } from './transport.ts';
import { lineageUrl } from './url.ts';

/**
 * Reads the keys that the transports over HTTP share; they are those of the Python client's.
 * @param retryDefaults what `retry` is where its section says nothing
 * @throws {ConfigurationError}
 */
export function readHttpOptions(
  settings: Settings,
  context: TransportContext,
  retryDefaults: RetryPolicy = DEFAULT_RETRY,
): HttpOptions & { readonly retry: RetryPolicy } {
  const retry = settings.section('retry');
  const compression = settings.string('compression');
  if (compression !== undefined && compression !== 'gzip')
    throw settings.error('compression', 'can only be gzip');
  return {
    url: lineageUrl(
      settings.requiredString('url'),
      settings.string('endpoint'),
      settings.strings('urlParams', 'url_params'),
    ),
    timeoutMs: settings.number('timeout', 5, { min: 0.001 }) * 1000,
    verify: settings.boolean('verify', true),
    token: context.token(settings.value('auth'), `${settings.path}.auth`),
    gzip: compression === 'gzip',
    headers: settings.strings('custom_headers', 'headers'),
    retry: retry === undefined ? retryDefaults : readRetry(retry, retryDefaults),
  };
}

function readRetry(settings: Settings, defaults: RetryPolicy): RetryPolicy {
  return {
    total: settings.number('total', defaults.total, { min: 0, integer: true }),
    backoff_factor: settings.number('backoff_factor', defaults.backoff_factor, { min: 0 }),
    status_forcelist: settings.numberList('status_forcelist', defaults.status_forcelist),
    retry_after_max: settings.number('retry_after_max', defaults.retry_after_max, { min: 0 }),
  };
}
