-- The raw log (schema assay) is the truth; everything in assay_model is a function of the set of its
-- events and can be rebuilt by replay. Ids are derived from names (model/ids.ts), so they do not depend
-- on the order of arrival and need no allocation. There are no foreign keys inside the model: rows of
-- one event are written together, and replay builds the whole schema anew.

create sequence assay.raw_event_sequence;

create table assay.raw_event (
  id          uuid        not null, -- first 128 bits of SHA-256 over the event's bytes
  event_time  timestamptz not null, -- as stated by the producer: the same event always meets its twin here
  received_at timestamptz not null,
  sequence    bigint      not null default nextval('assay.raw_event_sequence'), -- a clean cut for replay
  segment     bigint      not null, -- the raw_segment with its bytes, received at the same instant
  position    integer     not null, -- of its first byte in the decompressed segment
  length      integer     not null, -- in bytes
  primary key (event_time, id)
) partition by range (event_time);

create index raw_event_sequence_brin on assay.raw_event using brin (sequence);
create table assay.raw_event_other partition of assay.raw_event default;

create sequence assay.raw_segment_sequence;

-- The bytes of a batch of events, joined and compressed together.
create table assay.raw_segment (
  id          bigint      not null default nextval('assay.raw_segment_sequence'),
  received_at timestamptz not null,
  codec       smallint    not null, -- 0: as received, 1: zstd
  events      integer     not null, -- that were new: a duplicate's bytes may be here too, but no row points at them
  body        bytea       not null,
  primary key (received_at, id)
) partition by range (received_at);

alter table assay.raw_segment alter column body set storage external; -- already compressed
create table assay.raw_segment_other partition of assay.raw_segment default;

-- What could not be accepted, kept as received: fix, replay or discard.
create table assay.quarantine (
  id               uuid        primary key, -- of the bytes: the same bad event again only counts
  first_received_at timestamptz not null,
  last_received_at timestamptz not null,
  times            integer     not null default 1,
  source           text        not null, -- http, file, kafka
  producer         text,
  reason           text        not null,
  problems         jsonb       not null, -- [{pointer, detail}]
  codec            smallint    not null,
  body             bytea       not null,
  state            text        not null default 'open' check (state in ('open', 'replayed', 'discarded')),
  note             text
);
create index quarantine_open on assay.quarantine (last_received_at desc) where state = 'open';

create table assay_model.namespace (
  id   uuid primary key,
  name text not null
);

create table assay_model.job (
  id           uuid primary key,
  namespace_id uuid not null,
  name         text not null
);
create index job_by_namespace on assay_model.job (namespace_id);

create table assay_model.dataset (
  id           uuid primary key,
  namespace_id uuid not null,
  name         text not null
);
create index dataset_by_namespace on assay_model.dataset (namespace_id);
create index dataset_by_name on assay_model.dataset using hash (name);

-- One row per run: the merged state of all its events (model/run-state.ts). Keys are order keys
-- (model/order-key.ts): 16 bytes that sort by (event time, kind, event hash).
create table assay_model.run (
  id              uuid        primary key,
  external_id     text,                 -- when the producer's runId is not a UUID
  job_id          uuid        not null,
  job_stated      boolean     not null, -- false: known only from a child's parent facet (a stub)
  job_key         uuid        not null,
  state           text        not null,
  attempts        integer     not null,
  conflicting     boolean     not null, -- FAIL and COMPLETE in one attempt
  start_missing   boolean     not null,
  started_at      timestamptz,
  ended_at        timestamptz,
  last_event_at   timestamptz not null,
  event_count     integer     not null,
  attempt_key     uuid        not null, -- where the last attempt begins: older statistics do not count
  transitions     uuid[]      not null, -- order keys of every START and terminal event, the last RUNNING, the last OTHER
  first_key       uuid        not null,
  last_key        uuid        not null,
  nominal_start   timestamptz,
  nominal_end     timestamptz,
  parent_run_id   uuid,
  root_run_id     uuid,
  facts           jsonb       not null  -- last claim of each facet: {name: {key, value}}
) with (fillfactor = 70);
create index run_by_job on assay_model.run (job_id, first_key desc); -- first_key hardly ever changes: updates stay heap-only
create index run_by_parent on assay_model.run (parent_run_id) where parent_run_id is not null;

-- What one run said of one dataset (and partition): the facts of datasets live here, per run, and a
-- dataset's current value is read from the newest run that states one.
create table assay_model.run_dataset (
  run_id           uuid     not null,
  dataset_id       uuid     not null,
  role             smallint not null, -- 0 input, 1 output, 2 static (DatasetEvent; run_id is the event's id)
  stated_partition text     not null, -- as the event says, '' when it says nothing
  partition        text     not null, -- the stated one, or inferred from the run's nominal time, or ''
  inferred         boolean  not null,
  schema_id        uuid,
  schema_key       uuid,
  lineage_id       uuid,
  lineage_key      uuid,
  version          text,
  version_key      uuid,
  statistics       jsonb,             -- {fact key: [order key, value, source]}
  primary key (run_id, dataset_id, role, stated_partition)
) with (fillfactor = 85);
create index run_dataset_by_dataset on assay_model.run_dataset (dataset_id, partition);

-- Which job reads and writes which dataset: lineage at the level of tables.
create table assay_model.job_dataset (
  job_id     uuid     not null,
  dataset_id uuid     not null,
  role       smallint not null, -- 0 input, 1 output
  primary key (job_id, dataset_id, role)
);
create index job_dataset_by_dataset on assay_model.job_dataset (dataset_id, role);

-- Schema versions are addressed by their content: two datasets with equal columns share one.
create table assay_model.schema_version (
  id     uuid  primary key,
  fields jsonb not null -- [{name, type, description, fields}]
);
create table assay_model.schema_column (
  schema_id   uuid    not null,
  ordinal     integer not null,
  name        text    not null, -- nested columns as a dotted path
  type        text,
  description text,
  primary key (schema_id, ordinal)
);
create table assay_model.dataset_schema (
  dataset_id uuid not null,
  schema_id  uuid not null,
  primary key (dataset_id, schema_id)
);

-- Lineage at the level of columns; output_column '' means the whole dataset depends on the input column.
create table assay_model.column_edge (
  id                uuid primary key,
  lineage_id        uuid not null, -- hash of the facet that stated it
  job_id            uuid, -- null: stated by a static DatasetEvent
  output_dataset_id uuid not null,
  output_column     text not null,
  input_dataset_id  uuid not null,
  input_column      text not null,
  transformations   jsonb not null -- [{type, subtype, masking}]
);
create index column_edge_by_output on assay_model.column_edge (output_dataset_id);
create index column_edge_by_input on assay_model.column_edge (input_dataset_id);

-- Facets that could not be understood: the event is kept, the fault is shown by producer.
create table assay_model.facet_warning (
  producer      text        not null,
  facet         text        not null,
  reason        text        not null,
  pointer       text        not null,
  events        integer     not null,
  last_event_at timestamptz not null,
  example_event uuid        not null,
  primary key (producer, facet, reason)
);
