-- What changed and has not been looked at yet. Written in the transaction that stored the events, so a
-- crash loses nothing; many events about one partition are one row.
create table assay.evaluation_due (
  dataset_id  uuid        not null,
  partition   text        not null,
  due_at      timestamptz not null,
  taken_until timestamptz, -- a collector is at work on it; when this passes, another may take it
  primary key (dataset_id, partition)
);

-- What the detectors said of each watched metric of each partition: normal verdicts too, for the charts'
-- expected bands. `status` anomalous is a finding.
create table assay.verdict (
  dataset_id uuid             not null,
  partition  text             not null,
  metric     text             not null, -- row_count, null_percentage(c), avg(c)
  detector   text             not null,
  status     text             not null check (status in ('normal', 'anomalous', 'learning', 'no_data')),
  value      double precision,
  mean       double precision,
  low        double precision,
  high       double precision,
  score      double precision,
  direction  text,
  slot       text             not null,
  baseline   jsonb            not null, -- [{partition, value}]
  message    text             not null,
  decided_at timestamptz      not null,
  primary key (dataset_id, partition, metric, detector)
);
create index verdict_anomalous on assay.verdict (decided_at desc) where status = 'anomalous';
