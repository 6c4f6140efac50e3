-- What filters ask for and the class of the weight are lexemes beside the words (model/search-labels.ts), so that one
-- look at an index finds the weightiest hits first. What was written before is written anew.
truncate assay.search_entity;

-- The time of the last look changes with every look: with an index of it each of them would have to be written into
-- all the others again, a hundred lexemes for every dataset.
drop index assay.search_entity_stale;

-- Lexemes of many rows are put in their place together: a third of the work of doing so row by row. What waits is
-- looked through by every question, so not much may wait; the collector puts it in its place when it has written.
alter index assay.search_entity_words set (fastupdate = on, gin_pending_list_limit = 4096);
alter index assay.search_entity_name_words set (fastupdate = on, gin_pending_list_limit = 1024);

-- The few that are held, in an incident or failed, among all that are well.
create index search_entity_status on assay.search_entity (status);

-- What a name begins with is a lexeme too: these are asked for whole names alone.
drop index assay.search_entity_folded, assay.search_entity_last_part;
create index search_entity_folded on assay.search_entity using hash (folded);
create index search_entity_last_part on assay.search_entity using hash (last_part);
