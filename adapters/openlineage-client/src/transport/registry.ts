import { isRecord, Settings } from '../config/settings.ts';
import { ConfigurationError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { AsyncHttpTransport } from './async-http.ts';
import type { TokenProviderBuilder } from './auth.ts';
import { BUILT_IN_TOKEN_PROVIDERS, tokenProvider } from './auth.ts';
import { BatchHttpTransport } from './batch-http.ts';
import { CompositeTransport } from './composite.ts';
import { ConsoleTransport } from './console.ts';
import { FileTransport } from './file.ts';
import { HttpTransport } from './http.ts';
import { KafkaTransport } from './kafka.ts';
import { NoopTransport } from './noop.ts';
import type { EventTransformerBuilder } from './transform.ts';
import { BUILT_IN_TRANSFORMERS, TransformTransport } from './transform.ts';
import type { Transport, TransportBuilder, TransportContext } from './transport.ts';

/** The transports that come with the client, by the `type` of their configuration. */
export const BUILT_IN_TRANSPORTS: Readonly<Record<string, TransportBuilder>> = {
  http: (settings, context) => HttpTransport.fromSettings(settings, context),
  async_http: (settings, context) => AsyncHttpTransport.fromSettings(settings, context),
  batch_http: (settings, context) => BatchHttpTransport.fromSettings(settings, context),
  kafka: (settings, context) => KafkaTransport.fromSettings(settings, context),
  console: () => new ConsoleTransport(),
  file: (settings) => FileTransport.fromSettings(settings),
  noop: () => new NoopTransport(),
  composite: (settings, context) => CompositeTransport.fromSettings(settings, context),
  transform: (settings, context) => TransformTransport.fromSettings(settings, context),
};

/** What `buildTransport` may use beside what comes with the client. */
export interface BuildOptions {
  readonly logger: Logger;
  readonly strict?: boolean | undefined;
  /** Kinds of transport, by the `type` of their configuration. */
  readonly transports?: Readonly<Record<string, TransportBuilder>> | undefined;
  /** Token providers, by the `type` of an `auth` section. */
  readonly tokenProviders?: Readonly<Record<string, TokenProviderBuilder>> | undefined;
  /** Transformers, by the `transformer_class` of a transform transport. */
  readonly transformers?: Readonly<Record<string, EventTransformerBuilder>> | undefined;
}

/**
 * Builds the transport that a configuration describes; a finished transport passes through.
 * @throws {ConfigurationError} naming the key to mend
 */
export function buildTransport(config: unknown, options: BuildOptions): Transport {
  const builders = { ...BUILT_IN_TRANSPORTS, ...options.transports };
  const tokenProviders = { ...BUILT_IN_TOKEN_PROVIDERS, ...options.tokenProviders };
  const context: TransportContext = {
    logger: options.logger,
    strict: options.strict ?? false,
    transformers: { ...BUILT_IN_TRANSFORMERS, ...options.transformers },
    token: (auth, path) => tokenProvider(auth, path, tokenProviders),
    build(nested, path) {
      if (isTransport(nested)) return nested;
      const settings = new Settings(nested, path);
      const type = settings.requiredString('type');
      const builder = Object.hasOwn(builders, type) ? builders[type] : undefined;
      if (builder === undefined) {
        throw new ConfigurationError(`${path}.type must be one of ${Object.keys(builders).join(', ')}.`);
      }
      const transport = builder(settings, context);
      const priority = settings.number('priority', 0, { min: Number.NEGATIVE_INFINITY, integer: true });
      return priority === 0 ? transport : withPriority(transport, priority);
    },
  };
  return context.build(config, 'transport');
}

/** True for an object that can deliver events. */
export function isTransport(value: unknown): value is Transport {
  return isRecord(value) && typeof value['emit'] === 'function' && typeof value['close'] === 'function';
}

function withPriority(transport: Transport, priority: number): Transport {
  return {
    kind: transport.kind,
    priority,
    emit: (event) => transport.emit(event),
    flush: async () => transport.flush?.(),
    close: () => transport.close(),
  };
}
