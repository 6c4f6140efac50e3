import type { Uuid } from '#model/ids.ts';
import type { PublishOutcome, UndonePublication } from '#model/ports.ts';
import type { Candidate } from '#model/publication.ts';
import { Problem } from '#collector/problems.ts';
import type { Queryable } from '#store/database.ts';
import { abandonEvaluations, markPublished } from '#store/evaluations.ts';
import {
  lastPublications,
  openPublication,
  openPublications,
  publicationById,
  publicationUnderWay,
  replaceOthers,
  settlePublication,
  type PublicationRow,
} from '#store/publications.ts';
import { NOT_MEASURED } from './decide.ts';
import type { GateServices } from './services.ts';

/**
 * For so long the owner of an open row may still begin its work in the warehouse; whoever comes later
 * reads what is there and settles the row. The owner stops earlier, which leaves room for clocks that differ.
 */
const LEASE_MS = 60_000;
const CLOCK_MARGIN_MS = 15_000;

/** Times of a row that is opened now. */
export function lease(now: Date): { readonly started_at: Date; readonly lease_until: Date } {
  return { started_at: now, lease_until: new Date(now.getTime() + LEASE_MS) };
}

/** When the warehouse must have begun. */
export function notAfter(row: PublicationRow): Date {
  return new Date(row.lease_until.getTime() - CLOCK_MARGIN_MS);
}

/**
 * Opens the row in the caller's transaction. Gives null when this token is already published or under way.
 * Throws `conflict` when another publication of the partition is under way; the caller holds the lock of
 * the partition, so nobody comes between the look and the row.
 */
export async function open(connection: Queryable, row: PublicationRow): Promise<PublicationRow | null> {
  const [other] = await connection.rows<PublicationRow>(publicationUnderWay(row.dataset_id, row.partition));
  if (other && other.id !== row.id) throw underWay(other);
  const opened = await connection.execute(openPublication(row));
  return opened === 1 ? { ...row, state: 'publishing' } : null;
}

export function underWay(row: PublicationRow): Problem {
  return new Problem(
    'conflict',
    `A ${row.kind === 'rollback' ? 'rollback' : 'publication'} of ${row.name} ${row.partition} is under way; ask again in a moment.`,
    { publicationId: row.id, retryAfterSeconds: 1 },
  );
}

/** Writes down what the warehouse answered. Only an answer that leaves no doubt closes the row. */
export async function settle(
  services: GateServices,
  row: PublicationRow,
  outcome: PublishOutcome,
  now: Date,
): Promise<PublicationRow> {
  const settled = await settleBy(services, row, outcome, now);
  services.onSettled?.(settled.state);
  return settled;
}

function settleBy(
  services: GateServices,
  row: PublicationRow,
  outcome: PublishOutcome,
  now: Date,
): Promise<PublicationRow> {
  if (outcome.status === 'retryable') return resolve(services, row, outcome.reason, now, true);
  if (outcome.status === 'published') return finish(services, row, outcome.previous, now);
  const reason =
    outcome.status === 'failure' ? outcome.reason : 'The candidate changed since it was checked.';
  return fail(services, row, reason, now);
}

/**
 * Asks the warehouse what became of the row. One whose owner may still be at work is only looked at; any other is
 * ended: what has not taken effect never will.
 */
async function resolve(
  services: GateServices,
  row: PublicationRow,
  doubt: string,
  now: Date,
  givenUp: boolean,
): Promise<PublicationRow> {
  const warehouse = services.warehouses.get(row.warehouse);
  if (!warehouse) return row;
  const { kind, id: token, target, partition } = row;
  const concluded = await warehouse.conclude({
    kind,
    token,
    target,
    partition,
    candidate: kind === 'publish' ? candidateOf(row) : null,
    undoes: kind === 'rollback' ? await undoneBy(services, row) : null,
    over: givenUp || row.lease_until <= now,
  });
  if (concluded.status === 'published') return finish(services, row, null, now);
  return concluded.status === 'never' ? fail(services, row, doubt, now) : row;
}

function candidateOf(row: PublicationRow): Candidate {
  return { kind: 'table', ref: row.candidate_ref ?? '', version: row.candidate_version ?? '' };
}

/** The publication that a rollback undoes, and what was served before it. */
export async function undoneBy(
  services: GateServices,
  { dataset_id, partition }: Pick<PublicationRow, 'dataset_id' | 'partition'>,
): Promise<UndonePublication | null> {
  const [last, before] = await services.database.rows<PublicationRow>(
    lastPublications(dataset_id, partition),
  );
  if (!last) return null;
  const { ref, version } = candidateOf(last);
  return { token: last.id, candidate: { ref, version }, before: before ? candidateOf(before) : null };
}

async function finish(
  services: GateServices,
  row: PublicationRow,
  previous: string | null,
  now: Date,
): Promise<PublicationRow> {
  return services.database.transaction(async (connection) => {
    const settled = await connection.execute(
      settlePublication(row, { state: 'published', previous, reason: null }, now),
    );
    if (settled === 1) {
      await connection.execute(replaceOthers(row));
      if (row.evaluation_id !== null) await connection.execute(markPublished(row.evaluation_id));
    }
    return reread(connection, row);
  });
}

async function fail(
  services: GateServices,
  row: PublicationRow,
  reason: string,
  now: Date,
): Promise<PublicationRow> {
  await services.database.execute(settlePublication(row, { state: 'failed', previous: null, reason }, now));
  return reread(services.database, row);
}

async function reread(connection: Queryable, row: PublicationRow): Promise<PublicationRow> {
  const [found] = await connection.rows<PublicationRow>(publicationById(row.id));
  return found ?? row;
}

export interface RepairReport {
  /** Rows that the warehouse had done, though the ledger did not know. */
  readonly finished: readonly Uuid[];
  /** Rows that the warehouse had not done; what was served before still is. */
  readonly failed: readonly Uuid[];
  /** Rows that may still be at work, or whose warehouse does not answer. */
  readonly left: readonly Uuid[];
}

/** An evaluation that takes longer than any statement may has lost its process. */
export const LONGEST_EVALUATION_MS = 15 * 60_000;

/**
 * Settles what a crash left open: evaluations that will not end any more, and publications, by what the
 * targets themselves carry. To be called at start and now and then; any number of collectors may do it at
 * once.
 */
export async function repairPublications(services: GateServices, now: Date): Promise<RepairReport> {
  const message = 'The process that evaluated it ended before the answer; evaluate it again.';
  const lost = [{ checkId: NOT_MEASURED, status: 'error' as const, message, waivedBy: null }];
  await services.database.execute(
    abandonEvaluations(new Date(now.getTime() - LONGEST_EVALUATION_MS), lost, now),
  );
  const report = { finished: [] as Uuid[], failed: [] as Uuid[], left: [] as Uuid[] };
  for (const row of await services.database.rows<PublicationRow>(openPublications())) {
    const { state } = await repairOne(services, row, now);
    report[state === 'publishing' ? 'left' : state === 'failed' ? 'failed' : 'finished'].push(row.id);
  }
  return report;
}

/** Settles one open row, if that can be done. */
export function repairOne(services: GateServices, row: PublicationRow, now: Date): Promise<PublicationRow> {
  return resolve(
    services,
    row,
    'The process ended before the warehouse had published; nothing was changed.',
    now,
    false,
  );
}
