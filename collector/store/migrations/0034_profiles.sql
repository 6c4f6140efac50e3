-- What tells whether a partition holds the rows of another one: of the version that was profiled last.
create table assay.partition_content (
  dataset_id uuid        not null,
  partition  text        not null,
  version    uuid        not null, -- the gate's evaluation or the profile
  stated_at  timestamptz not null,
  row_count  bigint      not null,
  checksum   bytea,                -- of the rows without the partition's columns, whatever their order
  keys       bytea,                -- the smallest 64-bit hashes of the keys, ascending, eight bytes each
  primary key (dataset_id, partition)
);
-- The keys hardly compress, and are not read with the checksums alone.
alter table assay.partition_content alter column keys set storage external;
create index partition_content_stated on assay.partition_content using brin (stated_at);

-- All segments of a partition; the primary key leads by segment, for windows over one of them.
create index partition_statistics_segments on assay.partition_statistics (dataset_id, partition) where segment <> '';
