-- Promises in time that contracts make (rules/objective): each is looked at when the clock can change it, for
-- nothing happens at the moment at which data does not come.

create table assay.objective (
  dataset_id     uuid        not null, -- of the contract
  name           text        not null, -- landed_by, freshness, …
  promise        jsonb       not null, -- rules/objective/promise.ts
  since          timestamptz not null, -- when this very promise was made
  next_at        timestamptz not null, -- the next moment at which it is to be looked at
  settled_before timestamptz,          -- what was due up to then is settled
  state          text        not null default 'waiting'
                   check (state in ('waiting', 'met', 'at_risk', 'missed', 'cannot_tell')),
  why            text,                 -- of cannot_tell, missed and at_risk
  judged_at      timestamptz,
  primary key (dataset_id, name)
);
create index objective_next on assay.objective (next_at);

-- What became of each time that a promise fell due.
create table assay.objective_period (
  dataset_id    uuid        not null,
  name          text        not null,
  period        text        not null, -- 2026-01-05, 2026-01-05T07, 2026-01; else the landing before
  partition     text        not null, -- '' when none is known
  due_at        timestamptz not null,
  state         text        not null check (state in ('waiting', 'met', 'missed', 'late', 'cannot_tell')),
  landed_at     timestamptz,
  late_seconds  double precision,     -- once it landed
  message       text        not null,
  missed_alarm  uuid,                 -- of the evidence while a miss stands
  predicted_at  timestamptz,          -- when a miss was first foreseen
  expected_at   timestamptz,
  blocking_id   uuid,                 -- what everything waited for
  warning       text,
  warning_alarm uuid,                 -- of the evidence while the warning stands
  primary key (dataset_id, name, period)
);
create index objective_period_by_due on assay.objective_period (dataset_id, name, due_at desc);
create index objective_period_alarm on assay.objective_period (due_at) where missed_alarm is not null or warning_alarm is not null;

alter table assay.evidence drop constraint evidence_source_check,
  add constraint evidence_source_check
    check (source in ('verdict', 'freshness', 'check', 'publication', 'run', 'objective'));
