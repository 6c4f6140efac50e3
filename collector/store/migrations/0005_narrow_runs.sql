-- Rows of runs hold each thing once: an order key that another column gives already is null, and what
-- many runs say alike stands in run_fact.

create table assay_model.run_fact (
  id    uuid  primary key, -- derived from the value (ingest/run-facts.ts)
  value jsonb not null     -- a producer; a processing engine {name, version}; a job type {processingType, integration, jobType}
);

alter table assay_model.run
  alter column job_key drop not null,     -- null: last_key, which is so for every run that is no stub
  alter column attempt_key drop not null, -- null: the first attempt
  alter column transitions drop not null, -- null: first_key and last_key
  add column producer_id uuid,
  add column engine_id uuid,
  add column job_type_id uuid,
  add column error jsonb,                 -- {message, language}
  add column fact_keys uuid[],            -- by position: nominal time, parent, error, engine, job type, producer; null: all of them last_key
  add column unending boolean not null default false; -- a stream or a service: it counts while it runs

create function pg_temp.member(value text) returns bytea language sql as $$
  select '\x00'::bytea || convert_to(
    case when value is null then '0:' else (length(value) + 1)::text || '::' || value end, 'UTF8') $$;

create function pg_temp.fact_id(name text, variadic members text[]) returns uuid language sql as $$
  select substr(encode(sha256(convert_to('run fact', 'UTF8')
    || '\x00'::bytea || convert_to(length(name) || ':' || name, 'UTF8')
    || (select string_agg(pg_temp.member(m.value), '' order by m.place) from unnest(members) with ordinality m(value, place))),
    'hex'), 1, 32)::uuid $$;

create temporary table stated on commit drop as
  select id,
         case when facts ? 'producer' then pg_temp.fact_id('producer', facts #>> '{producer,value}') end as producer_id,
         case when facts ? 'processingEngine' then pg_temp.fact_id('engine',
           facts #>> '{processingEngine,value,name}', facts #>> '{processingEngine,value,version}') end as engine_id,
         case when facts ? 'jobType' and jsonb_path_exists(facts, '$.jobType.value.* ? (@ != null)') then pg_temp.fact_id('job type',
           facts #>> '{jobType,value,processingType}', facts #>> '{jobType,value,integration}', facts #>> '{jobType,value,jobType}') end as job_type_id
    from assay_model.run;

insert into assay_model.run_fact
select distinct on (f.id) f.id, f.value
  from assay_model.run join stated using (id)
 cross join lateral (values
   (stated.producer_id, facts #> '{producer,value}'), (stated.engine_id, facts #> '{processingEngine,value}'),
   (stated.job_type_id, facts #> '{jobType,value}')) f(id, value)
 where f.id is not null;

update assay_model.run set
  producer_id = s.producer_id,
  engine_id = s.engine_id,
  job_type_id = s.job_type_id,
  error = facts #> '{errorMessage,value}',
  fact_keys = keys.list,
  unending = coalesce(facts #>> '{jobType,value,processingType}' in ('STREAMING', 'SERVICE'), false),
  job_key = case when not job_stated then job_key end,
  attempt_key = nullif(attempt_key, '00000000-0000-0000-0000-000000000000'),
  transitions = case when transitions <> case when first_key = last_key then array[first_key] else array[first_key, last_key] end
                     then transitions end
from (
  select r.id, case when bool_or(k.key is not null and k.key <> r.last_key) then array_agg(k.key order by k.position) end as list
    from assay_model.run r
   cross join lateral (values
     (1, (r.facts #>> '{nominalTime,key}')::uuid), (2, (r.facts #>> '{parent,key}')::uuid),
     (3, (r.facts #>> '{errorMessage,key}')::uuid), (4, (r.facts #>> '{processingEngine,key}')::uuid),
     (5, (r.facts #>> '{jobType,key}')::uuid), (6, (r.facts #>> '{producer,key}')::uuid)) k(position, key)
   group by r.id
) keys join stated s using (id)
where keys.id = run.id;

alter table assay_model.run drop column facts;

-- The greatest order key of a row's statements, and those of the statements that are older.
alter table assay_model.run_dataset add column key uuid, add column older jsonb;

create function pg_temp.stated_keys(schema_key uuid, lineage_key uuid, version_key uuid, statistics jsonb)
returns table (name text, key uuid) language sql as $$
  select 'schema', schema_key where schema_key is not null
  union all select 'lineage', lineage_key where lineage_key is not null
  union all select 'version', version_key where version_key is not null
  union all select 'fact ' || s.key, (s.value ->> 0)::uuid from jsonb_each(statistics) s $$;

update assay_model.run_dataset rd set
  key = (select max(k.key::text)::uuid from pg_temp.stated_keys(schema_key, lineage_key, version_key, rd.statistics) k);
update assay_model.run_dataset rd set
  older = (select jsonb_object_agg(k.name, k.key) from pg_temp.stated_keys(schema_key, lineage_key, version_key, rd.statistics) k
            where k.key <> rd.key),
  statistics = (select jsonb_object_agg(s.key, jsonb_build_array(s.value -> 1, s.value -> 2)) from jsonb_each(rd.statistics) s);

alter table assay_model.run_dataset drop column schema_key, drop column lineage_key, drop column version_key;

drop function pg_temp.stated_keys, pg_temp.fact_id, pg_temp.member;
