import { crc32 } from 'node:zlib';

import { ConfigurationError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { loadPeer } from '../peer.ts';
import type { KafkaSettings } from './kafka-config.ts';

/** What one `send` takes. */
export interface KafkaRecord {
  readonly topic: string;
  readonly messages: { readonly key: string; readonly value: string }[];
  /** -1: all replicas; 1: the leader; 0: nobody. */
  readonly acks?: number;
  /** 0: none; 1: gzip. */
  readonly compression?: number;
}

/** What the Kafka transport needs of a producer; that of kafkajs has it. */
export interface KafkaProducer {
  connect(): Promise<void>;
  /** Resolves when the brokers have the messages. */
  send(record: KafkaRecord): Promise<unknown>;
  disconnect(): Promise<void>;
}

interface KafkaModule {
  readonly Kafka: new (options: object) => { producer(options: object): KafkaProducer };
  readonly Partitioners: { readonly DefaultPartitioner: () => unknown };
}

/**
 * A producer by the optional peer kafkajs.
 * @throws {ConfigurationError} when it is not installed
 */
export function kafkajsProducer(settings: KafkaSettings, logger: Logger): KafkaProducer {
  const kafkajs = loadPeer('kafkajs') as KafkaModule | undefined;
  if (kafkajs === undefined) {
    throw new ConfigurationError(
      'The kafka transport needs the package "kafkajs"; run "npm install kafkajs".',
    );
  }
  const kafka = new kafkajs.Kafka({
    ...settings.client,
    // What goes wrong arrives as an error; its own lines would only repeat it on the user's console.
    logCreator:
      () =>
      ({ log }: { readonly log: { readonly message: string } }) =>
        logger.debug?.(`kafkajs: ${log.message}`),
  });
  return kafka.producer({
    ...settings.producer,
    createPartitioner:
      settings.partitioner === 'java' ? kafkajs.Partitioners.DefaultPartitioner : crc32Partitioner,
  });
}

/** What kafkajs tells a partitioner. */
interface Choice {
  readonly partitionMetadata: readonly unknown[];
  readonly message: { readonly key?: Buffer | string | null };
}

/** The partition that librdkafka (and so the Python client) chooses for a key by default. */
export function crc32Partitioner(): (choice: Choice) => number {
  return ({ partitionMetadata, message: { key } }) =>
    crc32(key ?? '') % Math.max(1, partitionMetadata.length);
}
