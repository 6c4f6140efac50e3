import type { Uuid } from '#model/ids.ts';
import { uuidArray } from './binary-array.ts';
import { writerOf } from './evidence-facts.ts';
import { canonicalOf, namesOf } from './groups.ts';
import { edgesFrom, edgesTo, type LineageDirection } from './lineage.ts';
import { sql, type Statement } from './sql.ts';
import { valueOf } from './stored-number.ts';

// The part of the lineage graph around incidents, for all of them at once.

/** What can be reached from any of these datasets, they included, nearest first, at most `limit`. */
export function reachFromMany(ids: readonly Uuid[], direction: LineageDirection, limit: number): Statement {
  const edges = direction === 'downstream' ? edgesFrom(sql`of_name.id`) : edgesTo(sql`of_name.id`);
  const next = direction === 'downstream' ? sql`edge.output_id` : sql`edge.input_id`;
  return sql`
    with recursive reached(id) as (
      select t.id from unnest(${uuidArray(ids)}::uuid[]) as t(id)
      union
      select coalesce(grouped.canonical_id, ${next})
      from reached
      cross join lateral unnest(${namesOf(sql`reached.id`)}) as of_name(id)
      cross join lateral (${edges}) edge
      left join dataset_group grouped on grouped.dataset_id = ${next}
    )
    select id from reached limit ${limit}`;
}

export interface SliceEdgeRow {
  readonly input_id: Uuid;
  readonly output_id: Uuid;
}

/** What is made directly of each of these datasets. */
export function edgesOut(ids: readonly Uuid[], limit: number): Statement {
  return sql`
    select distinct node.id as input_id, coalesce(grouped.canonical_id, edge.output_id) as output_id
      from unnest(${uuidArray(ids)}::uuid[]) as node(id)
     cross join lateral unnest(${namesOf(sql`node.id`)}) as of_name(id)
     cross join lateral (${edgesFrom(sql`of_name.id`)}) edge
      left join dataset_group grouped on grouped.dataset_id = edge.output_id
     where coalesce(grouped.canonical_id, edge.output_id) <> node.id
     limit ${limit}`.named('slice_edges_out');
}

/** What a run said that it read of a dataset: its partitions. */
export interface RunReadRow {
  readonly run_id: Uuid;
  readonly dataset_id: Uuid;
  readonly partitions: readonly string[];
}

/** Partitions of one input that are compared; a run that reads more reads its history. */
const READ_PARTITIONS = 1000;

/** Inputs of runs whose partitions the events state; where one of them is inferred or left out nobody knows. */
export function readsOfRuns(runIds: readonly Uuid[]): Statement {
  return sql`
    select rd.run_id, ${canonicalOf(sql`rd.dataset_id`)} as dataset_id, array_agg(rd.partition order by rd.partition) as partitions
      from run_dataset rd
     where rd.run_id = any(${uuidArray(runIds)}::uuid[]) and rd.role = 0
     group by rd.run_id, 2
    having bool_and(rd.partition <> '' and not rd.inferred) and count(*) <= ${READ_PARTITIONS}
     order by 1, 2`.named('reads_of_runs');
}

/** How a dataset's data was found when somebody looked at it. */
export interface LookRow {
  readonly dataset_id: Uuid;
  /** When the data was made, or the gate decided; null when that is not known. */
  readonly at: Date | null;
  readonly good: boolean;
  /** Something of it waits to be looked at. */
  readonly waiting: boolean;
}

/** Verdicts of a dataset that are looked at for its newest partitions, and partitions of those. */
const VERDICTS_BACK = 300;
const PARTITIONS_BACK = 6;

/** How the newest partitions of these datasets were found; no row of one that nobody watches. */
export function looksAt(ids: readonly Uuid[]): Statement {
  return sql`
    select asked.id as dataset_id, looked.at, looked.good,
           exists (select from evaluation_due due where due.dataset_id = asked.id) as waiting
      from unnest(${uuidArray(ids)}::uuid[]) as asked(id)
     cross join lateral (
       (select writer.made_at as at, not newest.bad as good
          from (
            select v.partition, bool_or(v.finding) as bad
              from (
                select partition, finding, status from verdict
                 where dataset_id = asked.id and partition <> '' order by partition desc limit ${VERDICTS_BACK}
              ) v
             group by v.partition
            having bool_or(v.status in ('normal', 'notice', 'anomalous'))
             order by v.partition desc
             limit ${PARTITIONS_BACK}
          ) newest
          left join lateral (${writerOf(namesOf(sql`asked.id`), sql`newest.partition`)}) writer on true)
       union all
       (select e.decided_at, e.decision = 'allow'
          from evaluation e
         where e.dataset_id = asked.id and e.decision in ('allow', 'block')
         order by e.partition desc, e.requested_at desc
         limit ${PARTITIONS_BACK})
     ) looked`.named('looks_at');
}

/** Candidates that the gate holds. */
export interface HeldRow {
  readonly evaluation_id: Uuid;
  readonly dataset_id: Uuid;
  readonly dataset: string;
  readonly partition: string;
  readonly decided_at: Date | null;
}

export function heldAmong(ids: readonly Uuid[], limit: number): Statement {
  return sql`
    select e.id as evaluation_id, asked.id as dataset_id, e.name as dataset, e.partition, e.decided_at
      from unnest(${uuidArray(ids)}::uuid[]) as asked(id)
     cross join lateral unnest(${namesOf(sql`asked.id`)}) as name(id)
      join evaluation e on e.dataset_id = name.id and e.decision in ('block', 'unknown') and e.state <> 'superseded'
     where not exists (
             select from evaluation later
              where later.dataset_id = e.dataset_id and later.partition = e.partition
                and (later.requested_at, later.id) > (e.requested_at, e.id)
                and later.decision is not null and later.state <> 'superseded')
     order by e.decided_at desc, e.id
     limit ${limit}`.named('held_among');
}

/** The contract in force of each of these datasets, and their names. */
export interface DatasetContractRow {
  readonly id: Uuid;
  readonly namespace: string;
  readonly name: string;
  /** null without a contract. */
  readonly hash: string | null;
  readonly owner: string | null;
  readonly version: string | null;
  readonly object: string | null;
  /** When the first version was pushed. */
  readonly since: Date | null;
}

export function contractsOfDatasets(ids: readonly Uuid[]): Statement {
  return sql`
    select asked.id, coalesce(n.name, c.namespace, '') as namespace, coalesce(d.name, c.name, asked.id::text) as name,
           c.hash, c.owner, c.version, c.object,
           (select min(pushed_at) from contract first where first.dataset_id = c.dataset_id) as since
      from unnest(${uuidArray(ids)}::uuid[]) as asked(id)
      left join dataset d on d.id = asked.id
      left join namespace n on n.id = d.namespace_id
      left join lateral (
        select * from contract c
         where c.dataset_id = any(${namesOf(sql`asked.id`)})
         order by c.dataset_id = asked.id desc, c.precedence desc, c.pushed_at desc
         limit 1
      ) c on true`.named('contracts_of_datasets');
}

export interface ContractTextRow {
  readonly hash: string;
  readonly file_name: string;
  readonly text: string;
}

export function contractTexts(hashes: readonly string[]): Statement {
  return sql`
    select distinct on (hash) hash, file_name, text from contract where hash = any(${[...hashes]}::text[])
     order by hash`.named('contract_texts');
}

/** The write of a dataset that an incident is about beside the last one before it that was good. */
export interface WriteStepRow {
  readonly dataset_id: Uuid;
  readonly partition: string | null;
  readonly good_partition: string | null;
  readonly job: string | null;
  readonly good_job: string | null;
  readonly rows: number | null;
  readonly good_rows: number | null;
  readonly schema_id: Uuid | null;
  readonly good_schema_id: Uuid | null;
  /** Of the job's sourceCodeLocation facet. */
  readonly code: string | null;
  readonly good_code: string | null;
  readonly engine: string | null;
  readonly good_engine: string | null;
  readonly contract: string | null;
  readonly good_contract: string | null;
}

const WRITES_BACK = 60;

/** For each (dataset, run): what that run wrote, and the last good write before it. Runs that wrote nothing have no row. */
export function writeSteps(
  asked: readonly { readonly datasetId: Uuid; readonly runId: Uuid; readonly at: Date }[],
): Statement {
  const code = (set: 'own' | 'good') => {
    const of = set === 'own' ? sql`own.job_facet_set` : sql`good.job_facet_set`;
    return sql`(
      select coalesce(f.body->>'version', f.body->>'tag', f.body->>'branch')
        from facet_set s join facet f on f.id = (s.facets->>'sourceCodeLocation')::uuid where s.id = ${of})`;
  };
  const contractAt = (at: 'asked' | 'good') => {
    const moment = at === 'asked' ? sql`asked.at` : sql`good.ended_at`;
    return sql`(
      select e.contract_version from evaluation e
       where e.dataset_id = asked.dataset_id and e.requested_at <= ${moment} + interval '1 hour'
       order by e.requested_at desc limit 1)`;
  };
  return sql`
    with asked as (
      select * from unnest(
        ${uuidArray(asked.map((one) => one.datasetId))}::uuid[],
        ${uuidArray(asked.map((one) => one.runId))}::uuid[],
        ${asked.map((one) => one.at)}::timestamptz[]) as t(dataset_id, run_id, at)
    )
    select asked.dataset_id, own.partition, good.partition as good_partition, own.job, good.job as good_job,
           own.rows, good.rows as good_rows, own.schema_id, good.schema_id as good_schema_id,
           ${code('own')} as code, ${code('good')} as good_code,
           own_engine.value->>'version' as engine, good_engine.value->>'version' as good_engine,
           ${contractAt('asked')} as contract, ${contractAt('good')} as good_contract
      from asked
     cross join lateral (
       select rd.partition, j.name as job, ${valueOf(sql`rd.statistics->'row_count'`)}::float8 as rows, rd.schema_id, r.job_facet_set,
              r.engine_id, r.first_key
         from run_dataset rd join run r on r.id = rd.run_id join job j on j.id = r.job_id
        where rd.run_id = asked.run_id and rd.dataset_id = any(${namesOf(sql`asked.dataset_id`)}) and rd.role = 1
        order by rd.partition desc limit 1
     ) own
      left join lateral (
        select near.* from (
          select rd.partition, j.name as job, ${valueOf(sql`rd.statistics->'row_count'`)}::float8 as rows, rd.schema_id, r.job_facet_set,
                 r.engine_id, r.first_key, r.ended_at
            from run_dataset rd join run r on r.id = rd.run_id and r.state = 'COMPLETED' join job j on j.id = r.job_id
           where rd.dataset_id = any(${namesOf(sql`asked.dataset_id`)}) and rd.role = 1 and rd.partition <= own.partition
             and rd.run_id <> asked.run_id
           order by rd.partition desc
           limit ${WRITES_BACK}
        ) near
         where near.first_key < own.first_key
           and not exists (select from verdict v where v.dataset_id = asked.dataset_id and v.partition = near.partition and v.finding)
         order by near.first_key desc
         limit 1
      ) good on true
      left join run_fact own_engine on own_engine.id = own.engine_id
      left join run_fact good_engine on good_engine.id = good.engine_id`.named('write_steps');
}

/** What the gate said of an input of a dataset before its write: a reason for what became of it. */
export interface UpstreamDecisionRow {
  readonly dataset_id: Uuid;
  readonly input: string;
  readonly partition: string;
  readonly decision: 'allow' | 'block';
  /** Who let failures pass; null where nothing was let pass. */
  readonly waived_by: string | null;
}

/** Decisions that are told of one dataset. */
const DECISIONS = 5;

/** Inputs that the gate held, or let pass by a waiver, within three days before each write; the latest first. */
export function upstreamDecisions(
  asked: readonly { readonly datasetId: Uuid; readonly at: Date }[],
): Statement {
  return sql`
    select asked.dataset_id, told.input, told.partition, told.decision, told.waived_by
      from unnest(
        ${uuidArray(asked.map((one) => one.datasetId))}::uuid[], ${asked.map((one) => one.at)}::timestamptz[]
      ) as asked(dataset_id, at)
     cross join lateral (
       select e.name as input, e.partition, e.decision, waived.by as waived_by
         from (
           select distinct of_input.id
             from unnest(${namesOf(sql`asked.dataset_id`)}) as of_name(id)
            cross join lateral (${edgesTo(sql`of_name.id`)}) edge
            cross join lateral unnest(${namesOf(sql`edge.input_id`)}) as of_input(id)
         ) input
         join evaluation e on e.dataset_id = input.id
          and e.decided_at between asked.at - interval '3 days' and asked.at and e.decision in ('allow', 'block')
         left join lateral (
           select reason->>'waivedBy' as by from jsonb_array_elements(e.reasons) reason where reason->>'waivedBy' is not null limit 1
         ) waived on true
        where e.decision = 'block' or waived.by is not null
        order by e.decided_at desc, e.id
        limit ${DECISIONS}
     ) told
     order by asked.dataset_id`.named('upstream_decisions');
}
