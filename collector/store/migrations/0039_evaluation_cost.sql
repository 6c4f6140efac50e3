-- What measuring a candidate took of its warehouse, by statement; null where that was not told or nothing was asked.
alter table assay.evaluation add column cost jsonb; -- model/ports.ts, MeasureCost
