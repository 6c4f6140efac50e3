-- What is due longest is taken first, some at a time: without this each taking sorts all that waits.
create index search_due_in_order on assay.search_due (due_at, kind, id);
