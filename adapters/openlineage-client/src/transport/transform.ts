import { Settings } from '../config/settings.ts';
import type { OpenLineageEvent } from '../event.ts';
import { jobNamespaceReplaceTransformer } from './job-namespace-replace.ts';
import type { Transport, TransportContext } from './transport.ts';
import { serialise } from './transport.ts';

/** Gives the event to send instead, or undefined to send none. It gets a copy, which it may change. */
export type EventTransformer = (event: OpenLineageEvent) => OpenLineageEvent | undefined;

/** Makes a transformer from its `transformer_properties`. @throws {ConfigurationError} */
export type EventTransformerBuilder = (properties: Settings) => EventTransformer;

/** The transformers that come with the client, by the name of their class in the Python client. */
export const BUILT_IN_TRANSFORMERS: Readonly<Record<string, EventTransformerBuilder>> = {
  JobNamespaceReplaceTransformer: jobNamespaceReplaceTransformer,
};

/** Changes every event, or holds it back, before another transport sends it. */
export class TransformTransport implements Transport {
  readonly kind = 'transform';
  readonly transport: Transport;
  readonly #transform: EventTransformer;

  constructor(transport: Transport, transform: EventTransformer) {
    this.transport = transport;
    this.#transform = transform;
  }

  /** Reads the keys of the Python client's transform transport. @throws {ConfigurationError} */
  static fromSettings(settings: Settings, context: TransportContext): TransformTransport {
    return new TransformTransport(
      context.build(settings.value('transport') ?? {}, `${settings.path}.transport`),
      transformerOf(settings, context),
    );
  }

  async emit(event: OpenLineageEvent): Promise<void> {
    const copy = JSON.parse(serialise(event)) as OpenLineageEvent;
    const transformed = this.#transform(copy);
    if (transformed !== undefined) await this.transport.emit(transformed);
  }

  async flush(): Promise<void> {
    await this.transport.flush?.();
  }

  close(): Promise<void> {
    return this.transport.close();
  }
}

function transformerOf(settings: Settings, context: TransportContext): EventTransformer {
  const given = settings.value('transformer');
  if (typeof given === 'function') return given as EventTransformer;
  // The Python client wants the whole path of the class; its last part is enough to know it.
  const name = settings.requiredString('transformer_class').split('.').at(-1) ?? '';
  const builder = Object.hasOwn(context.transformers, name) ? context.transformers[name] : undefined;
  if (builder === undefined) {
    const known = Object.keys(context.transformers).join(', ');
    throw settings.error(
      'transformer_class',
      `must be one of ${known}; name your own in the option transformers`,
    );
  }
  const properties = settings.value('transformer_properties') ?? {};
  return builder(new Settings(properties, `${settings.path}.transformer_properties`));
}
