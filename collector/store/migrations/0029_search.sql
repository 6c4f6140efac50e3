-- What search looks at. Everything here follows from the model, contracts and the gate, and is kept up to date beside
-- ingest (collector/search), never in its transaction: emptied, it fills itself again.

-- Trigrams help with typing errors and parts of words. Without them search works by words and beginnings.
do $$ begin
  create extension if not exists pg_trgm with schema assay;
exception
  when insufficient_privilege or feature_not_supported or undefined_file or invalid_schema_name then
    raise notice 'pg_trgm is not available: search works without tolerance of typing errors';
end $$;

-- One row for each thing that can be found: a dataset under the name that stands for it, a job, an owner, a tag, a contract.
create table assay.search_entity (
  kind          text        not null check (kind in ('dataset', 'job', 'owner', 'tag', 'contract')),
  id            uuid        not null, -- of the dataset or job; of an owner or tag derived from its name
  namespace     text        not null,
  name          text        not null,
  folded        text        not null, -- the words of the name (model/search-words.ts)
  last_part     text        not null, -- the words of what follows its last dot or slash
  name_words    tsvector    not null, -- of all its names
  words         tsvector    not null, -- those, and of columns, owner, tags, descriptions; '=customer_id' for a column as a whole
  description   text,
  owner         text,
  layer         text,
  platform      text,                 -- scheme of the namespace
  tags          text[]      not null,
  status        text        not null,
  contract      text,                 -- version in force
  consumers     integer     not null, -- jobs that read it
  weight        real        not null, -- by use and trust: what is found stands in this order among equals
  schema_id     uuid,
  last_event_at timestamptz,
  content       uuid        not null, -- hash of what is indexed: unchanged, only the rest is written
  refreshed_at  timestamptz not null,
  primary key (kind, id)
) with (fillfactor = 80);
create index search_entity_words on assay.search_entity using gin (words) with (fastupdate = off);
create index search_entity_name_words on assay.search_entity using gin (name_words) with (fastupdate = off);
create index search_entity_folded on assay.search_entity (folded text_pattern_ops);
create index search_entity_last_part on assay.search_entity (last_part text_pattern_ops);
create index search_entity_weight on assay.search_entity (weight desc, id);
create index search_entity_owner on assay.search_entity (owner) where owner is not null;
create index search_entity_tags on assay.search_entity using gin (tags);
create index search_entity_stale on assay.search_entity (refreshed_at);

-- The distinct words of all of them: what a mistyped word may have meant.
create table assay.search_word (
  word text collate "C" primary key
);
do $$ begin
  if to_regclass('assay.search_entity') is not null and exists (
       select from pg_extension e join pg_namespace n on n.oid = e.extnamespace
        where e.extname = 'pg_trgm' and n.nspname in ('assay', 'assay_model', 'public')) then
    execute 'create index search_word_trigrams on assay.search_word using gin (word gin_trgm_ops)';
  end if;
end $$;

-- What is to be looked at anew.
create table assay.search_due (
  kind   text        not null,
  id     uuid        not null,
  due_at timestamptz not null,
  primary key (kind, id)
);
