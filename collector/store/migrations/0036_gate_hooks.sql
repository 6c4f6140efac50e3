-- Who is told of the gate's decisions, and how far: the audit log is the outbox.
create table assay.gate_hook (
  name          text        primary key,
  position      bigint      not null, -- in the audit log: told up to here
  attempts      integer     not null default 0, -- failures in a row
  next_at       timestamptz not null default '-infinity',
  last_error    text,
  claimed_by    text,
  claimed_until timestamptz
);
