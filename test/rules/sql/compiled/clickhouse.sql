select
countIf(((`dt` = toDate32('2026-01-31')) and (`name` = 'EU'))) as assay_0,
countIf((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (if(isNaN(`ratio`), null, `ratio`) is null))) as assay_1,
countIf((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (toString(`name`) in ('')))) as assay_2,
countIf((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (toString(`name`) = 'it\'s \\ é'))) as assay_3,
countIf((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (toString(`odd \`"\\`) = 'x'))) as assay_4,
countIf((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (`id` = 5))) as assay_5,
countIf((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (if(isNaN(`ratio`), null, `ratio`) = toFloat64(5e-1)))) as assay_6,
countIf((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (`active` = true))) as assay_7,
countIf((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (`dt` >= toDate32('2026-01-31')))) as assay_8,
countIf((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (toDateTime64(`dt`, 6, 'UTC') < toDateTime64('2026-01-31 08:00:00.000000', 6, 'UTC')))) as assay_9,
countIf((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (`at` < toDateTime64('2026-02-01 00:00:00.000000', 6, 'UTC')))) as assay_10,
countIf((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (lower(trim(both ' ' from toString(`name`))) = 'a'))) as assay_11,
countIf((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (lengthUTF8(toString(`name`)) < 3))) as assay_12,
countIf((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (abs((toFloat64(`id`) / nullif(toFloat64(`amount`), toFloat64(0e+0)))) < toFloat64((-1.5e+0))))) as assay_13,
countIf((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (not (toString(`name`) like 'a\\%_%!')))) as assay_14,
countIf((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (match(toString(`name`), '\\A[^\\@]+\\\'\\@\\z')))) as assay_15,
countIf((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (not (toString(`name`) in ('a', 'b'))))) as assay_16,
uniqExactIf(toString(`name`), ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU'))) as assay_17,
uniqExactIf(tuple(toString(`name`), case when if(isNaN(`ratio`), null, `ratio`) = 0 then toFloat64(0e+0) else if(isNaN(`ratio`), null, `ratio`) end), (toString(`name`)) is not null and (case when if(isNaN(`ratio`), null, `ratio`) = 0 then toFloat64(0e+0) else if(isNaN(`ratio`), null, `ratio`) end) is not null and (((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (`active` = true))) as assay_18,
(countIf((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (`id` is not null) and (`dt` is not null))) - uniqExactIf(tuple(`id`, `dt`), (`id`) is not null and (`dt`) is not null and ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')))) as assay_19,
(select coalesce(sum(d.n), 0) from (select count(*) as n from `candidate` as c where (((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (toString(`name`) is not null)) group by toString(`name`) having count(*) > 1) as d) as assay_20,
uniq(case when ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) then `id` end) as assay_21,
toFloat64(sumOrNull(case when ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) then toFloat64(`amount`) end)) as assay_22,
(toUnixTimestamp64Micro(toDateTime64(minOrNull(case when ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) then `at` end), 6, 'UTC')) / 1e6) as assay_23,
toFloat64(maxOrNull(case when (((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (`id` = 1)) then if(isNaN(`ratio`), null, `ratio`) end)) as assay_24,
stddevSampOrNull(case when ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) then toFloat64(`amount`) end) as assay_25,
quantileExactInclusiveOrNull(9.5e-1)(case when ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) then if(isNaN(`ratio`), null, `ratio`) end) as assay_26,
toFloat64(sumOrNull(case when ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) then lengthUTF8(toString(`name`)) end)) as assay_27,
maxOrNull(case when ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) then ((toUnixTimestamp64Micro(toDateTime64(`at`, 6, 'UTC')) / 1e6) - (toUnixTimestamp64Micro(toDateTime64(`dt`, 6, 'UTC')) / 1e6)) end) as assay_28,
uniqExactIf(floor((toUnixTimestamp64Micro(toDateTime64(`at`, 6, 'UTC')) / 1e6) / 3600), ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU'))) as assay_29,
uniqExactIf(toDate32(`at`), ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU'))) as assay_30,
uniqExactIf(floor((toInt32(toDate32(`at`)) + 3) / 7), ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU'))) as assay_31,
uniqExactIf(toYear(toDate32(`at`)) * 12 + toMonth(toDate32(`at`)), ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU'))) as assay_32,
count(*) as assay_33
from `candidate` as c settings max_execution_time = 120, join_use_nulls = 1;

select
min(case when `active` then 'true' when not `active` then 'false' end) as assay_group,
count(*) as assay_0
from `candidate` as c where ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) group by `active` limit 1001 settings max_execution_time = 120, join_use_nulls = 1;

select
(select count(*) from (select toString(`name`) as k0 from `candidate` as c where (((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (toString(`name`) is not null))) as t left join (select distinct toString(`name`) as k0, 1 as hit from `other` as c where (toString(`name`) is not null)) as o on t.k0 = o.k0 where o.hit is null) as assay_0,
(select count(*) from (select count(*) as n from (select `id` as k0, 1 as l, 0 as r, case when if(isNaN(`ratio`), null, `ratio`) = 0 then toFloat64(0e+0) else if(isNaN(`ratio`), null, `ratio`) end as a0, null as b0 from `candidate` as c where ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) union all select `id` as k0, 0 as l, 1 as r, null as a0, case when if(isNaN(`ratio`), null, `ratio`) = 0 then toFloat64(0e+0) else if(isNaN(`ratio`), null, `ratio`) end as b0 from `other` as c where ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU'))) as u group by u.k0 having (sum(u.l) <> sum(u.r) or count(u.a0) <> count(u.b0) or abs(min(u.a0) - min(u.b0)) > toFloat64(1e-2) or abs(max(u.a0) - max(u.b0)) > toFloat64(1e-2))) as d) as assay_1
settings max_execution_time = 120, join_use_nulls = 1;

select *
from (select count(*) from `candidate` where ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU'))
) as q limit 2 settings max_execution_time = 120, join_use_nulls = 1;

select
((select (countIf((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (`id` is not null))) - uniqExactIf(`id`, ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')))) from `candidate` as c where ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU'))) + (select count(*) from (select distinct t.k0 as v0 from (select distinct `id` as k0 from `candidate` as c where (((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (`id` is not null))) as t join (select `id` as k0 from `candidate` as c where (case when ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) then 1 else 0 end = 0 and (`id` is not null))) as o on t.k0 = o.k0) as d)) as assay_0,
((select (countIf(((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (`active` = true)) and (`id` is not null) and (toString(`name`) is not null))) - uniqExactIf(tuple(`id`, toString(`name`)), (`id`) is not null and (toString(`name`)) is not null and (((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (`active` = true)))) from `candidate` as c where (((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (`active` = true))) + (select count(*) from (select distinct t.k0 as v0, t.k1 as v1 from (select distinct `id` as k0, toString(`name`) as k1 from `candidate` as c where ((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (`active` = true)) and (`id` is not null) and (toString(`name`) is not null))) as t join (select `id` as k0, toString(`name`) as k1 from `candidate` as c where ((case when ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) then 1 else 0 end = 0 and (`active` = true)) and (`id` is not null) and (toString(`name`) is not null))) as o on t.k0 = o.k0 and t.k1 = o.k1) as d)) as assay_1
settings max_execution_time = 120, join_use_nulls = 1;

select toString(`id`) as k0 from `candidate` as c where ((if(isNaN(`ratio`), null, `ratio`) is null) and ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU'))) order by 1 limit 11 settings max_execution_time = 120, join_use_nulls = 1;

select t.k0 as k0 from (select toString(`id`) as k0, `id` as v0, `dt` as v1 from `candidate` as c where (((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and ((`id`) is not null) and ((`dt`) is not null))) as t join (select `id` as v0, `dt` as v1 from `candidate` as c where (((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and ((`id`) is not null) and ((`dt`) is not null)) group by `id`, `dt` having count(*) > 1) as d on t.v0 = d.v0 and t.v1 = d.v1 order by 1 limit 11 settings max_execution_time = 120, join_use_nulls = 1;

select t.k0 as k0 from (select toString(`id`) as k0, `id` as v0 from `candidate` as c where (((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and ((`id`) is not null))) as t join (select `id` as v0 from `candidate` as c where (((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and ((`id`) is not null)) group by `id` having count(*) > 1 union distinct select distinct t.k0 as v0 from (select distinct `id` as k0 from `candidate` as c where (((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (`id` is not null))) as t join (select `id` as k0 from `candidate` as c where (case when ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) then 1 else 0 end = 0 and (`id` is not null))) as o on t.k0 = o.k0) as d on t.v0 = d.v0 order by 1 limit 11 settings max_execution_time = 120, join_use_nulls = 1;

select t.k0 as k0 from (select toString(`id`) as k0, `id` as v0, toString(`name`) as v1 from `candidate` as c where ((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (`active` = true)) and ((`id`) is not null) and ((toString(`name`)) is not null))) as t join (select `id` as v0, toString(`name`) as v1 from `candidate` as c where ((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (`active` = true)) and ((`id`) is not null) and ((toString(`name`)) is not null)) group by `id`, toString(`name`) having count(*) > 1 union distinct select distinct t.k0 as v0, t.k1 as v1 from (select distinct `id` as k0, toString(`name`) as k1 from `candidate` as c where ((((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (`active` = true)) and (`id` is not null) and (toString(`name`) is not null))) as t join (select `id` as k0, toString(`name`) as k1 from `candidate` as c where ((case when ((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) then 1 else 0 end = 0 and (`active` = true)) and (`id` is not null) and (toString(`name`) is not null))) as o on t.k0 = o.k0 and t.k1 = o.k1) as d on t.v0 = d.v0 and t.v1 = d.v1 order by 1 limit 11 settings max_execution_time = 120, join_use_nulls = 1;

select t.e0 as k0 from (select toString(`name`) as k0, toString(`id`) as e0 from `candidate` as c where (((`dt` = toDate32('2026-01-31')) and (`name` = 'EU')) and (toString(`name`) is not null))) as t left join (select distinct toString(`name`) as k0, 1 as hit from `other` as c where (toString(`name`) is not null)) as o on t.k0 = o.k0 where o.hit is null order by 1 limit 11 settings max_execution_time = 120, join_use_nulls = 1;

