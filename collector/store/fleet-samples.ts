import { jsonbArray, textArray } from './binary-array.ts';
import { sql, type Statement } from './sql.ts';

/** How far out one value lies; null when it must not count (it was marked as an incident). */
export interface Score {
  /** Cadence and kind of the metric: `daily count`. */
  readonly metricClass: string;
  /** YYYY-MM-DD, when the value was stated. */
  readonly day: string;
  /** What tells the value apart: dataset, partition and metric. */
  readonly key: string;
  readonly z: number | null;
}

/** Scores that are kept of a class and day. */
const KEPT = 200;

/** Adds scores to the samples of their classes and days; one that is there is replaced. */
export function addScores(scores: readonly Score[]): Statement {
  return sql`
    insert into fleet_sample as kept (class, day, hashes, scores)
    select class, day, array_agg(hash order by hash), array_agg(z order by hash)
      from (
        select *, row_number() over (partition by class, day order by hash) as place
          from (
            select distinct on (t.class, day, hash) t.class, (t.said->>'day')::date as day,
                   hashtextextended(t.said->>'key', 0) as hash, abs((t.said->>'z')::float8)::real as z
              from unnest(
                ${textArray(scores.map((score) => score.metricClass))}::text[],
                ${jsonbArray(scores.map(({ day, key, z }) => ({ day, key, z })))}::jsonb[]
              ) as t(class, said)
             order by t.class, day, hash
          ) stated
      ) placed
     where place <= ${KEPT}
     group by class, day
     order by class, day
    on conflict (class, day) do update set (hashes, scores) = (
      select coalesce(array_agg(best.h order by best.h), '{}'), coalesce(array_agg(best.z order by best.h), '{}')
        from (
          select one.h, one.z
            from (
              select distinct on (both_.h) both_.h, both_.z
                from (
                  select h, z, 0 as age from unnest(excluded.hashes, excluded.scores) as fresh(h, z)
                  union all
                  select h, z, 1 from unnest(kept.hashes, kept.scores) as before(h, z)
                ) both_
               order by both_.h, both_.age
            ) one
           where one.z is not null
           order by one.h
           limit ${KEPT}
        ) best)`;
}

export interface SampleRow {
  readonly class: string;
  readonly scores: readonly number[];
}

/** The pooled sample of each class since a day (YYYY-MM-DD). */
export function readSamples(since: string): Statement {
  return sql`
    select s.class, array_agg(score.z::float8) as scores
      from fleet_sample s cross join lateral unnest(s.scores) as score(z)
     where s.day >= ${since}::date and score.z is not null
     group by s.class
     order by s.class`.named('read_samples');
}

/** Forgets samples from before a day. */
export function dropSamples(before: string): Statement {
  return sql`delete from fleet_sample where day < ${before}::date`;
}
