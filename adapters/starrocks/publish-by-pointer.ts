import type { PublishOutcome } from '#model/ports.ts';
import { showTable, type TableName } from './names.ts';
import { concludeLabelled, publishLabelled } from './publication-label.ts';
import type { PublicationOrder } from './publication.ts';
import type { Session } from './session.ts';
import { createPointers, setPointer } from './statements.ts';

export { concludeLabelled as concludePointer };

/** The table of pointers beside the view that reads it. */
export function pointersOf(target: TableName): TableName {
  return { database: target.database, table: 'assay_published' };
}

/** The place that a publication fills: the view, or one partition of it. */
export function placeOf({ target, partition }: Pick<PublicationOrder, 'target' | 'partition'>): string {
  return partition === null ? showTable(target) : `${showTable(target)}/${partition.name}`;
}

/** How the pointer names a candidate. */
export function pointerTo({ table, partition }: PublicationOrder['candidate']): string {
  return partition === null ? showTable(table) : `${showTable(table)}/${partition}`;
}

/**
 * Publishes by moving a pointer: gold is a view over versions, or partitions, that shows those named in a small
 * table. Nothing is copied, and what was shown before stays to be pointed at again. (An ALTER VIEW would do the
 * same and cannot be fenced: one that arrives late puts an older version back. A labelled insert can.)
 */
export function publishByPointer(session: Session, order: PublicationOrder): Promise<PublishOutcome> {
  const pointers = pointersOf(order.target);
  return publishLabelled(session, order, {
    prepare: async () => {
      await session.query(createPointers(pointers));
      return null;
    },
    statement: (label) => setPointer(pointers, label, placeOf(order), pointerTo(order.candidate)),
  });
}
