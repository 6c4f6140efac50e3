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
import {
  addPartition,
  dropTemporaryPartition,
  replacePartitions,
  type PartitionRange,
} from './statements.ts';

/** How often a statement is sent again whose answer was lost; each of them can take effect only once. */
const MAX_SENDS = 3;

/** Names in one order. */
interface Named {
  readonly formal: string;
  readonly range: PartitionRange;
  readonly temporary: string;
}

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
  return publishByReplaceTogether(session, [order]);
}

/** The same for several partitions of one target, by one statement: readers see all of them or none. */
export function publishByReplaceTogether(
  session: Session,
  orders: readonly PublicationOrder[],
): Promise<PublishOutcome> {
  return guarded(async (sent) => {
    const [{ target }] = orders as readonly [PublicationOrder];
    const named = orders.map(namesOf);
    if (!named.every((one): one is Named => one !== null))
      return failure('REPLACE PARTITION needs a temporary partition of a partitioned table.');
    let places = await placesOf(session, orders);
    if (areAllPublished(places)) return ALREADY_PUBLISHED;
    if (places.some(({ published }) => published)) return failure(PARTLY);
    for (const [at, { formal, range }] of named.entries())
      if (!places[at]?.formal) await session.query(addPartition(target, formal, range));
    if (places.some(({ formal }) => !formal)) places = await placesOf(session, orders);
    const before = places.map(({ formal }) => formal);
    const missing = named.find((_, at) => !before[at]);
    if (missing) return retryable(`The partition ${missing.formal} could not be made.`);
    const moved = movedOf(places, orders);
    if (moved) return moved;
    for (const [at, formal] of before.entries()) {
      if (!formal) continue;
      const kept = await keepPrevious(session, target, formal, named[at]?.range ?? null);
      if (kept.status !== 'done')
        return kept.status === 'doubt' ? retryable(kept.reason) : failure(kept.reason);
    }
    for (let sends = 0; sends < MAX_SENDS; sends += 1) {
      if (await isLoading(session, target)) return retryable(`A load of ${target.table} is under way.`);
      places = await placesOf(session, orders);
      if (areAllPublished(places)) return sends === 0 ? ALREADY_PUBLISHED : PUBLISHED;
      const changed = movedOf(places, orders);
      if (changed) return changed;
      // What was copied is what will be dropped.
      const other = named.find((_, at) => !isSame(places[at]?.formal, before[at]));
      if (other) return retryable(`The partition ${other.formal} changed while it was copied.`);
      if (!orders.every(({ mayBegin }) => mayBegin()))
        return retryable('The time in which it may begin is over.');
      const sentBefore = sent.any;
      sent.any = true;
      try {
        await session.query(
          replacePartitions(
            target,
            named.map(({ formal }) => formal),
            named.map(({ temporary }) => temporary),
          ),
        );
      } catch (error) {
        if (!(error instanceof StarRocksError)) throw error;
        if (error.kind === 'refused' && !/please retry/i.test(error.message)) {
          if (areAllPublished(await placesOf(session, orders))) return PUBLISHED;
          // Only when nothing else of this publication is on its way a refusal says that nothing happened.
          return sentBefore ? retryable(error.message) : failure(error.message);
        }
      }
    }
    return areAllPublished(await placesOf(session, orders))
      ? PUBLISHED
      : retryable('The frontend did not answer.');
  });
}

const PARTLY = 'Some of these were published by themselves already.';

const areAllPublished = (places: readonly Place[]): boolean => places.every(({ published }) => published);

function isSame(a: PartitionState | undefined, b: PartitionState | undefined): boolean {
  return a !== undefined && b !== undefined && versionOf(a) === versionOf(b);
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

function namesOf({ partition, candidate }: PublicationOrder): Named | null {
  if (partition === null || candidate.partition === null) return null;
  return { formal: partition.name, range: partition.range, temporary: candidate.partition };
}

async function placeOf(session: Session, order: PublicationOrder): Promise<Place> {
  return placeIn(await partitionsOf(session, order.target), order);
}

async function placesOf(session: Session, orders: readonly PublicationOrder[]): Promise<Place[]> {
  const [{ target }] = orders as readonly [PublicationOrder];
  const partitions = await partitionsOf(session, target);
  return orders.map((order) => placeIn(partitions, order));
}

function placeIn(partitions: readonly PartitionState[], order: PublicationOrder): Place {
  const formal = partitions.find(({ name, temporary }) => !temporary && name === order.partition?.name);
  const temporary = partitions.find((one) => one.temporary && one.name === order.candidate.partition);
  const [id] = order.candidate.version.split(':');
  return { formal, temporary, published: formal !== undefined && formal.id === id };
}

function movedOf(places: readonly Place[], orders: readonly PublicationOrder[]): PublishOutcome | null {
  for (const [at, order] of orders.entries()) {
    const temporary = places[at]?.temporary;
    const actual = temporary ? versionOf(temporary) : null;
    if (actual !== order.candidate.version) return { status: 'version_moved', actual };
  }
  return null;
}
