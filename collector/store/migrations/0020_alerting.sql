-- From an incident's change to the person who is told: what is known of it, whom it was told, and the outbox of
-- messages with its ledger. Incidents are named without a foreign key: they are kept by others, for less long.

-- How far the incidents' changes have been read.
create table assay.alert_position (
  one        boolean     primary key default true check (one),
  cursor     text,
  updated_at timestamptz not null
);
insert into assay.alert_position (cursor, updated_at) values (null, now());

-- The latest version of each incident as an alert.
create table assay.alert_incident (
  incident_id     uuid        primary key,
  version         integer     not null,
  state           text        not null check (state in ('firing', 'acknowledged', 'resolved')),
  event           jsonb       not null, -- model/alert.ts
  planned_version integer,              -- that everyone has been told of; null: none yet
  look_at         timestamptz,          -- when something may be due; null: not before there is news
  updated_at      timestamptz not null
);
create index alert_incident_due on assay.alert_incident (look_at, incident_id) where look_at is not null;

-- What each receiver was last told of an incident. recipient '': the channel's own default.
create table assay.alert_told (
  incident_id uuid        not null references assay.alert_incident on delete cascade,
  channel     text        not null,
  recipient   text        not null,
  route       text        not null,
  role        text        not null check (role in ('receiver', 'escalation', 'impact')),
  how         text        not null check (how in ('message', 'digest')),
  state       text        not null,
  severity    text        not null,
  version     integer     not null,
  since       timestamptz not null,
  at          timestamptz not null,
  count       integer     not null,
  thread      text,                 -- what the receiver calls the message, to answer or change it
  primary key (incident_id, channel, recipient)
);

-- Messages: written in the transaction that decided on them, delivered afterwards at least once.
create table assay.alert_delivery (
  key           text        primary key, -- the same for every attempt
  position      bigint      generated always as identity,
  channel       text        not null,
  recipient     text        not null,
  kind          text        not null,
  incident_ids  uuid[]      not null,
  event         jsonb       not null,
  others        jsonb       not null,
  calls         integer     not null,    -- alerts that count against the channel's budget
  because       text        not null,
  state         text        not null default 'waiting' check (state in ('waiting', 'delivered', 'dead')),
  attempts      integer     not null default 0,
  next_at       timestamptz not null,
  claimed_until timestamptz,             -- a collector is at it, unless it died
  last_error    text,
  created_at    timestamptz not null,
  settled_at    timestamptz
);
create index alert_delivery_waiting on assay.alert_delivery (channel, recipient, position) where state = 'waiting';
create index alert_delivery_spent on assay.alert_delivery (channel, created_at) where calls > 0;
create index alert_delivery_by_time on assay.alert_delivery (created_at desc, position desc);
create index alert_delivery_by_incident on assay.alert_delivery using gin (incident_ids);

-- Alerts that were too many for a channel and wait for its next digest.
create table assay.alert_digest_entry (
  channel     text        not null,
  recipient   text        not null,
  incident_id uuid        not null,
  severity    text        not null,
  dataset     text        not null,
  subject     text        not null,
  event       jsonb       not null,
  at          timestamptz not null,
  primary key (channel, recipient, incident_id)
);

-- What was held back, by which silence, quiet hours or window, and until when.
create table assay.alert_hold (
  incident_id uuid        not null,
  version     integer     not null,
  channel     text        not null,
  recipient   text        not null,
  silence_id  uuid,
  held_until  timestamptz,              -- null: it never goes there
  because     text        not null,
  at          timestamptz not null,
  primary key (incident_id, version, channel, recipient)
);
create index alert_hold_by_silence on assay.alert_hold (silence_id, at) where silence_id is not null;
create index alert_hold_by_time on assay.alert_hold (at);

create table assay.alert_silence (
  id         uuid        primary key,
  match      jsonb       not null, -- {field: [pattern]}
  author     text        not null,
  comment    text        not null,
  starts_at  timestamptz not null,
  ends_at    timestamptz not null check (ends_at > starts_at),
  created_at timestamptz not null,
  ended_by   text                  -- who ended it early
);
create index alert_silence_by_end on assay.alert_silence (ends_at);

-- How each channel does.
create table assay.alert_channel (
  name            text        primary key,
  failures        integer     not null default 0, -- in a row
  failing_since   timestamptz,
  last_success_at timestamptz,
  last_error      text,
  not_before      timestamptz,                    -- as the receiver asked
  heartbeat_at    timestamptz                     -- when the next one is due; null: none is sent
);
