import type { Connection } from 'mysql2/promise';
import type { PublishOutcome } from '#model/ports.ts';
import { codeOf, faultOf, isLost } from './client.ts';
import { contentOf } from './content.ts';
import { entryOf, writeEntry, type Entry } from './journal.ts';
import { findRelation, renameTables, type Table } from './relation.ts';
import { later, Refusal } from './session.ts';
import { keepAs, keepMoves, settle, stageOf, type Settled } from './settle.ts';
import { quoteIdentifier, quoteTable, showTable } from './table-name.ts';

/**
 * Makes exactly what has the entry's version the data of its place, step by step, each written down before it is
 * taken: the candidate is renamed to a name beside gold that nobody else knows, which ends every transaction that
 * writes to it; there it is read again; then it is exchanged in one statement. Whatever stops this is settled: done
 * to its end, or taken back. To be called with the lock of the place.
 */
export async function exchange(session: Connection, planned: Entry): Promise<PublishOutcome> {
  let entry = await writeEntry(session, { ...planned, step: 'taking' });
  try {
    const stage = stageOf(entry);
    await renameTables(session, [[entry.source, stage]]);
    const actual = await contentOf(session, stage);
    if (actual === null || (entry.version !== null && actual !== entry.version))
      throw new Refusal<PublishOutcome>({ status: 'version_moved', actual });
    const planned = await exchangePlan(session, { ...entry, version: actual });
    entry = await writeEntry(session, { ...planned.entry, step: 'exchanging' });
    for (const statement of planned.statements) await session.query(statement);
    entry = await writeEntry(session, { ...entry, step: 'exchanged' });
  } catch (error) {
    if (isLost(error)) throw error;
    const settled = await settleSurely(session, entry);
    if (settled === 'unknown') later(unknownWords(entry));
    if (settled === 'returned') throw explained(error, entry);
    return publishedAs(session, entry);
  }
  await settleSurely(session, entry);
  return publishedAs(session, entry);
}

/** What a person reads of a publication that cannot be settled. */
export function unknownWords(entry: Entry): string {
  return `Neither ${showTable(entry.target)} nor ${showTable(stageOf(entry))} holds what was checked: somebody changed one of them. Look at both, and settle it by hand in assay_publications.`;
}

/** What is told of a publication that took effect. */
export async function publishedAs(
  session: Connection,
  { target, token }: Entry,
  alreadyDone = false,
): Promise<PublishOutcome> {
  const kept = (await entryOf(session, target, token))?.kept ?? null;
  const previous = kept === null ? null : showTable({ database: target.database, name: kept });
  return { status: 'published', alreadyDone, previous };
}

/** Settles; an error leaves it to whoever comes next, and is never taken for a refusal. */
export async function settleSurely(session: Connection, entry: Entry): Promise<Settled> {
  try {
    return await settle(session, entry);
  } catch (error) {
    if (isLost(error)) throw error;
    const { reason } =
      error instanceof Refusal
        ? (error.outcome as { readonly reason: string })
        : faultOf(error, `Settling the publication at ${showTable(entry.target)}`);
    return later(reason);
  }
}

/** The statements that exchange, the last of which takes effect, and what is kept by it. */
async function exchangePlan(
  session: Connection,
  entry: Entry,
): Promise<{ readonly entry: Entry; readonly statements: readonly string[] }> {
  const stage = stageOf(entry);
  const { target, partition } = entry;
  if (partition !== null) {
    const statement = `alter table ${quoteTable(target)} exchange partition ${quoteIdentifier(partition)} with table ${quoteTable(stage)}`;
    return { entry, statements: [statement] };
  }
  const comment = (await findRelation(session, target))?.comment ?? '';
  const { kept, moves } = keepMoves(entry, target, await findRelation(session, keepAs(entry)));
  const renames = [...moves, [stage, target] as const].map(
    ([from, to]: readonly [Table, Table]) => `${quoteTable(from)} to ${quoteTable(to)}`,
  );
  return {
    entry: { ...entry, kept: kept.name },
    statements: [
      `alter table ${quoteTable(stage)} comment = ${session.escape(comment)}`,
      `rename table ${renames.join(', ')}`,
    ],
  };
}

const STRAY_ROWS = new Set([
  'ER_NO_PARTITION_FOR_GIVEN_VALUE',
  'ER_ROW_DOES_NOT_MATCH_PARTITION',
  'ER_ROW_DOES_NOT_MATCH_GIVEN_PARTITION_SET',
]);

/** An error of the exchange in words that say what to mend. */
function explained(error: unknown, { source, target, partition }: Entry): unknown {
  const code = codeOf(error) ?? '';
  const fails = (reason: string): Refusal<PublishOutcome> => new Refusal({ status: 'failure', reason });
  if (STRAY_ROWS.has(code))
    return fails(
      `${showTable(source)} has rows that are not in the partition ${partition} of ${showTable(target)}.`,
    );
  if (code === 'ER_TABLES_DIFFERENT_METADATA')
    return fails(
      `${showTable(source)} must be like ${showTable(target)}: create table … like ${showTable(target)}, then alter table … remove partitioning.`,
    );
  return error;
}
