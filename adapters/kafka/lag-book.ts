import type { Admin, IMemberAssignment } from 'kafkajs';
import type { PartitionLag } from '#model/event-stream.ts';

/** Where one partition ends, and how far it is stored: the offset of the next message each; null is not known. */
interface Position {
  readonly topic: string;
  readonly partition: number;
  end: number | null;
  next: number | null;
}

/** Who can tell where partitions end and what the group has committed. */
export type OffsetReader = Pick<Admin, 'fetchOffsets' | 'fetchTopicOffsets'>;

/** How far behind the partitions are that this process reads. Costs nothing while messages flow. */
export class LagBook {
  #positions = new Map<string, Position>();

  get partitions(): number {
    return this.#positions.size;
  }

  /** These are ours from now on; what is known of the others is forgotten. */
  assign(assignment: IMemberAssignment): void {
    const before = this.#positions;
    this.#positions = new Map(
      Object.entries(assignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => {
          const key = keyOf(topic, partition);
          return [key, before.get(key) ?? { topic, partition, end: null, next: null }] as const;
        }),
      ),
    );
  }

  /** A batch arrived: the partition ends there, and nothing before its first message is missing. */
  fetched(topic: string, partition: number, end: string, first: string): void {
    const position = this.#positions.get(keyOf(topic, partition));
    if (!position) return;
    position.end = Number(end);
    position.next = Number(first);
  }

  /** All messages up to this one are stored. */
  stored(topic: string, partition: number, last: string): void {
    const position = this.#positions.get(keyOf(topic, partition));
    if (position) position.next = Number(last) + 1;
  }

  /** Asks the brokers, so that the lag of a partition that is held or silent is true as well. */
  async refresh(reader: OffsetReader, groupId: string): Promise<void> {
    const topics = [...new Set([...this.#positions.values()].map(({ topic }) => topic))];
    if (topics.length === 0) return;
    const committed = await reader.fetchOffsets({ groupId, topics });
    const ends = await Promise.all(
      topics.map(async (topic) => ({ topic, partitions: await reader.fetchTopicOffsets(topic) })),
    );
    for (const { topic, partitions } of ends) {
      const stored = new Map(
        committed.find((entry) => entry.topic === topic)?.partitions.map((at) => [at.partition, at.offset]),
      );
      for (const { partition, high, low } of partitions) {
        const position = this.#positions.get(keyOf(topic, partition));
        if (!position) continue;
        // Nothing committed yet (a negative offset): the reading begins at the first message there is.
        const offset = Number(stored.get(partition) ?? -1);
        const next = offset < 0 ? Number(low) : offset;
        position.end = Number(high);
        // More may be stored than committed; but a topic that was made anew begins again.
        position.next = Math.max(
          next,
          position.next === null || position.next > position.end ? 0 : position.next,
        );
      }
    }
  }

  lag(): PartitionLag[] {
    return [...this.#positions.values()].flatMap(({ topic, partition, end, next }) =>
      end === null || next === null ? [] : [{ topic, partition, messages: Math.max(0, end - next) }],
    );
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}\u0000${partition}`;
}
