select /*+ SET_VAR(query_timeout=120, query_mem_limit=8589934592, enable_rewrite_simple_agg_to_meta_scan=false) */
count(case when ((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) then 1 end) as assay_0,
count(case when (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (`ratio` is null)) then 1 end) as assay_1,
count(case when (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (cast(`name` as string) in (''))) then 1 end) as assay_2,
count(case when (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (cast(`name` as string) = unhex('69742773205C20C3A9'))) then 1 end) as assay_3,
count(case when (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (cast(`odd ``"\` as string) = 'x')) then 1 end) as assay_4,
count(case when (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (`id` = 5)) then 1 end) as assay_5,
count(case when (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (`ratio` = cast(5e-1 as double))) then 1 end) as assay_6,
count(case when (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (`active` = true)) then 1 end) as assay_7,
count(case when (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (`dt` >= cast('2026-01-31' as date))) then 1 end) as assay_8,
count(case when (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (cast(`dt` as datetime) < cast('2026-01-31 08:00:00.000000' as datetime))) then 1 end) as assay_9,
count(case when (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (`at` < cast('2026-02-01 00:00:00.000000' as datetime))) then 1 end) as assay_10,
count(case when (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (lower(trim(cast(`name` as string))) = 'a')) then 1 end) as assay_11,
count(case when (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (char_length(cast(`name` as string)) < 3)) then 1 end) as assay_12,
count(case when (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (abs((cast(`id` as double) / nullif(cast(`amount` as double), cast(0e+0 as double)))) < cast((-1.5e+0) as double))) then 1 end) as assay_13,
count(case when (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (not (cast(`name` as string) like unhex('615C255F2521')))) then 1 end) as assay_14,
count(case when (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (regexp(cast(`name` as string), unhex('5C415B5E5C405D2B5C275C405C7A')))) then 1 end) as assay_15,
count(case when (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (not (cast(`name` as string) in ('a', 'b')))) then 1 end) as assay_16,
count(distinct case when ((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) then cast(`name` as string) end) as assay_17,
(select count(*) from (select distinct cast(`name` as string) as k0, case when `ratio` = 0 then cast(0e+0 as double) else `ratio` end as k1 from `candidate` as c where ((((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (`active` = true)) and (cast(`name` as string) is not null) and (`ratio` is not null))) as d) as assay_18,
(count(case when (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (`id` is not null) and (`dt` is not null)) then 1 end) - (select count(*) from (select distinct `id` as k0, `dt` as k1 from `candidate` as c where (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (`id` is not null) and (`dt` is not null))) as d)) as assay_19,
(select coalesce(sum(d.n), 0) from (select count(*) as n from `candidate` as c where (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (cast(`name` as string) is not null)) group by cast(`name` as string) having count(*) > 1) as d) as assay_20,
approx_count_distinct(case when ((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) then `id` end) as assay_21,
cast(sum(case when ((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) then cast(`amount` as double) end) as double) as assay_22,
(milliseconds_diff(min(case when ((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) then `at` end), cast('1970-01-01 00:00:00' as datetime)) / 1000.0) as assay_23,
cast(max(case when (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (`id` = 1)) then `ratio` end) as double) as assay_24,
stddev_samp(case when ((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) then cast(`amount` as double) end) as assay_25,
percentile_cont(case when ((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) then `ratio` end, 9.5e-1) as assay_26,
cast(sum(case when ((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) then char_length(cast(`name` as string)) end) as double) as assay_27,
max(case when ((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) then ((milliseconds_diff(`at`, cast('1970-01-01 00:00:00' as datetime)) / 1000.0) - (milliseconds_diff(`dt`, cast('1970-01-01 00:00:00' as datetime)) / 1000.0)) end) as assay_28,
count(distinct case when ((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) then date_trunc('hour', cast(`at` as datetime)) end) as assay_29,
count(distinct case when ((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) then date_trunc('day', cast(`at` as datetime)) end) as assay_30,
count(distinct case when ((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) then date_trunc('week', cast(`at` as datetime)) end) as assay_31,
count(distinct case when ((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) then date_trunc('month', cast(`at` as datetime)) end) as assay_32,
count(*) as assay_33
from `candidate` as c;

select /*+ SET_VAR(query_timeout=120, query_mem_limit=8589934592, enable_rewrite_simple_agg_to_meta_scan=false) */
min(case when `active` then 'true' when not `active` then 'false' end) as assay_group,
count(*) as assay_0
from `candidate` as c where ((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) group by `active` limit 1001;

select /*+ SET_VAR(query_timeout=120, query_mem_limit=8589934592, enable_rewrite_simple_agg_to_meta_scan=false) */
(select count(*) from (select cast(`name` as string) as k0 from `candidate` as c where (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (cast(`name` as string) is not null))) as t left join (select distinct cast(`name` as string) as k0, 1 as hit from `other` as c where (cast(`name` as string) is not null)) as o on t.k0 = o.k0 where o.hit is null) as assay_0,
(select count(*) from (select count(*) as n from (select `id` as k0, 1 as l, 0 as r, case when `ratio` = 0 then cast(0e+0 as double) else `ratio` end as a0, null as b0 from `candidate` as c where ((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) union all select `id` as k0, 0 as l, 1 as r, null as a0, case when `ratio` = 0 then cast(0e+0 as double) else `ratio` end as b0 from `other` as c where ((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU'))) as u group by u.k0 having (sum(u.l) <> sum(u.r) or count(u.a0) <> count(u.b0) or abs(min(u.a0) - min(u.b0)) > cast(1e-2 as double) or abs(max(u.a0) - max(u.b0)) > cast(1e-2 as double))) as d) as assay_1;

select /*+ SET_VAR(query_timeout=120, query_mem_limit=8589934592, enable_rewrite_simple_agg_to_meta_scan=false) */ *
from (select count(*) from `candidate` where ((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU'))
) as q limit 2;

select /*+ SET_VAR(query_timeout=120, query_mem_limit=8589934592, enable_rewrite_simple_agg_to_meta_scan=false) */ cast(`id` as string) as k0 from `candidate` as c where ((`ratio` is null) and ((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU'))) order by 1 limit 11;

select /*+ SET_VAR(query_timeout=120, query_mem_limit=8589934592, enable_rewrite_simple_agg_to_meta_scan=false) */ t.k0 as k0 from (select cast(`id` as string) as k0, `id` as v0, `dt` as v1 from `candidate` as c where (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and ((`id`) is not null) and ((`dt`) is not null))) as t join (select `id` as v0, `dt` as v1 from `candidate` as c where (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and ((`id`) is not null) and ((`dt`) is not null)) group by `id`, `dt` having count(*) > 1) as d on t.v0 = d.v0 and t.v1 = d.v1 order by 1 limit 11;

select /*+ SET_VAR(query_timeout=120, query_mem_limit=8589934592, enable_rewrite_simple_agg_to_meta_scan=false) */ t.e0 as k0 from (select cast(`name` as string) as k0, cast(`id` as string) as e0 from `candidate` as c where (((`dt` = cast('2026-01-31' as date)) and (`name` = 'EU')) and (cast(`name` as string) is not null))) as t left join (select distinct cast(`name` as string) as k0, 1 as hit from `other` as c where (cast(`name` as string) is not null)) as o on t.k0 = o.k0 where o.hit is null order by 1 limit 11;

