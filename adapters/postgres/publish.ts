import type pg from 'pg';
import type { PublishOutcome, PublishRequest } from '#model/ports.ts';
import { faultOf, inTransaction, Refusal, rows } from './client.ts';
import { takeOver } from './grants.ts';
import { readMark, withMark, type Mark } from './mark.ts';
import { dependents, missingParts } from './obstacles.ts';
import {
  parseTableName,
  quoteIdentifier,
  quoteLiteral,
  quoteTable,
  shortHash,
  showTable,
  suffixed,
  type TableName,
} from './quote-identifier.ts';
import { findRelation, moveRelation, type Relation } from './relation.ts';
import { findSlot, refuse, type Slot } from './slot.ts';
import { versionOf, versionQuery, type VersionRow } from './version.ts';

/**
 * One publisher at a time for a partition, across all collectors; a reader of the token waits for it. Whoever
 * gets the lock after its time gives up: the ledger may have been settled without it.
 */
export async function lockPlace(
  client: pg.PoolClient,
  place: { readonly target: string; readonly partition: string; readonly notAfter?: Date },
  mode: 'exclusive' | 'shared',
): Promise<void> {
  const lock = mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  await rows(client, `select ${lock}(hashtextextended($1, 4100))`, [
    `assay\n${place.target}\n${place.partition}`,
  ]);
  const [clock] = await rows<{ late: boolean }>(
    client,
    'select clock_timestamp() > $1::timestamptz as late',
    [place.notAfter ?? null],
  );
  if (clock?.late === true) {
    throw new Refusal<PublishOutcome>({
      status: 'retryable',
      reason: 'The time given to this publication is over.',
    });
  }
}

/**
 * Makes exactly the measured candidate the target's partition, in one transaction: either all of it is
 * seen, or nothing has changed. What was served before is kept beside it as `…_prev`.
 */
export function publish(pool: pg.Pool, request: PublishRequest): Promise<PublishOutcome> {
  return publishTogether(pool, [request]);
}

/** A publication that is ready to be put in place. */
interface Prepared {
  readonly request: PublishRequest;
  readonly before: Slot;
  readonly staging: Relation;
}

/** The same for several partitions of one target, in one transaction. Gold is locked once all candidates are read. */
export async function publishTogether(
  pool: pg.Pool,
  requests: readonly PublishRequest[],
): Promise<PublishOutcome> {
  // In one order, so that two publications of the same partitions do not wait for each other.
  const sorted = requests.toSorted((a, b) => (a.partition < b.partition ? -1 : 1));
  try {
    return await inTransaction(pool, async (client) => {
      const prepared: Prepared[] = [];
      const done: Slot[] = [];
      for (const request of sorted) {
        await lockPlace(client, request, 'exclusive');
        const before = await findSlot(client, request.target, request.partition);
        if (before.current && readMark(before.current.comment)?.token === request.token) {
          done.push(before);
          continue;
        }
        const staging = await lockCandidate(client, request);
        await boundRows(client, staging, before, request);
        prepared.push({ request, before, staging });
      }
      const [first] = done;
      if (first && prepared.length > 0) refuse('Some of these were published by themselves already.');
      if (first) {
        const kept = await findRelation(client, keptName(first.place));
        return { status: 'published', alreadyDone: true, previous: kept && showTable(kept) };
      }
      let previous: TableName | null = null;
      for (const { request, before, staging } of prepared) {
        const slot = await lockTarget(client, request, before);
        previous = await putInPlace(client, slot, staging, {
          mark: { token: request.token, version: request.candidate.version },
          keepAs: keptName(slot.place),
        });
      }
      // Where each is kept goes by its name; a single one is told.
      const told = prepared.length === 1 && previous ? showTable(previous) : null;
      return { status: 'published', alreadyDone: false, previous: told };
    });
  } catch (error) {
    if (error instanceof Refusal) return error.outcome as PublishOutcome;
    const [one] = requests;
    return faultOf(error, `Publishing ${one?.candidate.ref ?? 'nothing'} to ${one?.target ?? 'nowhere'}`);
  }
}

/** The name under which the table served before is kept. */
export function keptName(place: TableName): TableName {
  return { schema: place.schema, name: suffixed(place.name, '_prev') };
}

/** Locks the staging table against everybody and looks whether it is still what was measured. */
async function lockCandidate(client: pg.PoolClient, { candidate }: PublishRequest): Promise<Relation> {
  const table =
    parseTableName(candidate.ref) ?? refuse(`${JSON.stringify(candidate.ref)} is not a table name.`);
  const found = await findRelation(client, table);
  if (!found) throw new Refusal<PublishOutcome>({ status: 'version_moved', actual: null });
  if (found.kind !== 'r' || found.isPartition) {
    refuse(`${showTable(table)} is not an ordinary table of its own; a candidate must be one.`);
  }
  await client.query(`lock table only ${quoteTable(table)} in access exclusive mode`);
  await expectVersion(client, table, candidate.version);
  return (await findRelation(client, table)) ?? refuse(`${showTable(table)} is gone.`);
}

/** Refuses when the table is not the one that has this version. */
export async function expectVersion(client: pg.PoolClient, table: TableName, version: string): Promise<void> {
  const query = versionQuery(table);
  const [row] = await rows<VersionRow>(client, `select ${query.columns} from ${query.from}`, [
    table.schema,
    table.name,
  ]);
  const actual = row ? versionOf(row) : null;
  if (actual !== version) throw new Refusal<PublishOutcome>({ status: 'version_moved', actual });
}

/** Proves by a constraint that the rows belong in the partition, while gold is still free for readers. */
export async function boundRows(
  client: pg.PoolClient,
  table: Relation,
  slot: Slot,
  request: { readonly partition: string; readonly token: string },
): Promise<void> {
  if (!slot.bound) return;
  const name = quoteIdentifier(boundName(request.token));
  try {
    await client.query(
      `alter table ${quoteTable(table)} add constraint ${name} check (${slot.bound.condition})`,
    );
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === '23514') refuse(`${showTable(table)} has rows that are not in ${request.partition}.`);
    throw error;
  }
}

const boundName = (token: string): string => `assay_bound_${shortHash(token)}`;

/** Locks the target for the moment of the exchange and looks again at what is there. */
export async function lockTarget(
  client: pg.PoolClient,
  request: { readonly target: string; readonly partition: string },
  before: Slot,
): Promise<Slot> {
  await client.query(`lock table only ${quoteTable(before.target)} in access exclusive mode`);
  if (before.bound && before.current) {
    await client.query(`lock table only ${quoteTable(before.current)} in access exclusive mode`);
  }
  return findSlot(client, request.target, request.partition);
}

/**
 * Exchanges what is served at the slot for `table`; both are locked. Returns where the former table is kept.
 * A table kept there before makes room, if it is one that Assay kept.
 */
export async function putInPlace(
  client: pg.PoolClient,
  slot: Slot,
  table: Relation,
  options: { readonly mark: Mark; readonly keepAs: TableName },
): Promise<TableName | null> {
  const { current, target, bound, place } = slot;
  const token = options.mark.token ?? '';
  if (current) {
    const obstacle =
      (await dependents(client, current)) ?? (bound ? null : await missingParts(client, target, table));
    if (obstacle !== null) refuse(obstacle);
    await makeRoom(client, options.keepAs);
  }
  const { comment } = current ?? table;
  await takeOver(client, table, target, current);
  if (current) {
    if (bound)
      await client.query(`alter table ${quoteTable(target)} detach partition ${quoteTable(current)}`);
    await moveRelation(client, current, options.keepAs, shortHash(`${token} kept`));
    const was = readMark(current.comment);
    const kept: Mark = { token: was?.token ?? null, version: was?.version ?? null, kept: true };
    await setComment(client, options.keepAs, withMark(current.comment, kept));
  }
  await moveRelation(client, table, place, shortHash(token));
  if (bound) {
    await client.query(
      `alter table ${quoteTable(target)} attach partition ${quoteTable(place)} ${bound.clause}`,
    );
    await client.query(
      `alter table ${quoteTable(place)} drop constraint ${quoteIdentifier(boundName(token))}`,
    );
  }
  await setComment(client, place, withMark(comment, options.mark));
  return current ? options.keepAs : null;
}

async function makeRoom(client: pg.PoolClient, name: TableName): Promise<void> {
  const older = await findRelation(client, name);
  if (!older) return;
  if (readMark(older.comment)?.kept !== true) {
    refuse(`${showTable(name)} is needed to keep the previous data, but it holds something else; rename it.`);
  }
  await client.query(`drop table ${quoteTable(name)}`);
}

async function setComment(client: pg.PoolClient, table: TableName, comment: string): Promise<void> {
  await client.query(`comment on table ${quoteTable(table)} is ${quoteLiteral(comment)}`);
}
