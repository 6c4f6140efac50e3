-- Static events (DatasetEvent) belong to no run: their facets are found by dataset. A partial index costs runs nothing.
create index run_dataset_static on assay_model.run_dataset (dataset_id) where role = 2;
