import type { Uuid } from '#model/ids.ts';
import { boolArray, uuidArray } from './binary-array.ts';
import { sql, type Statement } from './sql.ts';

/** When the next landing of a dataset is late. */
export interface FreshnessWatch {
  readonly datasetId: Uuid;
  readonly lateAt: Date;
  /** It is late already, and that has been told. */
  readonly told: boolean;
}

/** Stores the watches, each dataset once; a later one replaces the earlier. */
export function putFreshnessWatches(watches: readonly FreshnessWatch[]): Statement {
  return sql`
    insert into freshness_watch (dataset_id, late_at, told)
    select * from unnest(
      ${uuidArray(watches.map(({ datasetId }) => datasetId))}::uuid[],
      ${watches.map(({ lateAt }) => lateAt)}::timestamptz[],
      ${boolArray(watches.map(({ told }) => told))}::boolean[])
    on conflict (dataset_id) do update set late_at = excluded.late_at, told = excluded.told`.named(
    'put_freshness_watches',
  );
}

export interface LateRow {
  readonly dataset_id: Uuid;
}

/**
 * Takes datasets that became late, longest ago first, until `until`: whoever takes them tells it before then,
 * or another does. Any number of collectors may ask; each dataset is with one of them.
 */
export function takeLate(limit: number, now: Date, until: Date): Statement {
  return sql`
    with free as materialized (
      select dataset_id from freshness_watch
       where not told and late_at <= ${now}::timestamptz
       order by late_at
       limit ${limit}
         for update skip locked
    )
    update freshness_watch w set late_at = ${until}::timestamptz from free where w.dataset_id = free.dataset_id
    returning w.dataset_id`.named('take_late');
}
