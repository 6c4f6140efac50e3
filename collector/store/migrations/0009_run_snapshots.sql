-- Of each run the last event that is complete by itself (jobType.emissionPattern COMPLETE_SNAPSHOT): what it names
-- is what the run reads and writes. Runs whose events add up, nearly all, have no row.
create table assay_model.run_snapshot (
  run_id   uuid  primary key,
  key      uuid  not null,
  mentions jsonb not null -- ["<dataset id><role><stated partition>"]
);
