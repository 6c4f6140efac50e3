-- How far jobs that write datasets from streams have come, as they say: what promises of `lag` are judged by. Kept
-- for two days.
create table assay.stream_progress (
  dataset_id    uuid        not null,
  at            timestamptz not null,
  processed_to  timestamptz,      -- event time of the last record that was processed; null before the first
  source_offset double precision, -- how many records the source had; null when that is not known
  primary key (dataset_id, at)
);
