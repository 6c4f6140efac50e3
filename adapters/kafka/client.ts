import { readFileSync } from 'node:fs';
import kafkajs, {
  type Admin,
  type Consumer,
  type KafkaConfig,
  type LogEntry,
  type SASLOptions,
} from 'kafkajs';
import { registerCodecs } from './codecs.ts';
import type { KafkaSettings, SaslSettings, SslSettings } from './settings.ts';

/** Where kafkajs' own words go. */
export interface StreamLog {
  debug(details: object, text: string): void;
  info(details: object, text: string): void;
  warn(details: object, text: string): void;
}

export type StreamConsumer = Pick<Consumer, 'connect' | 'subscribe' | 'run' | 'disconnect' | 'on' | 'events'>;
export type StreamAdmin = Pick<
  Admin,
  'connect' | 'disconnect' | 'fetchOffsets' | 'fetchTopicOffsets' | 'setOffsets'
>;

/** What of kafkajs is used; tests bring their own. */
export interface StreamClient {
  consumer(): StreamConsumer;
  admin(): StreamAdmin;
}

/** Milliseconds without a heartbeat after which the group gives our partitions to others. */
export const SESSION = 30_000;

/** kafkajs as Assay uses it. Reads the PEM files that the settings name; throws an Error that names the one it cannot. */
export function kafkaClient(settings: KafkaSettings, log: StreamLog): StreamClient {
  registerCodecs();
  const kafka = new kafkajs.Kafka(clientConfig(settings, log));
  return {
    consumer: () =>
      kafka.consumer({
        groupId: settings.groupId,
        sessionTimeout: SESSION,
        rebalanceTimeout: 60_000,
        heartbeatInterval: 3000,
        // New partitions are found within this time.
        metadataMaxAge: 60_000,
        maxWaitTimeInMs: 1000,
        // A misspelt topic must not come into being because somebody listens to it.
        allowAutoTopicCreation: false,
        // Assay restarts it itself: there is one way back, and it ends when Assay does.
        retry: { restartOnFailure: async () => false },
      }),
    admin: () => kafka.admin({ retry: { retries: 2 } }),
  };
}

function clientConfig({ brokers, ssl, sasl }: KafkaSettings, log: StreamLog): KafkaConfig {
  return {
    clientId: 'assay',
    brokers: [...brokers],
    connectionTimeout: 10_000,
    logLevel: kafkajs.logLevel.INFO,
    logCreator: () => (entry) => pass(entry, log),
    ...(ssl && { ssl: tlsOptions(ssl) }),
    ...(sasl && { sasl: saslOptions(sasl) }),
  };
}

function tlsOptions({ ca, cert, key }: SslSettings): Exclude<KafkaConfig['ssl'], undefined | boolean> {
  return {
    ...(ca !== null && { ca: readPem(ca) }),
    ...(cert !== null && { cert: readPem(cert) }),
    ...(key !== null && { key: readPem(key) }),
  };
}

function saslOptions({ mechanism, username, password }: SaslSettings): SASLOptions {
  const account = { username, password };
  if (mechanism === 'plain') return { mechanism, ...account };
  if (mechanism === 'scram-sha-256') return { mechanism, ...account };
  return { mechanism, ...account };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `kafka.ssl names ${path}, which cannot be read (${code}); it must be a readable PEM file.`,
      { cause: error },
    );
  }
}

/** kafkajs calls an error what it mends itself, again and again; what it cannot mend the stream tells. */
function pass({ namespace, log: details }: LogEntry, log: StreamLog): void {
  const { message, timestamp: _, stack: _stack, ...others } = details;
  log.debug({ kafka: others }, `kafkajs ${namespace}: ${message}`);
}
