-- What many events say in the same words (a job's facets, a dataset's) is kept once: segments of the raw log
-- refer to it by its number (ingest/segment-references.ts) instead of holding it each.
create table assay.raw_passage (
  id           bigint      generated always as identity primary key,
  hash         uuid        not null unique, -- first 128 bits of SHA-256 over the bytes
  mark         integer     not null, -- the hash's first 20 bits: references are checked by it
  needed_until timestamptz not null, -- segments that are received up to then may refer to it
  codec        smallint    not null, -- as of raw_segment, never by reference
  body         bytea       not null
) with (fillfactor = 90);

alter table assay.raw_passage alter column body set storage external; -- already compressed
