import type { Settings } from '../config/settings.ts';
import type { OpenLineageEvent } from '../event.ts';
import type { Logger } from '../logger.ts';
import type { TokenProvider } from './auth.ts';
import type { EventTransformerBuilder } from './transform.ts';

/** Delivers events. Implement this to send them anywhere else. */
export interface Transport {
  /** Kind as configuration names it, e.g. `http`. */
  readonly kind: string;
  /** Higher goes first in a composite transport that sorts; default 0. */
  readonly priority?: number;
  /** Resolves when the event is delivered, or in a queue. @throws when it could not be */
  emit(event: OpenLineageEvent): Promise<void>;
  /** Resolves when all that was accepted is delivered or given up; transports without a queue need none. */
  flush?(): Promise<void>;
  /** Gives up what is still under way and frees resources; the client has waited before it calls this. */
  close(): Promise<void>;
}

/** What a transport may use while it is built. */
export interface TransportContext {
  readonly logger: Logger;
  /** True: `emit` has to throw when an event could not be delivered. */
  readonly strict: boolean;
  /** Transformers by name. */
  readonly transformers: Readonly<Record<string, EventTransformerBuilder>>;
  /** The provider that an `auth` section describes. @throws {ConfigurationError} */
  token(auth: unknown, path: string): TokenProvider;
  /** Builds a transport from a nested configuration, for transports that wrap others. */
  build(config: unknown, path: string): Transport;
}

/** Makes a transport from its section of the configuration. @throws {ConfigurationError} */
export type TransportBuilder = (settings: Settings, context: TransportContext) => Transport;

/** The event as JSON text, without line breaks. */
export function serialise(event: OpenLineageEvent): string {
  return JSON.stringify(event);
}
