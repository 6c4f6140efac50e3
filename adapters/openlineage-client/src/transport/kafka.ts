import type { Settings } from '../config/settings.ts';
import { EmitError, messageOf } from '../errors.ts';
import type { OpenLineageEvent } from '../event.ts';
import { consoleLogger } from '../logger.ts';
import { flushAtExit, forgetAtExit } from './exit-flush.ts';
import type { KafkaSettings } from './kafka-config.ts';
import { readKafkaConfig } from './kafka-config.ts';
import { kafkaMessageKey } from './kafka-key.ts';
import type { KafkaProducer } from './kafka-producer.ts';
import { kafkajsProducer } from './kafka-producer.ts';
import type { DeliveryStats, Letter, OutboxOptions } from './outbox.ts';
import { closedError, Outbox, readOutboxOptions } from './outbox.ts';
import type { Transport, TransportContext } from './transport.ts';

/** Messages of one request; brokers refuse a batch for one partition above 1 MiB by default. */
const REQUEST_MESSAGES = 500;
const REQUEST_BYTES = 512 * 1024;

/** Options of the kafka transport. */
export interface KafkaOptions extends OutboxOptions {
  readonly topic: string;
  /** Keys of librdkafka (as in the Python client), of Java's properties, or of kafkajs. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Key of all messages; default: `kafkaMessageKey` of each event. */
  readonly messageKey?: string;
  /** True (default): `emit` resolves when the brokers have the event. False: when the queue has taken it. */
  readonly flush?: boolean;
}

interface Parcel {
  readonly letter: Letter;
  readonly key: string;
}

/**
 * Sends every event as one message: the key keeps the events of a root job in order, the value is the event
 * as JSON. What gathers while a request is under way goes out together with the next one.
 */
export class KafkaTransport implements Transport {
  readonly kind = 'kafka';
  readonly topic: string;
  readonly #settings: KafkaSettings;
  readonly #messageKey: string | undefined;
  readonly #isAwaited: boolean;
  readonly #outbox: Outbox;
  readonly #producer: KafkaProducer;
  #waiting: Parcel[] = [];
  #connected: Promise<void> | undefined;
  #disconnected: Promise<void> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
  #isSending = false;
  #isClosed = false;

  /**
   * @param producer default: one of kafkajs, which connects with the first event
   * @throws {ConfigurationError} when the configuration cannot be used or kafkajs is missing
   */
  constructor(options: KafkaOptions, producer?: KafkaProducer, path = 'transport.config') {
    const { topic, config, messageKey, flush = true, logger = consoleLogger } = options;
    this.topic = topic;
    this.#settings = readKafkaConfig(config, path);
    this.#messageKey = messageKey;
    this.#outbox = new Outbox(options);
    this.#isAwaited = flush || this.#outbox.awaitDelivery;
    this.#producer = producer ?? kafkajsProducer(this.#settings, logger);
    const { unused } = this.#settings;
    if (unused.length > 0) logger.warn(`${path}: these keys are not used: ${unused.join(', ')}.`);
    flushAtExit(this, this.#outbox);
  }

  /** Reads the keys of the Python client, or `topicName` and `properties` of the Java one. @throws {ConfigurationError} */
  static fromSettings(settings: Settings, context: TransportContext): KafkaTransport {
    const config = settings.value('config', 'properties');
    if (config === undefined) throw settings.error('config', 'is required');
    const messageKey = settings.string('messageKey');
    return new KafkaTransport(
      {
        ...readOutboxOptions(settings, context),
        topic: settings.requiredString('topic', 'topicName'),
        config: config as Readonly<Record<string, unknown>>,
        ...(messageKey === undefined || messageKey === '' ? {} : { messageKey }),
        flush: settings.boolean('flush', true),
      },
      undefined,
      `${settings.path}.config`,
    );
  }

  get stats(): DeliveryStats {
    return this.#outbox.stats;
  }

  async emit(event: OpenLineageEvent): Promise<void> {
    const key = this.#messageKey ?? kafkaMessageKey(event);
    const letter = await this.#outbox.accept(event);
    this.#waiting.push({ letter, key });
    void this.#drain();
    await this.#outbox.outcome(letter, this.#isAwaited);
  }

  async flush(): Promise<void> {
    await this.#outbox.emptied();
  }

  async close(): Promise<void> {
    forgetAtExit(this);
    this.#isClosed = true;
    this.#outbox.close();
    this.#lose(this.#waiting.splice(0), closedError());
    clearTimeout(this.#idle);
    await this.#disconnect();
  }

  async #drain(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    clearTimeout(this.#idle);
    while (this.#waiting.length > 0) await this.#send(this.#take());
    this.#isSending = false;
    if (this.#isClosed) return;
    // Open connections would keep a process running that forgot to close its client.
    this.#idle = setTimeout(() => void this.#disconnect(), this.#settings.idleMs).unref();
  }

  #take(): readonly Parcel[] {
    let bytes = 0;
    let count = 0;
    for (const { letter } of this.#waiting) {
      bytes += letter.bytes;
      if (count > 0 && (count === REQUEST_MESSAGES || bytes > REQUEST_BYTES)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #send(parcels: readonly Parcel[]): Promise<void> {
    const { acks, compression } = this.#settings;
    try {
      await this.#connect();
      await this.#producer.send({
        topic: this.topic,
        acks,
        ...(compression === 0 ? {} : { compression }),
        messages: parcels.map(({ key, letter }) => ({ key, value: letter.text })),
      });
      this.#outbox.delivered(parcels.map(({ letter }) => letter));
    } catch (error) {
      if (parcels.length > 1 && !this.#isClosed && isAboutMessages(error)) {
        // One message that the brokers refuse must not take the others with it.
        for (const parcel of parcels) await this.#send([parcel]);
        return;
      }
      this.#lose(parcels, new EmitError(`Kafka topic ${this.topic}: ${messageOf(error)}`, { cause: error }));
    }
  }

  #lose(parcels: readonly Parcel[], error: Error): void {
    this.#outbox.lost(
      parcels.map(({ letter }) => letter),
      error,
      this.#isAwaited,
    );
  }

  async #connect(): Promise<void> {
    await this.#disconnected;
    this.#connected ??= this.#producer.connect();
    try {
      await this.#connected;
    } catch (error) {
      this.#connected = undefined;
      throw error;
    }
  }

  #disconnect(): Promise<void> {
    const connected = this.#connected;
    if (connected === undefined) return this.#disconnected;
    this.#connected = undefined;
    this.#disconnected = connected
      .then(() => this.#producer.disconnect())
      // It is gone already.
      .catch(() => undefined);
    return this.#disconnected;
  }
}

/** True where the brokers answered and would refuse the same request again, as one with a message too large. */
function isAboutMessages(error: unknown): boolean {
  const { retriable, name } = error as { readonly retriable?: unknown; readonly name?: unknown };
  return retriable === false && name === 'KafkaJSProtocolError';
}
