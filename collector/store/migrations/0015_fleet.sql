-- How far out values lie when nobody said that anything was wrong: by class of metrics and day a sample of |z|.
-- Of all scores those with the lowest hashes of (dataset, partition, metric) are kept, so the sample depends on
-- what was judged and not on when or in which order, and a score that is judged anew takes its own place.
create table assay.fleet_sample (
  class  text     not null, -- cadence and kind: 'daily count'
  day    date     not null, -- when the values were stated
  hashes bigint[] not null, -- sorted upwards
  scores real[]   not null,
  primary key (class, day)
);

create index verdict_notice on assay.verdict (decided_at desc) where status = 'notice' and standing = 'young';
