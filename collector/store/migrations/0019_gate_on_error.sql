-- The contract's word on a check that could not be run: kept with the evaluation, for a waiver decides again.
alter table assay.evaluation add column on_error text not null default 'block' check (on_error in ('block', 'allow'));
