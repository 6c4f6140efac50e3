-- Contracts, evaluations of candidates, waivers and the ledger of publications. Datasets are named by
-- their derived id without a foreign key: assay_model is rebuilt by replay.

create table assay.contract (
  dataset_id uuid        not null,
  namespace  text        not null, -- '' when neither the contract nor the model tells
  name       text        not null,
  version    text        not null, -- semver
  precedence integer[]   not null, -- major, minor, patch, 1 (0 for a pre-release)
  hash       text        not null, -- SHA-256 of the text
  owner      text        not null,
  file_name  text        not null,
  text       text        not null, -- as pushed: it is parsed again when used
  pushed_at  timestamptz not null,
  pushed_by  text,
  primary key (dataset_id, version)
);
create index contract_by_name on assay.contract (name);

create table assay.evaluation (
  id                uuid        primary key,
  dataset_id        uuid        not null,
  namespace         text        not null,
  name              text        not null,
  partition         text        not null, -- '' for a dataset without
  contract_version  text        not null,
  contract_hash     text        not null,
  warehouse         text        not null,
  target            text,                 -- null: the contract publishes nowhere
  empty_partition   text        not null, -- block, allow: the contract's word on an empty candidate
  candidate_kind    text        not null,
  candidate_ref     text        not null,
  candidate_version text,                 -- null until measured
  row_count         bigint,
  sql_hash          text,                 -- of the compiled facts; null when answered from measurements
  state             text        not null check (state in ('pending', 'running', 'passed', 'passed_with_warnings', 'failed',
                      'error', 'no_data', 'learning', 'waived', 'expired', 'published', 'superseded')),
  decision          text        check (decision in ('allow', 'block', 'unknown')),
  reasons           jsonb       not null default '[]',
  excluded          text,                 -- why this partition stays out of baselines, or null
  idempotency_key   text,
  requested_by      text,
  requested_at      timestamptz not null,
  decided_at        timestamptz
);
create unique index evaluation_by_key on assay.evaluation (dataset_id, idempotency_key) where idempotency_key is not null;
create index evaluation_by_partition on assay.evaluation (dataset_id, partition desc, requested_at desc, id desc);
create index evaluation_by_time on assay.evaluation (requested_at desc, id desc);

create table assay.check_result (
  evaluation_id uuid     not null references assay.evaluation (id) on delete cascade,
  position      smallint not null,
  check_id      text     not null,
  text          text     not null,
  severity      text     not null,
  status        text     not null,
  value         double precision,
  expected      text     not null,
  message       text     not null,
  facts         jsonb    not null, -- {fact key: value}
  baseline      jsonb    not null, -- [{partition, value}]
  primary key (evaluation_id, position)
);

-- What was measured on candidates: the baselines of later candidates are read from here.
create table assay.candidate_measurement (
  evaluation_id uuid             not null references assay.evaluation (id) on delete cascade,
  dataset_id    uuid             not null,
  partition     text             not null,
  key           text             not null,
  value         double precision not null,
  version       text             not null, -- the candidate's, from the same snapshot
  taken_at      timestamptz      not null,
  primary key (evaluation_id, key)
);
create index candidate_measurement_by_partition on assay.candidate_measurement (dataset_id, partition desc);

create table assay.waiver (
  id            uuid        primary key,
  evaluation_id uuid        not null references assay.evaluation (id),
  dataset_id    uuid        not null,
  partition     text,                 -- null: any partition while it lasts
  check_ids     text[]      not null check (cardinality(check_ids) > 0),
  reason        text        not null check (reason <> ''),
  requested_by  text        not null,
  requested_at  timestamptz not null,
  approved_by   text        check (lower(trim(approved_by)) <> lower(trim(requested_by))),
  approved_at   timestamptz,
  expires_at    timestamptz not null
);
create index waiver_by_dataset on assay.waiver (dataset_id, expires_at);

-- The ledger. A row is written before the warehouse is touched and settled after; its id is the token that
-- the target itself carries, so a crash between the two can be repaired.
create table assay.publication (
  id                uuid        primary key,
  kind              text        not null check (kind in ('publish', 'rollback')),
  evaluation_id     uuid        references assay.evaluation (id), -- null for a rollback
  dataset_id        uuid        not null,
  namespace         text        not null,
  name              text        not null,
  partition         text        not null,
  warehouse         text        not null,
  target            text        not null,
  candidate_ref     text,
  candidate_version text,
  state             text        not null check (state in ('publishing', 'published', 'replaced', 'rolled_back', 'failed')),
  previous          text,                 -- where the data served before is kept
  reason            text,                 -- why it failed
  requested_by      text,
  started_at        timestamptz not null,
  lease_until       timestamptz not null, -- before this its owner may still begin its work in the warehouse
  finished_at       timestamptz
);
-- One at a time for a partition.
create unique index publication_under_way on assay.publication (dataset_id, partition) where state = 'publishing';
create index publication_by_partition on assay.publication (dataset_id, partition, started_at desc);
create index publication_by_evaluation on assay.publication (evaluation_id);
