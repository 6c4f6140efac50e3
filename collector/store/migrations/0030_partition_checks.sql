-- What the checks of a dataset's contract say of each partition, answered by the monitor from measurements alone.
-- One row for a partition: the results in the contract's order, with all that they follow from.
create table assay.partition_check (
  dataset_id       uuid        not null, -- the name that stands for the dataset
  partition        text        not null,
  series           text        not null, -- LIKE pattern of the keys of its series
  contract_version text        not null,
  contract_hash    text        not null,
  status           text        not null check (status in ('pass', 'warn', 'fail', 'error', 'no_data', 'learning', 'skipped')),
  wrong            boolean     not null, -- something of it is evidence for an incident
  run_id           uuid,                 -- that stated what was judged last
  stated_at        timestamptz not null,
  decided_at       timestamptz not null,
  results          jsonb       not null, -- [model/result.ts, CheckResult]
  primary key (dataset_id, partition)
);
create index partition_check_wrong on assay.partition_check (decided_at) where wrong;
create index partition_check_by_time on assay.partition_check (stated_at desc, dataset_id desc, partition desc);
