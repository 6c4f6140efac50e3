alter table assay.waiver
  add column candidate_version text, -- of the one candidate that it is for; null: any
  add column ticket text;            -- where it is talked about

create or replace function assay.audit_waiver_asked() returns trigger language plpgsql as $$
begin
  insert into assay.audit (actor, action, subject, subject_id, dataset_id, detail)
  select requested_by, 'waiver.requested', 'waiver', id, dataset_id, jsonb_build_object(
           'evaluationId', evaluation_id, 'partition', partition, 'version', candidate_version, 'checkIds', check_ids,
           'reason', reason, 'ticket', ticket, 'expiresAt', expires_at)
    from new_rows order by id;
  return null;
end $$;
