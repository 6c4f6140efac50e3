import { sql, type Fragment, type Statement } from './sql.ts';

export interface QuarantineEntry {
  readonly id: string;
  readonly receivedAt: Date;
  /** `replay`: an operator's new attempt, which is no arrival and does not count as one. */
  readonly source: 'http' | 'file' | 'kafka' | 'replay';
  readonly producer: string | null;
  readonly reason: string;
  readonly problems: readonly { readonly pointer: string; readonly detail: string }[];
  /** Bytes as received. */
  readonly size: number;
  /** The beginning as text, to search in. */
  readonly excerpt: string;
  readonly codec: number;
  readonly body: Uint8Array;
}

/**
 * Keeps a rejected event with its bytes. The same bytes again only count; they open a settled entry again,
 * which keeps the note of what was done with it.
 */
export function keepInQuarantine(entry: QuarantineEntry): Statement {
  return sql`
    insert into quarantine as kept
      (id, first_received_at, last_received_at, source, producer, reason, problems, size, excerpt, codec, body)
    values (${entry.id}, ${entry.receivedAt}, ${entry.receivedAt}, ${entry.source}, ${entry.producer}, ${entry.reason},
      ${JSON.stringify(entry.problems)}, ${entry.size}, ${entry.excerpt}, ${entry.codec}, ${entry.body})
    on conflict (id) do update set
      times = kept.times + (excluded.source <> 'replay')::integer,
      last_received_at = case excluded.source when 'replay' then kept.last_received_at else excluded.last_received_at end,
      state = case excluded.source when 'replay' then kept.state else 'open' end,
      reason = excluded.reason, problems = excluded.problems`;
}

export type QuarantineState = 'open' | 'replayed' | 'discarded';

/** Which entries are meant; what is null does not matter. */
export interface QuarantineFilter {
  readonly state: QuarantineState | null;
  readonly reason: string | null;
  readonly producer: string | null;
  readonly source: string | null;
  /** A text in the event's beginning, the producer or a problem; letter case does not matter. */
  readonly search: string | null;
  /** Last received at this instant or later. */
  readonly since: Date | null;
  /** Last received before this instant. */
  readonly until: Date | null;
}

/** The last entry of a page. */
export interface QuarantineCursor {
  readonly at: Date;
  readonly id: string;
}

export interface QuarantineRow {
  readonly id: string;
  readonly first_received_at: Date;
  readonly last_received_at: Date;
  readonly times: number;
  readonly source: string;
  readonly producer: string | null;
  readonly reason: string;
  readonly problems: readonly { pointer: string; detail: string }[];
  readonly size: number;
  readonly state: QuarantineState;
  readonly note: string | null;
  readonly settled_at: Date | null;
  readonly settled_by: string | null;
  readonly replayed_as: string | null;
}

/** An entry with its bytes. */
export interface QuarantinedBytes extends QuarantineRow {
  readonly codec: number;
  readonly body: Buffer;
}

const COLUMNS = sql`id, first_received_at, last_received_at, times, source, producer, reason, problems, size, state, note,
  settled_at, settled_by, replayed_as`;

function matches(filter: QuarantineFilter): Fragment {
  return sql`
    (${filter.state}::text is null or state = ${filter.state})
    and (${filter.reason}::text is null or reason = ${filter.reason})
    and (${filter.producer}::text is null or producer = ${filter.producer})
    and (${filter.source}::text is null or source = ${filter.source})
    and (${filter.since}::timestamptz is null or last_received_at >= ${filter.since})
    and (${filter.until}::timestamptz is null or last_received_at < ${filter.until})
    and (${filter.search}::text is null
      or strpos(lower(excerpt), lower(${filter.search})) > 0
      or strpos(lower(producer), lower(${filter.search})) > 0
      or strpos(lower(problems::text), lower(${filter.search})) > 0)`;
}

/** Entries behind the cursor, the last received first. */
export function listQuarantine(
  filter: QuarantineFilter,
  after: QuarantineCursor | null,
  limit: number,
): Statement {
  return sql`
    select ${COLUMNS} from quarantine
    where ${matches(filter)}
      and (${after?.at ?? null}::timestamptz is null
        or (last_received_at, id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    order by last_received_at desc, id desc limit ${limit}`;
}

/** One entry with its bytes. */
export function readQuarantined(id: string): Statement {
  return sql`select ${COLUMNS}, codec, body from quarantine where id = ${id}`;
}

/** Entries behind the cursor with their bytes, as many as have no more than so many bytes together, but one at least. */
export function readQuarantinedPage(
  filter: QuarantineFilter,
  after: QuarantineCursor | null,
  limit: number,
  bytes: number,
): Statement {
  return sql`
    with page as (
      select id, sum(size) over (order by last_received_at desc, id desc) - size as before
        from (${listQuarantine(filter, after, limit)}) as entry
    )
    select ${COLUMNS}, codec, body from quarantine
    where id in (select id from page where before = 0 or before < ${bytes})
    order by last_received_at desc, id desc`;
}

export interface Settlement {
  readonly state: 'replayed' | 'discarded';
  readonly entries: readonly {
    readonly id: string;
    /** The event that it became; null when it was discarded. */
    readonly replayedAs: string | null;
  }[];
  readonly note: string | null;
  readonly by: string | null;
  readonly at: Date;
}

/** Marks entries as done with. One that is replayed already stays as it is. */
export function settleQuarantined({ state, entries, note, by, at }: Settlement): Statement {
  return sql`
    update quarantine kept
       set state = ${state}, note = ${note}, settled_by = ${by}, settled_at = ${at}, replayed_as = done.replayed_as
      from unnest(${entries.map(({ id }) => id)}::uuid[], ${entries.map(({ replayedAs }) => replayedAs)}::uuid[])
        as done (id, replayed_as)
     where kept.id = done.id and kept.state <> 'replayed' and (${state} = 'replayed' or kept.state = 'open')`;
}

/** Deletes entries, whatever their state, that were last received before. */
export function deleteQuarantined(before: Date): Statement {
  return sql`delete from quarantine where last_received_at < ${before}`;
}

/** Open entries by producer, the greatest number first; the rest are one row, `other`. */
export function countOpenQuarantined(producers: number): Statement {
  return sql`
    with counted as (
      select producer, count(*)::integer as entries, row_number() over (order by count(*) desc, producer) as rank
        from quarantine where state = 'open' group by producer
    )
    select case when rank <= ${producers} then coalesce(producer, 'none') else 'other' end as producer,
        sum(entries)::integer as entries
      from counted group by 1 order by 2 desc`;
}

/** The producers with the most entries of any state: those that metrics name. */
export function busiestProducers(producers: number): Statement {
  return sql`
    select producer from quarantine where producer is not null
    group by producer order by sum(times) desc, producer limit ${producers}`;
}
