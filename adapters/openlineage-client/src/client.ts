import { setTimeout as sleep } from 'node:timers/promises';

import type { Enrichment } from './config/enrichment.ts';
import { readEnrichment } from './config/enrichment.ts';
import type { Environment } from './config/environment.ts';
import { isDisabled } from './config/environment.ts';
import { loadConfig, transportConfig } from './config/load.ts';
import { Settings } from './config/settings.ts';
import { EmitError, messageOf } from './errors.ts';
import type { OpenLineageEvent } from './event.ts';
import type { Logger } from './logger.ts';
import { consoleLogger } from './logger.ts';
import type { RunContext, RunOptions } from './run-scope.ts';
import { executeRun, RunScope } from './run-scope.ts';
import { subjectOf } from './subject.ts';
import type { TransportConfig } from './transport-config.ts';
import { NoopTransport } from './transport/noop.ts';
import type { BuildOptions } from './transport/registry.ts';
import { buildTransport } from './transport/registry.ts';
import type { Transport } from './transport/transport.ts';
import { generateNewUuid } from './uuid.ts';
import { DEFAULT_PRODUCER } from './version.ts';

/** The sections that `openlineage.yml` may have. */
export interface ClientConfig {
  readonly transport?: TransportConfig | Readonly<Record<string, unknown>>;
  readonly facets?: {
    readonly environment_variables?: readonly string[];
    readonly source_code_location?: {
      /** Default true, as in the Python client. */
      readonly disabled?: boolean;
      readonly repo_url?: string;
      readonly version?: string;
      readonly tag?: string;
      readonly branch?: string;
      readonly pull_request_number?: string;
    };
  };
  readonly filters?: readonly (
    | { readonly type: 'exact'; readonly match: string }
    | { readonly type: 'regex'; readonly regex: string }
  )[];
  readonly tags?: {
    readonly job?: Readonly<Record<string, string>>;
    readonly run?: Readonly<Record<string, string>>;
  };
}

/** Options of the client; all have defaults. */
export interface ClientOptions extends Pick<BuildOptions, 'transports' | 'tokenProviders' | 'transformers'> {
  /** Exactly this transport, whatever file and environment say. */
  readonly transport?: Transport | TransportConfig;
  /** Configuration that is laid over `openlineage.yml` and environment. */
  readonly config?: ClientConfig;
  /** `producer` and `_producer` of what `run` makes; a URI. Default: this package. */
  readonly producer?: string;
  /** Namespace of jobs that name none; default `OPENLINEAGE_NAMESPACE`, else `default`. */
  readonly namespace?: string;
  /** True: `emit` waits for the delivery, also by transports with a queue, and throws when it failed. False (default): it logs. */
  readonly strict?: boolean;
  readonly logger?: Logger;
  /** Default: the system clock. */
  readonly clock?: () => Date;
  /** Makes run ids; default `generateNewUuid`. */
  readonly uuid?: () => string;
  /** Default `process.env`. */
  readonly env?: Environment;
  /** Where to look for `openlineage.yml` first; default the working directory. */
  readonly cwd?: string;
  /** Where to look for `.openlineage/openlineage.yml`; default the home directory. */
  readonly home?: string;
}

/** Sends OpenLineage events. */
export class OpenLineageClient {
  readonly transport: Transport;
  readonly #strict: boolean;
  readonly #logger: Logger;
  readonly #enrichment: Enrichment;
  readonly #context: RunContext;
  /** Last delivery of each run, dataset or job: events of one arrive in the order of their `emit`. */
  readonly #pending = new Map<string, Promise<unknown>>();
  #closed = false;

  /** @throws {ConfigurationError} when the configuration cannot be used */
  constructor(options: ClientOptions = {}) {
    const { env = process.env, logger = consoleLogger } = options;
    this.#logger = logger;
    this.#strict = options.strict ?? false;
    const disabled = isDisabled(env);
    const config = disabled
      ? {}
      : loadConfig({ config: { ...options.config }, env, cwd: options.cwd, home: options.home }, logger);
    this.transport = disabled
      ? new NoopTransport()
      : buildTransport(options.transport ?? transportConfig(config, env, logger), {
          logger,
          strict: this.#strict,
          transports: options.transports,
          tokenProviders: options.tokenProviders,
          transformers: options.transformers,
        });
    this.#enrichment = readEnrichment(new Settings(config, 'openlineage'), env);
    this.#context = {
      emit: (event) => this.emit(event),
      strict: this.#strict,
      logger,
      producer: options.producer ?? DEFAULT_PRODUCER,
      namespace: options.namespace ?? (env['OPENLINEAGE_NAMESPACE'] || 'default'),
      clock: options.clock ?? (() => new Date()),
      uuid: options.uuid ?? (() => generateNewUuid()),
    };
  }

  /** A client configured by `openlineage.yml` and environment only. @throws {ConfigurationError} */
  static fromEnvironment(options: Omit<ClientOptions, 'transport' | 'config'> = {}): OpenLineageClient {
    return new OpenLineageClient(options);
  }

  /**
   * Resolves when the event was delivered, or, unless `strict`, when that failed and was logged. Events of
   * one run are delivered in the order of the calls, also when these are not awaited.
   * @throws {EmitError} only with `strict: true`
   */
  async emit(event: OpenLineageEvent): Promise<void> {
    try {
      await this.#deliver(event);
    } catch (error) {
      if (this.#strict) throw error;
      this.#logger.warn(`An event for ${subjectOf(event)} was lost: ${messageOf(error)}`);
    }
  }

  /**
   * Runs `body` as one run of a job: START before it, COMPLETE after it, or FAIL with the error, which is
   * thrown on. Resolves when the last event is delivered or given up.
   */
  async run<T>(options: RunOptions, body: (run: RunScope) => T | Promise<T>): Promise<T> {
    return executeRun(new RunScope(options, this.#context), body);
  }

  /** Resolves when all events so far are delivered or given up. */
  async flush(): Promise<void> {
    await Promise.allSettled(this.#pending.values());
    await this.transport.flush?.();
  }

  /**
   * Waits for events under way, then frees the transport. True when all were settled in time.
   * @param timeoutMs how long to wait; negative (default): as long as it takes; 0: not at all
   */
  async close(timeoutMs = -1): Promise<boolean> {
    this.#closed = true;
    const settled = this.flush().then(() => true);
    const inTime = timeoutMs < 0 ? await settled : await within(timeoutMs, settled);
    await this.transport.close();
    return inTime;
  }

  async #deliver(event: OpenLineageEvent): Promise<void> {
    if (this.#closed) throw new EmitError('the client is closed.');
    const enriched = this.#enrichment.apply(event);
    if (enriched === undefined) return;
    const key = subjectOf(event);
    const before = this.#pending.get(key);
    const delivery = before === undefined ? this.transport.emit(enriched) : this.#after(before, enriched);
    const settled = delivery.catch(() => undefined);
    this.#pending.set(key, settled);
    try {
      await delivery;
    } finally {
      if (this.#pending.get(key) === settled) this.#pending.delete(key);
    }
  }

  async #after(before: Promise<unknown>, event: OpenLineageEvent): Promise<void> {
    await before;
    await this.transport.emit(event);
  }
}

async function within(milliseconds: number, settled: Promise<boolean>): Promise<boolean> {
  const cancel = new AbortController();
  const elapsed = sleep(milliseconds, false, { signal: cancel.signal }).catch(() => false);
  try {
    return await Promise.race([settled, elapsed]);
  } finally {
    cancel.abort();
  }
}
