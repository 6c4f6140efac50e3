-- The columns of candidates, once for each list of columns: `schema unchanged` compares with those of the last
-- candidate that was let through.
create table assay.candidate_schema (
  id uuid primary key,
  columns jsonb not null
);
alter table assay.evaluation add column candidate_schema_id uuid;
