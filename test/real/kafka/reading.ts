import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import { readEnvelope } from '#ingest/envelope.ts';
import { scratchFolder, startAssay, type RunningAssay } from '#test/support/assay-process.ts';
import { queryOnce } from '#test/support/embedded-process.ts';
import type { KafkaBroker } from '#test/support/kafka-broker.ts';
import { quietClient } from './producers.ts';

// Assay as a process that reads a topic of a real broker, and what came of it.

/** Of a topic. */
export const PARTITIONS = 6;

export async function makeTopic(broker: KafkaBroker, topic: string, partitions = PARTITIONS): Promise<void> {
  const admin = quietClient(broker.plain).admin({ retry: { retries: 20 } });
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true });
  await admin.disconnect();
}

/** Assay on a database, reading the topic in a group of the same name. */
export async function readingAssay(
  t: TestContext,
  broker: KafkaBroker,
  topic: string,
  database: string,
): Promise<RunningAssay> {
  const folder = scratchFolder(t);
  writeFileSync(
    join(folder, 'assay.yaml'),
    `kafka:\n  brokers: ["${broker.plain}"]\n  topics: [${topic}]\n  group_id: ${topic}\n`,
  );
  return startAssay(t, { DATABASE_URL: database, ASSAY_DATA_DIR: folder, ASSAY_LOG: 'warn' });
}

/** The numbers of a metric by their labels. */
export async function metric(assay: RunningAssay, name: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${assay.url}/metrics`)).text();
  const lines = text.matchAll(new RegExp(`^${name}(?:\\{([^}]*)\\})? (\\S+)$`, 'gm'));
  return new Map([...lines].map(([, labels = '', value]) => [labels, Number(value)]));
}

export const sum = (values: Map<string, number>): number => [...values.values()].reduce((a, b) => a + b, 0);

/** Waits until something holds; the error tells what was seen last. */
export async function until<T>(
  what: string,
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
): Promise<T> {
  for (const end = Date.now() + 120_000; ; await sleep(200)) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > end) assert.fail(`${what} did not come true; last seen: ${JSON.stringify(seen)}`);
  }
}

/** Messages that the group has not committed, by the broker's own word. */
export async function uncommitted(broker: KafkaBroker, topic: string): Promise<number> {
  const admin = quietClient(broker.plain).admin();
  await admin.connect();
  try {
    const [[committed], ends] = await Promise.all([
      admin.fetchOffsets({ groupId: topic, topics: [topic] }),
      admin.fetchTopicOffsets(topic),
    ]);
    const stored = new Map(committed?.partitions.map((at) => [at.partition, Number(at.offset)]));
    return ends.reduce(
      (total, { partition, high }) => total + Number(high) - Math.max(0, stored.get(partition) ?? 0),
      0,
    );
  } finally {
    await admin.disconnect();
  }
}

/** The group has committed everything, and Assay says so by its metric. */
export async function untilRead(
  broker: KafkaBroker,
  topic: string,
  ...collectors: readonly RunningAssay[]
): Promise<void> {
  await until(
    'everything is committed',
    () => uncommitted(broker, topic),
    (left) => left === 0,
  );
  const lags = async (): Promise<number[]> =>
    (await Promise.all(collectors.map((assay) => metric(assay, 'assay_kafka_lag_messages')))).flatMap(
      (lag) => [...lag.values()],
    );
  await until(
    'the lag of all partitions is 0',
    lags,
    (seen) => seen.length === PARTITIONS && seen.every((lag) => lag === 0),
  );
}

export async function rows<T>(database: string, text: string): Promise<T[]> {
  return (await queryOnce(database, text)) as T[];
}

/** Each event is stored once, and nothing else is. */
export async function assertStored(database: string, events: readonly string[]): Promise<void> {
  const stored = await rows<{ id: string; times: string }>(
    database,
    'select id, count(*) as times from assay.raw_event group by id',
  );
  const expected = events.map((event) => readEnvelope(Buffer.from(event)).event?.id);
  assert.deepEqual(new Set(stored.map(({ id }) => id)), new Set(expected));
  assert.ok(stored.every(({ times }) => Number(times) === 1));
}
