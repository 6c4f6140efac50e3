import type { Uuid } from '#model/ids.ts';
import type { CheckResult, CheckStatus } from '#model/result.ts';
import { boolArray, jsonbArray, textArray, uuidArray } from './binary-array.ts';
import type { EvaluationFactRow } from './evidence-facts.ts';
import { canonicalOf, namesOf } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

// What the monitor said of partitions by the checks of their contracts, from measurements alone.

/** What all checks of a contract say of one partition, with what it follows from. */
export interface CheckedPartition {
  readonly datasetId: Uuid;
  readonly partition: string;
  /** LIKE pattern of the keys of its series. */
  readonly series: string;
  readonly contractVersion: string;
  readonly contractHash: string;
  /** When the dataset got its first contract. */
  readonly agreedSince: Date;
  /** The worst of its results. */
  readonly status: CheckStatus;
  /** Something of it is evidence for an incident. */
  readonly wrong: boolean;
  /** The run that stated what was judged last; null where none did. */
  readonly runId: Uuid | null;
  readonly statedAt: Date;
  /** In the contract's order. */
  readonly results: readonly CheckResult[];
}

/** Forgets what was said of these partitions: they are judged anew, or there is nothing left to judge. */
export function dropPartitionChecks(
  partitions: readonly { readonly datasetId: string; readonly partition: string }[],
): Statement {
  return sql`
    delete from partition_check c using unnest(
      ${uuidArray(partitions.map((due) => due.datasetId))}::uuid[],
      ${textArray(partitions.map((due) => due.partition))}::text[]
    ) as t(dataset_id, partition)
    where c.dataset_id = t.dataset_id and c.partition = t.partition`.named('drop_partition_checks');
}

/** Stores what is said now in place of what was said before. */
export function putPartitionChecks(checked: readonly CheckedPartition[], decidedAt: Date): Statement {
  return sql`
    insert into partition_check (dataset_id, partition, series, contract_version, contract_hash, agreed_since, status, wrong,
      run_id, stated_at, results, decided_at)
    select t.*, ${decidedAt}::timestamptz from unnest(
      ${uuidArray(checked.map((one) => one.datasetId))}::uuid[],
      ${textArray(checked.map((one) => one.partition))}::text[],
      ${textArray(checked.map((one) => one.series))}::text[],
      ${textArray(checked.map((one) => one.contractVersion))}::text[],
      ${textArray(checked.map((one) => one.contractHash))}::text[],
      ${checked.map((one) => one.agreedSince)}::timestamptz[],
      ${textArray(checked.map((one) => one.status))}::text[],
      ${boolArray(checked.map((one) => one.wrong))}::boolean[],
      ${uuidArray(checked.map((one) => one.runId))}::uuid[],
      ${checked.map((one) => one.statedAt)}::timestamptz[],
      ${jsonbArray(checked.map((one) => one.results))}::jsonb[]) as t
    on conflict (dataset_id, partition) do update set
      series = excluded.series, contract_version = excluded.contract_version, contract_hash = excluded.contract_hash,
      agreed_since = excluded.agreed_since, status = excluded.status, wrong = excluded.wrong, run_id = excluded.run_id, stated_at = excluded.stated_at,
      results = excluded.results, decided_at = excluded.decided_at`.named('put_partition_checks');
}

/**
 * Has a dataset's newest partitions judged anew, because its contract is another now. Older ones keep what the
 * contract of their time said. Of a dataset that has its first contract so many, else those of its newest time:
 * a stricter contract is no news of what was there before.
 */
export function judgeNewest(datasetIds: readonly Uuid[], partitions: number, now: Date): Statement {
  return sql`
    insert into evaluation_due (dataset_id, partition, due_at, rescored)
    select distinct ${canonicalOf(sql`asked.id`)}, newest.partition, ${now}::timestamptz, true
      from unnest(${uuidArray(datasetIds)}::uuid[]) as asked(id)
     cross join lateral (
       select distinct rd.partition
         from run_dataset rd
        where rd.dataset_id = any(${namesOf(sql`asked.id`)}) and rd.role <> 0 and rd.statistics is not null
        order by rd.partition desc
        limit ${partitions}
     ) newest
     where (select count(*) from contract c where c.dataset_id = asked.id) = 1
        or split_part(newest.partition, '/', 1) = (
             select max(split_part(rd.partition, '/', 1)) from run_dataset rd
              where rd.dataset_id = any(${namesOf(sql`asked.id`)}) and rd.role <> 0 and rd.statistics is not null)
     order by 1, 2
    on conflict (dataset_id, partition) do update set due_at = excluded.due_at, taken_until = null`.named(
    'judge_newest',
  );
}

/**
 * Whether the gate has the word about a check of a partition: its latest evaluation found it broken, or passed
 * it on data that is no older than what was stated. So the same check of the same partition is told once.
 */
function gateHasTheWord(
  dataset: Fragment,
  { partition, check, statedAt }: Record<'partition' | 'check' | 'statedAt', Fragment>,
): Fragment {
  return sql`exists (
    select from (
      select e.id, e.requested_at
        from unnest(${namesOf(dataset)}) as name(id)
        join evaluation e on e.dataset_id = name.id and e.partition = ${partition} and e.decided_at is not null
       order by e.requested_at desc, e.id desc
       limit 1
    ) latest
    join check_result c on c.evaluation_id = latest.id and c.check_id = ${check}
   where c.status in ('fail', 'warn', 'error') or (c.status = 'pass' and latest.requested_at >= ${statedAt}))`;
}

/** Whether anybody waits for its news: stated since there is a contract, or the newest of its series. */
function isNews(of: Fragment): Fragment {
  return sql`(${of}.stated_at >= ${of}.agreed_since or not exists (
    select from partition_check newer
     where newer.dataset_id = ${of}.dataset_id and newer.series = ${of}.series and newer.partition > ${of}.partition))`;
}

/** A check that measurements break, as the gate's are told; of no evaluation. */
export interface CheckFactRow extends Omit<
  EvaluationFactRow,
  'evaluation_id' | 'check_id' | 'requested_at' | 'decided_at'
> {
  readonly check_id: string;
  readonly run_id: Uuid | null;
  readonly stated_at: Date;
}

/** Checks of severity warn and block that were found broken, or could not be computed, since. */
export function checkFacts(since: Date, limit: number): Statement {
  return sql`
    select p.dataset_id, p.partition, r->>'checkId' as check_id, r->>'text' as text, r->>'severity' as severity,
           r->>'status' as status, (r->>'value')::float8 as value, r->>'expected' as expected, r->>'message' as message,
           p.run_id, p.stated_at
      from partition_check p
     cross join lateral jsonb_array_elements(p.results) r
     where p.wrong and p.decided_at >= ${since}::timestamptz and ${isNews(sql`p`)}
       and r->>'severity' in ('warn', 'block') and r->>'status' in ('fail', 'warn', 'error')
       and not exists (
             select from evidence seen
              where seen.dataset_id = p.dataset_id and seen.partition = p.partition and seen.subject = r->>'checkId'
                and seen.source = 'check' and seen.evaluation_id is null and seen.run_id is not distinct from p.run_id
                and seen.cleared_by is distinct from 'reversed')
       and not ${gateHasTheWord(sql`p.dataset_id`, { partition: sql`p.partition`, check: sql`r->>'checkId'`, statedAt: sql`p.stated_at` })}
     order by p.stated_at, p.dataset_id, p.partition, r->>'checkId'
     limit ${limit}`.named('check_facts');
}

const STATUS_OF = (row: Fragment): Fragment => sql`
  select r->>'status' as status from jsonb_array_elements(${row}.results) r where r->>'checkId' = standing.subject limit 1`;

/**
 * Broken checks of which the partition passes now, which its contract does not ask any more, which the gate has
 * the word about, or of which another run has written the partition since (that is evidence of its own), and
 * what was stated before there was a contract and is the newest no more: these are reversed. A later partition of the series that passes is good news. What is not known passes nothing.
 */
export function clearChecks(now: Date): Statement {
  return sql`
    update evidence e set cleared_at = least(found.at, ${now}::timestamptz), cleared_by = found.by
      from (
        select standing.id, coalesce(reversed.at, good.at) as at,
               case when reversed.at is null then 'good' else 'reversed' end as by
          from evidence standing
          left join partition_check own on own.dataset_id = standing.dataset_id and own.partition = standing.partition
          left join lateral (${STATUS_OF(sql`own`)}) mine on true
          left join lateral (
            select own.stated_at as at
             where own.dataset_id is not null
               and (mine.status is null or mine.status in ('pass', 'skipped') or own.run_id is distinct from standing.run_id
                    or not ${isNews(sql`own`)}
                    or ${gateHasTheWord(sql`own.dataset_id`, { partition: sql`own.partition`, check: sql`standing.subject`, statedAt: sql`own.stated_at` })})
          ) reversed on true
          left join lateral (
            select later.stated_at as at
              from partition_check later
              left join lateral (${STATUS_OF(sql`later`)}) theirs on true
             where later.dataset_id = standing.dataset_id and later.partition > standing.partition
               and later.series = coalesce(own.series, later.series)
               and (theirs.status is null or theirs.status = 'pass')
             order by later.partition
             limit 1
          ) good on reversed.at is null
         where standing.source = 'check' and standing.evaluation_id is null and standing.cleared_at is null
           and (reversed.at is not null or good.at is not null)
      ) found
     where e.id = found.id`.named('clear_checks');
}

/** Has standing evidence say what its check says now: the past that it is compared with may have changed since. */
export function retellChecks(longest: number): Statement {
  return sql`
    update evidence e set summary = now.message, value = now.value, expected = now.expected
      from (
        select standing.id, (r->>'value')::float8 as value, r->>'expected' as expected,
               case when length(r->>'message') <= ${longest} then r->>'message'
                    else left(r->>'message', ${longest} - 1) || '…' end as message
          from evidence standing
          join partition_check own on own.dataset_id = standing.dataset_id and own.partition = standing.partition
           and own.run_id is not distinct from standing.run_id
         cross join lateral jsonb_array_elements(own.results) r
         where standing.source = 'check' and standing.evaluation_id is null and standing.cleared_at is null
           and r->>'checkId' = standing.subject and r->>'status' in ('fail', 'warn', 'error')
      ) now
     where e.id = now.id and e.summary <> now.message`.named('retell_checks');
}

/** What is asked for of the stored results. */
export interface ResultsWanted {
  /** Of all its names; null for every dataset. */
  readonly datasetId: Uuid | null;
  readonly partition: string | null;
  /** Only partitions of which a check came out so; null for all. */
  readonly status: CheckStatus | null;
  /** Continues behind (stated at, dataset, partition), the newest first. */
  readonly after: readonly [Date, Uuid, string] | null;
}

export interface ListedChecksRow {
  readonly dataset_id: Uuid;
  readonly namespace: string | null;
  readonly dataset: string;
  readonly partition: string;
  readonly contract_version: string;
  readonly contract_hash: string;
  readonly status: CheckStatus;
  readonly run_id: Uuid | null;
  readonly stated_at: Date;
  readonly decided_at: Date;
  readonly results: readonly CheckResult[];
}

/** What the monitor said, what was stated last first. */
export function listPartitionChecks(
  { datasetId, partition, status, after }: ResultsWanted,
  limit: number,
): Statement {
  const [at, dataset, key] = after ?? [null, null, null];
  const ofDataset =
    datasetId === null ? sql`` : sql`and c.dataset_id = any(${namesOf(sql`${datasetId}::uuid`)})`;
  return sql`
    select c.dataset_id, n.name as namespace, coalesce(d.name, c.dataset_id::text) as dataset, c.partition, c.contract_version,
           c.contract_hash, c.status, c.run_id, c.stated_at, c.decided_at, c.results
      from partition_check c
      left join dataset d on d.id = c.dataset_id
      left join namespace n on n.id = d.namespace_id
     where (${partition}::text is null or c.partition = ${partition}::text)
       and (${status}::text is null
            or c.results @> jsonb_build_array(jsonb_build_object('status', ${status}::text)))
       and (${at}::timestamptz is null
            or (c.stated_at, c.dataset_id, c.partition) < (${at}::timestamptz, ${dataset}::uuid, ${key}::text))
       ${ofDataset}
     order by c.stated_at desc, c.dataset_id desc, c.partition desc
     limit ${limit}`.named(datasetId === null ? 'list_partition_checks' : 'list_partition_checks_of');
}

/** Deletes what was said of data that was stated before, at most `limit` partitions; standing evidence stays. */
export function deleteOldChecks(before: Date, limit: number): Statement {
  return sql`
    delete from partition_check where ctid = any(array(
      select ctid from partition_check where stated_at < ${before}::timestamptz limit ${limit}))`.named(
    'delete_old_checks',
  );
}
