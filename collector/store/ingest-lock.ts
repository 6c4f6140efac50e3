import { sql, type Fragment, type Statement } from './sql.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';

// Any fixed number will do; this one is ours.
const INGEST = ADVISORY_LOCKS.ingest;

/** Held by every transaction that stores events; many may hold it at once. Ends with the transaction. */
export function shareIngest(): Fragment {
  return sql`select pg_advisory_xact_lock_shared(${INGEST}::bigint)`;
}

/** Waits until no transaction is storing events and lets none begin until this one ends: a clean cut in the raw log. */
export function stopIngest(): Statement {
  return sql`select pg_advisory_xact_lock(${INGEST}::bigint)`;
}
