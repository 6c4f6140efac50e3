-- The circuit breaker of tables that loads feed by themselves: each line is one pause of one load. It is written
-- before the statement is sent, so that a crash in between is repaired by looking (model/feed-pause.ts).
create table assay.feed_pause (
  id         uuid        primary key,
  seq        bigint      generated always as identity,
  dataset_id uuid        not null, -- the name that the contract is for
  warehouse  text        not null,
  place      text        not null, -- the target without its options: these may change while it is paused
  target     text        not null,
  feed_id    text        not null, -- the warehouse's
  feed       text        not null,
  state      text        not null check (state in ('pausing', 'paused', 'resuming', 'released', 'overridden', 'foreign', 'ended')),
  breaches   jsonb       not null, -- [{id, kind, message}]
  doubtful   boolean     not null default false, -- the answer to a RESUME was lost
  paused_at  text,                 -- as the warehouse writes it
  detail     text        not null, -- the warehouse's words
  begun_at   timestamptz not null,
  changed_at timestamptz not null
);
create unique index feed_pause_open on assay.feed_pause (warehouse, place, feed_id) where state in ('pausing', 'paused', 'resuming');
create index feed_pause_by_feed on assay.feed_pause (warehouse, place, feed_id, seq desc);
create index feed_pause_by_dataset on assay.feed_pause (dataset_id, seq desc);
