select
count_if(((`dt` = date '2026-01-31') and (`name` = 'EU'))) as assay_0,
count_if((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (nullif(`ratio`, cast('NaN' as double)) is null))) as assay_1,
count_if((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (cast(`name` as string) in ('')))) as assay_2,
count_if((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (cast(`name` as string) = cast(X'69742773205C20C3A9' as string)))) as assay_3,
count_if((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (cast(`odd ``"\` as string) = 'x'))) as assay_4,
count_if((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (`id` = 5))) as assay_5,
count_if((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (nullif(`ratio`, cast('NaN' as double)) = cast(5e-1 as double)))) as assay_6,
count_if((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (`active` = true))) as assay_7,
count_if((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (`dt` >= date '2026-01-31'))) as assay_8,
count_if((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (cast(`dt` as timestamp) < timestamp '2026-01-31 08:00:00.000000Z'))) as assay_9,
count_if((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (`at` < timestamp '2026-02-01 00:00:00.000000Z'))) as assay_10,
count_if((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (translate(trim(both ' ' from cast(`name` as string)), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') = 'a'))) as assay_11,
count_if((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (char_length(cast(`name` as string)) < 3))) as assay_12,
count_if((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (abs((cast(`id` as double) / nullif(cast(`amount` as double), cast(0e+0 as double)))) < cast((-1.5e+0) as double)))) as assay_13,
count_if((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (not (cast(`name` as string) like 'a!%_%!!' escape '!')))) as assay_14,
count_if((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (cast(`name` as string) rlike cast(X'5C415B5E5C405D2B5C275C405C7A' as string)))) as assay_15,
count_if((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (not (cast(`name` as string) in ('a', 'b'))))) as assay_16,
count(distinct cast(`name` as string)) filter (where ((`dt` = date '2026-01-31') and (`name` = 'EU'))) as assay_17,
count(distinct cast(`name` as string), case when nullif(`ratio`, cast('NaN' as double)) = 0 then cast(0e+0 as double) else nullif(`ratio`, cast('NaN' as double)) end) filter (where (((`dt` = date '2026-01-31') and (`name` = 'EU')) and (`active` = true))) as assay_18,
(count_if((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (`id` is not null) and (`dt` is not null))) - count(distinct `id`, `dt`) filter (where ((`dt` = date '2026-01-31') and (`name` = 'EU')))) as assay_19,
(select coalesce(sum(d.n), 0) from (select count(*) as n from `candidate` as c where (((`dt` = date '2026-01-31') and (`name` = 'EU')) and (cast(`name` as string) is not null)) group by cast(`name` as string) having count(*) > 1) as d) as assay_20,
approx_count_distinct(case when ((`dt` = date '2026-01-31') and (`name` = 'EU')) then `id` end) as assay_21,
cast(sum(case when ((`dt` = date '2026-01-31') and (`name` = 'EU')) then cast(`amount` as double) end) as double) as assay_22,
(unix_micros(cast(min(case when ((`dt` = date '2026-01-31') and (`name` = 'EU')) then `at` end) as timestamp)) / cast(1e6 as double)) as assay_23,
cast(max(case when (((`dt` = date '2026-01-31') and (`name` = 'EU')) and (`id` = 1)) then nullif(`ratio`, cast('NaN' as double)) end) as double) as assay_24,
stddev_samp(case when ((`dt` = date '2026-01-31') and (`name` = 'EU')) then cast(`amount` as double) end) as assay_25,
percentile(case when ((`dt` = date '2026-01-31') and (`name` = 'EU')) then nullif(`ratio`, cast('NaN' as double)) end, cast(9.5e-1 as double)) as assay_26,
cast(sum(case when ((`dt` = date '2026-01-31') and (`name` = 'EU')) then char_length(cast(`name` as string)) end) as double) as assay_27,
max(case when ((`dt` = date '2026-01-31') and (`name` = 'EU')) then ((unix_micros(cast(`at` as timestamp)) / cast(1e6 as double)) - (unix_micros(cast(`dt` as timestamp)) / cast(1e6 as double))) end) as assay_28,
count(distinct date_trunc('hour', `at`)) filter (where ((`dt` = date '2026-01-31') and (`name` = 'EU'))) as assay_29,
count(distinct date_trunc('day', `at`)) filter (where ((`dt` = date '2026-01-31') and (`name` = 'EU'))) as assay_30,
count(distinct date_trunc('week', `at`)) filter (where ((`dt` = date '2026-01-31') and (`name` = 'EU'))) as assay_31,
count(distinct date_trunc('month', `at`)) filter (where ((`dt` = date '2026-01-31') and (`name` = 'EU'))) as assay_32,
count(*) as assay_33
from `candidate` as c;

select
min(case when `active` then 'true' when not `active` then 'false' end) as assay_group,
count(*) as assay_0
from `candidate` as c where ((`dt` = date '2026-01-31') and (`name` = 'EU')) group by `active` limit 1001;

select
(select count(*) from (select cast(`name` as string) as k0 from `candidate` as c where (((`dt` = date '2026-01-31') and (`name` = 'EU')) and (cast(`name` as string) is not null))) as t left join (select distinct cast(`name` as string) as k0, 1 as hit from `other` as c where (cast(`name` as string) is not null)) as o on t.k0 = o.k0 where o.hit is null) as assay_0,
(select count(*) from (select count(*) as n from (select `id` as k0, 1 as l, 0 as r, case when nullif(`ratio`, cast('NaN' as double)) = 0 then cast(0e+0 as double) else nullif(`ratio`, cast('NaN' as double)) end as a0, null as b0 from `candidate` as c where ((`dt` = date '2026-01-31') and (`name` = 'EU')) union all select `id` as k0, 0 as l, 1 as r, null as a0, case when nullif(`ratio`, cast('NaN' as double)) = 0 then cast(0e+0 as double) else nullif(`ratio`, cast('NaN' as double)) end as b0 from `other` as c where ((`dt` = date '2026-01-31') and (`name` = 'EU'))) as u group by u.k0 having (sum(u.l) <> sum(u.r) or count(u.a0) <> count(u.b0) or abs(min(u.a0) - min(u.b0)) > cast(1e-2 as double) or abs(max(u.a0) - max(u.b0)) > cast(1e-2 as double))) as d) as assay_1;

select *
from (select count(*) from `candidate` where ((`dt` = date '2026-01-31') and (`name` = 'EU'))
) as q limit 2;

select
((select (count_if((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (`id` is not null))) - count(distinct `id`) filter (where ((`dt` = date '2026-01-31') and (`name` = 'EU')))) from `candidate` as c where ((`dt` = date '2026-01-31') and (`name` = 'EU'))) + (select count(*) from (select distinct t.k0 as v0 from (select distinct `id` as k0 from `candidate` as c where (((`dt` = date '2026-01-31') and (`name` = 'EU')) and (`id` is not null))) as t join (select `id` as k0 from `candidate` as c where (case when ((`dt` = date '2026-01-31') and (`name` = 'EU')) then 1 else 0 end = 0 and (`id` is not null))) as o on t.k0 = o.k0) as d)) as assay_0,
((select (count_if(((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (`active` = true)) and (`id` is not null) and (cast(`name` as string) is not null))) - count(distinct `id`, cast(`name` as string)) filter (where (((`dt` = date '2026-01-31') and (`name` = 'EU')) and (`active` = true)))) from `candidate` as c where (((`dt` = date '2026-01-31') and (`name` = 'EU')) and (`active` = true))) + (select count(*) from (select distinct t.k0 as v0, t.k1 as v1 from (select distinct `id` as k0, cast(`name` as string) as k1 from `candidate` as c where ((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (`active` = true)) and (`id` is not null) and (cast(`name` as string) is not null))) as t join (select `id` as k0, cast(`name` as string) as k1 from `candidate` as c where ((case when ((`dt` = date '2026-01-31') and (`name` = 'EU')) then 1 else 0 end = 0 and (`active` = true)) and (`id` is not null) and (cast(`name` as string) is not null))) as o on t.k0 = o.k0 and t.k1 = o.k1) as d)) as assay_1;

select cast(`id` as string) as k0 from `candidate` as c where ((nullif(`ratio`, cast('NaN' as double)) is null) and ((`dt` = date '2026-01-31') and (`name` = 'EU'))) order by 1 limit 11;

select t.k0 as k0 from (select cast(`id` as string) as k0, `id` as v0, `dt` as v1 from `candidate` as c where (((`dt` = date '2026-01-31') and (`name` = 'EU')) and ((`id`) is not null) and ((`dt`) is not null))) as t join (select `id` as v0, `dt` as v1 from `candidate` as c where (((`dt` = date '2026-01-31') and (`name` = 'EU')) and ((`id`) is not null) and ((`dt`) is not null)) group by `id`, `dt` having count(*) > 1) as d on t.v0 = d.v0 and t.v1 = d.v1 order by 1 limit 11;

select t.k0 as k0 from (select cast(`id` as string) as k0, `id` as v0 from `candidate` as c where (((`dt` = date '2026-01-31') and (`name` = 'EU')) and ((`id`) is not null))) as t join (select `id` as v0 from `candidate` as c where (((`dt` = date '2026-01-31') and (`name` = 'EU')) and ((`id`) is not null)) group by `id` having count(*) > 1 union distinct select distinct t.k0 as v0 from (select distinct `id` as k0 from `candidate` as c where (((`dt` = date '2026-01-31') and (`name` = 'EU')) and (`id` is not null))) as t join (select `id` as k0 from `candidate` as c where (case when ((`dt` = date '2026-01-31') and (`name` = 'EU')) then 1 else 0 end = 0 and (`id` is not null))) as o on t.k0 = o.k0) as d on t.v0 = d.v0 order by 1 limit 11;

select t.k0 as k0 from (select cast(`id` as string) as k0, `id` as v0, cast(`name` as string) as v1 from `candidate` as c where ((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (`active` = true)) and ((`id`) is not null) and ((cast(`name` as string)) is not null))) as t join (select `id` as v0, cast(`name` as string) as v1 from `candidate` as c where ((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (`active` = true)) and ((`id`) is not null) and ((cast(`name` as string)) is not null)) group by `id`, cast(`name` as string) having count(*) > 1 union distinct select distinct t.k0 as v0, t.k1 as v1 from (select distinct `id` as k0, cast(`name` as string) as k1 from `candidate` as c where ((((`dt` = date '2026-01-31') and (`name` = 'EU')) and (`active` = true)) and (`id` is not null) and (cast(`name` as string) is not null))) as t join (select `id` as k0, cast(`name` as string) as k1 from `candidate` as c where ((case when ((`dt` = date '2026-01-31') and (`name` = 'EU')) then 1 else 0 end = 0 and (`active` = true)) and (`id` is not null) and (cast(`name` as string) is not null))) as o on t.k0 = o.k0 and t.k1 = o.k1) as d on t.v0 = d.v0 and t.v1 = d.v1 order by 1 limit 11;

select t.e0 as k0 from (select cast(`name` as string) as k0, cast(`id` as string) as e0 from `candidate` as c where (((`dt` = date '2026-01-31') and (`name` = 'EU')) and (cast(`name` as string) is not null))) as t left join (select distinct cast(`name` as string) as k0, 1 as hit from `other` as c where (cast(`name` as string) is not null)) as o on t.k0 = o.k0 where o.hit is null order by 1 limit 11;

