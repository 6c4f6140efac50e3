import type { Connection } from 'mysql2/promise';
import { contentOf } from './content.ts';
import { entriesAt, writeEntry, writePublished, type Entry } from './journal.ts';
import {
  findRelation,
  isKept,
  markKept,
  renameTables,
  shortHash,
  suffixed,
  type Relation,
  type Table,
} from './relation.ts';
import { isEmpty } from './slot.ts';
import { quoteTable } from './table-name.ts';

/** Whether a publication took effect; `unknown`: what is there was changed by somebody else. */
export type Settled = 'published' | 'returned' | 'unknown';

/** The name beside gold under which a candidate waits to be exchanged: of this token alone. */
export function stageOf({ target, token }: Entry): Table {
  return { database: target.database, name: `assay_stage_${shortHash(token, 16)}` };
}

/** What was kept before, until it is dropped. */
function oldOf({ target, token }: Entry): Table {
  return { database: target.database, name: `assay_old_${shortHash(token, 16)}` };
}

/** The name under which the data that is taken out is kept. */
export function keepAs({ target, partition, kind }: Entry): Table {
  const place = partition === null ? target.name : `${target.name}_${partition}`;
  return {
    database: target.database,
    name: suffixed(place, kind === 'publish' ? '_prev' : '_rolledback'),
  };
}

/**
 * The renames that keep `from`. A table that Assay kept there before makes room; any other stays, and another name
 * is found.
 */
export function keepMoves(
  entry: Entry,
  from: Table,
  there: Relation | null,
): { readonly kept: Table; readonly moves: [Table, Table][] } {
  const kept = keepAs(entry);
  if (there === null) return { kept, moves: [[from, kept]] };
  if (isKept(there))
    return {
      kept,
      moves: [
        [kept, oldOf(entry)],
        [from, kept],
      ],
    };
  const other = { database: kept.database, name: suffixed(kept.name, `_${shortHash(entry.token)}`) };
  return { kept: other, moves: [[from, other]] };
}

/**
 * Brings a publication to its end, by what is written of it and what is there; to be called with the lock of its
 * place. Calling it again does nothing more.
 */
export async function settle(session: Connection, entry: Entry): Promise<Settled> {
  switch (entry.step) {
    case 'published':
    case 'replaced':
      return 'published';
    case 'returned':
      return 'returned';
    case 'taking':
      return giveBack(session, entry);
    case 'exchanging': {
      const exchanged = await isExchanged(session, entry);
      if (exchanged === null) return 'unknown';
      return exchanged ? finish(session, entry) : giveBack(session, entry);
    }
    case 'exchanged':
      return finish(session, entry);
    default:
      return entry.step satisfies never;
  }
}

/**
 * The proof that the exchange was made. Tables carry their names: the candidate's is gone when it was renamed into
 * gold. Partitions change only their content: the candidate still has it, or gold does; null when neither has.
 */
async function isExchanged(session: Connection, entry: Entry): Promise<boolean | null> {
  const stage = stageOf(entry);
  const there = await findRelation(session, stage);
  if (entry.partition === null) return there === null;
  if (there !== null && (await contentOf(session, stage)) === entry.version) return false;
  return (await contentOf(session, entry.target, entry.partition)) === entry.version ? true : null;
}

async function giveBack(session: Connection, entry: Entry): Promise<Settled> {
  const stage = stageOf(entry);
  if ((await findRelation(session, stage)) !== null) {
    if (entry.kind === 'rollback') await markKept(session, stage);
    const taken = (await findRelation(session, entry.source)) !== null;
    const name = suffixed(entry.source.name, `_returned_${shortHash(entry.token)}`);
    await renameTables(session, [[stage, taken ? { ...entry.source, name } : entry.source]]);
  }
  await writeEntry(session, { ...entry, step: 'returned' });
  return 'returned';
}

async function finish(session: Connection, entry: Entry): Promise<Settled> {
  const stage = stageOf(entry);
  let { kept } = entry;
  if (entry.partition !== null && (await findRelation(session, stage)) !== null) {
    const before = await entriesAt(session, entry.target, entry.place);
    const unused = !before.some(({ step }) => step === 'published');
    // A partition that was never filled is nothing to go back to.
    if (unused && (await isEmpty(session, stage))) await session.query(`drop table ${quoteTable(stage)}`);
    else {
      const keep = keepMoves(entry, stage, await findRelation(session, keepAs(entry)));
      kept = keep.kept.name;
      await writeEntry(session, { ...entry, step: 'exchanged', kept });
      await renameTables(session, keep.moves);
    }
  }
  const { database } = entry.target;
  const keptTable = kept === null ? null : await findRelation(session, { database, name: kept });
  if (keptTable !== null && !isKept(keptTable)) await markKept(session, keptTable);
  await session.query(`drop table if exists ${quoteTable(oldOf(entry))}`);
  await writePublished(session, entry);
  return 'published';
}
