-- What watchers of other systems (the loads of a StarRocks database) remember between two looks, and until when one
-- of the collectors has taken it: of several, one watches.
create table assay.watch_state (
  source      text        primary key,
  state       text,                 -- the watcher's own JSON; null before its first look is over
  holder      uuid        not null,
  taken_until timestamptz not null,
  updated_at  timestamptz not null
);
