import type { PublishOutcome } from '#model/ports.ts';
import { freshName, nameOf } from './attempt-name.ts';
import { isLoading, tableIdsOf, tableVersion } from './catalog.ts';
import type { TableName } from './names.ts';
import {
  ALREADY_PUBLISHED,
  concluding,
  guarded,
  PUBLISHED,
  retryable,
  type Conclusion,
  type PublicationOrder,
} from './publication.ts';
import { StarRocksError, type Session } from './session.ts';
import { swapTables } from './statements.ts';

const MAX_SENDS = 3;

/** The candidate's table id: the first part of its version. */
export function tableIdOf(version: string): string {
  return version.split(':')[0] ?? '';
}

/**
 * Publishes a whole table by ALTER TABLE … SWAP WITH. A swap undoes itself when it runs twice, so each is sent
 * under a name of the candidate that no swap was sent with before: a late one finds no such table. The table's
 * id is the proof. What was published before stays as the swapped table.
 */
export function publishBySwap(session: Session, order: PublicationOrder): Promise<PublishOutcome> {
  return guarded(async (sent) => {
    const { target, candidate } = order;
    const id = tableIdOf(candidate.version);
    for (let sends = 0; sends < MAX_SENDS; sends += 1) {
      if (await isPublished(session, target, id)) return sends === 0 ? ALREADY_PUBLISHED : PUBLISHED;
      const name = await freshName(session, target.database, id, order.token, target.table);
      if (name === null) return { status: 'version_moved', actual: null };
      // The rename settles all that was sent before: only now is it certain where the candidate stands.
      if (name.table === target.table || (await isPublished(session, target, id))) return PUBLISHED;
      const actual = await tableVersion(session, name);
      if (actual !== candidate.version) return { status: 'version_moved', actual };
      if ((await isLoading(session, name)) || (await isLoading(session, candidate.table)))
        return retryable(`A load of ${name.table} is under way.`);
      if (!order.mayBegin()) return retryable('The time in which it may begin is over.');
      sent.any = true;
      try {
        await session.query(swapTables(target, name.table));
      } catch (error) {
        if (!(error instanceof StarRocksError)) throw error;
      }
    }
    return (await isPublished(session, target, id)) ? PUBLISHED : retryable('The frontend did not answer.');
  });
}

/** Whether the swap took effect. When it did not the candidate is renamed once more, and a late swap finds nothing. */
export function concludeSwap(session: Session, order: PublicationOrder): Promise<Conclusion> {
  return concluding(async () => {
    const { target, candidate, token } = order;
    const id = tableIdOf(candidate.version);
    if (await isPublished(session, target, id)) return { status: 'published' };
    await renameUnlessPublished(session, target, id, token);
    return { status: (await isPublished(session, target, id)) ? 'published' : 'never' };
  });
}

async function isPublished(session: Session, target: TableName, id: string): Promise<boolean> {
  return (await tableIdsOf(session, target.database)).get(target.table) === id;
}

async function renameUnlessPublished(
  session: Session,
  target: TableName,
  id: string,
  token: string,
): Promise<void> {
  const name = nameOf(await tableIdsOf(session, target.database), id);
  if (name !== null && name !== target.table)
    await freshName(session, target.database, id, token, target.table);
}
