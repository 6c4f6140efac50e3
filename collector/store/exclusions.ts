import type { Uuid } from '#model/ids.ts';
import { namesOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

export interface ExclusionRow {
  readonly dataset_id: Uuid;
  readonly partition: string;
  readonly excluded: string;
}

/** Partitions that stay out of baselines, with the reason that their latest evaluation gave, under whichever name. */
export function exclusionsOf(datasetIds: readonly Uuid[]): Statement {
  return sql`
    select dataset_id, partition, excluded from (
      select distinct on (asked.id, e.partition) asked.id as dataset_id, e.partition, e.excluded
      from unnest(${datasetIds}::uuid[]) as asked(id)
      cross join lateral unnest(${namesOf(sql`asked.id`)}) as name(id)
      join evaluation e on e.dataset_id = name.id and e.decided_at is not null
      order by asked.id, e.partition desc, e.requested_at desc, e.id desc
    ) latest
    where excluded is not null`.named('exclusions_of');
}
