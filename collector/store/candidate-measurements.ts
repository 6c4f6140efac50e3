import type { Uuid } from '#model/ids.ts';
import type { FactKey, HistoryPoint } from '#model/measurement.ts';
import { partitionTime } from '#model/partition.ts';
import { setAside } from './exclusions.ts';
import { namesOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

/** What was measured on one candidate, in one snapshot. */
export interface CandidateFacts {
  readonly evaluationId: Uuid;
  readonly datasetId: Uuid;
  readonly partition: string;
  readonly version: string;
  readonly facts: ReadonlyMap<FactKey, number>;
  readonly takenAt: Date;
}

/** Stores the facts of a candidate; again does nothing. */
export function addCandidateFacts(measured: CandidateFacts): Statement {
  return sql`
    insert into candidate_measurement (evaluation_id, dataset_id, partition, key, value, version, taken_at)
    select ${measured.evaluationId}, ${measured.datasetId}, ${measured.partition}, fact.key, fact.value, ${measured.version}, ${measured.takenAt}
      from unnest(${[...measured.facts.keys()]}::text[], ${[...measured.facts.values()]}::float8[]) as fact(key, value)
    on conflict do nothing`.named('add_candidate_facts');
}

/** A partition's facts by its latest measured evaluation. */
export interface CandidateHistoryRow {
  readonly partition: string;
  readonly excluded: string | null;
  readonly facts: Readonly<Record<FactKey, number>>;
}

/** The `limit` partitions before this one, newest first, each with the facts of its latest measured evaluation. */
export function candidateHistory(datasetId: Uuid, before: string, limit: number): Statement {
  return sql`
    with confirmed as (${setAside(namesOf(sql`${datasetId}::uuid`))}), latest as (
      select distinct on (partition) id, partition,
             coalesce((select c.excluded from confirmed c where c.partition = evaluation.partition), excluded) as excluded
        from evaluation
       where dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and partition < ${before} and candidate_version is not null
       order by partition desc, requested_at desc, id desc
       limit ${limit})
    select latest.partition, latest.excluded, jsonb_object_agg(m.key, m.value) as facts
      from latest join candidate_measurement m on m.evaluation_id = latest.id
     group by latest.partition, latest.excluded
     order by latest.partition desc`.named('candidate_history');
}

/** The rows as baselines see them, oldest first. */
export function candidateHistoryOf(rows: readonly CandidateHistoryRow[]): HistoryPoint[] {
  return rows
    .map(({ partition, excluded, facts }) => ({
      partition,
      excluded,
      facts: new Map(Object.entries(facts)),
      at: partitionTime(partition),
    }))
    .toReversed();
}

/** The facts that were measured on exactly this version of a candidate, by any evaluation. */
export function factsOfVersion(datasetId: Uuid, partition: string, version: string): Statement {
  return sql`
    select distinct on (key) key, value from candidate_measurement
     where dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and partition = ${partition} and version = ${version}
     order by key, taken_at desc`.named('facts_of_version');
}
