-- What a watcher of loads found: changes that no load explains, tasks that were never listed.
alter table assay.evidence drop constraint evidence_source_check,
  add constraint evidence_source_check
    check (source in ('verdict', 'freshness', 'check', 'publication', 'run', 'objective', 'load'));
create index evidence_by_load on assay.evidence (run_id) where source = 'load';
