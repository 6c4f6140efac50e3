-- What an operator sees of a quarantined event and did with it. Nothing but retention deletes an entry.
alter table assay.quarantine
  add column size integer not null default 0,   -- bytes as received
  add column excerpt text not null default '',  -- the beginning as text, to search in: the body is compressed
  add column settled_at timestamptz,            -- when it was replayed or discarded
  add column settled_by text,
  add column replayed_as uuid;                  -- the event that it became
update assay.quarantine set size = octet_length(body) where codec = 0;
-- Pages are read along this, newest first.
create index quarantine_by_time on assay.quarantine (last_received_at desc, id desc);
create index quarantine_open_by_producer on assay.quarantine (producer) where state = 'open';

-- How far `assay import` has read a file. Kept with the events, so that it never says more than what is stored.
create table assay.import_position (
  id          uuid        primary key, -- of the machine's name and the file's path
  machine     text        not null,
  path        text        not null,
  position    bigint      not null, -- bytes read (after decompression); of a folder the newest file's time, in milliseconds
  lines       bigint      not null, -- lines read, so that faults are told by their line
  fingerprint text        not null, -- of the bytes just before the position: another file of that name begins anew
  events      bigint      not null, -- stored over all runs
  rejected    bigint      not null,
  updated_at  timestamptz not null
);

-- Dictionaries by which small segments of the raw log are compressed: raw bytes of earlier events.
create table assay.raw_dictionary (
  id      integer     generated always as identity primary key,
  made_at timestamptz not null,
  body    bytea       not null
);
