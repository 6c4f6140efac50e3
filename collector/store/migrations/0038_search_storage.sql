-- The words of a thing lie apart from its row: only the index reads them, and rows that are ranked by the thousand
-- stay small. What was written before is written anew.
truncate assay.search_entity;
alter table assay.search_entity alter column words set storage external;
alter table assay.search_entity set (toast_tuple_target = 512);
