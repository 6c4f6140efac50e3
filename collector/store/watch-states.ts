import type { Uuid } from '#model/ids.ts';
import { sql, type Statement } from './sql.ts';

/** What a watcher remembers. */
export interface WatchStateRow {
  readonly state: string | null;
}

/**
 * Takes a source to watch until a time; no row when another holder has it for longer. Who holds it may take it again
 * at any time.
 */
export function takeWatch(source: string, holder: Uuid, now: Date, until: Date): Statement {
  return sql`
    insert into watch_state (source, state, holder, taken_until, updated_at)
    values (${source}, null, ${holder}, ${until}, ${now})
    on conflict (source) do update set holder = excluded.holder, taken_until = excluded.taken_until
     where watch_state.holder = excluded.holder or watch_state.taken_until <= ${now}
    returning state`.named('take_watch');
}

/** Keeps the state and the source for longer; changes no row when another holder has taken it meanwhile. */
export function saveWatch(source: string, holder: Uuid, state: string, now: Date, until: Date): Statement {
  return sql`
    update watch_state set state = ${state}, taken_until = ${until}, updated_at = ${now}
     where source = ${source} and holder = ${holder}`.named('save_watch');
}
