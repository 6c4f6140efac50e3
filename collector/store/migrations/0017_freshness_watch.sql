-- From when on the next landing of a dataset is late, by how often it landed so far (detectors/freshness.ts):
-- nothing happens at that moment, so somebody must look.
create table assay.freshness_watch (
  dataset_id uuid        primary key,
  late_at    timestamptz not null,
  told       boolean     not null -- that it is late; until it lands again
);
create index freshness_watch_open on assay.freshness_watch (late_at) where not told;
