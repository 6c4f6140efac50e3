import { sql, type Statement } from './sql.ts';

export interface QuarantineEntry {
  readonly id: string;
  readonly receivedAt: Date;
  readonly source: 'http' | 'file' | 'kafka';
  readonly producer: string | null;
  readonly reason: string;
  readonly problems: readonly { readonly pointer: string; readonly detail: string }[];
  readonly codec: number;
  readonly body: Uint8Array;
}

/** Keeps a rejected event with its bytes. The same bytes again only count; a discarded one opens again. */
export function keepInQuarantine(entry: QuarantineEntry): Statement {
  return sql`
    insert into quarantine as kept (id, first_received_at, last_received_at, source, producer, reason, problems, codec, body)
    values (${entry.id}, ${entry.receivedAt}, ${entry.receivedAt}, ${entry.source}, ${entry.producer}, ${entry.reason},
      ${JSON.stringify(entry.problems)}, ${entry.codec}, ${entry.body})
    on conflict (id) do update set
      times = kept.times + 1, last_received_at = excluded.last_received_at,
      reason = excluded.reason, problems = excluded.problems, state = 'open'`;
}

export interface QuarantineRow {
  readonly id: string;
  readonly last_received_at: Date;
  readonly times: number;
  readonly source: string;
  readonly producer: string | null;
  readonly reason: string;
  readonly problems: readonly { pointer: string; detail: string }[];
  readonly state: string;
}

/** The newest open entries. */
export function listQuarantine(limit: number): Statement {
  return sql`
    select id, last_received_at, times, source, producer, reason, problems, state
    from quarantine where state = 'open' order by last_received_at desc limit ${limit}`;
}

/** One entry with its bytes. */
export function readQuarantined(id: string): Statement {
  return sql`select id, reason, problems, codec, body, state from quarantine where id = ${id}`;
}

export function setQuarantineState(
  id: string,
  state: 'replayed' | 'discarded',
  note: string | null,
): Statement {
  return sql`update quarantine set state = ${state}, note = ${note} where id = ${id} and state = 'open'`;
}
