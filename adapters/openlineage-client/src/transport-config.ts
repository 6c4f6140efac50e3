import type { Auth, TokenProvider } from './transport/auth.ts';
import type { EventTransformer } from './transport/transform.ts';
import type { Transport } from './transport/transport.ts';

/** What every transport configuration may have. */
interface CommonConfig {
  /** Higher goes first in a composite transport with `sort_transports`; default 0. */
  readonly priority?: number;
}

/** What the transports over HTTP share; the keys are those of `openlineage.yml`. */
interface HttpConfig extends CommonConfig {
  /** Base URL; its path is kept. */
  readonly url: string;
  /** Path below `url`; default `api/v1/lineage`. */
  readonly endpoint?: string;
  /** Seconds for one attempt; default 5. */
  readonly timeout?: number;
  /** False accepts any TLS certificate. */
  readonly verify?: boolean;
  /** With the option `tokenProviders`, also a section of your own. */
  readonly auth?: Auth | TokenProvider | { readonly type: string; readonly [key: string]: unknown };
  readonly compression?: 'gzip';
  readonly custom_headers?: Readonly<Record<string, string>>;
  readonly urlParams?: Readonly<Record<string, string>>;
  readonly retry?: {
    /** Retries after the first attempt; default 5, of batch_http 10. */
    readonly total?: number;
    /** Seconds; default 0.3. */
    readonly backoff_factor?: number;
    readonly status_forcelist?: readonly number[];
    /** Seconds; no wait is longer, whatever the server asks for; default 30. */
    readonly retry_after_max?: number;
  };
}

/** Configuration of the http transport: one request per event, awaited. */
export interface HttpTransportConfig extends HttpConfig {
  readonly type: 'http';
}

/** What the transports with a queue share. */
interface QueueConfig {
  /** Events; default 10000. */
  readonly max_queue_size?: number;
  /** Bytes of JSON; default 64 MiB. */
  readonly max_queue_bytes?: number;
  /** Seconds that `emit` waits for room in a full queue; default 30. */
  readonly queue_timeout?: number;
  /** Seconds that the end of the process waits for the queue; default 10. */
  readonly exit_timeout?: number;
}

/** Configuration of the async_http transport: one request per event, in the background. */
export interface AsyncHttpTransportConfig extends HttpConfig, QueueConfig {
  readonly type: 'async_http';
  /** Default 100. */
  readonly max_concurrent_requests?: number;
}

/** Configuration of the batch_http transport: many events per request, in the background. */
export interface BatchHttpTransportConfig extends HttpConfig, QueueConfig {
  readonly type: 'batch_http';
  /** Events in a request; default 100. */
  readonly max_batch_size?: number;
  /** Bytes of JSON in a request; default 1000000. */
  readonly max_batch_bytes?: number;
  /** Seconds that an event waits for others; default 0.5. */
  readonly flush_interval?: number;
}

/** Configuration of the kafka transport. */
export interface KafkaTransportConfig extends CommonConfig, QueueConfig {
  readonly type: 'kafka';
  readonly topic: string;
  /** Keys of librdkafka, of Java's properties or of kafkajs. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Key of all messages; default: one by root job, job or dataset. */
  readonly messageKey?: string;
  /** False: do not wait for the brokers; default true. */
  readonly flush?: boolean;
}

/** Configuration of a transport that changes events before another sends them. */
export interface TransformTransportConfig extends CommonConfig {
  readonly type: 'transform';
  readonly transport: TransportConfig | Transport;
  /** In code, instead of `transformer_class`. */
  readonly transformer?: EventTransformer;
  /** `JobNamespaceReplaceTransformer`, or a name of the option `transformers`. */
  readonly transformer_class?: string;
  readonly transformer_properties?: Readonly<Record<string, unknown>>;
}

/** Configuration of the file transport. */
export interface FileTransportConfig extends CommonConfig {
  readonly type: 'file';
  readonly log_file_path: string;
  /** True: JSON lines in the one file. False (default): a file per event. */
  readonly append?: boolean;
}

/** Configuration of the console transport: one line of JSON per event on standard output. */
export interface ConsoleTransportConfig extends CommonConfig {
  readonly type: 'console';
}

/** Configuration of the transport that drops everything. */
export interface NoopTransportConfig extends CommonConfig {
  readonly type: 'noop';
}

/** Configuration of a transport of several. */
export interface CompositeTransportConfig extends CommonConfig {
  readonly type: 'composite';
  readonly transports:
    | readonly (TransportConfig | Transport)[]
    | Readonly<Record<string, TransportConfig | Transport>>;
  readonly continue_on_failure?: boolean;
  readonly continue_on_success?: boolean;
  readonly sort_transports?: boolean;
}

/** Configuration of any built-in transport. */
export type TransportConfig =
  | HttpTransportConfig
  | AsyncHttpTransportConfig
  | BatchHttpTransportConfig
  | KafkaTransportConfig
  | TransformTransportConfig
  | FileTransportConfig
  | ConsoleTransportConfig
  | NoopTransportConfig
  | CompositeTransportConfig;
