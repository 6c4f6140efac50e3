import type { Uuid } from '#model/ids.ts';
import { canonicalOf, namesOf } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

// Edges lie between names; what is asked and answered are datasets, each under the name that stands for it.

export type LineageDirection = 'upstream' | 'downstream';

/**
 * Who says that a job makes one dataset of another (openlineage explicit lineage): a `lineage` facet, else column
 * lineage, else only that the job read the one and wrote the other. Of one job and output the first of
 * these that there is counts alone.
 */
export type EdgeSource = 'explicit' | 'column' | 'cartesian';

export interface DatasetEdgeRow {
  readonly input_id: Uuid;
  readonly output_id: Uuid;
  /** Null with `job`: a DatasetEvent states the edge, and names no job. */
  readonly job_namespace: string | null;
  readonly job: string | null;
  readonly source: EdgeSource;
}

/** A target and job of which a `lineage` facet speaks. */
function isExplained(job: Fragment, target: Fragment): Fragment {
  return sql`exists (select from lineage_statement s where s.target_id = ${target} and s.job_id = ${job} and s.target_kind = 0)`;
}

/** A job and output of which column lineage speaks. */
function hasColumns(job: Fragment, output: Fragment): Fragment {
  return sql`exists (select from dataset_edge c where c.job_id = ${job} and c.output_dataset_id = ${output})`;
}

/** A statement `s` that no later one has replaced: of a job and target those of the newest run, or static event, hold. */
export const HOLDS = sql`
  s.scope_id = (
    select newer.scope_id from lineage_statement newer
     where newer.target_id = s.target_id and newer.job_id is not distinct from s.job_id
     order by newer.key desc, newer.scope_id
     limit 1)`;

/** Edges (input_id, output_id, job_id, source) that begin at one dataset's name. @param id one uuid. */
export function edgesFrom(id: Fragment): Fragment {
  return sql`
    select e.origin_id as input_id, s.target_id as output_id, s.job_id, 'explicit' as source
      from lineage_edge e join lineage_statement s on s.content_id = e.content_id and s.target_kind = 0
     where e.origin_kind = 0 and e.origin_id = ${id} and ${HOLDS}
     union all
    select c.input_dataset_id, c.output_dataset_id, c.job_id, 'column'
      from dataset_edge c
     where c.input_dataset_id = ${id} and not ${isExplained(sql`c.job_id`, sql`c.output_dataset_id`)}
     union all
    select i.dataset_id, o.dataset_id, i.job_id, 'cartesian'
      from job_dataset i join job_dataset o on o.job_id = i.job_id and o.role = 1::smallint
     where i.dataset_id = ${id} and i.role = 0::smallint
       and not ${isExplained(sql`o.job_id`, sql`o.dataset_id`)} and not ${hasColumns(sql`o.job_id`, sql`o.dataset_id`)}`;
}

/** The same that end there. */
export function edgesTo(id: Fragment): Fragment {
  return sql`
    select e.origin_id as input_id, s.target_id as output_id, s.job_id, 'explicit' as source
      from lineage_statement s join lineage_edge e on e.content_id = s.content_id and e.origin_kind = 0
     where s.target_id = ${id} and s.target_kind = 0 and ${HOLDS}
     union all
    select c.input_dataset_id, c.output_dataset_id, c.job_id, 'column'
      from job_dataset o join dataset_edge c on c.job_id = o.job_id and c.output_dataset_id = o.dataset_id
     where o.dataset_id = ${id} and o.role = 1::smallint and not ${isExplained(sql`c.job_id`, sql`c.output_dataset_id`)}
     union all
    select i.dataset_id, o.dataset_id, i.job_id, 'cartesian'
      from job_dataset o join job_dataset i on i.job_id = o.job_id and i.role = 0::smallint
     where o.dataset_id = ${id} and o.role = 1::smallint
       and not ${isExplained(sql`o.job_id`, sql`o.dataset_id`)} and not ${hasColumns(sql`o.job_id`, sql`o.dataset_id`)}`;
}

/**
 * The datasets that can be reached, the start included, at most `limit`. `union` on the node alone: with the
 * depth in the row every node would be visited once per depth (measured at four times the cost).
 */
export function reachDatasets(start: Uuid, direction: LineageDirection, limit: number): Statement {
  const edges = direction === 'downstream' ? edgesFrom(sql`of_name.id`) : edgesTo(sql`of_name.id`);
  const next = direction === 'downstream' ? sql`edge.output_id` : sql`edge.input_id`;
  return sql`
    with recursive reached(id) as (
      select ${canonicalOf(sql`${start}::uuid`)}
      union
      select coalesce(grouped.canonical_id, ${next})
      from reached
      cross join lateral unnest(${namesOf(sql`reached.id`)}) as of_name(id)
      cross join lateral (${edges}) edge
      left join dataset_group grouped on grouped.dataset_id = ${next}
    )
    select id from reached limit ${limit}`;
}

/** The edges between datasets of a set: input → job → output. */
export function edgesAmong(datasetIds: readonly Uuid[]): Statement {
  return sql`
    with node as (
      select t.id, unnest(${namesOf(sql`t.id`)}) as name_id from unnest(${datasetIds}::uuid[]) as t(id)
    )
    select distinct input.id as input_id, output.id as output_id, n.name as job_namespace, j.name as job, edge.source
    from node input
    cross join lateral (${edgesFrom(sql`input.name_id`)}) edge
    join node output on output.name_id = edge.output_id
    left join job j on j.id = edge.job_id
    left join namespace n on n.id = j.namespace_id
    where input.id <> output.id
    order by input_id, output_id, n.name, j.name, edge.source`;
}

export interface NamedDatasetRow {
  readonly id: Uuid;
  readonly namespace: string;
  readonly name: string;
}

export function datasetsById(ids: readonly Uuid[]): Statement {
  return sql`
    select d.id, n.name as namespace, d.name from dataset d join namespace n on n.id = d.namespace_id
    where d.id = any(${ids}::uuid[]) order by n.name, d.name`;
}

/** Datasets that have that name among theirs, in one namespace when it is given. */
export function datasetsByName(name: string, namespace: string | null): Statement {
  return sql`
    select distinct head.id, head_namespace.name as namespace, head.name
    from dataset d
    join namespace n on n.id = d.namespace_id
    join dataset head on head.id = ${canonicalOf(sql`d.id`)}
    join namespace head_namespace on head_namespace.id = head.namespace_id
    where d.name = ${name} and (${namespace}::text is null or n.name = ${namespace}::text)
    order by head_namespace.name, head.name`;
}

/** The dataset that has this id among those of its names. */
export function datasetOfId(id: Uuid): Statement {
  return sql`
    select d.id, n.name as namespace, d.name from dataset d join namespace n on n.id = d.namespace_id
    where d.id = ${canonicalOf(sql`${id}::uuid`)}`;
}

export interface ColumnEdgeRow {
  readonly input_id: Uuid;
  readonly input_column: string;
  readonly output_id: Uuid;
  readonly output_column: string;
  readonly transformations: readonly {
    readonly type: string;
    readonly subtype: string | null;
    readonly masking: boolean;
  }[];
  readonly source: Exclude<EdgeSource, 'cartesian'>;
}

/** A `lineage` facet speaks of columns of a job's output: then columnLineage does not count for it. */
export function hasExplicitColumns(job: Fragment, output: Fragment): Fragment {
  return sql`exists (
    select from lineage_statement s join lineage_edge x on x.content_id = s.content_id
     where s.target_id = ${output} and s.job_id is not distinct from ${job} and x.target_field <> '' and ${HOLDS})`;
}

/** The column edges that lead to (upstream) or from (downstream) one column, over any number of hops, at most `limit`. */
export function reachColumns(
  datasetId: Uuid,
  column: string,
  direction: LineageDirection,
  limit: number,
): Statement {
  const [stated, explicit] =
    direction === 'upstream'
      ? [
          sql`c.output_dataset_id = of_name.id and c.output_column in (r.name, '')`,
          sql`s.target_id = of_name.id and x.target_field in (r.name, '')`,
        ]
      : [
          sql`c.input_dataset_id = of_name.id and c.input_column = r.name`,
          sql`x.origin_id = of_name.id and x.origin_field = r.name`,
        ];
  const step = sql`
      cross join lateral (
        select c.input_dataset_id, c.input_column, c.output_dataset_id, c.output_column, c.transformations, 'column' as source
          from column_edge c
         where ${stated} and not ${hasExplicitColumns(sql`c.job_id`, sql`c.output_dataset_id`)}
         union all
        select x.origin_id, x.origin_field, s.target_id, x.target_field, x.transformations, 'explicit'
          from lineage_statement s join lineage_edge x on x.content_id = s.content_id
         where ${explicit} and s.target_kind = 0 and x.origin_kind = 0 and x.origin_field <> '' and ${HOLDS}
      ) e`;
  const edges = sql`
      reached r
      cross join lateral unnest(${namesOf(sql`r.dataset_id`)}) as of_name(id)
      ${step}
      left join dataset_group input on input.dataset_id = e.input_dataset_id
      left join dataset_group output on output.dataset_id = e.output_dataset_id`;
  const inputId = sql`coalesce(input.canonical_id, e.input_dataset_id)`;
  const outputId = sql`coalesce(output.canonical_id, e.output_dataset_id)`;
  const next = direction === 'upstream' ? sql`${inputId}, e.input_column` : sql`${outputId}, e.output_column`;
  return sql`
    with recursive reached(dataset_id, name) as (
      select ${canonicalOf(sql`${datasetId}::uuid`)}, ${column}::text
      union
      select ${next} from ${edges}
    )
    select distinct ${inputId} as input_id, e.input_column, ${outputId} as output_id, e.output_column, e.transformations, e.source
    from ${edges}
    order by output_id, e.output_column, input_id, e.input_column
    limit ${limit}`;
}
