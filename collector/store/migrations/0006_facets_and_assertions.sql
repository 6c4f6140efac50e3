-- Facets of datasets and jobs, addressed by their content: each is stored once however often it is stated.
create table assay_model.facet (
  id   uuid  primary key, -- hash of the canonical content
  body jsonb not null
);
-- What one event stated of one dataset or job.
create table assay_model.facet_set (
  id     uuid  primary key,
  facets jsonb not null -- {name: facet id, or null where the event took the facet back}
);

-- The one set that still holds, stated by the event of the row's greatest key; null when there is none, or when
-- several may hold: then all with their order keys, flattened (model/facet-set.ts).
alter table assay_model.run_dataset add column facet_set uuid, add column facet_claims uuid[];
alter table assay_model.run add column job_facet_set uuid, add column job_facet_claims uuid[];
-- Facets of runs, inputs and outputs differ from run to run: they are read from the raw events. In the same way
-- the events that may still hold some, each with a hash of the names of its facets.
alter table assay_model.run add column facet_shape uuid, add column facet_events uuid[];
create index run_by_time on assay_model.run (first_key desc, id desc) where job_stated; -- a stub has no first event
create index run_by_root on assay_model.run (root_run_id) where root_run_id is not null;

-- Facets that a JobEvent states of its job.
create table assay_model.job_statement (
  event_id  uuid primary key,
  job_id    uuid not null,
  key       uuid not null,
  facet_set uuid not null
);
create index job_statement_by_job on assay_model.job_statement (job_id);

-- Results of assertions and tests, as events state them. A facet is replaced whole: of one run, dataset and
-- facet those with the greatest key count.
create table assay_model.assertion_result (
  run_id     uuid    not null, -- the event's id for a static DatasetEvent
  dataset_id uuid    not null, -- zeros: said of the run as a whole (the test facet)
  partition  text    not null, -- as stated, '' when the event says nothing
  facet      text    not null, -- dataQualityAssertions, test, greatExpectations_assertions
  key        uuid    not null,
  results    jsonb   not null, -- [{assertion, column, name, success (null: skipped), severity, expected, actual, description}]
  primary key (run_id, dataset_id, partition, facet, key)
);
create index assertion_result_by_dataset on assay_model.assertion_result (dataset_id, key desc);

-- Explicit lineage (LineageFacet): that somebody stated what feeds a target. No edges: it has no source.
create table assay_model.lineage_statement (
  scope_id    uuid    not null, -- the run, whose statements add up; or the static event, which replaces earlier ones
  of_run      boolean not null,
  job_id      uuid,             -- the event's job; null: a DatasetEvent
  target_kind smallint not null, -- 0 dataset, 1 job
  target_id   uuid    not null,
  content_id  uuid    not null, -- of its edges
  key         uuid    not null, -- of the last event that stated it
  primary key (scope_id, target_id, content_id)
);
create index lineage_statement_by_target on assay_model.lineage_statement (target_id, key desc);
create index lineage_statement_by_content on assay_model.lineage_statement (content_id);

create table assay_model.lineage_edge (
  id              uuid     primary key,
  content_id      uuid     not null,
  target_field    text     not null, -- '' for the whole target
  origin_kind     smallint not null,
  origin_id       uuid     not null,
  origin_field    text     not null,
  origin_run_id   uuid,
  transformations jsonb    not null
);
create index lineage_edge_by_content on assay_model.lineage_edge (content_id);
create index lineage_edge_by_origin on assay_model.lineage_edge (origin_id);

-- Datasets that column lineage connects, by job: stands in for the product of inputs and outputs where it exists.
create table assay_model.dataset_edge (
  job_id            uuid not null,
  output_dataset_id uuid not null,
  input_dataset_id  uuid not null,
  primary key (job_id, output_dataset_id, input_dataset_id)
);
create index dataset_edge_by_input on assay_model.dataset_edge (input_dataset_id);
