import type { EvidenceKind, EvidenceSeverity } from '#model/evidence.ts';
import type { Uuid } from '#model/ids.ts';
import type { Attachment } from '#model/incident.ts';
import { boolArray, jsonbArray, textArray, uuidArray } from './binary-array.ts';
import { writerOf } from './evidence-facts.ts';
import { namesOf } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

export type EvidenceSource = 'verdict' | 'freshness' | 'check' | 'publication' | 'run' | 'objective' | 'load';

/** A piece of evidence as it is kept, before it is folded. */
export interface EvidenceRow {
  readonly id: Uuid;
  readonly source: EvidenceSource;
  readonly dataset_id: Uuid;
  readonly partition: string;
  readonly kind: EvidenceKind;
  readonly severity: EvidenceSeverity;
  readonly at: Date;
  readonly made_at: Date | null;
  readonly direction: 'up' | 'down' | null;
  readonly summary: string;
  readonly subject: string;
  readonly own_fault: string | null;
  readonly value: number | null;
  readonly expected: string | null;
  readonly hint: string | null;
  /** One good partition after it clears it; else two. */
  readonly hard: boolean;
  readonly detector: string | null;
  readonly run_id: Uuid | null;
  readonly evaluation_id: Uuid | null;
}

/** Notes evidence: what is known already stays as it is, but for what was reversed and is so again. */
export function putEvidence(rows: readonly EvidenceRow[], now: Date): Statement {
  return sql`
    insert into evidence (id, source, dataset_id, partition, kind, severity, at, made_at, direction, summary, subject, own_fault,
      value, expected, hint, hard, detector, run_id, evaluation_id, noted_at)
    select t.*, ${now}::timestamptz from unnest(
      ${uuidArray(rows.map((row) => row.id))}::uuid[],
      ${textArray(rows.map((row) => row.source))}::text[],
      ${uuidArray(rows.map((row) => row.dataset_id))}::uuid[],
      ${textArray(rows.map((row) => row.partition))}::text[],
      ${textArray(rows.map((row) => row.kind))}::text[],
      ${textArray(rows.map((row) => row.severity))}::text[],
      ${rows.map((row) => row.at)}::timestamptz[],
      ${rows.map((row) => row.made_at)}::timestamptz[],
      ${textArray(rows.map((row) => row.direction))}::text[],
      ${textArray(rows.map((row) => row.summary))}::text[],
      ${textArray(rows.map((row) => row.subject))}::text[],
      ${textArray(rows.map((row) => row.own_fault))}::text[],
      ${rows.map((row) => row.value)}::float8[],
      ${textArray(rows.map((row) => row.expected))}::text[],
      ${textArray(rows.map((row) => row.hint))}::text[],
      ${boolArray(rows.map((row) => row.hard))}::boolean[],
      ${textArray(rows.map((row) => row.detector))}::text[],
      ${uuidArray(rows.map((row) => row.run_id))}::uuid[],
      ${uuidArray(rows.map((row) => row.evaluation_id))}::uuid[]) as t
     order by 1
    on conflict (id) do update set cleared_at = null, cleared_by = null, incident_id = null
     where evidence.cleared_by = 'reversed'`.named('put_evidence');
}

/** When the oldest evidence was seen that is not folded; null when all is. */
export function oldestNewEvidence(): Statement {
  return sql`select min(at) as at, count(*)::integer as count from evidence where incident_id is null`.named(
    'oldest_new_evidence',
  );
}

/** Evidence as far as folding needs it: summaries are long, and 50,000 pieces may be folded together. */
export interface FoldedEvidenceRow {
  readonly id: Uuid;
  readonly dataset_id: Uuid;
  readonly partition: string;
  readonly kind: EvidenceKind;
  readonly severity: EvidenceSeverity;
  readonly at: Date;
  readonly made_at: Date | null;
  readonly direction: 'up' | 'down' | null;
  readonly subject: string;
  readonly own_fault: string | null;
  readonly run_id: Uuid | null;
  readonly incident_id: Uuid | null;
  readonly group_key: Uuid | null;
  readonly because: Attachment['because'] | null;
  readonly cleared_at: Date | null;
}

// Names may have been joined since it was noted: what is folded are datasets.
const FOLDED: Fragment = sql`
  id, coalesce((select own.canonical_id from dataset_group own where own.dataset_id = evidence.dataset_id), dataset_id) as dataset_id,
  partition, kind, severity, at, made_at, direction, subject, own_fault, run_id, incident_id, group_key, because, cleared_at`;

/** All evidence that was seen since, and all of the incidents and groups that some of it lies in. */
export function evidenceAround(since: Date): Statement {
  return sql`
    with recent as materialized (
      select distinct incident_id from evidence where at >= ${since}::timestamptz and incident_id is not null
    )
    select ${FOLDED} from evidence where at >= ${since}::timestamptz
    union
    select ${FOLDED} from evidence where incident_id in (select incident_id from recent)`.named(
    'evidence_around',
  );
}

/** All evidence of these incidents. */
export function evidenceOfIncidents(ids: readonly Uuid[]): Statement {
  return sql`select ${FOLDED} from evidence where incident_id = any(${uuidArray(ids)}::uuid[])`.named(
    'evidence_of_incidents',
  );
}

/** Where a piece of evidence lies now, and why. */
export interface Assignment {
  readonly evidenceId: Uuid;
  readonly incidentId: Uuid;
  readonly groupKey: Uuid;
  readonly because: Attachment['because'];
}

export function assignEvidence(assignments: readonly Assignment[]): Statement {
  return sql`
    update evidence e set incident_id = t.incident_id, group_key = t.group_key, because = t.because
      from unnest(
        ${uuidArray(assignments.map((one) => one.evidenceId))}::uuid[],
        ${uuidArray(assignments.map((one) => one.incidentId))}::uuid[],
        ${uuidArray(assignments.map((one) => one.groupKey))}::uuid[],
        ${jsonbArray(assignments.map((one) => one.because))}::jsonb[]) as t(id, incident_id, group_key, because)
     where e.id = t.id`.named('assign_evidence');
}

// What clears evidence. Each says when the data was made that is good again, so that it depends on the events
// alone and not on when somebody looked.

/** z scores are good again within this part of their threshold: else a value at the edge would flicker. */
const HYSTERESIS = 0.7;

/** Findings that are none any more (late data, a mark), and those that later good partitions followed. */
export function clearVerdicts(now: Date): Statement {
  return sql`
    update evidence e set cleared_at = found.at, cleared_by = found.by
      from (
        select standing.id, coalesce(reversed.at, good.at) as at, case when reversed.at is null then 'good' else 'reversed' end as by
          from evidence standing
          left join lateral (
            select coalesce(writer.made_at, v.decided_at) as at
              from verdict v
              left join lateral (${writerOf(namesOf(sql`v.dataset_id`), sql`v.partition`)}) writer on true
             where v.dataset_id = standing.dataset_id and v.partition = standing.partition and v.metric = standing.subject
               and v.detector = standing.detector and not v.finding and v.status <> 'learning'
          ) reversed on true
          left join lateral (
            select max(made.at) as at, count(*) as partitions
              from (
                select coalesce(writer.made_at, v.decided_at) as at
                  from verdict v
                  left join lateral (${writerOf(namesOf(sql`v.dataset_id`), sql`v.partition`)}) writer on true
                 where v.dataset_id = standing.dataset_id and v.partition > standing.partition and v.status in ('normal', 'notice')
                   -- Nothing is said of a schema that stays: that more has landed is its good news.
                   and case when standing.kind = 'schema' then v.metric = 'row_count'
                            else v.metric = standing.subject and v.detector = standing.detector end
                   and coalesce(abs((v.detection->>'z')::float8) <= ${HYSTERESIS}::float8 * (v.detection->>'threshold')::float8, true)
                 order by v.partition
                 limit case when standing.hard then 1 else 2 end
              ) made
          ) good on reversed.at is null
         where standing.source = 'verdict' and standing.cleared_at is null
           and (reversed.at is not null or good.partitions >= case when standing.hard then 1 else 2 end)
      ) found
     where e.id = found.id and found.at <= ${now}::timestamptz`.named('clear_verdicts');
}

/** Datasets that are fresh again. */
export function clearLate(now: Date): Statement {
  return sql`
    update evidence e set cleared_at = least(coalesce(landed.at, v.decided_at), ${now}::timestamptz), cleared_by = 'good'
      from verdict v
      left join lateral (
        select max(coalesce(r.ended_at, r.last_event_at)) as at
          from (select rd.run_id from run_dataset rd
                 where rd.dataset_id = any(${namesOf(sql`v.dataset_id`)}) and rd.role = 1
                 order by rd.partition desc limit 50) latest
          join run r on r.id = latest.run_id and r.state = 'COMPLETED'
      ) landed on true
     where e.source = 'freshness' and e.cleared_at is null
       and v.dataset_id = e.dataset_id and v.partition = '' and v.metric = 'freshness' and not v.finding`.named(
    'clear_late',
  );
}

/** Checks and candidates: the gate has let this partition, or a later one, pass since. */
export function clearEvaluations(now: Date): Statement {
  return sql`
    update evidence e set cleared_at = passed.at, cleared_by = 'good'
      from (
        select standing.id, min(later.decided_at) as at
          from evidence standing
          join evaluation own on own.id = standing.evaluation_id
         cross join lateral unnest(${namesOf(sql`standing.dataset_id`)}) as name(id)
          join evaluation later
            on later.dataset_id = name.id and later.partition >= standing.partition and later.decision = 'allow'
           and later.requested_at >= own.requested_at and later.decided_at is not null
           and not exists (
                 select from check_result r
                  where r.evaluation_id = later.id and r.check_id = standing.subject and r.status in ('fail', 'error'))
         where standing.source in ('check', 'publication') and standing.cleared_at is null
           and (standing.source = 'publication' or later.id <> own.id)
         group by standing.id
      ) passed
     where e.id = passed.id and passed.at <= ${now}::timestamptz`.named('clear_evaluations');
}

/** Failed runs that did not fail after all (tried again, a late event), and those whose job has completed since. */
export function clearRuns(now: Date): Statement {
  return sql`
    update evidence e set cleared_at = least(found.at, ${now}::timestamptz), cleared_by = found.by
      from (
        select standing.id,
               case when r.state = 'COMPLETED' then coalesce(r.ended_at, r.last_event_at) else again.at end as at,
               case when r.state = 'COMPLETED' then 'reversed' else 'good' end as by
          from evidence standing
          join run r on r.id = standing.run_id
          left join lateral (
            select coalesce(later.ended_at, later.last_event_at) as at
              from run later
             where later.job_id = r.job_id and later.first_key > r.first_key and later.state = 'COMPLETED'
             order by later.first_key
             limit 1
          ) again on true
         where standing.source = 'run' and standing.cleared_at is null
           and (r.state = 'COMPLETED' or again.at is not null)
      ) found
     where e.id = found.id`.named('clear_runs');
}
