import type { Uuid } from '#model/ids.ts';
import type { Waiver } from '#model/publication.ts';
import { namesOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

/** A waiver as stored; `dataset` of the model's Waiver is the dataset's id. */
export interface WaiverRow {
  readonly id: Uuid;
  readonly evaluation_id: Uuid;
  readonly dataset_id: Uuid;
  readonly partition: string | null;
  /** Of the one candidate that it is for; null: any. */
  readonly candidate_version: string | null;
  readonly check_ids: readonly string[];
  readonly reason: string;
  /** Where it is talked about: `OPS-17`, an address. */
  readonly ticket: string | null;
  readonly requested_by: string;
  readonly requested_at: Date;
  readonly approved_by: string | null;
  readonly approved_at: Date | null;
  readonly expires_at: Date;
}

const COLUMNS = sql`id, evaluation_id, dataset_id, partition, candidate_version, check_ids, reason, ticket, requested_by, requested_at,
  approved_by, approved_at, expires_at`;

export function addWaiver(row: WaiverRow): Statement {
  return sql`
    insert into waiver (${COLUMNS})
    values (${row.id}, ${row.evaluation_id}, ${row.dataset_id}, ${row.partition}, ${row.candidate_version},
            ${row.check_ids}::text[], ${row.reason}, ${row.ticket},
            ${row.requested_by}, ${row.requested_at}, ${row.approved_by}, ${row.approved_at}, ${row.expires_at})`.named(
    'add_waiver',
  );
}

/** Locked until the end of the transaction. */
export function waiverForUpdate(id: Uuid): Statement {
  return sql`select ${COLUMNS} from waiver where id = ${id} for update`.named('waiver_for_update');
}

export function approveWaiver(id: Uuid, approvedBy: string, now: Date): Statement {
  return sql`
    update waiver set approved_by = ${approvedBy}, approved_at = ${now}
     where id = ${id} and approved_by is null`.named('approve_waiver');
}

/** Waivers that may bear on a partition now, approved or not. */
export function waiversFor(datasetId: Uuid, partition: string, now: Date): Statement {
  return sql`
    select ${COLUMNS} from waiver
     where dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and (partition is null or partition = ${partition}) and expires_at > ${now}
     order by requested_at, id`.named('waivers_for_partition');
}

/** Waivers that were asked for a partition or for any, also those that ended, the latest first. */
export function waiversOfPartition(datasetId: Uuid, partition: string, limit: number): Statement {
  return sql`
    select ${COLUMNS} from waiver
     where dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and (partition is null or partition = ${partition})
     order by requested_at desc, id limit ${limit}`.named('waivers_of_partition');
}

export function waiverOf(row: WaiverRow): Waiver {
  return {
    id: row.id,
    dataset: row.dataset_id,
    partition: row.partition,
    candidateVersion: row.candidate_version,
    checkIds: row.check_ids,
    reason: row.reason,
    requestedBy: row.requested_by,
    approvedBy: row.approved_by,
    expiresAt: row.expires_at,
  };
}
