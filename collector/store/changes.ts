import { sql, type Statement } from './sql.ts';

/** What can change. `publications` are known by the ids of their evaluations, `findings` by those of datasets. */
export const CHANGE_TOPICS = [
  'runs',
  'datasets',
  'findings',
  'marks',
  'publications',
  'freezes',
  'incidents',
  'silences',
  'contracts',
  'quarantine',
] as const;
export type ChangeTopic = (typeof CHANGE_TOPICS)[number];

/** That something of a topic changed. No ids: any of them. */
export interface Change {
  readonly topic: ChangeTopic;
  readonly ids: readonly string[];
}

/** Ids that one change names at most; beyond it says "any". */
export const MOST_CHANGED_IDS = 100;

export function addChanges(changes: readonly Change[]): Statement {
  return sql`
    insert into change (topic, ids)
    select topic, ids from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as t(topic text, ids uuid[])`.named(
    'add_changes',
  );
}

/** What one look sees: `topic` is null in the only row of a look that sees nothing new. */
export interface ChangeRow {
  /** PostgreSQL's snapshot of this look; the next begins there. */
  readonly snapshot: string;
  /** The store's clock. */
  readonly at: Date;
  readonly topic: ChangeTopic | null;
  readonly ids: readonly string[] | null;
}

/**
 * What can be seen now and could not be by that snapshot (`pg_current_snapshot()` as text): each change once, in
 * whatever order the transactions commit. Without one: nothing but where to begin.
 */
export function changesSince(snapshot: string | null): Statement {
  return sql`
    select look.snapshot::text as snapshot, now() as at, seen.topic, seen.ids
      from (select pg_current_snapshot() as snapshot) as look
      left join lateral (
        select topic, ids from change
         where tx >= pg_snapshot_xmin(${snapshot}::pg_snapshot)
           and tx < pg_snapshot_xmax(look.snapshot) -- a restored copy may hold numbers that are yet to come
           and not pg_visible_in_snapshot(tx, ${snapshot}::pg_snapshot)
      ) as seen on true`.named('changes_since');
}

/** Takes away what is older, by the store's clock. */
export function deleteChanges(seconds: number): Statement {
  return sql`delete from change where at < now() - make_interval(secs => ${seconds})`.named('delete_changes');
}
