-- What people said of partitions and metrics (model/mark.ts). Nothing is ever changed here: who was wrong
-- takes the mark back by a row of its own.
create table assay.mark (
  id         uuid        primary key,
  dataset_id uuid        not null,
  partition  text        not null,
  metric     text,                 -- null: every metric
  kind       text        not null check (kind in ('expected', 'new_normal', 'incident', 'noisy')),
  reason     text        not null check (reason <> ''),
  author     text        not null check (author <> ''),
  marked_at  timestamptz not null
);
create index mark_by_dataset on assay.mark (dataset_id, marked_at desc, id desc);

create table assay.mark_withdrawal (
  mark_id      uuid        primary key references assay.mark (id),
  reason       text        not null check (reason <> ''),
  author       text        not null check (author <> ''),
  withdrawn_at timestamptz not null
);
