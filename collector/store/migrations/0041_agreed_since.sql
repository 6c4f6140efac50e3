-- Since when the dataset has a contract: data that was stated before nobody promised anything of.
alter table assay.partition_check add column agreed_since timestamptz not null default '-infinity';
