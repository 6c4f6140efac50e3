import { partitionTime } from '#model/partition.ts';
import {
  MEASUREMENT_SOURCES,
  type FactKey,
  type HistoryPoint,
  type MeasurementSource,
} from '#model/measurement.ts';
import type { Uuid } from '#model/ids.ts';
import { namesOf } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';
import { sourceOf, valueOf } from './stored-number.ts';

/** One fact as it stands now: the value, who stated it (model/measurement.ts) and when. */
export interface CurrentFact {
  readonly value: number;
  readonly source: MeasurementSource;
  /** The run that stated it, or the gate's evaluation that measured it. */
  readonly runId: Uuid;
  /** ISO 8601: the last event of the run that stated it, or when the candidate was measured. */
  readonly takenAt: string | null;
}

/** What is known of one (dataset, partition). */
export interface SeriesRow {
  readonly dataset_id: Uuid;
  /** The target or upper bound that was asked for. */
  readonly bound: string | null;
  /** The pattern that was asked for; `%` for every partition. */
  readonly pattern: string;
  readonly partition: string;
  readonly facts: Readonly<Record<FactKey, CurrentFact>>;
}

/**
 * The current measurements of each dataset's `limit` highest partitions, newest partition first within a
 * dataset; only the facts named in `keys`, or all. `before` keeps partitions below a key (a baseline never
 * sees the partition that it judges, nor later ones). A dataset of several names has the history of them all.
 *
 * Of the statements about one (dataset, partition, fact) one counts. What runs say that failed or are still
 * going does not (streams never end: theirs does), nor what an earlier attempt of a run said. A reader's input statistics count only where no other source
 * spoke, because a reader may have read a part. Then the newest run (or gate measurement) wins, so that a
 * partition that was written again shows its new numbers; within a run the more trusted source. What a run says
 * that counted another number of rows than the one that stands is of other data, and is left out: a sum of the
 * new rows over a count of the old ones would be no mean of either.
 */
export function seriesOf(
  datasetIds: readonly Uuid[],
  keys: readonly FactKey[] | null,
  limit: number,
  before: string | null = null,
): Statement {
  const wanted = sql`
    select t.id as dataset_id, ${before}::text as bound, false as reached, '%' as pattern from unnest(${datasetIds}::uuid[]) as t(id)`;
  return series(wanted, keys, sql`${limit}`).named('measurements_series');
}

/**
 * For each target partition the same of it and of the `limit - 1` highest partitions below it; `bound`
 * tells the target that a row belongs to.
 */
export function seriesUpTo(
  targets: readonly { readonly datasetId: Uuid; readonly partition: string }[],
  limit: number,
): Statement {
  const wanted = sql`
    select t.id as dataset_id, t.bound, true as reached, '%' as pattern from unnest(
      ${targets.map((target) => target.datasetId)}::uuid[],
      ${targets.map((target) => target.partition)}::text[]) as t(id, bound)`;
  return series(wanted, null, sql`${limit}`).named('measurements_series_up_to');
}

/** A stretch of one series, with what lies before it. */
export interface SeriesSpan {
  readonly datasetId: Uuid;
  /** LIKE pattern of the series' partition keys. */
  readonly pattern: string;
  readonly from: string;
  readonly to: string;
  /** How many partitions before `from` are read as well. */
  readonly reach: number;
}

/** For each span the same of its partitions and of those before it; `bound` is its `from`. */
export function seriesOver(spans: readonly SeriesSpan[]): Statement {
  const wanted = sql`
    select t.id as dataset_id, t.bound, false as reached, t.pattern, t.upto, t.reach from unnest(
      ${spans.map((span) => span.datasetId)}::uuid[],
      ${spans.map((span) => span.from)}::text[],
      ${spans.map((span) => span.pattern)}::text[],
      ${spans.map((span) => span.to)}::text[],
      ${spans.map((span) => span.reach)}::bigint[]) as t(id, bound, pattern, upto, reach)`;
  return series(wanted, null, sql`wanted.reach`, STRETCH).named('measurements_series_over');
}

/** The partitions of a span itself, beside those before it. */
const STRETCH: Fragment = sql`
       union all
      select wanted.dataset_id, wanted.bound, wanted.pattern, wanted.names, known.partition
        from wanted
       cross join lateral (
               select own.partition from unnest(wanted.names) as name(id) cross join lateral (
                 select rd.partition
                   from run_dataset rd
                  where rd.dataset_id = name.id and rd.statistics is not null
                    and rd.partition between wanted.bound and wanted.upto and rd.partition like wanted.pattern
                 offset 0) own
                union
               select own.partition from unnest(wanted.names) as name(id) cross join lateral (
                 select cm.partition
                   from candidate_measurement cm
                  where cm.dataset_id = name.id
                    and cm.partition between wanted.bound and wanted.upto and cm.partition like wanted.pattern
                 offset 0) own
             ) known`;

/**
 * @param wanted rows (dataset_id, bound, reached, pattern): the partitions below bound, and bound itself when
 * reached. @param stretch of spans (that have a `pattern`, `upto` and `reach`) what lies in them.
 */
function series(
  wanted: Fragment,
  keys: readonly FactKey[] | null,
  limit: Fragment,
  stretch: Fragment | null = null,
): Fragment {
  const preference = sql`source = 'input_statistics', taken_at desc nulls last, run_key desc nulls last, run_id desc,
                coalesce((${JSON.stringify(MEASUREMENT_SOURCES)}::jsonb->>source)::integer, 0) desc, claim_key desc`;
  const ofSeries = (key: Fragment): Fragment => (stretch ? sql`and ${key} like wanted.pattern` : sql``);
  return sql`
    with asked as (${wanted}), wanted as materialized (
      select asked.*, ${namesOf(sql`asked.dataset_id`)} as names from asked
    ), recent as (
      select wanted.dataset_id, wanted.bound, wanted.pattern, wanted.names, known.partition
        from wanted
       cross join lateral (
              (select distinct of_name.partition from unnest(wanted.names) as name(id) cross join lateral (
               select distinct rd.partition
                 from run_dataset rd
                where rd.dataset_id = name.id
                  and rd.statistics is not null
                  and (${keys}::text[] is null or rd.statistics ?| ${keys}::text[])
                  and (wanted.bound is null or rd.partition < wanted.bound or (wanted.reached and rd.partition = wanted.bound))
                  ${ofSeries(sql`rd.partition`)}
                order by rd.partition desc
                limit ${limit}) of_name
                order by of_name.partition desc
                limit ${limit})
              union
              (select distinct of_name.partition from unnest(wanted.names) as name(id) cross join lateral (
               select distinct cm.partition
                 from candidate_measurement cm
                where cm.dataset_id = name.id
                  and (${keys}::text[] is null or cm.key = any(${keys}::text[]))
                  and (wanted.bound is null or cm.partition < wanted.bound or (wanted.reached and cm.partition = wanted.bound))
                  ${ofSeries(sql`cm.partition`)}
                order by cm.partition desc
                limit ${limit}) of_name
                order by of_name.partition desc
                limit ${limit})
               order by partition desc
               limit ${limit}
             ) known
             ${stretch ?? sql``}
    ), claim as (
      select recent.dataset_id, recent.bound, recent.pattern, rd.partition, fact.key, ${valueOf(sql`fact.claim`)}::float8 as value,
             ${sourceOf(sql`fact.claim`, sql`rd.role`)} as source,
             rd.run_id, run.last_event_at as taken_at, coalesce(run.last_key, stated.key) as run_key, stated.key as claim_key
        from recent
       cross join unnest(recent.names) as name(id)
       cross join lateral (
               select * from run_dataset where dataset_id = name.id and partition = recent.partition
               offset 0 -- by the index, row by row: the planner thinks of ten names each and would read the whole table
             ) rd
        left join lateral (select * from run where id = rd.run_id offset 0) run on true -- likewise: all runs there are
       cross join lateral jsonb_each(rd.statistics) as fact(key, claim)
       cross join lateral (select coalesce((rd.older->>('fact ' || fact.key))::uuid, rd.key) as key) stated
       where (${keys}::text[] is null or fact.key = any(${keys}::text[]) or fact.key = 'row_count')
         and (run.id is null
              or (run.attempt_key is null or stated.key >= run.attempt_key)
                 and (run.state = 'COMPLETED'
                      or run.state = 'RUNNING' and run.unending))
      union all
      select recent.dataset_id, recent.bound, recent.pattern, cm.partition, cm.key, cm.value, 'query', cm.evaluation_id, cm.taken_at, null, null
        from recent
       cross join unnest(recent.names) as name(id)
       cross join lateral (
               select * from candidate_measurement where dataset_id = name.id and partition = recent.partition offset 0
             ) cm
       where (${keys}::text[] is null or cm.key = any(${keys}::text[]) or cm.key = 'row_count')
    ), said as (
      select *, max(value) filter (where key = 'row_count') over (partition by dataset_id, bound, pattern, partition, run_id) as own_rows
        from claim
    ), standing as (
      select distinct on (dataset_id, bound, pattern, partition) dataset_id, bound, pattern, partition, value as rows
        from claim
       where key = 'row_count'
       order by dataset_id, bound, pattern, partition, ${preference}
    ), current as (
      select distinct on (said.dataset_id, said.bound, said.pattern, said.partition, key) said.*
        from said
        left join standing
          on standing.dataset_id = said.dataset_id and standing.bound is not distinct from said.bound
         and standing.pattern = said.pattern and standing.partition = said.partition
       -- Of other data: it had another number of rows.
       where (said.own_rows is null or standing.rows is null or said.own_rows = standing.rows)
         and (${keys}::text[] is null or key = any(${keys}::text[]))
       order by said.dataset_id, said.bound, said.pattern, said.partition, key, ${preference}
    )
    select dataset_id, bound, pattern, partition,
           jsonb_object_agg(key, jsonb_build_object(
             'value', value, 'source', source, 'runId', run_id, 'takenAt', taken_at)) as facts
      from current
     group by dataset_id, bound, pattern, partition
     order by dataset_id, bound, pattern, partition desc`;
}

/** The rows of one dataset as baselines see them, oldest first. `excluded` says why a partition stays out, or null. */
export function historyOf(
  rows: readonly SeriesRow[],
  excluded: (partition: string) => string | null = () => null,
): HistoryPoint[] {
  return rows
    .map(({ partition, facts }) => ({
      partition,
      facts: new Map(Object.entries(facts).map(([key, fact]) => [key, fact.value])),
      at: partitionTime(partition),
      excluded: excluded(partition),
    }))
    .toReversed();
}
