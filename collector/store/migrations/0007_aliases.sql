-- Names that are one dataset. What events claim is part of the model; what operators decide is not rebuilt.

create table assay_model.dataset_alias (
  from_id   uuid not null,
  to_id     uuid not null,
  kind      text not null check (kind in ('rename', 'table', 'location')), -- model/alias.ts says which end is which
  producer  text not null, -- who claims it; the same claim again changes nothing
  first_key uuid, -- order keys of the first and last event that told of a rename; null for symlinks
  last_key  uuid,
  primary key (from_id, to_id, kind, producer)
);
create index dataset_alias_by_target on assay_model.dataset_alias (to_id);

-- What follows from claims and decisions (model/alias-groups.ts), for every dataset that has another name:
-- reading looks at all names of a group.
create table assay_model.dataset_group (
  dataset_id   uuid primary key,
  canonical_id uuid not null
);
create index dataset_group_by_canonical on assay_model.dataset_group (canonical_id);

-- Of a pair the last word stands.
create table assay.alias_decision (
  id         bigint      generated always as identity primary key,
  a_id       uuid        not null,
  b_id       uuid        not null,
  verdict    text        not null check (verdict in ('join', 'deny', 'clear')),
  reason     text        not null check (reason <> ''),
  author     text        not null check (author <> ''),
  decided_at timestamptz not null,
  check (a_id < b_id)
);
create index alias_decision_by_pair on assay.alias_decision (a_id, b_id, id desc);
create index alias_decision_by_second on assay.alias_decision (b_id);
