import { readFileSync } from 'node:fs';

import { isRecord } from '../config/settings.ts';
import { ConfigurationError } from '../errors.ts';

/** A Kafka configuration as kafkajs takes it. */
export interface KafkaSettings {
  /** For `new Kafka()`. */
  readonly client: Readonly<Record<string, unknown>>;
  /** For `kafka.producer()`. */
  readonly producer: Readonly<Record<string, unknown>>;
  readonly acks: number;
  readonly compression: number;
  /** `java`: murmur2, as Spark and kafkajs itself. `librdkafka`: CRC-32, as the Python client. */
  readonly partitioner: 'java' | 'librdkafka';
  /** Milliseconds without a message after which connections are given back. */
  readonly idleMs: number;
  /** Keys that have no counterpart. */
  readonly unused: readonly string[];
}

/** Keys of kafkajs itself, taken as they are. */
const KAFKAJS_KEYS = ['brokers', 'clientId', 'ssl', 'sasl', 'connectionTimeout', 'requestTimeout', 'retry'];

/** About a minute, so that a broker can start anew; the other clients wait for two to five. */
const RETRIES = 8;

/** Keys of librdkafka or Java that are read below; others are reported as unused. */
const READ_KEYS = new Set([
  'bootstrap.servers',
  'metadata.broker.list',
  'client.id',
  'security.protocol',
  'sasl.mechanism',
  'sasl.mechanisms',
  'sasl.username',
  'sasl.password',
  'sasl.jaas.config',
  'ssl.ca.location',
  'ssl.certificate.location',
  'ssl.key.location',
  'ssl.key.password',
  'enable.ssl.certificate.verification',
  'acks',
  'request.required.acks',
  'compression.type',
  'compression.codec',
  'enable.idempotence',
  'retries',
  'message.send.max.retries',
  'retry.backoff.ms',
  'request.timeout.ms',
  'socket.connection.setup.timeout.ms',
  'connections.max.idle.ms',
  'partitioner',
  // Said by every Java configuration; what we send is text anyway.
  'key.serializer',
  'value.serializer',
]);

/**
 * Reads the `config` (Python, librdkafka) or `properties` (Java) of a Kafka transport, or a configuration of
 * kafkajs. What is about security and cannot be followed is refused, the rest is reported as unused.
 * @throws {ConfigurationError} naming the key
 */
export function readKafkaConfig(config: unknown, path: string): KafkaSettings {
  if (!isRecord(config)) throw new ConfigurationError(`${path} must be a mapping of Kafka's keys to values.`);
  const text = (...keys: readonly string[]): string | undefined => {
    const key = keys.find((candidate) => config[candidate] !== undefined && config[candidate] !== null);
    if (key === undefined) return undefined;
    const value = config[key];
    if (typeof value === 'string') return value.trim();
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw new ConfigurationError(`${path}["${key}"] must be text.`);
  };
  const unused = Object.keys(config).filter((key) => !READ_KEYS.has(key) && !KAFKAJS_KEYS.includes(key));
  const security = unused.find((key) => /^(ssl|sasl|security)\./.test(key));
  if (security !== undefined) {
    throw new ConfigurationError(`${path}["${security}"] is not supported; use the keys of kafkajs for it.`);
  }
  const own = Object.fromEntries(
    KAFKAJS_KEYS.filter((key) => config[key] !== undefined).map((key) => [key, config[key]]),
  );
  const brokers = text('bootstrap.servers', 'metadata.broker.list')?.split(',');
  if (brokers === undefined && own['brokers'] === undefined)
    throw new ConfigurationError(`${path}["bootstrap.servers"] is required.`);
  const number = (key: string, given: string | undefined): number | undefined => {
    if (given === undefined) return undefined;
    const value = Number(given);
    if (given === '' || !Number.isInteger(value))
      throw new ConfigurationError(`${path}["${key}"] must be a whole number.`);
    return value;
  };
  const isIdempotent = text('enable.idempotence')?.toLowerCase() === 'true';
  return {
    client: withoutUndefined({
      clientId: text('client.id') ?? 'openlineage-client',
      brokers: brokers?.map((broker) => broker.trim()),
      ...securityOf(text, path),
      connectionTimeout: number(
        'socket.connection.setup.timeout.ms',
        text('socket.connection.setup.timeout.ms'),
      ),
      requestTimeout: number('request.timeout.ms', text('request.timeout.ms')),
      retry: withoutUndefined({
        retries: number('retries', text('retries', 'message.send.max.retries')) ?? RETRIES,
        initialRetryTime: number('retry.backoff.ms', text('retry.backoff.ms')),
      }),
      ...own,
    }),
    producer: {
      allowAutoTopicCreation: true,
      ...(isIdempotent ? { idempotent: true, maxInFlightRequests: 1 } : {}),
    },
    acks: isIdempotent ? -1 : acksOf(text('acks', 'request.required.acks') ?? 'all', path),
    compression: compressionOf(text('compression.type', 'compression.codec') ?? 'none', path),
    partitioner: partitionerOf(text('partitioner') ?? 'murmur2_random', path),
    idleMs: number('connections.max.idle.ms', text('connections.max.idle.ms')) ?? 5000,
    unused,
  };
}

type Text = (...keys: readonly string[]) => string | undefined;

function securityOf(text: Text, path: string): Readonly<Record<string, unknown>> {
  const protocol = (text('security.protocol') ?? 'PLAINTEXT').toUpperCase();
  if (!['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'].includes(protocol)) {
    throw new ConfigurationError(
      `${path}["security.protocol"] must be PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.`,
    );
  }
  return {
    ...(protocol.endsWith('SSL') ? { ssl: sslOf(text, path) } : {}),
    ...(protocol.startsWith('SASL') ? { sasl: saslOf(text, path) } : {}),
  };
}

function sslOf(text: Text, path: string): Readonly<Record<string, unknown>> {
  const read = (key: string): string | undefined => {
    const file = text(key);
    if (file === undefined) return undefined;
    try {
      return readFileSync(file, 'utf8');
    } catch {
      throw new ConfigurationError(`${path}["${key}"] names the file ${file}, which cannot be read.`);
    }
  };
  return withoutUndefined({
    ca: read('ssl.ca.location'),
    cert: read('ssl.certificate.location'),
    key: read('ssl.key.location'),
    passphrase: text('ssl.key.password'),
    rejectUnauthorized: text('enable.ssl.certificate.verification')?.toLowerCase() !== 'false',
  });
}

function saslOf(text: Text, path: string): Readonly<Record<string, unknown>> {
  const mechanism = (text('sasl.mechanism', 'sasl.mechanisms') ?? '').toLowerCase();
  if (!['plain', 'scram-sha-256', 'scram-sha-512'].includes(mechanism)) {
    throw new ConfigurationError(
      `${path}["sasl.mechanism"] must be PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; for others give "sasl" as kafkajs takes it.`,
    );
  }
  const jaas = text('sasl.jaas.config') ?? '';
  const username = text('sasl.username') ?? /\busername="([^"]*)"/.exec(jaas)?.[1];
  const password = text('sasl.password') ?? /\bpassword="([^"]*)"/.exec(jaas)?.[1];
  if (username === undefined || password === undefined)
    throw new ConfigurationError(`${path}["sasl.username"] and "sasl.password" are required.`);
  return { mechanism, username, password };
}

function acksOf(acks: string, path: string): number {
  const value = acks === 'all' ? -1 : Number(acks);
  if (![-1, 0, 1].includes(value)) throw new ConfigurationError(`${path}["acks"] must be all, -1, 0 or 1.`);
  return value;
}

function compressionOf(compression: string, path: string): number {
  if (compression === 'none') return 0;
  if (compression === 'gzip') return 1;
  throw new ConfigurationError(`${path}["compression.type"] can only be none or gzip.`);
}

function partitionerOf(partitioner: string, path: string): KafkaSettings['partitioner'] {
  if (partitioner === 'murmur2' || partitioner === 'murmur2_random') return 'java';
  if (partitioner === 'consistent' || partitioner === 'consistent_random') return 'librdkafka';
  throw new ConfigurationError(`${path}["partitioner"] must be murmur2_random or consistent_random.`);
}

function withoutUndefined(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
