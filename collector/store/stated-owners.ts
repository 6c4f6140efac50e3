import type { Uuid } from '#model/ids.ts';
import { uuidArray } from './binary-array.ts';
import { namesOf } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

/** Who owns a dataset by what events say. */
export interface StatedOwnerRow {
  readonly dataset_id: Uuid;
  readonly owner: string;
}

/** Jobs of one dataset that are asked, and the newest runs of each. */
const JOBS = 10;
const RUNS = 3;

/**
 * The owner in the ownership facet that was stated last of each of these datasets by its newest runs and static
 * events; else the one of a job that writes it. The first of several; none where the facet was taken back.
 */
export function statedOwners(datasetIds: readonly Uuid[]): Statement {
  return sql`
    select asked.id as dataset_id, coalesce(own.owner, made.owner) as owner
      from unnest(${uuidArray(datasetIds)}::uuid[]) as asked(id)
     cross join lateral (select ${namesOf(sql`asked.id`)} as ids) names
      left join lateral (${lastOwner(sql`
        select claim.key, claim.set
          from (
            select rd.key, rd.facet_set, rd.facet_claims
              from (${newestRuns(sql`jd.role in (0, 1)`)}) recent
              join run_dataset rd on rd.run_id = recent.id and rd.dataset_id = any(names.ids)
            union all
            select rd.key, rd.facet_set, rd.facet_claims from run_dataset rd where rd.dataset_id = any(names.ids) and rd.role = 2
          ) rd
         cross join lateral (
           select rd.key, rd.facet_set as set where rd.facet_set is not null
           union all
           select rd.facet_claims[2 * n - 1], rd.facet_claims[2 * n] from generate_series(1, cardinality(rd.facet_claims) / 2) n
         ) claim`)}) own on true
      left join lateral (${lastOwner(sql`
        select claim.key, claim.set
          from (${newestRuns(sql`jd.role = 1`)}) recent
          join run r on r.id = recent.id and r.job_stated
         cross join lateral (
           select r.last_key as key, r.job_facet_set as set where r.job_facet_set is not null
           union all
           select r.job_facet_claims[2 * n - 1], r.job_facet_claims[2 * n]
             from generate_series(1, cardinality(r.job_facet_claims) / 2) n
         ) claim
        union all
        select said.key, said.facet_set
          from job_dataset jd join job_statement said on said.job_id = jd.job_id
         where jd.dataset_id = any(names.ids) and jd.role = 1`)}) made on own.owner is null
     where coalesce(own.owner, made.owner) is not null
     order by 1`.named('stated_owners');
}

function newestRuns(role: Fragment): Fragment {
  return sql`
    select newest.id
      from (
        select distinct jd.job_id from job_dataset jd where jd.dataset_id = any(names.ids) and ${role}
         order by jd.job_id limit ${JOBS}
      ) jobs
     cross join lateral (select r.id from run r where r.job_id = jobs.job_id order by r.first_key desc limit ${RUNS}) newest`;
}

/** @param claims rows of (key, set of facets) */
function lastOwner(claims: Fragment): Fragment {
  return sql`
    select nullif(btrim(f.body#>>'{owners,0,name}'), '') as owner
      from (
        select said.facets->>'ownership' as facet
          from (${claims}) stated
          join facet_set said on said.id = stated.set and said.facets ? 'ownership'
         order by stated.key desc
         limit 1
      ) last
      left join facet f on f.id = last.facet::uuid`;
}
