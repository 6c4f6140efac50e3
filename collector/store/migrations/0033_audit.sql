-- What people and keys did, and what the gate decided: a row is written by the act itself, in its transaction, so that
-- no act is without one, whichever way it came. Nobody waits: the rows are chained afterwards (collector/audit).
create table assay.audit (
  id         bigint         generated always as identity primary key,
  at         timestamptz(3) not null default clock_timestamp(),
  actor      text,                    -- the key's name, else who was said to act; null: Assay itself
  action     text           not null,
  subject    text           not null, -- what it was done to: evaluation, waiver, incident, …
  subject_id text           not null,
  dataset_id uuid,
  detail     text           not null, -- JSON, hashed as it stands
  position   bigint unique,           -- in the chain; null until it is chained
  hash       text,                    -- of the row and of the hash before it (model/audit.ts)
  check ((position is null) = (hash is null))
);
create index audit_unchained on assay.audit (id) where position is null;
create index audit_by_subject on assay.audit (subject_id, position);
create index audit_by_dataset on assay.audit (dataset_id, position) where dataset_id is not null;

create function assay.keep_audit() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.position is null and new.position is not null
     and to_jsonb(old) - array['position', 'hash'] = to_jsonb(new) - array['position', 'hash'] then
    return new;
  end if;
  raise exception 'the audit log is append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_is_kept before update or delete on assay.audit for each row execute function assay.keep_audit();
create trigger audit_is_not_emptied before truncate on assay.audit for each statement execute function assay.keep_audit();

-- What a decision rests on, as one hash: results with their values, facts and baselines.
create function assay.evidence_digest(evaluation uuid) returns text language sql stable as $$
  select encode(sha256(convert_to(string_agg(
           concat_ws('|', r.position, r.check_id, r.text, r.severity, r.status, r.value, r.expected, r.message, r.facts, r.baseline),
           E'\n' order by r.position), 'UTF8')), 'hex')
    from assay.check_result r where r.evaluation_id = evaluation
$$;

create function assay.audit_evaluation() returns trigger language plpgsql as $$
begin
  insert into assay.audit (actor, action, subject, subject_id, dataset_id, detail)
  select new_row.requested_by, 'gate.decided', 'evaluation', new_row.id, new_row.dataset_id, jsonb_build_object(
           'dataset', new_row.name, 'namespace', new_row.namespace, 'partition', new_row.partition,
           'decision', new_row.decision, 'state', new_row.state,
           'contract', new_row.contract_version, 'contractHash', new_row.contract_hash,
           'candidate', new_row.candidate_ref, 'version', new_row.candidate_version,
           'rowCount', new_row.row_count, 'sqlHash', new_row.sql_hash,
           'reasons', (select coalesce(jsonb_agg(jsonb_build_object('checkId', r ->> 'checkId', 'status', r ->> 'status', 'waivedBy', r ->> 'waivedBy')), '[]')
                         from jsonb_array_elements(new_row.reasons) r),
           'evidence', assay.evidence_digest(new_row.id))
    from new_rows new_row join old_rows old_row using (id)
   where new_row.decision is not null
     and (new_row.decided_at is distinct from old_row.decided_at or new_row.decision is distinct from old_row.decision)
   order by new_row.id;
  return null;
end $$;
create trigger evaluation_is_audited after update on assay.evaluation referencing old table as old_rows new table as new_rows
  for each statement execute function assay.audit_evaluation();

create function assay.audit_waiver_asked() returns trigger language plpgsql as $$
begin
  insert into assay.audit (actor, action, subject, subject_id, dataset_id, detail)
  select requested_by, 'waiver.requested', 'waiver', id, dataset_id, jsonb_build_object(
           'evaluationId', evaluation_id, 'partition', partition, 'checkIds', check_ids, 'reason', reason, 'expiresAt', expires_at)
    from new_rows order by id;
  return null;
end $$;
create trigger waiver_is_audited after insert on assay.waiver referencing new table as new_rows
  for each statement execute function assay.audit_waiver_asked();

create function assay.audit_waiver_approved() returns trigger language plpgsql as $$
begin
  insert into assay.audit (actor, action, subject, subject_id, dataset_id, detail)
  select new_row.approved_by, 'waiver.approved', 'waiver', new_row.id, new_row.dataset_id, jsonb_build_object(
           'evaluationId', new_row.evaluation_id, 'partition', new_row.partition, 'checkIds', new_row.check_ids,
           'requestedBy', new_row.requested_by, 'expiresAt', new_row.expires_at)
    from new_rows new_row join old_rows old_row using (id)
   where new_row.approved_by is distinct from old_row.approved_by
   order by new_row.id;
  return null;
end $$;
create trigger waiver_approval_is_audited after update on assay.waiver referencing old table as old_rows new table as new_rows
  for each statement execute function assay.audit_waiver_approved();

create function assay.audit_publication() returns trigger language plpgsql as $$
begin
  insert into assay.audit (actor, action, subject, subject_id, dataset_id, detail)
  select new_row.requested_by, new_row.kind || '.' || new_row.state, 'publication', new_row.id, new_row.dataset_id, jsonb_build_object(
           'evaluationId', new_row.evaluation_id, 'partition', new_row.partition, 'warehouse', new_row.warehouse,
           'target', new_row.target, 'candidate', new_row.candidate_ref, 'version', new_row.candidate_version,
           'previous', new_row.previous, 'reason', new_row.reason)
    from new_rows new_row order by new_row.id;
  return null;
end $$;
create trigger publication_is_audited after insert on assay.publication referencing new table as new_rows
  for each statement execute function assay.audit_publication();

create function assay.audit_publication_moved() returns trigger language plpgsql as $$
begin
  insert into assay.audit (actor, action, subject, subject_id, dataset_id, detail)
  select new_row.requested_by, new_row.kind || '.' || new_row.state, 'publication', new_row.id, new_row.dataset_id, jsonb_build_object(
           'evaluationId', new_row.evaluation_id, 'partition', new_row.partition, 'warehouse', new_row.warehouse,
           'target', new_row.target, 'candidate', new_row.candidate_ref, 'version', new_row.candidate_version,
           'previous', new_row.previous, 'reason', new_row.reason)
    from new_rows new_row join old_rows old_row using (id)
   where new_row.state <> old_row.state
   order by new_row.id;
  return null;
end $$;
create trigger publication_move_is_audited after update on assay.publication referencing old table as old_rows new table as new_rows
  for each statement execute function assay.audit_publication_moved();

create function assay.audit_freeze() returns trigger language plpgsql as $$
begin
  insert into assay.audit (actor, action, subject, subject_id, dataset_id, detail)
  select author, 'gate.' || action, 'dataset', dataset_id, dataset_id, jsonb_build_object('reason', reason)
    from new_rows order by id;
  return null;
end $$;
create trigger gate_freeze_is_audited after insert on assay.gate_freeze referencing new table as new_rows
  for each statement execute function assay.audit_freeze();

create function assay.audit_contract() returns trigger language plpgsql as $$
begin
  insert into assay.audit (actor, action, subject, subject_id, dataset_id, detail)
  select pushed_by, 'contract.pushed', 'contract', dataset_id, dataset_id, jsonb_build_object(
           'namespace', namespace, 'dataset', name, 'version', version, 'hash', hash, 'owner', owner, 'file', file_name)
    from new_rows order by dataset_id, version;
  return null;
end $$;
create trigger contract_is_audited after insert on assay.contract referencing new table as new_rows
  for each statement execute function assay.audit_contract();

create function assay.audit_incident() returns trigger language plpgsql as $$
begin
  insert into assay.audit (actor, action, subject, subject_id, dataset_id, detail)
  select e.actor, 'incident.' || e.type, 'incident', e.incident_id, i.root_id, jsonb_build_object('message', e.message)
    from new_rows e left join assay.incident i on i.id = e.incident_id
   where e.actor is not null
   order by e.id;
  return null;
end $$;
create trigger incident_act_is_audited after insert on assay.incident_event referencing new table as new_rows
  for each statement execute function assay.audit_incident();

create function assay.audit_silence() returns trigger language plpgsql as $$
begin
  insert into assay.audit (actor, action, subject, subject_id, detail)
  select author, 'silence.added', 'silence', id, jsonb_build_object('match', match, 'comment', comment, 'startsAt', starts_at, 'endsAt', ends_at)
    from new_rows order by id;
  return null;
end $$;
create trigger silence_is_audited after insert on assay.alert_silence referencing new table as new_rows
  for each statement execute function assay.audit_silence();

create function assay.audit_silence_ended() returns trigger language plpgsql as $$
begin
  insert into assay.audit (actor, action, subject, subject_id, detail)
  select new_row.ended_by, 'silence.ended', 'silence', new_row.id, jsonb_build_object('author', new_row.author, 'endsAt', new_row.ends_at)
    from new_rows new_row join old_rows old_row using (id)
   where new_row.ended_by is distinct from old_row.ended_by
   order by new_row.id;
  return null;
end $$;
create trigger silence_end_is_audited after update on assay.alert_silence referencing old table as old_rows new table as new_rows
  for each statement execute function assay.audit_silence_ended();

create function assay.audit_mark() returns trigger language plpgsql as $$
begin
  insert into assay.audit (actor, action, subject, subject_id, dataset_id, detail)
  select author, 'mark.' || kind, 'mark', id, dataset_id, jsonb_build_object('partition', partition, 'metric', metric, 'reason', reason)
    from new_rows order by id;
  return null;
end $$;
create trigger mark_is_audited after insert on assay.mark referencing new table as new_rows
  for each statement execute function assay.audit_mark();

create function assay.audit_mark_withdrawn() returns trigger language plpgsql as $$
begin
  insert into assay.audit (actor, action, subject, subject_id, dataset_id, detail)
  select w.author, 'mark.withdrawn', 'mark', w.mark_id, m.dataset_id, jsonb_build_object('reason', w.reason)
    from new_rows w join assay.mark m on m.id = w.mark_id
   order by w.mark_id;
  return null;
end $$;
create trigger mark_withdrawal_is_audited after insert on assay.mark_withdrawal referencing new table as new_rows
  for each statement execute function assay.audit_mark_withdrawn();

create function assay.audit_alias() returns trigger language plpgsql as $$
begin
  insert into assay.audit (actor, action, subject, subject_id, dataset_id, detail)
  select author, 'alias.' || verdict, 'dataset', a_id, a_id, jsonb_build_object('with', jsonb_agg(b_id order by b_id), 'reason', reason)
    from new_rows group by author, verdict, reason, a_id order by a_id;
  return null;
end $$;
create trigger alias_decision_is_audited after insert on assay.alias_decision referencing new table as new_rows
  for each statement execute function assay.audit_alias();

-- Replaying thousands of entries is one act. An entry opens again by itself: that is none.
create function assay.audit_quarantine() returns trigger language plpgsql as $$
begin
  insert into assay.audit (actor, action, subject, subject_id, detail)
  select new_row.settled_by, 'quarantine.' || new_row.state, 'quarantine', min(new_row.id::text), jsonb_build_object(
           'entries', count(*), 'ids', (array_agg(new_row.id order by new_row.id))[1:1000], 'note', new_row.note)
    from new_rows new_row join old_rows old_row using (id)
   where new_row.state <> old_row.state and new_row.state <> 'open'
   group by new_row.settled_by, new_row.state, new_row.note;
  return null;
end $$;
create trigger quarantine_is_audited after update on assay.quarantine referencing old table as old_rows new table as new_rows
  for each statement execute function assay.audit_quarantine();
