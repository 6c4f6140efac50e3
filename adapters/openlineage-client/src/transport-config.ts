import type { ApiKeyAuth, TokenProvider } from './transport/auth.ts';
import type { Transport } from './transport/transport.ts';

/** What every transport configuration may have. */
interface CommonConfig {
  /** Higher goes first in a composite transport with `sort_transports`; default 0. */
  readonly priority?: number;
}

/** Configuration of the http transport; the keys are those of `openlineage.yml`. */
export interface HttpTransportConfig extends CommonConfig {
  readonly type: 'http';
  /** Base URL; its path is kept. */
  readonly url: string;
  /** Path below `url`; default `api/v1/lineage`. */
  readonly endpoint?: string;
  /** Seconds for one attempt; default 5. */
  readonly timeout?: number;
  /** False accepts any TLS certificate. */
  readonly verify?: boolean;
  readonly auth?: ApiKeyAuth | TokenProvider;
  readonly compression?: 'gzip';
  readonly custom_headers?: Readonly<Record<string, string>>;
  readonly urlParams?: Readonly<Record<string, string>>;
  readonly retry?: {
    /** Retries after the first attempt; default 5. */
    readonly total?: number;
    /** Seconds; default 0.3. */
    readonly backoff_factor?: number;
    readonly status_forcelist?: readonly number[];
    /** Seconds; no wait is longer, whatever the server asks for; default 30. */
    readonly retry_after_max?: number;
  };
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
  | FileTransportConfig
  | ConsoleTransportConfig
  | NoopTransportConfig
  | CompositeTransportConfig;
