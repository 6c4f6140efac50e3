-- Statistics of partitions and of their segments, packed: one row each, whatever the number of columns.
-- What the bytes say: docs/statistics.md.

-- The fact keys that packed numbers stand for, in their order. Rows share them: the id is of the content.
create table assay.statistics_layout (
  id   uuid   primary key,
  keys text[] not null
);

-- The version that counts: the one that was stated last.
create table assay.partition_statistics (
  dataset_id uuid        not null,
  segment    text        not null, -- country=DE; '' is the whole partition
  partition  text        not null,
  at         timestamptz,          -- the day or time that the partition is about, when its key tells
  version    uuid        not null, -- the run, the gate's evaluation or the profile
  stated_at  timestamptz not null,
  profiled   boolean     not null, -- measured in the warehouse; false: folded from what was said
  layout_id  uuid        not null,
  numbers    bytea       not null,
  sketches   bytea,
  primary key (dataset_id, segment, partition)
);
-- Numbers are read by the window and are small: they stay in the row. Sketches are neither, and dense already.
alter table assay.partition_statistics alter column numbers set storage main;
alter table assay.partition_statistics alter column sketches set storage external;
-- Rows are written in about the order of this: retention finds old ones without an index of their size.
create index partition_statistics_stated on assay.partition_statistics using brin (stated_at);

-- Versions that another one has replaced, or that arrived after a later one.
create table assay.superseded_statistics (
  like assay.partition_statistics including storage,
  primary key (dataset_id, segment, partition, version)
);
create index superseded_statistics_stated on assay.superseded_statistics using brin (stated_at);
