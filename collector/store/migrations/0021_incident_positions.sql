-- Where an incident stands in the order in which alerting is told: a new number with each version that it is to hear
-- of. Given under a lock, so that whoever read up to a number has missed none below it.
create sequence assay.incident_alert_position;
alter table assay.incident add column alert_position bigint;
create index incident_by_alert_position on assay.incident (alert_position) where alert_position is not null;
