-- Some of the rows that made a check fail: {columns, rows, more}, keys alone, masked where they are personal.

alter table assay.check_result add column failing_rows jsonb;
