import type { Uuid } from '#model/ids.ts';
import { namesOf } from './groups.ts';
import type { IncidentState } from './incidents.ts';
import { sql, type Statement } from './sql.ts';

/** The incident that a partition of a series lies in. */
export interface SeriesIncidentRow {
  readonly partition: string;
  readonly id: Uuid;
  readonly state: IncidentState;
  /** What was seen there, in a sentence. */
  readonly summary: string;
}

/**
 * For each partition of a dataset of which a metric was evidence, the incident that holds it: an active one before
 * one that is over, then the latest. The newest partitions first.
 */
export function incidentsOfSeries(datasetId: Uuid, metric: string, limit: number): Statement {
  return sql`
    select distinct on (e.partition) e.partition, i.id, i.state, e.summary
      from evidence e
      join incident told on told.id = e.incident_id
      join incident i on i.id = coalesce(told.merged_into, told.id)
     where e.dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and e.subject = ${metric}
     order by e.partition desc, i.state in ('resolved', 'merged'), i.opened_at desc, i.id, e.at desc, e.id
     limit ${limit}`.named('incidents_of_series');
}
