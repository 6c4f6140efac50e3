import type { PublishOutcome } from '#model/ports.ts';
import { isLoading, partitionsOf, type PartitionState } from './catalog.ts';
import { keepPrevious } from './keep-previous.ts';
import {
  ALREADY_PUBLISHED,
  concluding,
  failure,
  guarded,
  PUBLISHED,
  retryable,
  type Conclusion,
  type PublicationOrder,
} from './publication.ts';
import { StarRocksError, type Session } from './session.ts';
import { addPartition, dropTemporaryPartition, replacePartitions } from './statements.ts';

/** How often a statement is sent again whose answer was lost; each of them can take effect only once. */
const MAX_SENDS = 3;

/** What stands at the place of a publication. */
interface Place {
  readonly formal: PartitionState | undefined;
  readonly temporary: PartitionState | undefined;
  readonly published: boolean;
}

/** The version of a temporary partition, as evaluations bind to it: its id and the number of its last load. */
export function versionOf(partition: Pick<PartitionState, 'id' | 'version'>): string {
  return `${partition.id}:${partition.version}`;
}

/**
 * Publishes a temporary partition of the target by REPLACE PARTITION, which moves it, id and all, into the
 * place of the formal one. The id is therefore the proof: the formal partition bears it, or nothing happened.
 * What was there before is copied aside first.
 */
export function publishByReplace(session: Session, order: PublicationOrder): Promise<PublishOutcome> {
  return guarded(async (sent) => {
    const { target, candidate } = order;
    const named = namesOf(order);
    if (named === null)
      return failure('REPLACE PARTITION needs a temporary partition of a partitioned table.');
    let place = await placeOf(session, order);
    if (place.published) return ALREADY_PUBLISHED;
    if (!place.formal) {
      await session.query(addPartition(target, named.formal, named.range));
      place = await placeOf(session, order);
    }
    const before = place.formal;
    if (!before) return retryable(`The partition ${named.formal} could not be made.`);
    const moved = movedOf(place, candidate.version);
    if (moved) return moved;
    const kept = await keepPrevious(session, target, before, named.range);
    if (kept.status !== 'done')
      return kept.status === 'doubt' ? retryable(kept.reason) : failure(kept.reason);
    for (let sends = 0; sends < MAX_SENDS; sends += 1) {
      if (await isLoading(session, target)) return retryable(`A load of ${target.table} is under way.`);
      place = await placeOf(session, order);
      if (place.published) return sends === 0 ? ALREADY_PUBLISHED : PUBLISHED;
      const changed = movedOf(place, candidate.version);
      if (changed) return changed;
      // What was copied is what will be dropped.
      if (!place.formal || versionOf(place.formal) !== versionOf(before))
        return retryable(`The partition ${named.formal} changed while it was copied.`);
      if (!order.mayBegin()) return retryable('The time in which it may begin is over.');
      const sentBefore = sent.any;
      sent.any = true;
      try {
        await session.query(replacePartitions(target, [named.formal], [named.temporary]));
      } catch (error) {
        if (!(error instanceof StarRocksError)) throw error;
        if (error.kind === 'refused' && !/please retry/i.test(error.message)) {
          const now = await placeOf(session, order);
          if (now.published) return PUBLISHED;
          // Only when nothing else of this publication is on its way a refusal says that nothing happened.
          return sentBefore ? retryable(error.message) : failure(error.message);
        }
      }
    }
    const last = await placeOf(session, order);
    return last.published ? PUBLISHED : retryable('The frontend did not answer.');
  });
}

/**
 * Whether the publication took effect. When it did not the temporary partition is dropped, so that a
 * statement that is still on its way finds nothing to publish.
 */
export function concludeReplace(session: Session, order: PublicationOrder): Promise<Conclusion> {
  return concluding(async () => {
    const named = namesOf(order);
    if (named === null) return { status: 'never' };
    const place = await placeOf(session, order);
    if (place.published) return { status: 'published' };
    await session.query(dropTemporaryPartition(order.target, named.temporary));
    const after = await placeOf(session, order);
    if (after.published) return { status: 'published' };
    return after.temporary ? retryable('The temporary partition could not be dropped.') : { status: 'never' };
  });
}

function namesOf({ partition, candidate }: PublicationOrder) {
  if (partition === null || candidate.partition === null) return null;
  return { formal: partition.name, range: partition.range, temporary: candidate.partition };
}

async function placeOf(session: Session, order: PublicationOrder): Promise<Place> {
  const partitions = await partitionsOf(session, order.target);
  const formal = partitions.find(({ name, temporary }) => !temporary && name === order.partition?.name);
  const temporary = partitions.find((one) => one.temporary && one.name === order.candidate.partition);
  const [id] = order.candidate.version.split(':');
  return { formal, temporary, published: formal !== undefined && formal.id === id };
}

function movedOf({ temporary }: Place, version: string): PublishOutcome | null {
  const actual = temporary ? versionOf(temporary) : null;
  return actual === version ? null : { status: 'version_moved', actual };
}
