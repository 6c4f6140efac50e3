-- One contract file may describe several datasets (ODCS): each has its row, and says which part of the text is its own.

alter table assay.contract add column object text; -- name of the schema object; null: the file describes one dataset
create index contract_by_object on assay.contract (object) where object is not null;

-- The last push of a file that was refused, until one of it is taken. What was in force before stays so.
create table assay.contract_fault (
  file_name   text        primary key,
  dataset_ids uuid[]      not null, -- as far as the text or an earlier push of the file tell
  text        text        not null,
  problems    jsonb       not null, -- [{file, line, column, message, mend}]
  pushed_at   timestamptz not null,
  pushed_by   text
);
create index contract_fault_by_dataset on assay.contract_fault using gin (dataset_ids);
