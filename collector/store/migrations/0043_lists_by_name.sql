-- Pages of the list of datasets, in order of their names: of a name its beginning, for names may be longer than an
-- index takes. Written once for each dataset, when it is first named.
create index dataset_by_order on assay_model.dataset (left(name, 200), id);

-- What the gate keeps back, among all that it ever decided.
create index evaluation_held on assay.evaluation (dataset_id, partition)
  where decision in ('block', 'unknown') and state <> 'superseded';
