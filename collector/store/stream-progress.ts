import type { Uuid } from '#model/ids.ts';
import { uuidArray } from './binary-array.ts';
import { namesOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

/** How far the job that writes a dataset from a stream had come. */
export interface NewProgress {
  readonly at: Date;
  /** Event time of the last record that was processed; null before the first. */
  readonly processedTo: Date | null;
  /** How many records its source had; null when that is not known. */
  readonly sourceOffset: number | null;
}

/** Keeps samples; one that is told again is kept once. */
export function addProgress(datasetId: Uuid, samples: readonly NewProgress[]): Statement {
  return sql`
    insert into stream_progress (dataset_id, at, processed_to, source_offset)
    select ${datasetId}::uuid, t.* from unnest(
      ${samples.map((one) => one.at)}::timestamptz[],
      ${samples.map((one) => one.processedTo)}::timestamptz[],
      ${samples.map((one) => one.sourceOffset)}::float8[]) as t
    on conflict (dataset_id, at) do nothing`.named('add_progress');
}

export interface ProgressRow {
  readonly dataset_id: Uuid;
  readonly at: Date;
  readonly processed_to: Date | null;
  readonly source_offset: number | null;
}

/** Samples of one stream that are read at most: three hours, one every five seconds. */
const MOST = 2200;

/** Samples since a moment of each of these datasets, under any of its names; the newest. */
export function progressOf(datasetIds: readonly Uuid[], since: Date): Statement {
  return sql`
    select asked.id as dataset_id, recent.at, recent.processed_to, recent.source_offset
      from unnest(${uuidArray(datasetIds)}::uuid[]) as asked(id)
     cross join lateral (
       select s.at, s.processed_to, s.source_offset from stream_progress s
        where s.dataset_id = any(${namesOf(sql`asked.id`)}) and s.at >= ${since}::timestamptz
        order by s.at desc
        limit ${MOST}
     ) recent`.named('progress_of');
}

/** Forgets samples that no promise is judged by any more. */
export function deleteProgress(before: Date, limit: number): Statement {
  return sql`
    delete from stream_progress where ctid = any(array(
      select ctid from stream_progress where at < ${before}::timestamptz limit ${limit}))`.named(
    'delete_progress',
  );
}
