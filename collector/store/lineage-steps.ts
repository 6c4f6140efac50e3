import type { Uuid } from '#model/ids.ts';
import type { OrderKey } from '#model/order-key.ts';
import { textArray, uuidArray } from './binary-array.ts';
import { namesOf } from './groups.ts';
import {
  edgesFrom,
  edgesTo,
  hasExplicitColumns,
  HOLDS,
  type EdgeSource,
  type LineageDirection,
} from './lineage.ts';
import type { SearchStatus } from './search-index.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

// One step of a walk through lineage, for all datasets (or columns) of its front at once. A walk by steps knows how far
// away everything is; a recursive query that kept the distance would visit everything once for each distance.

/**
 * Edges of the runs that were the last of their jobs at a moment: a job reads and writes what that run did; of an
 * output with column lineage what that lineage says. Statements of no run (DatasetEvents) are told with no moment.
 */
function edgesAt(id: Fragment, direction: LineageDirection, at: OrderKey): Fragment {
  const [here, there] =
    direction === 'downstream' ? [sql`0::smallint`, sql`1::smallint`] : [sql`1::smallint`, sql`0::smallint`];
  const [input, output] = direction === 'downstream' ? [sql`own`, sql`other`] : [sql`other`, sql`own`];
  return sql`
    select ${input}.dataset_id as input_id, ${output}.dataset_id as output_id, jd.job_id,
           case when ${output}.lineage_id is null then 'cartesian' else 'column' end as source
      from job_dataset jd
     cross join lateral (
       select r.id from run r where r.job_id = jd.job_id and r.job_stated and r.first_key <= ${at}::uuid
        order by r.first_key desc limit 1) last
      join run_dataset own on own.run_id = last.id and own.dataset_id = jd.dataset_id and own.role = jd.role
      join run_dataset other on other.run_id = last.id and other.role = ${there}
     where jd.dataset_id = ${id} and jd.role = ${here}
       and (${output}.lineage_id is null or exists (
             select from column_edge c
              where c.output_dataset_id = ${output}.dataset_id and c.lineage_id = ${output}.lineage_id
                and c.input_dataset_id = ${input}.dataset_id))`;
}

function edgesOf(id: Fragment, direction: LineageDirection, at: OrderKey | null): Fragment {
  if (at !== null) return edgesAt(id, direction, at);
  return direction === 'downstream' ? edgesFrom(id) : edgesTo(id);
}

export interface StepRow {
  readonly node_id: Uuid;
  readonly next_id: Uuid;
  readonly job_id: Uuid | null;
  readonly source: EdgeSource;
}

/** What lies one step from each of these datasets, each edge once, at most `limit` edges. @param at as of then; null: now. */
export function lineageSteps(
  ids: readonly Uuid[],
  direction: LineageDirection,
  at: OrderKey | null,
  limit: number,
): Statement {
  const next = direction === 'downstream' ? sql`edge.output_id` : sql`edge.input_id`;
  return sql`
    select distinct node.id as node_id, coalesce(grouped.canonical_id, ${next}) as next_id, edge.job_id, edge.source
      from unnest(${uuidArray(ids)}::uuid[]) as node(id)
     cross join lateral unnest(${namesOf(sql`node.id`)}) as of_name(id)
     cross join lateral (${edgesOf(sql`of_name.id`, direction, at)}) edge
      left join dataset_group grouped on grouped.dataset_id = ${next}
     where coalesce(grouped.canonical_id, ${next}) <> node.id
     limit ${limit}`;
}

/** The edges that lead from these datasets to others of a set, at most `limit`. */
export function edgesInto(
  from: readonly Uuid[],
  into: readonly Uuid[],
  at: OrderKey | null,
  limit: number,
): Statement {
  return sql`
    with target as materialized (
      select t.id, unnest(${namesOf(sql`t.id`)}) as name_id from unnest(${uuidArray(into)}::uuid[]) as t(id)
    )
    select distinct node.id as node_id, target.id as next_id, edge.job_id, edge.source
      from unnest(${uuidArray(from)}::uuid[]) as node(id)
     cross join lateral unnest(${namesOf(sql`node.id`)}) as of_name(id)
     cross join lateral (${edgesOf(sql`of_name.id`, 'downstream', at)}) edge
      join target on target.name_id = edge.output_id
     where target.id <> node.id
     limit ${limit}`;
}

export interface NeighbourhoodRow {
  readonly node_id: Uuid;
  /** Null in the row that counts: how many datasets lie one step below, up to what was asked for. */
  readonly next_id: Uuid | null;
  readonly job_id: Uuid | null;
  readonly source: EdgeSource | null;
  readonly count: number | null;
}

/** Edges that are gathered of all these datasets together. */
const GATHERED = 200_000;

/**
 * Of each of these datasets how many lie one step below, and its edges that lead to others of a set: both of one walk
 * over the edges, which is what takes the time. Nothing at all when there are too many edges to gather: then both are
 * to be asked for apart.
 */
export function neighbourhoods(
  ids: readonly Uuid[],
  into: readonly Uuid[],
  at: OrderKey | null,
  most: number,
): Statement {
  return sql`
    with edge as materialized (
      select distinct node.id as node_id, coalesce(grouped.canonical_id, edge.output_id) as next_id, edge.job_id, edge.source
        from unnest(${uuidArray(ids)}::uuid[]) as node(id)
       cross join lateral unnest(${namesOf(sql`node.id`)}) as of_name(id)
       cross join lateral (${edgesOf(sql`of_name.id`, 'downstream', at)}) edge
        left join dataset_group grouped on grouped.dataset_id = edge.output_id
       where coalesce(grouped.canonical_id, edge.output_id) <> node.id
       limit ${GATHERED}
    ), enough as materialized (
      select count(*) < ${GATHERED} as gathered from edge
    )
    select edge.node_id, null::uuid as next_id, null::uuid as job_id, null as source,
           least(count(distinct edge.next_id), ${most})::integer as count
      from edge cross join enough where enough.gathered group by edge.node_id
     union all
    select edge.node_id, edge.next_id, edge.job_id, edge.source, null
      from edge cross join enough
     where enough.gathered and edge.next_id = any(${uuidArray(into)}::uuid[])`;
}

export interface JobNameRow {
  readonly id: Uuid;
  readonly namespace: string;
  readonly name: string;
}

export function jobNames(ids: readonly Uuid[]): Statement {
  return sql`
    select j.id, n.name as namespace, j.name from job j join namespace n on n.id = j.namespace_id
     where j.id = any(${uuidArray(ids)}::uuid[])`.named('job_names');
}

export interface NeighbourCountRow {
  readonly id: Uuid;
  readonly count: number;
}

/** How many datasets lie one step above or below each of these, counted up to `most`. */
export function countNeighbours(
  ids: readonly Uuid[],
  direction: LineageDirection,
  at: OrderKey | null,
  most: number,
): Statement {
  const next = direction === 'downstream' ? sql`edge.output_id` : sql`edge.input_id`;
  return sql`
    select node.id, (
             select count(*)::integer from (
               select distinct coalesce(grouped.canonical_id, ${next}) as id
                 from unnest(${namesOf(sql`node.id`)}) as of_name(id)
                cross join lateral (${edgesOf(sql`of_name.id`, direction, at)}) edge
                 left join dataset_group grouped on grouped.dataset_id = ${next}
                where coalesce(grouped.canonical_id, ${next}) <> node.id
                limit ${most}) neighbour) as count
      from unnest(${uuidArray(ids)}::uuid[]) as node(id)`;
}

export interface LineageNodeRow {
  readonly id: Uuid;
  readonly namespace: string;
  readonly name: string;
  /** What the search index says of it; all null of a dataset that is not indexed yet. */
  readonly owner: string | null;
  readonly layer: string | null;
  readonly status: SearchStatus | null;
  readonly contract: string | null;
  readonly consumers: number | null;
  readonly last_event_at: Date | null;
}

/** Datasets as nodes of a graph. */
export function lineageNodes(ids: readonly Uuid[]): Statement {
  return sql`
    select d.id, n.name as namespace, d.name, e.owner, e.layer, e.status, e.contract, e.consumers, e.last_event_at
      from dataset d
      join namespace n on n.id = d.namespace_id
      left join search_entity e on e.kind = 'dataset' and e.id = d.id
     where d.id = any(${uuidArray(ids)}::uuid[])
     order by n.name, d.name`.named('lineage_nodes');
}

/** A column of a dataset; '' is the dataset as a whole. */
export interface ColumnNode {
  readonly datasetId: Uuid;
  readonly column: string;
}

/** The column edges that lead one step on from these columns, at most `limit`. */
export function columnSteps(
  nodes: readonly ColumnNode[],
  direction: LineageDirection,
  limit: number,
): Statement {
  const edges = columnEdgesOf(direction);
  return sql`
    with front as materialized (
      select t.dataset_id, t.name from unnest(
        ${uuidArray(nodes.map((node) => node.datasetId))}::uuid[], ${textArray(nodes.map((node) => node.column))}::text[]
      ) as t(dataset_id, name)
    )
    select distinct coalesce(input.canonical_id, e.input_dataset_id) as input_id, e.input_column,
           coalesce(output.canonical_id, e.output_dataset_id) as output_id, e.output_column, e.transformations, e.source
      from front r
     cross join lateral unnest(${namesOf(sql`r.dataset_id`)}) as of_name(id)
     cross join lateral (${edges}) e
      left join dataset_group input on input.dataset_id = e.input_dataset_id
      left join dataset_group output on output.dataset_id = e.output_dataset_id
     limit ${limit}`;
}

function columnEdgesOf(direction: LineageDirection): Fragment {
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
  return sql`
    select c.input_dataset_id, c.input_column, c.output_dataset_id, c.output_column, c.transformations, 'column' as source
      from column_edge c
     where ${stated} and not ${hasExplicitColumns(sql`c.job_id`, sql`c.output_dataset_id`)}
     union all
    select x.origin_id, x.origin_field, s.target_id, x.target_field, x.transformations, 'explicit'
      from lineage_statement s join lineage_edge x on x.content_id = s.content_id
     where ${explicit} and s.target_kind = 0 and x.origin_kind = 0 and x.origin_field <> '' and ${HOLDS}`;
}

export interface ColumnCountRow {
  readonly dataset_id: Uuid;
  readonly name: string;
  readonly upstream: number;
  readonly downstream: number;
}

/** How many columns lie one step above and below each of these, counted up to `most`. */
export function countColumnNeighbours(nodes: readonly ColumnNode[], most: number): Statement {
  const count = (direction: LineageDirection): Fragment => {
    const other =
      direction === 'upstream'
        ? sql`e.input_dataset_id, e.input_column`
        : sql`e.output_dataset_id, e.output_column`;
    return sql`(
      select count(*)::integer from (
        select distinct ${other} from unnest(r.names) as of_name(id) cross join lateral (${columnEdgesOf(direction)}) e
         limit ${most}) neighbour)`;
  };
  return sql`
    select r.dataset_id, r.name, ${count('upstream')} as upstream, ${count('downstream')} as downstream
      from (
        select t.dataset_id, t.name, ${namesOf(sql`t.dataset_id`)} as names from unnest(
          ${uuidArray(nodes.map((node) => node.datasetId))}::uuid[], ${textArray(nodes.map((node) => node.column))}::text[]
        ) as t(dataset_id, name)) r`;
}
