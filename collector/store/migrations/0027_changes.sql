-- What changed, for pages that listen: topics and ids, nothing else. Rows are only added, so nobody waits for anybody,
-- and housekeeping takes them away after an hour. Who reads knows by `tx` what he could not see the last time: an order
-- of numbers would pass over transactions that commit later than they began.
create table assay.change (
  tx    xid8        not null default pg_current_xact_id(),
  topic text        not null,
  ids   uuid[]      not null, -- {}: any of them
  at    timestamptz not null default now()
);
create index change_by_tx on assay.change (tx);
create index change_by_time on assay.change (at);

-- One row for a statement: topic, and the column whose values are the ids.
create function assay.note_change() returns trigger language plpgsql as $$
begin
  execute format(
    'insert into assay.change (topic, ids)
     select %L, case when count(distinct %2$I) > 100 then ''{}'' else coalesce(array_agg(distinct %2$I) filter (where %2$I is not null), ''{}'') end
       from changed having count(*) > 0', tg_argv[0], tg_argv[1]);
  return null;
end $$;

create trigger incident_added after insert on assay.incident referencing new table as changed
  for each statement execute function assay.note_change('incidents', 'id');
create trigger incident_changed after update on assay.incident referencing new table as changed
  for each statement execute function assay.note_change('incidents', 'id');
create trigger incident_event_added after insert on assay.incident_event referencing new table as changed
  for each statement execute function assay.note_change('incidents', 'incident_id');

-- A publication is known by its evaluation.
create trigger evaluation_added after insert on assay.evaluation referencing new table as changed
  for each statement execute function assay.note_change('publications', 'id');
create trigger evaluation_changed after update on assay.evaluation referencing new table as changed
  for each statement execute function assay.note_change('publications', 'id');
create trigger publication_added after insert on assay.publication referencing new table as changed
  for each statement execute function assay.note_change('publications', 'evaluation_id');
create trigger publication_changed after update on assay.publication referencing new table as changed
  for each statement execute function assay.note_change('publications', 'evaluation_id');
create trigger waiver_added after insert on assay.waiver referencing new table as changed
  for each statement execute function assay.note_change('publications', 'evaluation_id');
create trigger waiver_changed after update on assay.waiver referencing new table as changed
  for each statement execute function assay.note_change('publications', 'evaluation_id');
create trigger gate_freeze_added after insert on assay.gate_freeze referencing new table as changed
  for each statement execute function assay.note_change('freezes', 'dataset_id');

create trigger contract_added after insert on assay.contract referencing new table as changed
  for each statement execute function assay.note_change('contracts', 'dataset_id');
create trigger mark_added after insert on assay.mark referencing new table as changed
  for each statement execute function assay.note_change('findings', 'dataset_id');
create trigger mark_withdrawn after insert on assay.mark_withdrawal referencing new table as changed
  for each statement execute function assay.note_change('marks', 'mark_id');
create trigger silence_added after insert on assay.alert_silence referencing new table as changed
  for each statement execute function assay.note_change('silences', 'id');
create trigger silence_changed after update on assay.alert_silence referencing new table as changed
  for each statement execute function assay.note_change('silences', 'id');

-- Of events that are put aside the collector tells by itself: a flood of them is one row a second.
create function assay.note_settled() returns trigger language plpgsql as $$
begin
  if exists (select from after_it join before_it using (id) where after_it.state <> before_it.state) then
    insert into assay.change (topic, ids) values ('quarantine', '{}');
  end if;
  return null;
end $$;
create trigger quarantine_settled after update on assay.quarantine referencing old table as before_it new table as after_it
  for each statement execute function assay.note_settled();
