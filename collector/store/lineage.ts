import type { Uuid } from '#model/ids.ts';
import { canonicalOf } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

// Edges lie between names; what is asked and answered are datasets, each under the name that stands for it.

export type LineageDirection = 'upstream' | 'downstream';

/**
 * Who says that a job makes one dataset of another (openlineage explicit lineage): a `lineage` facet, else column
 * lineage, else only that the job read the one and wrote the other. Of one job and output the first of
 * these that there is counts alone.
 */
export type EdgeSource = 'explicit' | 'column' | 'cartesian';

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

export interface NamedDatasetRow {
  readonly id: Uuid;
  readonly namespace: string;
  readonly name: string;
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
