-- Who says which partition a statement is about: a condition, locations, the dataset's name, our own facet, the
-- nominal time (0 to 4, model/partition.ts). Unknown for what was stored before, but for what was inferred.
alter table assay_model.run_dataset add column partition_source smallint;
update assay_model.run_dataset set partition_source = 4 where inferred;
