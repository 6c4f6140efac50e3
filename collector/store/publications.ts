import type { Uuid } from '#model/ids.ts';
import type { Decision, Reason } from '#model/publication.ts';
import type { EvaluationState } from './evaluations.ts';
import { namesOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

/** `replaced`: published, and later something else was. */
export type PublicationState = 'publishing' | 'published' | 'replaced' | 'rolled_back' | 'failed';

/** A row of the ledger. Its id is the token that the target carries. */
export interface PublicationRow {
  readonly id: Uuid;
  readonly kind: 'publish' | 'rollback';
  readonly evaluation_id: Uuid | null;
  readonly dataset_id: Uuid;
  readonly namespace: string;
  readonly name: string;
  readonly partition: string;
  readonly warehouse: string;
  readonly target: string;
  readonly candidate_ref: string | null;
  readonly candidate_version: string | null;
  readonly state: PublicationState;
  readonly previous: string | null;
  readonly reason: string | null;
  readonly requested_by: string | null;
  readonly started_at: Date;
  readonly lease_until: Date;
  readonly finished_at: Date | null;
}

const COLUMNS = sql`id, kind, evaluation_id, dataset_id, namespace, name, partition, warehouse, target, candidate_ref,
  candidate_version, state, previous, reason, requested_by, started_at, lease_until, finished_at`;

/**
 * Opens a row of the ledger as `publishing`, or reopens one that failed. Changes no row when the token is
 * under way or done; a unique violation (23505) when another one is under way for the partition.
 */
export function openPublication(row: PublicationRow): Statement {
  return sql`
    insert into publication (${COLUMNS})
    values (${row.id}, ${row.kind}, ${row.evaluation_id}, ${row.dataset_id}, ${row.namespace}, ${row.name}, ${row.partition},
            ${row.warehouse}, ${row.target}, ${row.candidate_ref}, ${row.candidate_version}, 'publishing', null, null,
            ${row.requested_by}, ${row.started_at}, ${row.lease_until}, null)
    on conflict (id) do update
       set state = 'publishing', reason = null, started_at = excluded.started_at, lease_until = excluded.lease_until,
           requested_by = excluded.requested_by, finished_at = null
     where publication.state = 'failed'`.named('open_publication');
}

export function publicationById(id: Uuid): Statement {
  return sql`select ${COLUMNS} from publication where id = ${id}`.named('publication_by_id');
}

/** What became of an evaluation. */
export function publicationOfEvaluation(evaluationId: Uuid): Statement {
  return sql`select ${COLUMNS} from publication where evaluation_id = ${evaluationId}`.named(
    'publication_of_evaluation',
  );
}

/** Rows whose end is not written: under way, or left behind by a crash. */
export function openPublications(): Statement {
  return sql`select ${COLUMNS} from publication where state = 'publishing' order by started_at`.named(
    'open_publications',
  );
}

/** The row under way for a partition. */
export function publicationUnderWay(datasetId: Uuid, partition: string): Statement {
  return sql`
    select ${COLUMNS} from publication
     where dataset_id = ${datasetId} and partition = ${partition} and state = 'publishing'`.named(
    'publication_under_way',
  );
}

/** What is served of a partition now. */
export function currentPublication(datasetId: Uuid, partition: string): Statement {
  return sql`
    select ${COLUMNS} from publication
     where dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and partition = ${partition} and state = 'published'
     order by started_at desc limit 1`.named('current_publication');
}

/** What is served of a partition now, and the candidate that was served before it. */
export function lastPublications(datasetId: Uuid, partition: string): Statement {
  return sql`
    select ${COLUMNS} from publication
     where dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and partition = ${partition} and kind = 'publish'
       and state in ('published', 'replaced')
     order by finished_at desc, started_at desc limit 2`.named('last_publications');
}

/**
 * Writes the end of a row. That it was published is true even of one given up for failed, or opened again since; that
 * it failed, of the opening alone that was concluded.
 */
export function settlePublication(
  { id, lease_until }: Pick<PublicationRow, 'id' | 'lease_until'>,
  end: {
    readonly state: 'published' | 'failed';
    readonly previous: string | null;
    readonly reason: string | null;
  },
  now: Date,
): Statement {
  return sql`
    update publication set state = ${end.state}, previous = ${end.previous}, reason = ${end.reason}, finished_at = ${now}
     where id = ${id}
       and case when ${end.state} = 'published' then state in ('publishing', 'failed')
                else state = 'publishing' and lease_until = ${lease_until}::timestamptz end`.named(
    'settle_publication',
  );
}

/** What this publication took the place of. */
export function replaceOthers(row: PublicationRow): Statement {
  return sql`
    update publication set state = ${row.kind === 'rollback' ? 'rolled_back' : 'replaced'}
     where dataset_id = ${row.dataset_id} and partition = ${row.partition} and id <> ${row.id}
       and state = 'published'`.named('replace_publications');
}

/** The newest evaluation of each partition with what became of it. */
export interface HallmarkRow {
  readonly evaluation_id: Uuid;
  readonly dataset_id: Uuid;
  readonly namespace: string;
  readonly name: string;
  readonly partition: string;
  readonly state: 'pending' | 'held' | 'ready' | 'publishing' | 'published' | 'rolled_back' | 'failed';
  readonly evaluation_state: EvaluationState;
  readonly decision: Decision | null;
  readonly reasons: readonly Reason[];
  readonly row_count: number | null;
  readonly candidate_ref: string;
  readonly candidate_version: string | null;
  readonly target: string | null;
  readonly publication_id: Uuid | null;
  readonly requested_at: Date;
  readonly finished_at: Date | null;
}

export interface PublicationFilter {
  readonly state: HallmarkRow['state'] | null;
  readonly datasetId: Uuid | null;
  readonly limit: number;
  /** The last row of the page before. */
  readonly after: { readonly requestedAt: Date; readonly id: Uuid } | null;
}

/** Held, ready and published partitions, newest evaluation first. */
export function hallmarks(filter: PublicationFilter): Statement {
  return sql`
    with latest as (
      select distinct on (dataset_id, partition) *
        from evaluation
       where ${filter.datasetId}::uuid is null or dataset_id = any(${namesOf(sql`${filter.datasetId}::uuid`)})
       order by dataset_id, partition desc, requested_at desc, id desc
    ), told as (
      select e.id as evaluation_id, e.dataset_id, e.namespace, e.name, e.partition, e.state as evaluation_state, e.decision,
             e.reasons, e.row_count, e.candidate_ref, e.candidate_version, e.target, p.id as publication_id,
             e.requested_at, p.finished_at,
             case when p.state is not null and p.state <> 'replaced' then p.state
                  when e.decision is null then 'pending'
                  when e.decision = 'allow' and e.state <> 'expired' and coalesce((
                         select f.action from gate_freeze f where f.dataset_id = e.dataset_id order by f.id desc limit 1), '') <> 'freeze'
                  then 'ready'
                  else 'held' end as state
        from latest e
        left join lateral (select * from publication p where p.evaluation_id = e.id order by p.started_at desc limit 1) p on true
    )
    select * from told
     where (${filter.state}::text is null or state = ${filter.state}::text)
       and (${filter.after?.id ?? null}::uuid is null
            or (requested_at, evaluation_id) < (${filter.after?.requestedAt ?? null}::timestamptz, ${filter.after?.id ?? null}::uuid))
     order by requested_at desc, evaluation_id desc
     limit ${filter.limit}`.named('hallmarks');
}
