import { Counter, Gauge } from 'prom-client';
import type { StreamClient } from '#adapters/kafka/client.ts';
import type { KafkaSettings } from '#adapters/kafka/settings.ts';
import type { EventStore, IngestOptions } from '#ingest/ingest.ts';
import { streamIntake } from '#ingest/stream-intake.ts';
import type { EventStream } from '#model/event-stream.ts';
import type { Database } from '#store/database.ts';
import { ConfigError } from './config-error.ts';
import type { Telemetry } from './telemetry.ts';

export interface KafkaServices {
  readonly settings: KafkaSettings;
  readonly ingest: EventStore;
  readonly database: Database;
  readonly now: () => Date;
  readonly telemetry: Telemetry;
  readonly onQuarantine: NonNullable<IngestOptions['onQuarantine']>;
}

/** Composes the reading of Kafka with its metrics; it begins with `start`. kafkajs is loaded only here. */
export async function openKafka(services: KafkaServices): Promise<EventStream> {
  const { settings, ingest, database, now, telemetry, onQuarantine } = services;
  const [{ kafkaClient }, { kafkaStream }] = await Promise.all([
    import('#adapters/kafka/client.ts'),
    import('#adapters/kafka/stream.ts'),
  ]);
  const { log, metrics, registry } = telemetry;
  const messages = new Counter({
    name: 'assay_kafka_events_total',
    help: 'Events read from Kafka, by outcome; skipped: messages without one',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const deliver = streamIntake({
    ingest,
    database,
    now,
    onEvent: ({ outcome, bytes, warnings }) => {
      messages.inc({ outcome });
      if (outcome === 'skipped') return;
      metrics.events[outcome] += 1;
      metrics.eventBytes.observe(bytes);
      if (warnings > 0) metrics.facetWarnings.inc(warnings);
    },
    onQuarantine,
  });
  const connect = (): StreamClient => kafkaClient(settings, log);
  tellFaults(connect);
  const stream = kafkaStream({ settings, log, deliver, connect });
  registerGauges(stream, telemetry);
  return stream;
}

/** Making a client makes no connection, but tells of a certificate that cannot be read: before anything starts. */
function tellFaults(connect: () => StreamClient): void {
  try {
    connect();
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

/** Read when they are asked for. */
function registerGauges(stream: EventStream, { registry }: Telemetry): void {
  const registers = [registry];
  void new Gauge({
    name: 'assay_kafka_lag_messages',
    help: 'Messages of a partition that are not stored yet, of the partitions read here',
    labelNames: ['topic', 'partition'],
    registers,
    collect() {
      this.reset();
      for (const { topic, partition, messages } of stream.lag())
        this.set({ topic, partition: String(partition) }, messages);
    },
  });
  void new Gauge({
    name: 'assay_kafka_consuming',
    help: '1 while events are read from Kafka; 0 while the brokers or the store are away',
    registers,
    collect() {
      this.set(stream.status().state === 'consuming' ? 1 : 0);
    },
  });
  void new Gauge({
    name: 'assay_kafka_partitions',
    help: 'Partitions read here, and those of them that are held until the store answers',
    labelNames: ['state'],
    registers,
    collect() {
      const { partitions, held } = stream.status();
      this.set({ state: 'assigned' }, partitions);
      this.set({ state: 'held' }, held);
    },
  });
  void new Counter({
    name: 'assay_kafka_restarts_total',
    help: 'Times that the connection to Kafka was begun anew after a failure',
    registers,
    collect() {
      this.reset();
      this.inc(stream.status().restarts);
    },
  });
}
