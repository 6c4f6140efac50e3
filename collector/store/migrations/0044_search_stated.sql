-- A hash of the schema and facets that events state: what was stated late is found by comparing it.
alter table assay.search_entity add column stated uuid;
