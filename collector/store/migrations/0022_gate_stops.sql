-- The gate's stop button. Nothing is ever changed here: the last row of a dataset says how its gate stands.
create table assay.gate_freeze (
  id         bigint      generated always as identity primary key,
  dataset_id uuid        not null, -- the name that the contract is for
  action     text        not null check (action in ('freeze', 'unfreeze')),
  reason     text        not null check (reason <> ''),
  author     text        not null check (author <> ''),
  at         timestamptz not null
);
create index gate_freeze_by_dataset on assay.gate_freeze (dataset_id, id desc);

-- Runs that wrote what a contract names in gate.evaluate_on, and what came of it: each is evaluated once.
create table assay.gate_event (
  dataset_id    uuid        not null, -- whose candidate it is
  run_id        uuid        not null,
  staging_id    uuid        not null,
  partition     text        not null,
  candidate_ref text        not null,
  evaluation_id uuid        references assay.evaluation (id),
  fault         text,                 -- why there is no evaluation
  noted_at      timestamptz not null,
  primary key (dataset_id, run_id, staging_id, partition)
);

-- What waits: most evaluations are published or superseded.
create index evaluation_waiting on assay.evaluation (requested_at) where state not in ('published', 'superseded');
