import { sql, type Statement } from '#store/sql.ts';

// What the product is measured against, as one would write it first.

/** Names and columns that hold a text, by a scan of both. */
export function ilikeScan(text: string): Statement {
  const pattern = `%${text}%`;
  return sql`
    (select d.id, d.name from dataset d where d.name ilike ${pattern} order by d.name limit 20)
    union all
    (select null, c.name from (select distinct name from schema_column where name ilike ${pattern}) c order by c.name limit 20)`;
}

/** Ids of everything downstream of a dataset, by one recursive query over what jobs read and write. */
export function recursiveReach(id: string): Statement {
  return sql`
    with recursive reached(id) as (
      select ${id}::uuid
      union
      select o.dataset_id from reached
        join job_dataset i on i.dataset_id = reached.id and i.role = 0
        join job_dataset o on o.job_id = i.job_id and o.role = 1
    ) select id from reached`;
}
