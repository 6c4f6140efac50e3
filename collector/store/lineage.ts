import type { Uuid } from '#model/ids.ts';
import { canonicalOf, namesOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

// Edges lie between names; what is asked and answered are datasets, each under the name that stands for it.

export type LineageDirection = 'upstream' | 'downstream';

export interface DatasetEdgeRow {
  readonly input_id: Uuid;
  readonly output_id: Uuid;
  readonly job_namespace: string;
  readonly job: string;
}

/**
 * The datasets that can be reached, the start included, at most `limit`. `union` on the node alone: with the
 * depth in the row every node would be visited once per depth (measured at four times the cost).
 */
export function reachDatasets(start: Uuid, direction: LineageDirection, limit: number): Statement {
  const [from, to] = direction === 'downstream' ? [0, 1] : [1, 0];
  return sql`
    with recursive reached(id) as (
      select ${canonicalOf(sql`${start}::uuid`)}
      union
      select coalesce(grouped.canonical_id, target.dataset_id)
      from reached
      cross join lateral unnest(${namesOf(sql`reached.id`)}) as of_name(id)
      join job_dataset source on source.dataset_id = of_name.id and source.role = ${from}::smallint
      join job_dataset target on target.job_id = source.job_id and target.role = ${to}::smallint
      left join dataset_group grouped on grouped.dataset_id = target.dataset_id
    )
    select id from reached limit ${limit}`;
}

/** The edges between datasets of a set: input → job → output. */
export function edgesAmong(datasetIds: readonly Uuid[]): Statement {
  return sql`
    with node as (
      select t.id, unnest(${namesOf(sql`t.id`)}) as name_id from unnest(${datasetIds}::uuid[]) as t(id)
    )
    select distinct input.id as input_id, output.id as output_id, n.name as job_namespace, j.name as job
    from node input
    join job_dataset i on i.dataset_id = input.name_id and i.role = 0::smallint
    join job_dataset o on o.job_id = i.job_id and o.role = 1::smallint
    join node output on output.name_id = o.dataset_id
    join job j on j.id = i.job_id
    join namespace n on n.id = j.namespace_id
    where input.id <> output.id
    order by input_id, output_id, n.name, j.name`;
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
}

/** The column edges that lead to (upstream) or from (downstream) one column, over any number of hops, at most `limit`. */
export function reachColumns(
  datasetId: Uuid,
  column: string,
  direction: LineageDirection,
  limit: number,
): Statement {
  const step =
    direction === 'upstream'
      ? sql`join column_edge e on e.output_dataset_id = of_name.id and e.output_column in (r.name, '')`
      : sql`join column_edge e on e.input_dataset_id = of_name.id and e.input_column = r.name`;
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
    select distinct ${inputId} as input_id, e.input_column, ${outputId} as output_id, e.output_column, e.transformations
    from ${edges}
    order by output_id, e.output_column, input_id, e.input_column
    limit ${limit}`;
}
