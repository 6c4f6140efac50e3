import type { Uuid } from '#model/ids.ts';
import { sql, type Statement } from './sql.ts';

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
      select ${start}::uuid
      union
      select target.dataset_id
      from reached
      join job_dataset source on source.dataset_id = reached.id and source.role = ${from}::smallint
      join job_dataset target on target.job_id = source.job_id and target.role = ${to}::smallint
    )
    select id from reached limit ${limit}`;
}

/** The edges between datasets of a set: input → job → output. */
export function edgesAmong(datasetIds: readonly Uuid[]): Statement {
  return sql`
    select i.dataset_id as input_id, o.dataset_id as output_id, n.name as job_namespace, j.name as job
    from job_dataset i
    join job_dataset o on o.job_id = i.job_id and o.role = 1::smallint and o.dataset_id = any(${datasetIds}::uuid[])
    join job j on j.id = i.job_id
    join namespace n on n.id = j.namespace_id
    where i.role = 0::smallint and i.dataset_id = any(${datasetIds}::uuid[]) and i.dataset_id <> o.dataset_id
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

/** Datasets of that name, in one namespace when it is given. */
export function datasetsByName(name: string, namespace: string | null): Statement {
  return sql`
    select d.id, n.name as namespace, d.name from dataset d join namespace n on n.id = d.namespace_id
    where d.name = ${name} and (${namespace}::text is null or n.name = ${namespace}::text)
    order by n.name, d.name`;
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
      ? sql`join column_edge e on e.output_dataset_id = r.dataset_id and e.output_column in (r.name, '')`
      : sql`join column_edge e on e.input_dataset_id = r.dataset_id and e.input_column = r.name`;
  const next =
    direction === 'upstream'
      ? sql`e.input_dataset_id, e.input_column`
      : sql`e.output_dataset_id, e.output_column`;
  return sql`
    with recursive reached(dataset_id, name) as (
      select ${datasetId}::uuid, ${column}::text
      union
      select ${next} from reached r ${step}
    )
    select distinct e.input_dataset_id as input_id, e.input_column, e.output_dataset_id as output_id, e.output_column, e.transformations
    from reached r ${step}
    order by output_id, e.output_column, input_id, e.input_column
    limit ${limit}`;
}
