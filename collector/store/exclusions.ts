import type { Uuid } from '#model/ids.ts';
import { sql, type Statement } from './sql.ts';

export interface ExclusionRow {
  readonly dataset_id: Uuid;
  readonly partition: string;
  readonly excluded: string;
}

/** Partitions that stay out of baselines, with the reason that their latest evaluation gave. */
export function exclusionsOf(datasetIds: readonly Uuid[]): Statement {
  return sql`
    select dataset_id, partition, excluded from (
      select distinct on (dataset_id, partition) dataset_id, partition, excluded
      from evaluation
      where dataset_id = any(${datasetIds}::uuid[]) and decided_at is not null
      order by dataset_id, partition desc, requested_at desc, id desc
    ) latest
    where excluded is not null`.named('exclusions_of');
}
