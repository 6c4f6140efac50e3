import { COUNTED_EXACTLY } from './overview.ts';
import { sql, type Statement } from './sql.ts';

export interface ServiceStatusRow {
  readonly postgres: string;
  readonly bytes: number;
  /** The last migration that was applied. */
  readonly migration: string;
  /** Partitions that wait for the monitor, things for search, evaluations for a decision or publication, messages for delivery. */
  readonly monitor: number;
  readonly search: number;
  readonly gate: number;
  readonly deliveries: number;
  readonly quarantined: number;
  /** The planner's estimate. */
  readonly search_entries: number;
  readonly last_event_at: Date | null;
}

/** What a page tells of the store and of what waits in it. Cheap, whatever there is in it. */
export function serviceStatus(now: Date): Statement {
  return sql`
    select current_setting('server_version') as postgres, pg_database_size(current_database()) as bytes,
           (select name from assay.migration order by name desc limit 1) as migration,
           (select count(*)::integer from evaluation_due where due_at <= ${now}::timestamptz) as monitor,
           (select count(*)::integer from search_due) as search,
           (select count(*)::integer from evaluation where state not in ('published', 'superseded') and state in ('pending', 'running')) as gate,
           (select count(*)::integer from alert_delivery where state = 'waiting') as deliveries,
           (select count(*)::integer from quarantine where state = 'open') as quarantined,
           (select case when reltuples > ${COUNTED_EXACTLY} then reltuples::integer
                        else (select count(*)::integer from search_entity) end
              from pg_class where oid = 'search_entity'::regclass) as search_entries,
           (select max(received_at) from raw_segment where received_at > ${now}::timestamptz - interval '7 days') as last_event_at`.named(
    'service_status',
  );
}
