import type { Uuid } from '#model/ids.ts';
import { Problem } from '#collector/problems.ts';
import { withSpan } from '#collector/span.ts';
import type { Queryable } from '#store/database.ts';
import { evaluationById, type EvaluationRow } from '#store/evaluations.ts';
import type { PublicationRow } from '#store/publications.ts';
import { notAfter, settle } from './ledger.ts';
import { notFound, publishEvaluation, reserve, settleLeftover, type Reserved } from './publish.ts';
import { warehouseNamed, type GateServices } from './services.ts';

/** One of several evaluations that are published at once. */
export interface PublishOne {
  readonly id: Uuid;
  readonly expectedVersion: string;
}

/**
 * Publishes the candidates of several partitions of one dataset at once: readers see all of them or none. Each has a
 * row of its own in the ledger. Throws what publishEvaluation throws, and `conflict` when they do not belong together,
 * `publication_refused` when the warehouse has no such thing; nothing is published then.
 */
export async function publishTogether(
  services: GateServices,
  orders: readonly PublishOne[],
  requestedBy: string | null,
  now: Date,
): Promise<PublicationRow[]> {
  const [single] = orders;
  if (single && orders.length === 1)
    return [await publishEvaluation(services, single.id, { ...single, requestedBy }, now)];
  const sorted = await inOrder(services, orders);
  for (const { id } of sorted) await settleLeftover(services, id, now);
  const reserved = await services.database.transaction((connection) =>
    reserveAll(services, connection, sorted, requestedBy, now),
  );
  if (reserved.every(({ done }) => done)) return reserved.map(({ row }) => row);
  const [first] = reserved;
  const warehouse = warehouseNamed(services, first?.row.warehouse ?? '');
  const outcome = await withSpan('gate publish', { 'assay.warehouse': warehouse.name }, async () => {
    const requests = reserved.map(({ row, evaluation }) => ({
      token: row.id,
      target: row.target,
      partition: row.partition,
      candidate: {
        kind: evaluation.candidate_kind,
        ref: row.candidate_ref ?? '',
        version: row.candidate_version ?? '',
      },
      notAfter: notAfter(row),
    }));
    return warehouse.publishTogether?.(requests) ?? cannot(warehouse.name);
  });
  const settled: PublicationRow[] = [];
  for (const { row } of reserved) settled.push(await settle(services, row, outcome, now));
  if (settled.every(({ state }) => state !== 'failed' && state !== 'publishing')) return settled;
  const extra = { evaluationIds: sorted.map(({ id }) => id) };
  if (outcome.status === 'version_moved')
    throw new Problem(
      'version_moved',
      `One of these candidates is not what was checked (${outcome.actual ?? 'gone'}); none was published. Evaluate them again.`,
      extra,
    );
  if (outcome.status === 'failure') throw new Problem('publication_refused', outcome.reason, extra);
  const why = outcome.status === 'retryable' ? outcome.reason : 'It did not answer.';
  throw new Problem('warehouse_unavailable', `${why} Nothing else was changed; ask again.`, extra);
}

/** The evaluations by their partitions, which is the order of all locks; refused unless they belong together. */
async function inOrder(services: GateServices, orders: readonly PublishOne[]): Promise<PublishOne[]> {
  const found: { readonly order: PublishOne; readonly row: EvaluationRow }[] = [];
  for (const order of orders) {
    const [row] = await services.database.rows<EvaluationRow>(evaluationById(order.id));
    if (!row) throw notFound(order.id);
    found.push({ order, row });
  }
  const places = new Set(found.map(({ row }) => `${row.dataset_id} ${row.warehouse} ${row.target}`));
  const partitions = new Set(found.map(({ row }) => row.partition));
  if (places.size !== 1)
    throw new Problem('conflict', 'Only partitions of one dataset with one target are published at once.');
  if (partitions.size !== found.length)
    throw new Problem('conflict', 'Two of these evaluations are of one partition; name the newer one alone.');
  const warehouse = warehouseNamed(services, found[0]?.row.warehouse ?? '');
  if (warehouse.publishTogether === undefined)
    throw new Problem('publication_refused', cannot(warehouse.name).reason);
  return found.toSorted((a, b) => (a.row.partition < b.row.partition ? -1 : 1)).map(({ order }) => order);
}

function cannot(warehouse: string): { readonly status: 'failure'; readonly reason: string } {
  return {
    status: 'failure',
    reason: `The warehouse ${warehouse} cannot publish several partitions at once; publish them one by one.`,
  };
}

/** Opens the ledger for all of them or for none. */
async function reserveAll(
  services: GateServices,
  connection: Queryable,
  orders: readonly PublishOne[],
  requestedBy: string | null,
  now: Date,
): Promise<Extract<Reserved, { readonly row: PublicationRow }>[]> {
  const reserved: Extract<Reserved, { readonly row: PublicationRow }>[] = [];
  for (const { id, expectedVersion } of orders) {
    const one = await reserve(services, connection, id, { expectedVersion, requestedBy }, now);
    if ('refused' in one) throw one.refused;
    reserved.push(one);
  }
  if (reserved.some(({ done }) => done) && !reserved.every(({ done }) => done))
    throw new Problem(
      'conflict',
      `${reserved.find(({ done }) => done)?.row.partition} is published already; publish the others without it.`,
    );
  return reserved;
}
