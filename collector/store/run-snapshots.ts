import { jsonbArray, uuidArray } from './binary-array.ts';
import { sql, type Statement } from './sql.ts';

export interface RunSnapshotRow {
  readonly runId: string;
  readonly key: string;
  /** Identities of run_dataset rows within their run. */
  readonly mentions: readonly string[];
}

/** Keeps of each run the snapshot with the greatest order key. At most one row of a run. */
export function putRunSnapshots(rows: readonly RunSnapshotRow[]): Statement {
  return sql`
    insert into run_snapshot as kept (run_id, key, mentions)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.runId))}::uuid[],
      ${uuidArray(rows.map((row) => row.key))}::uuid[],
      ${jsonbArray(rows.map((row) => row.mentions))}::jsonb[]
    )
    on conflict (run_id) do update set key = excluded.key, mentions = excluded.mentions
     where kept.key < excluded.key`.named('put_run_snapshots');
}
