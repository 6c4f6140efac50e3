import type pg from 'pg';
import type { PublishOutcome, RollbackRequest } from '#model/ports.ts';
import { faultOf, inTransaction, Refusal } from './client.ts';
import { readMark } from './mark.ts';
import { boundRows, expectVersion, keptName, lockPlace, lockTarget, putInPlace } from './publish.ts';
import { quoteTable, showTable, suffixed, type TableName } from './quote-identifier.ts';
import { findRelation } from './relation.ts';
import { findSlot, refuse } from './slot.ts';

/**
 * Puts the kept table back and keeps what was served as `…_rolledback`, in one transaction. The same token
 * again does nothing. A kept table that was changed while it lay beside is not put back.
 */
export async function rollback(pool: pg.Pool, request: RollbackRequest): Promise<PublishOutcome> {
  try {
    return await inTransaction(pool, async (client) => {
      await lockPlace(client, request, 'exclusive');
      const before = await findSlot(client, request.target, request.partition);
      const aside = rolledBackName(before.place);
      if (before.current && readMark(before.current.comment)?.token === request.token) {
        const found = await findRelation(client, aside);
        return { status: 'published', alreadyDone: true, previous: found && showTable(found) };
      }
      const kept = await findRelation(client, keptName(before.place));
      const mark = readMark(kept?.comment ?? null);
      if (!kept || mark?.kept !== true) {
        refuse(`Nothing is kept to roll ${request.target} ${request.partition} back to.`);
      }
      await client.query(`lock table only ${quoteTable(kept)} in access exclusive mode`);
      if (mark.version !== null) await expectVersion(client, kept, mark.version);
      await boundRows(client, kept, before, request);
      const slot = await lockTarget(client, request, before);
      const previous = await putInPlace(client, slot, kept, {
        mark: { token: request.token, version: mark.version },
        keepAs: aside,
      });
      return { status: 'published', alreadyDone: false, previous: previous && showTable(previous) };
    });
  } catch (error) {
    if (error instanceof Refusal) return error.outcome as PublishOutcome;
    return faultOf(error, `Rolling back ${request.target} ${request.partition}`);
  }
}

function rolledBackName(place: TableName): TableName {
  return { schema: place.schema, name: suffixed(place.name, '_rolledback') };
}
