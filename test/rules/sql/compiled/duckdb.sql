select
count(*) filter (where (("dt" = date '2026-01-31') and ("name" = 'EU'))) as assay_0,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (nullif(cast("ratio" as double), cast('NaN' as double)) is null))) as assay_1,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (cast("name" as varchar) in ('')))) as assay_2,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (cast("name" as varchar) = 'it''s \ é'))) as assay_3,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (cast("odd `""\" as varchar) = 'x'))) as assay_4,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("id" = 5))) as assay_5,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (nullif(cast("ratio" as double), cast('NaN' as double)) = cast(5e-1 as double)))) as assay_6,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("active" = true))) as assay_7,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("dt" >= date '2026-01-31'))) as assay_8,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (cast("dt" as timestamp) < timestamp '2026-01-31 08:00:00.000000'))) as assay_9,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("at" < timestamp '2026-02-01 00:00:00.000000'))) as assay_10,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (translate(trim(cast("name" as varchar), ' '), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') = 'a'))) as assay_11,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (length(cast("name" as varchar)) < 3))) as assay_12,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (abs((cast("id" as double) / nullif(cast("amount" as double), cast(0e+0 as double)))) < cast((-1.5e+0) as double)))) as assay_13,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (not (cast("name" as varchar) like 'a!%_%!!' escape '!')))) as assay_14,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (regexp_matches(cast("name" as varchar), '\A[^\@]+\''\@\z')))) as assay_15,
count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (not (cast("name" as varchar) in ('a', 'b'))))) as assay_16,
count(distinct cast("name" as varchar)) filter (where (("dt" = date '2026-01-31') and ("name" = 'EU'))) as assay_17,
count(distinct row(cast("name" as varchar), case when nullif(cast("ratio" as double), cast('NaN' as double)) = 0 then cast(0e+0 as double) else nullif(cast("ratio" as double), cast('NaN' as double)) end)) filter (where (cast("name" as varchar)) is not null and (case when nullif(cast("ratio" as double), cast('NaN' as double)) = 0 then cast(0e+0 as double) else nullif(cast("ratio" as double), cast('NaN' as double)) end) is not null and ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("active" = true))) as assay_18,
(count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("id" is not null) and ("dt" is not null))) - count(distinct row("id", "dt")) filter (where ("id") is not null and ("dt") is not null and (("dt" = date '2026-01-31') and ("name" = 'EU')))) as assay_19,
(select coalesce(sum(d.n), 0) from (select count(*) as n from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (cast("name" as varchar) is not null)) group by cast("name" as varchar) having count(*) > 1) as d) as assay_20,
approx_count_distinct(case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then "id" end) as assay_21,
cast(sum(case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then "amount" end) as double) as assay_22,
epoch(min(case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then "at" end)) as assay_23,
cast(max(case when ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("id" = 1)) then nullif(cast("ratio" as double), cast('NaN' as double)) end) as double) as assay_24,
stddev_samp(case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then cast("amount" as double) end) as assay_25,
quantile_cont(case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then nullif(cast("ratio" as double), cast('NaN' as double)) end, 9.5e-1) as assay_26,
cast(sum(case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then length(cast("name" as varchar)) end) as double) as assay_27,
max(case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then (epoch("at") - epoch("dt")) end) as assay_28,
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
(select count(*) from (select cast("name" as varchar) as k0 from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (cast("name" as varchar) is not null))) as t left join (select distinct cast("name" as varchar) as k0, 1 as hit from "other" as c where (cast("name" as varchar) is not null)) as o on t.k0 = o.k0 where o.hit is null) as assay_0,
(select count(*) from (select count(*) as n from (select "id" as k0, 1 as l, 0 as r, case when nullif(cast("ratio" as double), cast('NaN' as double)) = 0 then cast(0e+0 as double) else nullif(cast("ratio" as double), cast('NaN' as double)) end as a0, null as b0 from "candidate" as c where (("dt" = date '2026-01-31') and ("name" = 'EU')) union all select "id" as k0, 0 as l, 1 as r, null as a0, case when nullif(cast("ratio" as double), cast('NaN' as double)) = 0 then cast(0e+0 as double) else nullif(cast("ratio" as double), cast('NaN' as double)) end as b0 from "other" as c where (("dt" = date '2026-01-31') and ("name" = 'EU'))) as u group by u.k0 having (sum(u.l) <> sum(u.r) or count(u.a0) <> count(u.b0) or abs(min(u.a0) - min(u.b0)) > cast(1e-2 as double) or abs(max(u.a0) - max(u.b0)) > cast(1e-2 as double))) as d) as assay_1;

select *
from (select count(*) from "candidate" where (("dt" = date '2026-01-31') and ("name" = 'EU'))
) as q limit 2;

select
((select (count(*) filter (where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("id" is not null))) - count(distinct "id") filter (where (("dt" = date '2026-01-31') and ("name" = 'EU')))) from "candidate" as c where (("dt" = date '2026-01-31') and ("name" = 'EU'))) + (select count(*) from (select distinct t.k0 as v0 from (select distinct "id" as k0 from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("id" is not null))) as t join (select "id" as k0 from "candidate" as c where (case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then 1 else 0 end = 0 and ("id" is not null))) as o on t.k0 = o.k0) as d)) as assay_0,
((select (count(*) filter (where (((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("active" = true)) and ("id" is not null) and (cast("name" as varchar) is not null))) - count(distinct row("id", cast("name" as varchar))) filter (where ("id") is not null and (cast("name" as varchar)) is not null and ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("active" = true)))) from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("active" = true))) + (select count(*) from (select distinct t.k0 as v0, t.k1 as v1 from (select distinct "id" as k0, cast("name" as varchar) as k1 from "candidate" as c where (((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("active" = true)) and ("id" is not null) and (cast("name" as varchar) is not null))) as t join (select "id" as k0, cast("name" as varchar) as k1 from "candidate" as c where ((case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then 1 else 0 end = 0 and ("active" = true)) and ("id" is not null) and (cast("name" as varchar) is not null))) as o on t.k0 = o.k0 and t.k1 = o.k1) as d)) as assay_1;

select cast("id" as varchar) as k0 from "candidate" as c where ((nullif(cast("ratio" as double), cast('NaN' as double)) is null) and (("dt" = date '2026-01-31') and ("name" = 'EU'))) order by 1 limit 11;

select t.k0 as k0 from (select cast("id" as varchar) as k0, "id" as v0, "dt" as v1 from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (("id") is not null) and (("dt") is not null))) as t join (select "id" as v0, "dt" as v1 from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (("id") is not null) and (("dt") is not null)) group by "id", "dt" having count(*) > 1) as d on t.v0 = d.v0 and t.v1 = d.v1 order by 1 limit 11;

select t.k0 as k0 from (select cast("id" as varchar) as k0, "id" as v0 from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (("id") is not null))) as t join (select "id" as v0 from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (("id") is not null)) group by "id" having count(*) > 1 union distinct select distinct t.k0 as v0 from (select distinct "id" as k0 from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("id" is not null))) as t join (select "id" as k0 from "candidate" as c where (case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then 1 else 0 end = 0 and ("id" is not null))) as o on t.k0 = o.k0) as d on t.v0 = d.v0 order by 1 limit 11;

select t.k0 as k0 from (select cast("id" as varchar) as k0, "id" as v0, cast("name" as varchar) as v1 from "candidate" as c where (((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("active" = true)) and (("id") is not null) and ((cast("name" as varchar)) is not null))) as t join (select "id" as v0, cast("name" as varchar) as v1 from "candidate" as c where (((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("active" = true)) and (("id") is not null) and ((cast("name" as varchar)) is not null)) group by "id", cast("name" as varchar) having count(*) > 1 union distinct select distinct t.k0 as v0, t.k1 as v1 from (select distinct "id" as k0, cast("name" as varchar) as k1 from "candidate" as c where (((("dt" = date '2026-01-31') and ("name" = 'EU')) and ("active" = true)) and ("id" is not null) and (cast("name" as varchar) is not null))) as t join (select "id" as k0, cast("name" as varchar) as k1 from "candidate" as c where ((case when (("dt" = date '2026-01-31') and ("name" = 'EU')) then 1 else 0 end = 0 and ("active" = true)) and ("id" is not null) and (cast("name" as varchar) is not null))) as o on t.k0 = o.k0 and t.k1 = o.k1) as d on t.v0 = d.v0 and t.v1 = d.v1 order by 1 limit 11;

select t.e0 as k0 from (select cast("name" as varchar) as k0, cast("id" as varchar) as e0 from "candidate" as c where ((("dt" = date '2026-01-31') and ("name" = 'EU')) and (cast("name" as varchar) is not null))) as t left join (select distinct cast("name" as varchar) as k0, 1 as hit from "other" as c where (cast("name" as varchar) is not null)) as o on t.k0 = o.k0 where o.hit is null order by 1 limit 11;

