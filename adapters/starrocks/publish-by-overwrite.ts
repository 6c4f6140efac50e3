import type { PublishOutcome } from '#model/ports.ts';
import { partitionsOf, type PartitionState } from './catalog.ts';
import { keepPrevious } from './keep-previous.ts';
import { concludeLabelled, publishLabelled } from './publication-label.ts';
import { failure, retryable, type PublicationOrder } from './publication.ts';
import { versionOf } from './publish-by-replace.ts';
import type { Session } from './session.ts';
import { insertOverwrite } from './statements.ts';

export { concludeLabelled as concludeOverwrite };

/**
 * Publishes by INSERT OVERWRITE … WITH LABEL from a staging partition, or from a whole staging table into a
 * target without partitions. What was there before is copied aside first.
 */
export function publishByOverwrite(session: Session, order: PublicationOrder): Promise<PublishOutcome> {
  const { target, partition, candidate } = order;
  const place = partition?.name ?? target.table;
  const formalOf = async (): Promise<PartitionState | undefined> =>
    (await partitionsOf(session, target)).find(({ name, temporary }) => !temporary && name === place);
  return publishLabelled(session, order, {
    prepare: async () => {
      const before = await formalOf();
      if (!before) return failure(`${target.table} has no partition ${place}; make it first.`);
      const kept = await keepPrevious(session, target, before, partition?.range ?? null);
      if (kept.status !== 'done')
        return kept.status === 'doubt' ? retryable(kept.reason) : failure(kept.reason);
      const now = await formalOf();
      const same = now !== undefined && versionOf(now) === versionOf(before);
      return same ? null : retryable(`The partition ${place} changed while it was copied.`);
    },
    statement: (label) =>
      insertOverwrite({ table: target, ...(partition && { partition: partition.name }) }, label, {
        table: candidate.table,
        ...(candidate.partition !== null && { partition: candidate.partition }),
      }),
  });
}
