import type { Finding } from '#model/finding.ts';
import type { Uuid } from '#model/ids.ts';
import { jsonbArray, textArray, uuidArray } from './binary-array.ts';
import { namesOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

/** Forgets what was said of these partitions: they are about to be judged anew, or there is nothing left to judge. */
export function dropVerdicts(
  partitions: readonly { readonly datasetId: string; readonly partition: string }[],
): Statement {
  return sql`
    delete from verdict v using unnest(
      ${uuidArray(partitions.map((due) => due.datasetId))}::uuid[],
      ${textArray(partitions.map((due) => due.partition))}::text[]
    ) as t(dataset_id, partition)
    where v.dataset_id = t.dataset_id and v.partition = t.partition`.named('drop_verdicts');
}

/** Stores verdicts; a later one about the same metric and partition replaces the earlier. */
export function putVerdicts(findings: readonly Finding[], decidedAt: Date): Statement {
  return sql`
    insert into verdict (dataset_id, partition, metric, detector, status, value, mean, low, high, score, direction, slot,
      baseline, message, decided_at)
    select t.dataset_id, t.partition, t.metric, v->>'detector', v->>'status', (v->>'value')::float8,
      (v->'expected'->>'mean')::float8, (v->'expected'->>'low')::float8, (v->'expected'->>'high')::float8,
      (v->>'score')::float8, v->>'direction', v->>'slot', v->'baseline', v->>'message', ${decidedAt}::timestamptz
    from unnest(
      ${uuidArray(findings.map((finding) => finding.datasetId))}::uuid[],
      ${textArray(findings.map((finding) => finding.partition))}::text[],
      ${textArray(findings.map((finding) => finding.metric))}::text[],
      ${jsonbArray(findings.map((finding) => finding.verdict))}::jsonb[]
    ) as t(dataset_id, partition, metric, v)
    on conflict (dataset_id, partition, metric, detector) do update set
      status = excluded.status, value = excluded.value, mean = excluded.mean, low = excluded.low, high = excluded.high,
      score = excluded.score, direction = excluded.direction, slot = excluded.slot, baseline = excluded.baseline,
      message = excluded.message, decided_at = excluded.decided_at`.named('put_verdicts');
}

/** Verdicts that are findings, newest partition first. */
export function listFindings(limit: number): Statement {
  return sql`
    select v.dataset_id, n.name as namespace, d.name as dataset, v.partition, v.metric, v.value, v.mean, v.low, v.high,
      v.score, v.direction, v.slot, v.message, v.decided_at
    from verdict v
    join dataset d on d.id = v.dataset_id
    join namespace n on n.id = d.namespace_id
    where v.status = 'anomalous'
    order by v.partition desc, d.name, v.metric
    limit ${limit}`;
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
