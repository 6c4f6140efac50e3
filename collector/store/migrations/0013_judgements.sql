-- What each detector said, with all that explains it, and how the partition stood when it was said.
alter table assay.verdict
  drop constraint verdict_status_check,
  add constraint verdict_status_check check (status in ('normal', 'notice', 'anomalous', 'learning', 'no_data')),
  add column standing text not null default 'young' check (standing in ('young', 'history', 'backfill')),
  add column finding boolean not null default false, -- shown as one; a 2 sigma crossing beside an adaptive verdict is none
  add column p double precision, -- how rare such a distance is among metrics of its class; null: not known
  add column detection jsonb; -- model/detection.ts, Detection; null: the 2 sigma mode, which needs no more than the columns
update assay.verdict set finding = true where status = 'anomalous';
drop index assay.verdict_anomalous;
create index verdict_finding on assay.verdict (decided_at desc) where finding;
create index verdict_simple on assay.verdict (decided_at desc) where detector = 'sigma' and status = 'anomalous' and not finding;

-- Wait for a moment: a partition that still grows is looked at when its time is over. `rescored`: only its
-- history or what people say of it changed, so partitions after it need no new look because of it.
alter table assay.evaluation_due add column rescored boolean not null default false;

-- Runs that wrote many partitions at once: one event, instead of a finding for each.
create table assay.backfill (
  dataset_id uuid        not null,
  run_id     uuid        not null, -- or the gate's evaluation
  partitions integer     not null,
  oldest     text        not null,
  newest     text        not null,
  stated_at  timestamptz not null,
  primary key (dataset_id, run_id)
);
create index backfill_by_time on assay.backfill (stated_at desc);
