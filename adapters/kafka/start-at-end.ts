import type { StreamAdmin } from './client.ts';
import type { KafkaSettings } from './settings.ts';

/**
 * Lets a group that never read a topic begin with what comes from now on, by committing where it ends. kafkajs
 * can begin there too, but would also jump to the end after an outage longer than the broker keeps messages,
 * and over the first messages of a new partition; from here on it always goes to the earliest that is left.
 * Throws when another member of the group runs already; then it is that member's doing.
 */
export async function startAtEnd(admin: StreamAdmin, settings: KafkaSettings): Promise<void> {
  const { groupId, topics } = settings;
  const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
  for (const { topic, partitions } of committed) {
    if (partitions.some(({ offset }) => Number(offset) >= 0)) continue;
    const ends = await admin.fetchTopicOffsets(topic);
    await admin.setOffsets({
      groupId,
      topic,
      partitions: ends.map(({ partition, high }) => ({ partition, offset: high })),
    });
  }
}
