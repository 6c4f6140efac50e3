import type { Uuid } from '#model/ids.ts';
import { namesOf } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

export interface ExclusionRow {
  readonly dataset_id: Uuid;
  readonly partition: string;
  readonly excluded: string;
}

/**
 * Partitions that stay out of the baselines of contracts and of the 2 sigma mode, under whichever name, with
 * the reason: what people confirmed as an incident or said was expected, else what their latest evaluation says.
 */
export function exclusionsOf(datasetIds: readonly Uuid[]): Statement {
  return sql`
    select distinct on (dataset_id, partition) dataset_id, partition, excluded from (
      select asked.id as dataset_id, confirmed.partition, confirmed.excluded, 0 as rank
        from unnest(${datasetIds}::uuid[]) as asked(id)
       cross join lateral (${setAside(namesOf(sql`asked.id`))}) confirmed
      union all
      select latest.dataset_id, latest.partition, latest.excluded, 1
        from (
          select distinct on (asked.id, e.partition) asked.id as dataset_id, e.partition, e.excluded
          from unnest(${datasetIds}::uuid[]) as asked(id)
          cross join lateral unnest(${namesOf(sql`asked.id`)}) as name(id)
          join evaluation e on e.dataset_id = name.id and e.decided_at is not null
          order by asked.id, e.partition desc, e.requested_at desc, e.id desc
        ) latest
       where latest.excluded is not null
    ) every
    order by dataset_id, partition, rank`.named('exclusions_of');
}

/**
 * Partitions that people marked as incidents, or as expected, as a whole: the last word of those that exclude each other, if
 * nobody took it back. @param names array of the ids of all names of a dataset.
 */
export function setAside(names: Fragment): Fragment {
  return sql`
    select word.partition, word.excluded from (
      select distinct on (m.partition) m.partition, m.kind,
             case m.kind when 'incident' then 'an incident' else 'expected' end || ', says ' || m.author || ': ' || m.reason as excluded
        from mark m
       where m.dataset_id = any(${names}) and m.metric is null and m.kind <> 'noisy'
         and not exists (select from mark_withdrawal w where w.mark_id = m.id)
       order by m.partition, m.marked_at desc, m.id desc
    ) word
    where word.kind in ('incident', 'expected')`;
}
