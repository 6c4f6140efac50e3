import { derivedId, type Uuid } from '#model/ids.ts';
import { putEvidence } from '#store/evidence.ts';
import { waitingPartitions, type WaitingRow } from '#store/waiting.ts';
import type { ContractBook } from './contract-book.ts';
import type { GateServices } from './services.ts';

/** Partitions that are looked at in one turn, those that wait longest first. */
const MOST = 5000;

/** A partition whose candidate waits, and whether longer than the contract's `sla`. */
export interface WaitingPartition extends WaitingRow {
  readonly slaSeconds: number | null;
  /** Seconds beyond the sla; null while within it, or without one. */
  readonly overdueSeconds: number | null;
}

/** What waits at the gate now. */
export async function readWaiting(
  services: GateServices,
  book: ContractBook,
  now: Date,
): Promise<WaitingPartition[]> {
  const rows = await services.database.rows<WaitingRow>(waitingPartitions(now, MOST));
  if (rows.length === 0) return [];
  const slas = new Map((await book.read(services.database)).map((one) => [one.datasetId, one.slaSeconds]));
  return rows.map((row) => {
    const slaSeconds = slas.get(row.dataset_id) ?? null;
    return { ...row, slaSeconds, overdueSeconds: overdueBy(row.waiting_since, slaSeconds, now) };
  });
}

/** Seconds that something waits beyond its sla, whole; null while it is within it. */
export function overdueBy(since: Date, slaSeconds: number | null, now: Date): number | null {
  if (slaSeconds === null) return null;
  const beyond = Math.floor((now.getTime() - since.getTime()) / 1000) - slaSeconds;
  return beyond > 0 ? beyond : null;
}

/**
 * Notes as evidence that a held partition waits longer than its sla: who is held for too long is late as well. The
 * same wait is noted once; the next candidate that is allowed clears it.
 */
export async function noteOverdue(
  services: GateServices,
  waiting: readonly WaitingPartition[],
  now: Date,
): Promise<number> {
  const overdue = waiting.filter((one) => one.overdueSeconds !== null && one.decision !== 'allow');
  if (overdue.length === 0) return 0;
  return services.database.execute(
    putEvidence(
      overdue.map((one) => ({
        id: evidenceId(one),
        source: 'publication' as const,
        dataset_id: one.canonical_id,
        partition: one.partition,
        kind: 'publication' as const,
        severity: 'critical' as const,
        at: new Date(one.waiting_since.getTime() + (one.slaSeconds ?? 0) * 1000),
        made_at: one.requested_at,
        direction: null,
        summary: `held longer than its sla, since ${one.waiting_since.toISOString()}: ${reasonOf(one)}`.slice(
          0,
          500,
        ),
        subject: 'sla',
        own_fault: null,
        value: Math.round((now.getTime() - one.waiting_since.getTime()) / 1000),
        expected: `at most ${one.slaSeconds} s`,
        hint: null,
        hard: true,
        detector: null,
        run_id: null,
        evaluation_id: one.evaluation_id,
      })),
      now,
    ),
  );
}

function evidenceId(one: WaitingPartition): Uuid {
  return derivedId(
    'evidence',
    'held too long',
    one.dataset_id,
    one.partition,
    one.waiting_since.toISOString(),
  );
}

function reasonOf({ reasons, decision }: WaitingPartition): string {
  const first = reasons.find(({ waivedBy }) => waivedBy === null);
  return first?.message ?? (decision === null ? 'it is being evaluated' : 'its checks did not pass');
}
