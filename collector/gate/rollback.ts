import type { Uuid } from '#model/ids.ts';
import { Problem } from '#collector/problems.ts';
import { lockPartition } from '#store/evaluations.ts';
import { currentPublication, type PublicationRow } from '#store/publications.ts';
import { lease, notAfter, open, settle, undoneBy } from './ledger.ts';
import { settlePartition } from './publish.ts';
import { warehouseNamed, type GateServices } from './services.ts';

/**
 * Puts back what a partition served before its last publication. Throws publication_not_found when Assay
 * published nothing there, conflict when nothing is kept, warehouse_unavailable.
 */
export async function rollbackPartition(
  services: GateServices,
  order: { readonly datasetId: Uuid; readonly partition: string; readonly requestedBy?: string | null },
  now: Date,
): Promise<PublicationRow> {
  const { datasetId, partition } = order;
  await settlePartition(services, datasetId, partition, now);
  const row = await services.database.transaction(async (connection) => {
    await connection.rows(lockPartition(datasetId, partition));
    const [current] = await connection.rows<PublicationRow>(currentPublication(datasetId, partition));
    if (!current)
      throw new Problem(
        'publication_not_found',
        `Nothing is published of partition ${JSON.stringify(partition)}.`,
      );
    if (current.kind === 'rollback') {
      throw new Problem(
        'conflict',
        `${current.name} ${partition} was rolled back already; one previous version is kept.`,
      );
    }
    warehouseNamed(services, current.warehouse);
    const opened = await open(connection, {
      ...current,
      id: services.newId(),
      kind: 'rollback',
      evaluation_id: null,
      candidate_ref: null,
      candidate_version: null,
      state: 'publishing',
      previous: null,
      reason: null,
      requested_by: order.requestedBy ?? null,
      ...lease(now),
      finished_at: null,
    });
    return opened ?? current;
  });
  const warehouse = warehouseNamed(services, row.warehouse);
  const { id: token, target } = row;
  const undoes = await undoneBy(services, row);
  const outcome = await warehouse.rollback({
    token,
    target,
    partition,
    notAfter: notAfter(row),
    ...(undoes && { undoes }),
  });
  const settled = await settle(services, row, outcome, now);
  if (settled.state === 'published') return settled;
  if (outcome.status === 'retryable')
    throw new Problem('warehouse_unavailable', `${outcome.reason} Ask again.`);
  const reason =
    outcome.status === 'failure' ? outcome.reason : 'The kept data was changed since; it is not put back.';
  throw new Problem('conflict', reason, { publicationId: row.id });
}
