import type { Uuid } from '#model/ids.ts';
import type { Decision, Reason } from '#model/publication.ts';
import { canonicalOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

/** A partition whose candidate is not published, and since when one waits. */
export interface WaitingRow {
  readonly evaluation_id: Uuid;
  readonly dataset_id: Uuid;
  /** Stands for all names of the dataset. */
  readonly canonical_id: Uuid;
  readonly name: string;
  readonly partition: string;
  readonly decision: Decision | null;
  readonly reasons: readonly Reason[];
  readonly requested_at: Date;
  readonly waiting_since: Date;
}

/** Partitions that wait since before a time, those that wait longest first. Only what is to be published somewhere waits. */
export function waitingPartitions(before: Date, limit: number): Statement {
  return sql`
    select e.id as evaluation_id, e.dataset_id, ${canonicalOf(sql`e.dataset_id`)} as canonical_id, e.name, e.partition,
           e.decision, e.reasons, e.requested_at, since.waiting_since
      from evaluation e
     cross join lateral (
       select min(earlier.requested_at) as waiting_since from evaluation earlier
        where earlier.dataset_id = e.dataset_id and earlier.partition = e.partition and earlier.requested_at <= e.requested_at
          and earlier.requested_at > coalesce((
                select max(p.started_at) from publication p
                 where p.dataset_id = e.dataset_id and p.partition = e.partition
                   and p.state in ('published', 'replaced') and p.started_at < e.requested_at), '-infinity')
     ) since
     where e.state not in ('published', 'superseded') and e.target is not null and since.waiting_since <= ${before}::timestamptz
       and not exists (
             select from evaluation newer
              where newer.dataset_id = e.dataset_id and newer.partition = e.partition
                and (newer.requested_at, newer.id) > (e.requested_at, e.id))
     order by since.waiting_since, e.id
     limit ${limit}`.named('waiting_partitions');
}

/** Evaluations that nobody published in time: what they say is of then. Gives how many ended so. */
export function expireEvaluations(requestedBefore: Date, now: Date): Statement {
  return sql`
    update evaluation e set state = 'expired', decided_at = greatest(e.decided_at, ${now}::timestamptz)
     where e.state in ('passed', 'passed_with_warnings', 'waived') and e.requested_at < ${requestedBefore}::timestamptz
       and not exists (select from publication p where p.evaluation_id = e.id and p.state = 'publishing')`.named(
    'expire_evaluations',
  );
}
