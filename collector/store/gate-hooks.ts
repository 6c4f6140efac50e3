import { sql, type Statement } from './sql.ts';

/** A receiver that a collector is at. */
export interface ClaimedHook {
  /** Place in the audit log up to which it was told. */
  readonly position: number;
  /** Failures in a row. */
  readonly attempts: number;
}

/** Notes receivers that are not known: they begin at the end of the log as it is now. */
export function addHooks(names: readonly string[]): Statement {
  return sql`
    insert into gate_hook (name, position)
    select name, coalesce((select max(position) from audit), 0) from unnest(${names}::text[]) as t(name)
    on conflict (name) do nothing`.named('add_gate_hooks');
}

/** Takes a receiver for one collector, when it is due and nobody else is at it; no row otherwise. */
export function claimHook(name: string, owner: string, now: Date, until: Date): Statement {
  return sql`
    update gate_hook set claimed_by = ${owner}, claimed_until = ${until}
     where name = ${name} and next_at <= ${now}::timestamptz
       and (claimed_until is null or claimed_until < ${now}::timestamptz)
    returning position, attempts`.named('claim_gate_hook');
}

/** It was told up to here. */
export function moveHook(name: string, owner: string, position: number): Statement {
  return sql`
    update gate_hook set position = greatest(position, ${position}::bigint)
     where name = ${name} and claimed_by = ${owner}`.named('move_gate_hook');
}

export interface HookRelease {
  readonly position: number;
  readonly attempts: number;
  readonly nextAt: Date;
  readonly lastError: string | null;
}

/** Lets it go again. */
export function releaseHook(name: string, owner: string, release: HookRelease): Statement {
  return sql`
    update gate_hook set position = greatest(position, ${release.position}::bigint), attempts = ${release.attempts},
           next_at = ${release.nextAt}, last_error = ${release.lastError}, claimed_by = null, claimed_until = null
     where name = ${name} and claimed_by = ${owner}`.named('release_gate_hook');
}
