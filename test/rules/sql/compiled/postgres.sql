select
count(*) filter (where (("dt" = date '2026-01-31') and ("name" = 'EU'))) as assay_0,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (nullif(("ratio")::double precision, 'NaN') is null))) as assay_1,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("name"::text collate "C" in (''::text collate "C")))) as assay_2,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("name"::text collate "C" = E'it''s \\ é'::text collate "C"))) as assay_3,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("odd `""\"::text collate "C" = 'x'::text collate "C"))) as assay_4,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("id" = 5))) as assay_5,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (nullif(("ratio")::double precision, 'NaN') = 5e-1::double precision))) as assay_6,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("active" = true))) as assay_7,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("dt" >= date '2026-01-31'))) as assay_8,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (("dt")::timestamp < timestamp '2026-01-31 08:00:00.000000'))) as assay_9,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("at" < timestamp '2026-02-01 00:00:00.000000'))) as assay_10,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (lower(btrim("name"::text, ' ') collate "C") collate "C" = 'a'::text collate "C"))) as assay_11,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (char_length("name"::text) < 3))) as assay_12,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (abs((("id")::double precision / nullif((nullif("amount", 'NaN'))::double precision, 0e+0::double precision))) < (-1.5e+0)::double precision))) as assay_13,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (not ("name"::text collate "C" like 'a!%_%!!' escape '!')))) as assay_14,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("name"::text collate "C" ~ E'\\A[^\\@]+\\''\\@\\Z'))) as assay_15,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (not ("name"::text collate "C" in ('a'::text collate "C", 'b'::text collate "C"))))) as assay_16,
count(distinct "name"::text collate "C") filter (where (("dt" = date '2026-01-31') and ("name" = 'EU'))) as assay_17,
count(distinct ("name"::text collate "C", case when nullif(("ratio")::double precision, 'NaN') = 0 then 0e+0::double precision else nullif(("ratio")::double precision, 'NaN') end)) filter (where ("name"::text collate "C") is not null and (case when nullif(("ratio")::double precision, 'NaN') = 0 then 0e+0::double precision else nullif(("ratio")::double precision, 'NaN') end) is not null and ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("active" = true))) as assay_18,
(count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("id" is not null) and ("dt" is not null))) - count(distinct ("id", "dt")) filter (where ("id") is not null and ("dt") is not null and (("dt" = date '2026-01-31') and ("name" = 'EU')))) as assay_19,
(select coalesce(sum(d.n), 0) from (select count(*) as n from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("name"::text is not null)) group by "name"::text collate "C" having count(*) > 1) as d) as assay_20,
count(distinct case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then "id" end) as assay_21,
(sum(case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then nullif("amount", 'NaN') end))::double precision as assay_22,
extract(epoch from min(case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then "at" end))::double precision as assay_23,
(max(case when ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("id" = 1)) then nullif(("ratio")::double precision, 'NaN') end))::double precision as assay_24,
stddev_samp(case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then (nullif("amount", 'NaN'))::double precision end) as assay_25,
percentile_cont(9.5e-1) within group (order by case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then nullif(("ratio")::double precision, 'NaN') end) as assay_26,
(sum(case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then char_length("name"::text) end))::double precision as assay_27,
max(case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then (extract(epoch from "at")::double precision - extract(epoch from "dt")::double precision) end) as assay_28,
count(distinct date_trunc('hour', "at")) filter (where (("dt" = date '2026-01-31') and ("name" = 'EU'))) as assay_29,
count(distinct date_trunc('day', "at")) filter (where (("dt" = date '2026-01-31') and ("name" = 'EU'))) as assay_30,
count(distinct date_trunc('week', "at")) filter (where (("dt" = date '2026-01-31') and ("name" = 'EU'))) as assay_31,
count(distinct date_trunc('month', "at")) filter (where (("dt" = date '2026-01-31') and ("name" = 'EU'))) as assay_32,
count(*) as assay_33
from "candidate" as c;

select
min(case when "active" then 'true' when not "active" then 'false' end) as assay_group,
count(*) as assay_0
from "candidate" as c where (("dt" = date '2026-01-31') and ("name" = 'EU')) group by "active" limit 1001;

select
(select count(*) from (select "name"::text collate "C" as k0 from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("name"::text collate "C" is not null))) as t left join (select distinct "name"::text collate "C" as k0, 1 as hit from "other" as c where ("name"::text collate "C" is not null)) as o on t.k0 = o.k0 where o.hit is null) as assay_0,
(select count(*) from (select count(*) as n from (select "id" as k0, 1 as l, 0 as r, case when nullif(("ratio")::double precision, 'NaN') = 0 then 0e+0::double precision else nullif(("ratio")::double precision, 'NaN') end as a0, null as b0 from "candidate" as c where (("dt" = date '2026-01-31') and ("name" = 'EU')) union all select "id" as k0, 0 as l, 1 as r, null as a0, case when nullif(("ratio")::double precision, 'NaN') = 0 then 0e+0::double precision else nullif(("ratio")::double precision, 'NaN') end as b0 from "other" as c where (("dt" = date '2026-01-31') and ("name" = 'EU'))) as u group by u.k0 having (sum(u.l) <> sum(u.r) or count(u.a0) <> count(u.b0) or abs(min(u.a0) - min(u.b0)) > 1e-2::double precision or abs(max(u.a0) - max(u.b0)) > 1e-2::double precision)) as d) as assay_1;

select *
from (select count(*) from "candidate" where (("dt" = date '2026-01-31') and ("name" = 'EU'))
) as q limit 2;

select
((select (count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("id" is not null))) - count(distinct "id") filter (where (("dt" = date '2026-01-31') and ("name" = 'EU')))) from "candidate" as c where (("dt" = date '2026-01-31') and ("name" = 'EU'))) + (select count(*) from (select distinct t.k0 as v0 from (select distinct "id" as k0 from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("id" is not null))) as t join (select "id" as k0 from "candidate" as c where (case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then 1 else 0 end = 0 and ("id" is not null))) as o on t.k0 = o.k0) as d)) as assay_0,
((select (count(*) filter (where (((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("active" = true)) and ("id" is not null) and ("name"::text is not null))) - count(distinct ("id", "name"::text collate "C")) filter (where ("id") is not null and ("name"::text collate "C") is not null and ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("active" = true)))) from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("active" = true))) + (select count(*) from (select distinct t.k0 as v0, t.k1 as v1 from (select distinct "id" as k0, "name"::text collate "C" as k1 from "candidate" as c where (((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("active" = true)) and ("id" is not null) and ("name"::text collate "C" is not null))) as t join (select "id" as k0, "name"::text collate "C" as k1 from "candidate" as c where ((case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then 1 else 0 end = 0 and ("active" = true)) and ("id" is not null) and ("name"::text collate "C" is not null))) as o on t.k0 = o.k0 and t.k1 = o.k1) as d)) as assay_1;

select ("id")::text as k0 from "candidate" as c where ((nullif(("ratio")::double precision, 'NaN') is null) and (("dt" = date '2026-01-31') and ("name" = 'EU'))) order by 1 limit 11;

select t.k0 as k0 from (select ("id")::text as k0, "id" as v0, "dt" as v1 from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (("id") is not null) and (("dt") is not null))) as t join (select "id" as v0, "dt" as v1 from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (("id") is not null) and (("dt") is not null)) group by "id", "dt" having count(*) > 1) as d on t.v0 = d.v0 and t.v1 = d.v1 order by 1 limit 11;

select t.k0 as k0 from (select ("id")::text as k0, "id" as v0 from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (("id") is not null))) as t join (select "id" as v0 from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (("id") is not null)) group by "id" having count(*) > 1 union distinct select distinct t.k0 as v0 from (select distinct "id" as k0 from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("id" is not null))) as t join (select "id" as k0 from "candidate" as c where (case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then 1 else 0 end = 0 and ("id" is not null))) as o on t.k0 = o.k0) as d on t.v0 = d.v0 order by 1 limit 11;

select t.k0 as k0 from (select ("id")::text as k0, "id" as v0, "name"::text collate "C" as v1 from "candidate" as c where (((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("active" = true)) and (("id") is not null) and (("name"::text collate "C") is not null))) as t join (select "id" as v0, "name"::text collate "C" as v1 from "candidate" as c where (((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("active" = true)) and (("id") is not null) and (("name"::text collate "C") is not null)) group by "id", "name"::text collate "C" having count(*) > 1 union distinct select distinct t.k0 as v0, t.k1 as v1 from (select distinct "id" as k0, "name"::text collate "C" as k1 from "candidate" as c where (((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("active" = true)) and ("id" is not null) and ("name"::text collate "C" is not null))) as t join (select "id" as k0, "name"::text collate "C" as k1 from "candidate" as c where ((case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then 1 else 0 end = 0 and ("active" = true)) and ("id" is not null) and ("name"::text collate "C" is not null))) as o on t.k0 = o.k0 and t.k1 = o.k1) as d on t.v0 = d.v0 and t.v1 = d.v1 order by 1 limit 11;

select t.e0 as k0 from (select "name"::text collate "C" as k0, ("id")::text as e0 from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("name"::text collate "C" is not null))) as t left join (select distinct "name"::text collate "C" as k0, 1 as hit from "other" as c where ("name"::text collate "C" is not null)) as o on t.k0 = o.k0 where o.hit is null order by 1 limit 11;

