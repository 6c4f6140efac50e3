-- What was seen to be wrong, and the incidents that it is folded into. Datasets are named by their derived id
-- without a foreign key: assay_model is rebuilt by replay.

-- A fact is one row however often it is told: its id is derived from it.
create table assay.evidence (
  id            uuid             primary key,
  source        text             not null check (source in ('verdict', 'freshness', 'check', 'publication', 'run')),
  dataset_id    uuid             not null, -- the name that stands for the dataset when it was seen
  partition     text             not null,
  kind          text             not null, -- model/evidence.ts
  severity      text             not null check (severity in ('notice', 'warning', 'critical')),
  at            timestamptz      not null, -- of what it follows from, not of when somebody looked
  made_at       timestamptz,
  direction     text,
  summary       text             not null,
  subject       text             not null, -- metric, check id, job
  own_fault     text,
  value         double precision,
  expected      text,
  hint          text,
  hard          boolean          not null, -- one good partition after it clears it; else two
  detector      text,                      -- of a verdict
  run_id        uuid,                      -- that wrote the data, or failed
  evaluation_id uuid,
  noted_at      timestamptz      not null,
  incident_id   uuid,                      -- null: not folded yet
  group_key     uuid,                      -- the earliest evidence of what it was folded with
  because       jsonb,
  cleared_at    timestamptz,               -- when what was good again was made
  cleared_by    text                       -- reversed: it is no longer so; good: later data is good
);
create index evidence_new on assay.evidence (at) where incident_id is null;
create index evidence_by_fact on assay.evidence (dataset_id, partition, subject);
create index evidence_by_run on assay.evidence (run_id) where source = 'run';
create index evidence_by_evaluation on assay.evidence (evaluation_id) where evaluation_id is not null;
create index evidence_by_time on assay.evidence (at);
create index evidence_by_incident on assay.evidence (incident_id, at);
create index evidence_standing on assay.evidence (source, dataset_id) where cleared_at is null;

create table assay.incident (
  id               uuid        primary key, -- derived from its earliest evidence
  fingerprint      uuid        not null,    -- of root dataset and kind family; stays once it was told
  state            text        not null check (state in ('open', 'acknowledged', 'snoozed', 'resolved', 'merged')),
  root_id          uuid        not null,
  root_how         text        not null check (root_how in ('observed', 'suspected')),
  kind             text        not null,
  severity         text        not null check (severity in ('notice', 'warning', 'critical')),
  tier             smallint    not null,
  owner            text,
  head_id          uuid        not null,    -- the evidence that stands for it
  opened_at        timestamptz not null,
  last_at          timestamptz not null,
  page_at          timestamptz not null,    -- nobody is called before
  evidence         integer     not null,
  standing         integer     not null,    -- evidence that is not cleared
  datasets         integer     not null,
  impacted         jsonb       not null,    -- [dataset id], nearest first
  impacted_count   integer     not null,
  owners           text[]      not null,    -- of the root and of what lies below
  changes          jsonb       not null,    -- [sentence]
  acknowledged_at  timestamptz,
  acknowledged_by  text,
  snoozed_until    timestamptz,
  assignee         text,
  resolved_at      timestamptz,
  resolution       text check (resolution in ('evidence', 'fixed', 'expected', 'new_normal', 'false_alarm')),
  ruled_at         timestamptz,             -- when a person resolved it: evidence up to then counts no more
  reopened         timestamptz[] not null default '{}',
  merged_into      uuid,
  version          integer     not null,    -- one more for each change that is worth telling
  told_version     integer     not null default 0,
  updated_at       timestamptz not null
);
create index incident_open on assay.incident (fingerprint, opened_at) where state in ('open', 'acknowledged', 'snoozed');
create index incident_by_fingerprint on assay.incident (fingerprint, last_at desc);
create index incident_by_root on assay.incident (root_id);
create index incident_by_time on assay.incident (opened_at desc, id desc);
create index incident_by_survivor on assay.incident (merged_into) where merged_into is not null;
create index incident_untold on assay.incident (page_at) where version > told_version;

-- What happened and why; nothing is ever changed here.
create table assay.incident_event (
  id          bigint      generated always as identity primary key,
  incident_id uuid        not null,
  at          timestamptz not null,
  type        text        not null,
  actor       text,        -- null: Assay itself
  message     text        not null
);
create index incident_event_by_incident on assay.incident_event (incident_id, id);

-- Runs that failed, or that had and do no longer. Written in the transaction that stored the events.
create table assay.failed_run_due (
  run_id uuid        primary key,
  due_at timestamptz not null
);

-- How far each source of evidence has been read.
create table assay.evidence_read (
  source     text        primary key,
  read_until timestamptz not null
);
