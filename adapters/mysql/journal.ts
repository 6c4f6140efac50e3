import type { Connection, ResultSetHeader } from 'mysql2/promise';
import { rows } from './client.ts';
import { findRelation, type Table } from './relation.ts';
import { quoteTable } from './table-name.ts';

/**
 * How far a publication (or rollback) has come. DDL commits by itself, so each step that cannot be undone by the
 * server is written down before it is taken; whoever gets the lock of the place next reads here what to look for.
 */
export type Step =
  /** The candidate may have been renamed to `stage`. */
  | 'taking'
  /** The exchange may have been made. */
  | 'exchanging'
  /** It has been made; what was served is to be kept. */
  | 'exchanged'
  /** Served now. */
  | 'published'
  /** Was served, and something else is now. */
  | 'replaced'
  /** Given up before the exchange: the candidate is where it came from. */
  | 'returned';

/** One publication in the journal, a table beside gold that carries the tokens. */
export interface Entry {
  readonly token: string;
  readonly kind: 'publish' | 'rollback';
  /** The target and the partition, as the lock of the place is named. */
  readonly place: string;
  readonly target: Table;
  /** The formal partition; null: the whole table is exchanged by name. */
  readonly partition: string | null;
  /** Where the data came from, and goes back to when it is given up. */
  readonly source: Table;
  readonly version: string | null;
  readonly step: Step;
  /** Where the data served before is kept; null when there was none. */
  readonly kept: string | null;
  /** Its version, when Assay published it. */
  readonly keptVersion: string | null;
}

const COLUMNS = 'token, kind, place, target, part, source, version, step, kept, kept_version, changed_at';
const KEPT_DAYS = 30;

/** The journal of a database. Its name is taken. */
function journalOf({ database }: Table): Table {
  return { database, name: 'assay_publications' };
}

export async function hasJournal(session: Connection, target: Table): Promise<boolean> {
  return (await findRelation(session, journalOf(target))) !== null;
}

export async function createJournal(session: Connection, target: Table): Promise<void> {
  if (await hasJournal(session, target)) return;
  await session.query(`
    create table if not exists ${quoteTable(journalOf(target))} (
      token varchar(100) not null primary key,
      kind varchar(10) not null,
      place char(64) not null,
      target varchar(64) not null,
      part varchar(64),
      source text not null,
      version varchar(100),
      step varchar(10) not null,
      kept varchar(64),
      kept_version varchar(100),
      changed_at datetime(3) not null,
      key assay_place (place)
    ) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin`);
}

interface EntryRow extends Omit<Entry, 'target' | 'partition' | 'source' | 'keptVersion'> {
  readonly target: string;
  readonly part: string | null;
  readonly source: string;
  readonly kept_version: string | null;
}

async function select(session: Connection, target: Table, column: string, value: string): Promise<Entry[]> {
  const found = await rows<EntryRow>(
    session,
    `select ${COLUMNS} from ${quoteTable(journalOf(target))} where ${column} = ? order by changed_at, token`,
    [value],
  );
  return found.map(
    ({ token, kind, place, target: name, part, source, version, step, kept, kept_version }) => ({
      token,
      kind,
      place,
      target: { database: target.database, name },
      partition: part,
      source: JSON.parse(source) as Table,
      version,
      step,
      kept,
      keptVersion: kept_version,
    }),
  );
}

/** What is written of a token; null when nothing is. The journal must be there. */
export async function entryOf(session: Connection, target: Table, token: string): Promise<Entry | null> {
  return (await select(session, target, 'token', token))[0] ?? null;
}

/** All that is written of a place. */
export function entriesAt(session: Connection, target: Table, place: string): Promise<Entry[]> {
  return select(session, target, 'place', place);
}

/** Writes an entry, in the place of an older one of the token. */
export async function writeEntry(session: Connection, entry: Entry): Promise<Entry> {
  const { token, kind, place, target, partition, source, version, step, kept, keptVersion } = entry;
  const origin = JSON.stringify({ database: source.database, name: source.name });
  await session.query(
    `replace into ${quoteTable(journalOf(target))} (${COLUMNS})
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, utc_timestamp(3))`,
    [token, kind, place, target.name, partition, origin, version, step, kept, keptVersion],
  );
  return entry;
}

/** Writes that an entry is what is served now, and that what was before is not any more. */
export async function writePublished(session: Connection, entry: Entry): Promise<void> {
  const journal = quoteTable(journalOf(entry.target));
  await session.query<ResultSetHeader>(
    `update ${journal} set step = if(token = ?, 'published', 'replaced'), changed_at = utc_timestamp(3)
      where place = ? and (token = ? or step = 'published')`,
    [entry.token, entry.place, entry.token],
  );
  await session.query(
    `delete from ${journal} where step in ('replaced', 'returned') and place = ? and changed_at < utc_timestamp(3) - interval ${KEPT_DAYS} day`,
    [entry.place],
  );
}
