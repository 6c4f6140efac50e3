import type { Uuid } from '#model/ids.ts';
import { textArray, uuidArray } from './binary-array.ts';
import { namesOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

/** A dataset that a contract waits for, by a pattern of its names. */
export interface WatchedStaging {
  /** Whose candidates they are. */
  readonly datasetId: Uuid;
  /** LIKE pattern of names. */
  readonly pattern: string;
}

/** A completed run that wrote a staging dataset, and was not evaluated. */
export interface StagedRow {
  readonly dataset_id: Uuid;
  readonly run_id: Uuid;
  readonly staging_id: Uuid;
  readonly namespace: string;
  readonly name: string;
  readonly partition: string;
  /** The partition follows from the run's nominal time, not from what the event says of the data. */
  readonly inferred: boolean;
}

/**
 * Runs that completed since a time and wrote what is watched, those that ended first first. Runs are found by the
 * jobs that write there: only names are looked through.
 */
export function stagedRuns(watched: readonly WatchedStaging[], since: Date, limit: number): Statement {
  return sql`
    select watched.dataset_id, r.id as run_id, d.id as staging_id, n.name as namespace, d.name, rd.partition, rd.inferred
      from unnest(
        ${uuidArray(watched.map((one) => one.datasetId))}::uuid[],
        ${textArray(watched.map((one) => one.pattern))}::text[]
      ) as watched(dataset_id, pattern)
      join dataset d on d.name like watched.pattern
      join namespace n on n.id = d.namespace_id
      join job_dataset jd on jd.dataset_id = d.id and jd.role = 1
      join run r on r.job_id = jd.job_id and r.state = 'COMPLETED' and r.last_event_at >= ${since}::timestamptz
      join run_dataset rd on rd.run_id = r.id and rd.dataset_id = d.id and rd.role = 1
     where d.id <> all(${namesOf(sql`watched.dataset_id`)})
       and not exists (
             select from gate_event done
              where done.dataset_id = watched.dataset_id and done.run_id = r.id and done.staging_id = d.id
                and done.partition = rd.partition)
     order by r.last_event_at, r.id, d.id, rd.partition, watched.dataset_id
     limit ${limit}`.named('staged_runs');
}

export interface GateEventRow {
  readonly dataset_id: Uuid;
  readonly run_id: Uuid;
  readonly staging_id: Uuid;
  readonly partition: string;
  readonly candidate_ref: string;
  readonly evaluation_id: Uuid | null;
  readonly fault: string | null;
  readonly noted_at: Date;
}

const COLUMNS = sql`dataset_id, run_id, staging_id, partition, candidate_ref, evaluation_id, fault, noted_at`;

/** Notes what came of one; the first word stays. */
export function noteGateEvent(row: GateEventRow): Statement {
  return sql`
    insert into gate_event (${COLUMNS})
    values (${row.dataset_id}, ${row.run_id}, ${row.staging_id}, ${row.partition}, ${row.candidate_ref},
            ${row.evaluation_id}, ${row.fault}, ${row.noted_at})
    on conflict do nothing`.named('note_gate_event');
}

/** The last that runs brought for a dataset. */
export function gateEventsOf(datasetId: Uuid, limit: number): Statement {
  return sql`
    select ${COLUMNS} from gate_event
     where dataset_id = any(${namesOf(sql`${datasetId}::uuid`)})
     order by noted_at desc, run_id limit ${limit}`.named('gate_events_of');
}
