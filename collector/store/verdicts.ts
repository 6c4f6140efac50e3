import type { Detection } from '#model/detection.ts';
import type { Uuid } from '#model/ids.ts';
import type { Judgement } from '#model/judgement.ts';
import { jsonbArray, textArray, uuidArray } from './binary-array.ts';
import { namesOf } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

/** A finding that was shown before its partition was judged anew. */
export interface ShownFinding {
  readonly dataset_id: Uuid;
  readonly partition: string;
  readonly metric: string;
  readonly detector: string;
}

/**
 * Forgets what was said of these partitions: they are about to be judged anew, or there is nothing left to
 * judge. Answers what was a finding.
 */
export function dropVerdicts(
  partitions: readonly { readonly datasetId: string; readonly partition: string }[],
): Statement {
  return sql`
    with dropped as (
      delete from verdict v using unnest(
        ${uuidArray(partitions.map((due) => due.datasetId))}::uuid[],
        ${textArray(partitions.map((due) => due.partition))}::text[]
      ) as t(dataset_id, partition)
      where v.dataset_id = t.dataset_id and v.partition = t.partition
      returning v.dataset_id, v.partition, v.metric, v.detector, v.finding
    )
    select dataset_id, partition, metric, detector from dropped where finding`.named('drop_verdicts');
}

/** Stores what was said; a later word about the same metric and partition replaces the earlier. */
export function putVerdicts(judgements: readonly Judgement[], decidedAt: Date): Statement {
  return sql`${put(judgements, decidedAt)}`.named('put_verdicts');
}

/** The same of partitions that are not there: what is said of one that has landed meanwhile stays. */
export function putAbsent(judgements: readonly Judgement[], decidedAt: Date): Statement {
  return sql`${put(judgements, decidedAt)} where verdict.value is null`.named('put_absent');
}

function put(judgements: readonly Judgement[], decidedAt: Date): Fragment {
  return sql`
    insert into verdict (dataset_id, partition, metric, detector, status, value, mean, low, high, score, direction, slot,
      baseline, message, standing, finding, p, detection, decided_at)
    select t.dataset_id, t.partition, t.metric, v->>'detector', v->>'status', (v->>'value')::float8,
      (v->'expected'->>'mean')::float8, (v->'expected'->>'low')::float8, (v->'expected'->>'high')::float8,
      (v->>'score')::float8, v->>'direction', v->>'slot', v->'baseline', v->>'message', v->>'standing',
      (v->>'finding')::boolean, (v->>'p')::float8, nullif(v->'detection', 'null'::jsonb), ${decidedAt}::timestamptz
    from unnest(
      ${uuidArray(judgements.map((one) => one.datasetId))}::uuid[],
      ${textArray(judgements.map((one) => one.partition))}::text[],
      ${textArray(judgements.map((one) => one.metric))}::text[],
      ${jsonbArray(judgements)}::jsonb[]
    ) as t(dataset_id, partition, metric, v)
    on conflict (dataset_id, partition, metric, detector) do update set
      status = excluded.status, value = excluded.value, mean = excluded.mean, low = excluded.low, high = excluded.high,
      score = excluded.score, direction = excluded.direction, slot = excluded.slot, baseline = excluded.baseline,
      message = excluded.message, standing = excluded.standing, finding = excluded.finding, p = excluded.p,
      detection = excluded.detection, decided_at = excluded.decided_at`;
}

/** A finding as it is listed. */
export interface ListedFindingRow {
  readonly dataset_id: Uuid;
  readonly namespace: string | null;
  readonly dataset: string;
  readonly partition: string;
  readonly metric: string;
  readonly detector: string;
  readonly status: string;
  readonly value: number | null;
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly score: number | null;
  readonly direction: string | null;
  readonly slot: string;
  readonly message: string;
  readonly p: number | null;
  readonly detection: Detection | null;
  readonly decided_at: Date;
  /** The finding of the partition before, when that is one of the same metric and direction: they go on. */
  readonly before: string | null;
}

const LISTED: Fragment = sql`
  v.dataset_id, n.name as namespace, coalesce(d.name, v.dataset_id::text) as dataset, v.partition, v.metric, v.detector,
  v.status, v.value, v.mean, v.low, v.high, v.score, v.direction, v.slot, v.message, v.p, v.detection, v.decided_at`;

/** What is worth a note, and whose dataset it is. */
export interface ListedNoticeRow extends ListedFindingRow {
  readonly owner: string | null;
}

/** What is worth a note and no alarm, the latest decision first. */
export function listNotices(limit: number): Statement {
  return sql`
    select ${LISTED}, null as before,
      (select c.owner from contract c where c.dataset_id = v.dataset_id order by c.precedence desc limit 1) as owner
    from verdict v
    left join dataset d on d.id = v.dataset_id
    left join namespace n on n.id = d.namespace_id
    where v.status = 'notice' and v.standing = 'young'
    order by v.decided_at desc, v.partition desc, v.dataset_id, v.metric, v.detector
    limit ${limit}`;
}

/** What stands as a finding: newest partition first, or the latest decision first. */
export function listFindings(limit: number, by: 'partition' | 'decision'): Statement {
  const order =
    by === 'partition'
      ? sql`v.partition desc, d.name, v.metric, v.detector`
      : sql`v.decided_at desc, v.partition desc, v.dataset_id, v.metric, v.detector`;
  return sql`
    select ${LISTED}, earlier.partition as before
    from verdict v
    left join dataset d on d.id = v.dataset_id
    left join namespace n on n.id = d.namespace_id
    left join lateral (
      select e.partition, e.finding, e.direction
        from verdict e
       where e.dataset_id = v.dataset_id and e.partition < v.partition and e.metric = v.metric and e.detector = v.detector
       order by e.partition desc
       limit 1
    ) earlier on earlier.finding and earlier.direction = v.direction
    where v.finding
    order by ${order}
    limit ${limit}`;
}

/** On how many measures only 2 sigma would have fired lately, counted up to `most`. */
export function countSimpleAlone(most: number): Statement {
  return sql`
    select count(*)::integer as alone from (
      select from verdict v
       where v.detector = 'sigma' and v.status = 'anomalous' and not v.finding
         and not exists (
               select from verdict other
                where other.dataset_id = v.dataset_id and other.partition = v.partition and other.metric = v.metric
                  and other.detector <> 'sigma' and other.status = 'anomalous')
       limit ${most}
    ) counted`;
}

export interface WatchedRow {
  readonly metric: string;
}

/** The metrics of a dataset's partition that were judged, under whichever of its names. */
export function watchedOf(datasetId: Uuid, partition: string): Statement {
  return sql`
    select distinct v.metric from verdict v
     where v.dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and v.partition = ${partition}
     order by v.metric`;
}
