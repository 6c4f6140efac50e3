import { isRecord, Settings } from '../config/settings.ts';
import { ConfigurationError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { CompositeTransport } from './composite.ts';
import { ConsoleTransport } from './console.ts';
import { FileTransport } from './file.ts';
import { HttpTransport } from './http.ts';
import { NoopTransport } from './noop.ts';
import type { Transport, TransportBuilder, TransportContext } from './transport.ts';

/** The transports that come with the client, by the `type` of their configuration. */
export const BUILT_IN_TRANSPORTS: Readonly<Record<string, TransportBuilder>> = {
  http: (settings) => HttpTransport.fromSettings(settings),
  console: () => new ConsoleTransport(),
  file: (settings) => FileTransport.fromSettings(settings),
  noop: () => new NoopTransport(),
  composite: (settings, context) => CompositeTransport.fromSettings(settings, context),
};

/**
 * Builds the transport that a configuration describes; a finished transport passes through.
 * @param builders the known kinds; add your own beside `BUILT_IN_TRANSPORTS`
 * @throws {ConfigurationError} naming the key to mend
 */
export function buildTransport(
  config: unknown,
  builders: Readonly<Record<string, TransportBuilder>>,
  logger: Logger,
): Transport {
  const context: TransportContext = {
    logger,
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
    close: () => transport.close(),
  };
}
