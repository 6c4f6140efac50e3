-- Runs that were told to take far too long and had not ended then: what was said is taken back when they end.
create table assay.open_run_told (
  run_id      uuid        primary key,
  dataset_ids uuid[]      not null, -- of which it was said
  told_at     timestamptz not null
);
