import type { Settings } from '../config/settings.ts';
import { isRecord } from '../config/settings.ts';
import { EmitError, messageOf } from '../errors.ts';
import type { OpenLineageEvent } from '../event.ts';
import type { Logger } from '../logger.ts';
import type { Transport, TransportContext } from './transport.ts';

/** Options of the composite transport, named and meant as in the Python client. */
export interface CompositeOptions {
  /** Go on to the next transport when one fails; default true. It is an error only if all fail. */
  readonly continue_on_failure?: boolean;
  /** Go on to the next transport when one succeeded; default true. */
  readonly continue_on_success?: boolean;
  /** Take transports in falling order of priority instead of the given one; default false. */
  readonly sort_transports?: boolean;
}

/** Sends every event by several transports, one after the other. */
export class CompositeTransport implements Transport {
  readonly kind = 'composite';
  readonly transports: readonly Transport[];
  readonly #options: CompositeOptions;
  readonly #logger: Logger;

  constructor(transports: readonly Transport[], options: CompositeOptions, logger: Logger) {
    this.transports =
      options.sort_transports === true
        ? transports.toSorted((left, right) => (right.priority ?? 0) - (left.priority ?? 0))
        : transports;
    this.#options = options;
    this.#logger = logger;
  }

  /** `transports` is a list, or a mapping of names to transports. @throws {ConfigurationError} */
  static fromSettings(settings: Settings, context: TransportContext): CompositeTransport {
    const configured = settings.value('transports');
    const named = isRecord(configured)
      ? Object.entries(configured).filter(([, config]) => Boolean(config))
      : settings.list('transports').map((config, index) => [String(index), config] as const);
    if (named.length === 0) throw settings.error('transports', 'must name at least one transport');
    return new CompositeTransport(
      named.map(([name, config]) => context.build(config, `${settings.path}.transports.${name}`)),
      {
        continue_on_failure: settings.boolean('continue_on_failure', true),
        continue_on_success: settings.boolean('continue_on_success', true),
        sort_transports: settings.boolean('sort_transports', false),
      },
      context.logger,
    );
  }

  async emit(event: OpenLineageEvent): Promise<void> {
    const failures: string[] = [];
    for (const transport of this.transports) {
      try {
        await transport.emit(event);
      } catch (error) {
        if (this.#options.continue_on_failure === false) throw error;
        failures.push(`${transport.kind}: ${messageOf(error)}`);
        continue;
      }
      if (this.#options.continue_on_success === false) break;
    }
    if (failures.length === this.transports.length) {
      throw new EmitError(`No transport delivered the event (${failures.join(' ')})`);
    }
    for (const failure of failures) this.#logger.warn(`One transport of several failed; ${failure}`);
  }

  async flush(): Promise<void> {
    await Promise.all(this.transports.map(async (transport) => transport.flush?.()));
  }

  async close(): Promise<void> {
    await Promise.all(this.transports.map((transport) => transport.close()));
  }
}
