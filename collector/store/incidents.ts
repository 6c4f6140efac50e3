import type { EvidenceKind, EvidenceSeverity } from '#model/evidence.ts';
import type { Uuid } from '#model/ids.ts';
import { textArray, uuidArray } from './binary-array.ts';
import type { EvidenceRow } from './evidence.ts';
import { namesOf } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';

export const INCIDENT_STATES = ['open', 'acknowledged', 'snoozed', 'resolved', 'merged'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** How an incident ended: by what came later, or by a person's word. */
export type Resolution = 'evidence' | 'fixed' | 'expected' | 'new_normal' | 'false_alarm';

export interface IncidentRow {
  readonly id: Uuid;
  readonly fingerprint: Uuid;
  readonly state: IncidentState;
  readonly root_id: Uuid;
  readonly root_how: 'observed' | 'suspected';
  readonly kind: EvidenceKind;
  readonly severity: EvidenceSeverity;
  readonly tier: 1 | 2 | 3;
  readonly owner: string | null;
  /** The evidence that stands for it. */
  readonly head_id: Uuid;
  readonly opened_at: Date;
  readonly last_at: Date;
  readonly page_at: Date;
  /** Pieces of evidence, those that are not cleared, and the datasets that they lie on. */
  readonly evidence: number;
  readonly standing: number;
  readonly datasets: number;
  /** Datasets below, nearest first, the first few dozen. */
  readonly impacted: readonly Uuid[];
  readonly impacted_count: number;
  readonly owners: readonly string[];
  readonly changes: readonly string[];
  readonly acknowledged_at: Date | null;
  readonly acknowledged_by: string | null;
  readonly snoozed_until: Date | null;
  readonly assignee: string | null;
  readonly resolved_at: Date | null;
  readonly resolution: Resolution | null;
  readonly ruled_at: Date | null;
  readonly reopened: readonly Date[];
  readonly merged_into: Uuid | null;
  readonly version: number;
  readonly told_version: number;
  readonly updated_at: Date;
}

const COLUMNS: Fragment = sql`
  i.id, i.fingerprint, i.state, i.root_id, i.root_how, i.kind, i.severity, i.tier, i.owner, i.head_id, i.opened_at, i.last_at,
  i.page_at, i.evidence, i.standing, i.datasets, i.impacted, i.impacted_count, i.owners, i.changes, i.acknowledged_at,
  i.acknowledged_by, i.snoozed_until, i.assignee, i.resolved_at, i.resolution, i.ruled_at, i.reopened, i.merged_into, i.version,
  i.told_version, i.updated_at`;

/** Whether this transaction is now the only one that folds evidence: another pass would find nothing to do. */
export function tryFoldingLock(): Statement {
  return sql`select pg_try_advisory_xact_lock(${ADVISORY_LOCKS.folding}::bigint) as held`.named(
    'try_folding_lock',
  );
}

/** Waits for whoever else changes incidents: what a person says is not overwritten by a pass that began before. */
export function waitIncidentLock(): Statement {
  return sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.incidents}::bigint)`.named('wait_incident_lock');
}

/** Stores incidents as they are now. */
export function putIncidents(rows: readonly IncidentRow[]): Statement {
  return sql`
    insert into incident (id, fingerprint, state, root_id, root_how, kind, severity, tier, owner, head_id, opened_at, last_at, page_at,
      evidence, standing, datasets, impacted, impacted_count, owners, changes, acknowledged_at, acknowledged_by, snoozed_until,
      assignee, resolved_at, resolution, ruled_at, reopened, merged_into, version, told_version, updated_at)
    select id, fingerprint, state, root_id, root_how, kind, severity, tier, owner, head_id, opened_at, last_at, page_at,
      evidence, standing, datasets, impacted, impacted_count, owners, changes, acknowledged_at, acknowledged_by, snoozed_until,
      assignee, resolved_at, resolution, ruled_at, reopened, merged_into, version, told_version, updated_at
      from jsonb_populate_recordset(null::incident, ${JSON.stringify(rows)}::jsonb)
     order by id
    on conflict (id) do update set
      fingerprint = excluded.fingerprint, state = excluded.state, root_id = excluded.root_id, root_how = excluded.root_how,
      kind = excluded.kind, severity = excluded.severity, tier = excluded.tier, owner = excluded.owner, head_id = excluded.head_id,
      opened_at = excluded.opened_at, last_at = excluded.last_at, page_at = excluded.page_at, evidence = excluded.evidence,
      standing = excluded.standing, datasets = excluded.datasets, impacted = excluded.impacted,
      impacted_count = excluded.impacted_count, owners = excluded.owners, changes = excluded.changes,
      acknowledged_at = excluded.acknowledged_at, acknowledged_by = excluded.acknowledged_by,
      snoozed_until = excluded.snoozed_until, assignee = excluded.assignee, resolved_at = excluded.resolved_at,
      resolution = excluded.resolution, ruled_at = excluded.ruled_at, reopened = excluded.reopened,
      merged_into = excluded.merged_into, version = excluded.version, told_version = greatest(incident.told_version, excluded.told_version),
      updated_at = excluded.updated_at`.named('put_incidents');
}

export function incidentsById(ids: readonly Uuid[]): Statement {
  return sql`select ${COLUMNS} from incident i where i.id = any(${uuidArray(ids)}::uuid[])`.named(
    'incidents_by_id',
  );
}

/** An incident, or the one that it was merged into. */
export function survivingIncident(id: Uuid): Statement {
  return sql`
    select ${COLUMNS} from incident i
     where i.id = coalesce((select merged_into from incident where id = ${id}::uuid), ${id}::uuid)`.named(
    'surviving_incident',
  );
}

/** Those that evidence rooted at these datasets may go on with: open ones, and ones that ended since. */
export function continuedIncidents(roots: readonly Uuid[], since: Date): Statement {
  return sql`
    select ${COLUMNS} from incident i
     where i.root_id = any(${uuidArray(roots)}::uuid[]) and i.state <> 'merged'
       and (i.state <> 'resolved' or i.resolved_at >= ${since}::timestamptz)`.named('continued_incidents');
}

/** Incidents whose evidence does not add up to what they say: something was cleared, or their time has come. */
export function staleIncidents(now: Date, quietBefore: Date, limit: number): Statement {
  return sql`
    select ${COLUMNS} from incident i
     where i.state in ('open', 'acknowledged', 'snoozed')
       and ((i.state = 'snoozed' and i.snoozed_until <= ${now}::timestamptz)
            or (i.standing = 0 and i.last_at <= ${quietBefore}::timestamptz)
            or i.standing <> (
                 select count(*) from evidence e
                  where e.incident_id = i.id and e.cleared_at is null and e.at > coalesce(i.ruled_at, '-infinity')))
     order by i.opened_at
     limit ${limit}`.named('stale_incidents');
}

/** What was merged into these points to what they were merged into themselves. */
export function followMerges(pairs: readonly { readonly from: Uuid; readonly into: Uuid }[]): Statement {
  return sql`
    update incident i set merged_into = t.into_id
      from unnest(
        ${uuidArray(pairs.map(({ from }) => from))}::uuid[], ${uuidArray(pairs.map(({ into }) => into))}::uuid[]
      ) as t(from_id, into_id)
     where i.merged_into = t.from_id`.named('follow_merges');
}

/** Something that happened to an incident. */
export interface IncidentEvent {
  readonly incidentId: Uuid;
  readonly type: string;
  /** null: Assay itself. */
  readonly actor: string | null;
  readonly message: string;
}

export function addIncidentEvents(events: readonly IncidentEvent[], now: Date): Statement {
  return sql`
    insert into incident_event (incident_id, at, type, actor, message)
    select t.incident_id, ${now}::timestamptz, t.type, t.actor, t.message from unnest(
      ${uuidArray(events.map((one) => one.incidentId))}::uuid[],
      ${textArray(events.map((one) => one.type))}::text[],
      ${textArray(events.map((one) => one.actor))}::text[],
      ${textArray(events.map((one) => one.message))}::text[]) as t(incident_id, type, actor, message)`.named(
    'add_incident_events',
  );
}

export interface IncidentEventRow {
  readonly incident_id: Uuid;
  readonly at: Date;
  readonly type: string;
  readonly actor: string | null;
  readonly message: string;
}

/** The latest of what happened to an incident and to those that were merged into it, oldest first. */
export function incidentTimeline(id: Uuid, limit: number): Statement {
  return sql`
    select incident_id, at, type, actor, message from (
      select * from incident_event
       where incident_id = ${id}::uuid or incident_id in (select m.id from incident m where m.merged_into = ${id}::uuid)
       order by id desc limit ${limit}
    ) latest order by id`.named('incident_timeline');
}

/** A piece of evidence as it is shown. */
export interface ShownEvidenceRow extends EvidenceRow {
  readonly namespace: string | null;
  readonly dataset: string | null;
  readonly because: { readonly type: string; readonly likelihood?: number; readonly datasetId?: Uuid } | null;
  readonly cleared_at: Date | null;
  readonly cleared_by: 'reversed' | 'good' | null;
}

const SHOWN_EVIDENCE: Fragment = sql`
  e.id, e.source, e.dataset_id, n.name as namespace, d.name as dataset, e.partition, e.kind, e.severity, e.at, e.made_at,
  e.direction, e.summary, e.subject, e.own_fault, e.value, e.expected, e.hint, e.hard, e.detector, e.run_id, e.evaluation_id,
  e.because, e.cleared_at, e.cleared_by`;

/** Evidence of an incident, the first `limit` pieces. */
export function shownEvidence(incidentId: Uuid, limit: number): Statement {
  return sql`
    select ${SHOWN_EVIDENCE}
      from evidence e left join dataset d on d.id = e.dataset_id left join namespace n on n.id = d.namespace_id
     where e.incident_id = ${incidentId}::uuid
     order by e.at, e.id
     limit ${limit}`.named('shown_evidence');
}

export function evidenceById(ids: readonly Uuid[]): Statement {
  return sql`
    select ${SHOWN_EVIDENCE}
      from evidence e left join dataset d on d.id = e.dataset_id left join namespace n on n.id = d.namespace_id
     where e.id = any(${uuidArray(ids)}::uuid[])`.named('evidence_by_id');
}

/**
 * Of incidents those with evidence that is worth waking somebody for: anything but a detector's finding; of findings
 * those of hard rules or with a known signature, those of which nobody knows how rare they are, and those that are
 * rare enough. @param rarities p at most, in the order of the ids.
 */
export function incidentsThatPage(ids: readonly Uuid[], rarities: readonly number[]): Statement {
  return sql`
    select asked.id
      from unnest(${uuidArray(ids)}::uuid[], ${rarities}::float8[]) as asked(id, rarity)
     where exists (
             select from evidence e
               left join verdict v on e.source = 'verdict' and v.dataset_id = e.dataset_id and v.partition = e.partition
                                  and v.metric = e.subject and v.detector = e.detector
              where e.incident_id = asked.id
                and (e.source <> 'verdict' or e.hard or e.hint is not null or v.p is null or v.p <= asked.rarity))`.named(
    'incidents_that_page',
  );
}

/** A partition that a word about an incident is also about. */
export interface MarkedPartition {
  readonly dataset_id: Uuid;
  readonly partition: string;
}

/**
 * Partitions of an incident, or of the one that it was merged into, that detectors found odd: what a person's word
 * is about. Sorted by dataset and partition.
 */
export function markedBy(incidentId: Uuid, limit: number): Statement {
  return sql`
    select distinct e.dataset_id, e.partition
      from evidence e
     where e.incident_id = coalesce((select merged_into from incident where id = ${incidentId}::uuid), ${incidentId}::uuid) and e.source = 'verdict' and e.cleared_at is null
     order by e.dataset_id, e.partition
     limit ${limit}`.named('marked_by_incident');
}

export interface ListedIncidentRow extends IncidentRow {
  readonly namespace: string | null;
  readonly dataset: string | null;
  readonly partition: string;
  readonly subject: string;
  readonly summary: string;
}

export interface IncidentFilter {
  /** null: open ones in all their states. */
  readonly states: readonly IncidentState[];
  readonly severity: EvidenceSeverity | null;
  /** Incidents with evidence on this dataset, or rooted there. */
  readonly datasetId: Uuid | null;
  /** Of the root, or of what lies below. */
  readonly owner: string | null;
  readonly after: { readonly openedAt: string; readonly id: Uuid } | null;
  readonly limit: number;
}

/** Incidents, the latest first. */
export function listIncidents(filter: IncidentFilter): Statement {
  return sql`
    select ${COLUMNS}, n.name as namespace, d.name as dataset, head.partition, head.subject, head.summary
      from incident i
      join evidence head on head.id = i.head_id
      left join dataset d on d.id = i.root_id
      left join namespace n on n.id = d.namespace_id
     where i.state = any(${[...filter.states]}::text[])
       and (${filter.severity}::text is null or i.severity = ${filter.severity}::text)
       and (${filter.owner}::text is null or i.owner = ${filter.owner}::text or ${filter.owner}::text = any(i.owners))
       and (${filter.datasetId}::uuid is null
            or i.root_id = any(${namesOf(sql`${filter.datasetId}::uuid`)})
            or exists (select from evidence e
                        where e.incident_id = i.id and e.dataset_id = any(${namesOf(sql`${filter.datasetId}::uuid`)})))
       and (${filter.after?.openedAt ?? null}::timestamptz is null
            or (i.opened_at, i.id) < (${filter.after?.openedAt ?? null}::timestamptz, ${filter.after?.id ?? null}::uuid))
     order by i.opened_at desc, i.id desc
     limit ${filter.limit}`.named('list_incidents');
}

/** Incidents by what a person is to do about them. */
export interface IncidentCountRow {
  readonly state: IncidentState;
  readonly severity: EvidenceSeverity;
  readonly count: number;
}

export function countIncidents(): Statement {
  return sql`
    select state, severity, count(*)::integer as count from incident
     where state in ('open', 'acknowledged', 'snoozed') group by state, severity`.named('count_incidents');
}

/** Incidents that one call gives positions to at most. */
const NUMBERED = 5000;

/**
 * Gives a new position to incidents of which something is to be told: a newer version than was told, and its
 * time has come. One that ended before anybody was told of it is not told. A merged one is, so that what was
 * opened outside is closed, unless the one that it belongs to goes on under the same key. Hold the lock.
 */
export function numberUntold(now: Date): Statement {
  return sql`
    update incident i set told_version = i.version, alert_position = nextval('incident_alert_position')
      from (
        select u.id from incident u
         where u.version > u.told_version and u.page_at <= ${now}::timestamptz and u.state <> 'snoozed'
           and (u.told_version > 0 or u.state in ('open', 'acknowledged'))
           and not exists (
                 select from incident survivor
                  where u.state = 'merged' and survivor.id = u.merged_into and survivor.fingerprint = u.fingerprint)
         order by u.page_at, u.id
         limit ${NUMBERED}
      ) untold
     where i.id = untold.id`.named('number_untold_incidents');
}

export interface TellableIncidentRow extends ListedIncidentRow {
  readonly alert_position: number;
}

/** Incidents behind a position, in its order. */
export function incidentsAfterPosition(position: number, limit: number): Statement {
  return sql`
    select ${COLUMNS}, i.alert_position, n.name as namespace, d.name as dataset, head.partition, head.subject, head.summary
      from incident i
      join evidence head on head.id = i.head_id
      left join dataset d on d.id = i.root_id
      left join namespace n on n.id = d.namespace_id
     where i.alert_position > ${position}::bigint
     order by i.alert_position
     limit ${limit}`.named('incidents_after_position');
}
