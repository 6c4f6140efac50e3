export * from './airflow.ts';
export { OpenLineageClient } from './client.ts';
export type { ClientConfig, ClientOptions } from './client.ts';
export type { Environment } from './config/environment.ts';
export { Settings } from './config/settings.ts';
export { InputScope, OutputScope } from './dataset-scope.ts';
export type { QualityMetrics } from './dataset-scope.ts';
export { ConfigurationError, EmitError } from './errors.ts';
export * from './event.ts';
export * from './facets/index.ts';
export type { Logger } from './logger.ts';
export * as naming from './naming/index.ts';
export type { DatasetName } from './naming/index.ts';
export { RunScope } from './run-scope.ts';
export type { RunIdentity, RunOptions } from './run-scope.ts';
export type * from './transport-config.ts';
export { AsyncHttpTransport } from './transport/async-http.ts';
export type { AsyncHttpOptions } from './transport/async-http.ts';
export { BUILT_IN_TOKEN_PROVIDERS } from './transport/auth.ts';
export type {
  ApiKeyAuth,
  Auth,
  JwtAuth,
  OAuth2Auth,
  TokenProvider,
  TokenProviderBuilder,
} from './transport/auth.ts';
export { BatchHttpTransport } from './transport/batch-http.ts';
export type { BatchHttpOptions } from './transport/batch-http.ts';
export { CompositeTransport } from './transport/composite.ts';
export type { CompositeOptions } from './transport/composite.ts';
export { ConsoleTransport } from './transport/console.ts';
export { FileTransport } from './transport/file.ts';
export type { FileOptions } from './transport/file.ts';
export { HttpTransport } from './transport/http.ts';
export type { HttpOptions } from './transport/http-sender.ts';
export { jobNamespaceReplaceTransformer } from './transport/job-namespace-replace.ts';
export { kafkaMessageKey } from './transport/kafka-key.ts';
export type { KafkaProducer, KafkaRecord } from './transport/kafka-producer.ts';
export { KafkaTransport } from './transport/kafka.ts';
export type { KafkaOptions } from './transport/kafka.ts';
export { NoopTransport } from './transport/noop.ts';
export type { DeliveryStats, OutboxOptions } from './transport/outbox.ts';
export { BUILT_IN_TRANSPORTS, buildTransport } from './transport/registry.ts';
export type { BuildOptions } from './transport/registry.ts';
export type { RetryPolicy } from './transport/retry.ts';
export { BUILT_IN_TRANSFORMERS, TransformTransport } from './transport/transform.ts';
export type { EventTransformer, EventTransformerBuilder } from './transport/transform.ts';
export type { Transport, TransportBuilder, TransportContext } from './transport/transport.ts';
export { lineageUrl } from './transport/url.ts';
export { generateNewUuid, generateStaticUuid } from './uuid.ts';
export { DEFAULT_PRODUCER, VERSION } from './version.ts';
