import type { Uuid } from '#model/ids.ts';
import { canonicalOf } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

/** What a watcher of loads found of a dataset; it tells each as a run of a job that is called after it. */
export interface LoadFindingRow {
  readonly run_id: Uuid;
  /** Stands for all names of the dataset. */
  readonly dataset_id: Uuid;
  readonly namespace: string;
  readonly dataset: string;
  readonly kind: 'unattributed_change' | 'missed_tasks';
  readonly message: string;
  readonly at: Date;
}

/** @param more conditions on a run `r`. */
function findings(since: Date, more: Fragment): Fragment {
  return sql`
    select r.id as run_id, ${canonicalOf(sql`rd.dataset_id`)} as dataset_id, dn.name as namespace, d.name as dataset,
           substring(j.name from '[^.]+$') as kind,
           coalesce(r.error->>'message', d.name || ': ' || replace(substring(j.name from '[^.]+$'), '_', ' ')) as message,
           r.last_event_at as at
      from namespace n
      join job j on j.namespace_id = n.id and j.name ~ '[.](unattributed_change|missed_tasks)$'
      join run r on r.job_id = j.id and r.state = 'COMPLETED' and r.last_event_at >= ${since}::timestamptz
      join run_dataset rd on rd.run_id = r.id and rd.role = 1
      join dataset d on d.id = rd.dataset_id
      join namespace dn on dn.id = d.namespace_id
     where n.name like 'starrocks://%' and ${more}`;
}

/** What was found since, the latest first. */
export function listLoadFindings(since: Date, limit: number): Statement {
  return sql`${findings(since, sql`true`)} order by at desc, run_id, dataset_id limit ${limit}`.named(
    'list_load_findings',
  );
}

/** The same as far as it is no evidence yet, the earliest first. */
export function loadFacts(since: Date, limit: number): Statement {
  return sql`${findings(
    since,
    sql`not exists (select from evidence e where e.run_id = r.id and e.source = 'load')`,
  )} order by at, run_id, dataset_id limit ${limit}`.named('load_facts');
}

/** How long such a finding stands: nothing that comes later says that it was right. */
const STANDS = '24 hours';

/** What was found a day ago is over. */
export function clearLoads(now: Date): Statement {
  return sql`
    update evidence set cleared_at = at + ${STANDS}::interval, cleared_by = 'good'
     where source = 'load' and cleared_at is null and at <= ${now}::timestamptz - ${STANDS}::interval`.named(
    'clear_loads',
  );
}
