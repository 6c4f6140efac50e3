-- Why a claim does not join its two names (model/alias.ts); null: it does. Written with the groups that it was weighed for.
alter table assay_model.dataset_alias add column withheld text;
create index dataset_alias_withheld on assay_model.dataset_alias (from_id, to_id, kind) where withheld is not null;
