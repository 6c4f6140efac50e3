import type { Uuid } from '#model/ids.ts';
import { canonicalOf, namesOf } from './groups.ts';
import { edgesFrom, hasExplicitColumns, HOLDS } from './lineage.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

/** Something that a change touches: a column, or with '' the whole dataset. */
export interface TouchedColumn {
  /** Numbers what is asked about; several names of one thing share it. */
  readonly touch: number;
  readonly datasetId: Uuid;
  readonly column: string;
}

/** A job that reads what is touched, directly or through what others made of it, and what it makes of it. */
export interface ConsumerRow {
  readonly touch: number;
  readonly job_namespace: string | null;
  readonly job: string | null;
  /** What it writes; null for a job of which only reading is known. */
  readonly dataset_id: Uuid | null;
  readonly namespace: string | null;
  readonly name: string | null;
  /** Column lineage leads there; else only that the dataset is read, which of its columns nobody said. */
  readonly certain: boolean;
}

/**
 * What happens to a column (or with `r.name` '' to a dataset) next: (output_id, output_column, job_id, certain). Where
 * a job told of the columns that it reads for an output, that alone counts.
 */
function readersOf(id: Fragment): Fragment {
  return sql`
    select c.output_dataset_id as output_id, c.output_column, c.job_id, true as certain
      from column_edge c
     where r.name <> '' and c.input_dataset_id = ${id} and c.input_column = r.name
       and not ${hasExplicitColumns(sql`c.job_id`, sql`c.output_dataset_id`)}
     union all
    select case when s.target_kind = 0 then s.target_id end, x.target_field,
           case when s.target_kind = 1 then s.target_id else s.job_id end, x.origin_field <> ''
      from lineage_edge x join lineage_statement s on s.content_id = x.content_id
     where r.name <> '' and x.origin_kind = 0 and x.origin_id = ${id} and x.origin_field in (r.name, '') and ${HOLDS}
       and (x.origin_field <> '' or s.target_kind = 1 or not ${hasExplicitColumns(sql`s.job_id`, sql`s.target_id`)})
     union all
    select edge.output_id, '', edge.job_id, edge.source <> 'cartesian' and r.name = ''
      from (${edgesFrom(id)}) edge
     where r.name = '' or edge.source = 'cartesian'
     union all
    select null, '', i.job_id, false
      from job_dataset i
     where i.dataset_id = ${id} and i.role = 0::smallint
       and not exists (select from job_dataset o where o.job_id = i.job_id and o.role = 1::smallint)`;
}

/** Who reads these columns and datasets, over any number of hops; at most `limit` rows, the certain ones first. */
export function consumersOf(touched: readonly TouchedColumn[], limit: number): Statement {
  const step = sql`
      reached r
      cross join lateral unnest(${namesOf(sql`r.dataset_id`)}) as of_name(id)
      cross join lateral (${readersOf(sql`of_name.id`)}) e
      left join dataset_group grouped on grouped.dataset_id = e.output_id`;
  const output = sql`coalesce(grouped.canonical_id, e.output_id)`;
  return sql`
    with recursive reached(touch, dataset_id, name, certain) as (
      select t.touch, ${canonicalOf(sql`t.id`)}, t.name, true
        from unnest(
          ${touched.map(({ touch }) => touch)}::integer[],
          ${touched.map(({ datasetId }) => datasetId)}::uuid[],
          ${touched.map(({ column }) => column)}::text[]
        ) as t(touch, id, name)
       union
      select r.touch, ${output}, e.output_column, r.certain and e.certain
        from ${step}
       where e.output_id is not null
    )
    select e.touch, n.name as job_namespace, j.name as job, e.output_id as dataset_id, dn.name as namespace, d.name, e.certain
      from (
        select r.touch, e.job_id, ${output} as output_id, bool_or(r.certain and e.certain) as certain
          from ${step}
         group by r.touch, e.job_id, ${output}
      ) e
      left join job j on j.id = e.job_id
      left join namespace n on n.id = j.namespace_id
      left join dataset d on d.id = e.output_id
      left join namespace dn on dn.id = d.namespace_id
     order by e.certain desc, e.touch, n.name, j.name, dn.name, d.name
     limit ${limit}`.named('consumers_of');
}

/** Those of the datasets that a facet calls a dashboard or report (datasetType, by its type or sub-type). */
export function dashboardsAmong(ids: readonly Uuid[]): Statement {
  return sql`
    select distinct of.id
      from unnest(${ids}::uuid[]) as of(id)
      cross join lateral unnest(${namesOf(sql`of.id`)}) as of_name(id)
      -- A type hardly ever changes; a few statements tell it, where there are those of very many runs.
      cross join lateral (
        select facet_set, facet_claims from run_dataset
         where dataset_id = of_name.id and (facet_set is not null or facet_claims is not null)
         limit 20
      ) said
      join facet_set stated on stated.id = any(said.facet_claims) or stated.id = said.facet_set
      join facet on facet.id = (stated.facets->>'datasetType')::uuid
     where lower(concat(facet.body->>'datasetType', ' ', facet.body->>'subType')) ~ 'dashboard|report'`.named(
    'dashboards_among',
  );
}

/** Datasets that have one of these names, in whatever namespace. */
export function datasetsOfNames(names: readonly string[]): Statement {
  return sql`select id, name from dataset where name = any(${names}::text[])`.named('datasets_of_names');
}

/** Those of the names that some contract is stored for. */
export function namesWithContracts(names: readonly string[]): Statement {
  return sql`select distinct name from contract where name = any(${names}::text[])`.named(
    'names_with_contracts',
  );
}
