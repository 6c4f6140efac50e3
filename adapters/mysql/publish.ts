import type { Connection } from 'mysql2/promise';
import type {
  ConcludeRequest,
  Conclusion,
  PublishOutcome,
  PublishRequest,
  RollbackRequest,
} from '#model/ports.ts';
import { faultOf, rows, type MysqlWarehouseOptions } from './client.ts';
import { exchange, publishedAs, settleSurely, unknownWords } from './exchange.ts';
import { createJournal, entriesAt, entryOf, hasJournal, type Entry } from './journal.ts';
import { dependents, missingParts, unfit } from './obstacles.ts';
import { findRelation, isKept } from './relation.ts';
import { later, Refusal, refuse, withPlace } from './session.ts';
import { findSlot, findTarget, type Slot } from './slot.ts';
import { parseTableName } from './table-name.ts';

/**
 * Makes exactly the measured candidate the target's partition, by EXCHANGE PARTITION, or the target itself, by RENAME
 * TABLE. What was served before is kept beside it as `…_prev`.
 */
export function publish(options: MysqlWarehouseOptions, request: PublishRequest): Promise<PublishOutcome> {
  const { token, target, partition, candidate } = request;
  return publishing(`Publishing ${candidate.ref} to ${target}`, () =>
    withPlace(options, request, async (session, place) => {
      const done = await begin(session, request, place);
      if (done) return publishedAs(session, done, true);
      const slot = await findSlot(session, target, partition);
      const name =
        parseTableName(candidate.ref) ?? refuse(`${JSON.stringify(candidate.ref)} is not a table name.`);
      const source = await findRelation(session, name);
      if (!source) return { status: 'version_moved', actual: null };
      const obstacle =
        (await unfit(session, source, slot.target)) ??
        (slot.partition
          ? null
          : ((await dependents(session, slot.target)) ?? (await missingParts(session, slot.target, source))));
      if (obstacle !== null) refuse(obstacle);
      const before = (await entriesAt(session, slot.target, place)).find(({ step }) => step === 'published');
      return exchange(session, {
        ...(await entryFor(session, slot, place, token)),
        kind: 'publish',
        source,
        version: candidate.version,
        keptVersion: before?.version ?? null,
      });
    }),
  );
}

/**
 * Puts the kept table back and keeps what was served as `…_rolledback`. The same token again does nothing. A kept
 * table that was changed while it lay beside is not put back.
 */
export function rollback(options: MysqlWarehouseOptions, request: RollbackRequest): Promise<PublishOutcome> {
  const { token, target, partition } = request;
  return publishing(`Rolling back ${target} ${partition}`, () =>
    withPlace(options, request, async (session, place) => {
      const done = await begin(session, request, place);
      if (done) return publishedAs(session, done, true);
      const slot = await findSlot(session, target, partition);
      const served = (await entriesAt(session, slot.target, place)).find(({ step }) => step === 'published');
      const { database } = slot.target;
      const kept =
        served?.kind === 'publish' && served.kept !== null
          ? await findRelation(session, { database, name: served.kept })
          : null;
      if (served === undefined || kept === null || !isKept(kept))
        return refuse(`Nothing is kept to roll ${target} ${partition} back to.`);
      return exchange(session, {
        ...(await entryFor(session, slot, place, token)),
        kind: 'rollback',
        source: kept,
        version: served.keptVersion,
        keptVersion: served.version,
      });
    }),
  );
}

/** What became of a publication or rollback. One that nobody is at work on is settled. */
export async function conclude(
  options: MysqlWarehouseOptions,
  request: ConcludeRequest,
): Promise<Conclusion> {
  const doing = `Reading what is published at ${request.target} ${request.partition}`;
  const outcome = await publishing(doing, () =>
    withPlace<Conclusion>(options, request, async (session) => {
      const target = await findTarget(session, request.target);
      const entry = (await hasJournal(session, target))
        ? await entryOf(session, target, request.token)
        : null;
      if (entry?.step === 'published' || entry?.step === 'replaced') return { status: 'published' };
      if (!request.over) return later('It may still be under way.');
      if (entry === null) return { status: 'never' };
      const settled = await settleSurely(session, entry);
      if (settled === 'unknown') return later(unknownWords(entry));
      return { status: settled === 'published' ? 'published' : 'never' };
    }),
  );
  return 'reason' in outcome ? { status: 'retryable', reason: outcome.reason } : outcome;
}

/**
 * What comes first: whoever got the lock after its time gives up; what a crash left at the place is settled. Gives
 * the entry of the token when it took effect.
 */
async function begin(
  session: Connection,
  { token, target: name, notAfter }: Pick<PublishRequest, 'token' | 'target' | 'notAfter'>,
  place: string,
): Promise<Entry | null> {
  if (notAfter !== undefined) {
    const until = notAfter.toISOString().slice(0, 23).replace('T', ' ');
    const [clock] = await rows<{ late: string | number }>(session, 'select utc_timestamp(3) > ? as late', [
      until,
    ]);
    if (Number(clock?.late) === 1) later('The time given to this publication is over.');
  }
  const target = await findTarget(session, name);
  await createJournal(session, target);
  for (const left of await entriesAt(session, target, place))
    if ((await settleSurely(session, left)) === 'unknown') later(unknownWords(left));
  const entry = await entryOf(session, target, token);
  return entry?.step === 'published' || entry?.step === 'replaced' ? entry : null;
}

/** What all entries say of a place; makes its partition. */
async function entryFor(
  session: Connection,
  { target, partition }: Slot,
  place: string,
  token: string,
): Promise<Omit<Entry, 'kind' | 'source' | 'version' | 'keptVersion'>> {
  if (partition !== null && partition.make !== null) await session.query(partition.make);
  return { token, place, target, partition: partition?.name ?? null, step: 'taking', kept: null };
}

/** An expected outcome is a value; an error of the server is one too. */
async function publishing<T extends { readonly status: string }>(
  doing: string,
  work: () => Promise<T>,
): Promise<T | { readonly status: 'retryable' | 'failure'; readonly reason: string }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return error.outcome as T;
    return faultOf(error, doing);
  }
}
