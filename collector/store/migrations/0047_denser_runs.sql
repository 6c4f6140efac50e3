-- New runs stand at the end of this index, whose pages then are filled: in descending order each came first,
-- and every page was left half empty.
drop index assay_model.run_by_time;
create index run_by_time on assay_model.run (first_key, id) where job_stated; -- a stub has no first event

-- A run is updated once or twice and soon; the room of the version before is used again.
alter table assay_model.run set (fillfactor = 90);
alter table assay_model.run_dataset set (fillfactor = 95);
