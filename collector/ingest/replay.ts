import type { Database, Queryable } from '#store/database.ts';
import { stopIngest } from '#store/ingest-lock.ts';
import { lastSequence, readRawEvents, type StoredEvent } from '#store/raw-events.ts';
import { claimReplay, createShadow, swapShadow, useShadow } from '#store/shadow-model.ts';
import { Problem } from '#collector/problems.ts';
import { unpack } from './codec.ts';
import { readEnvelope } from './envelope.ts';
import { KnownFacts } from './known-facts.ts';
import type { EventDelta } from './normalise/event-delta.ts';
import { normalise } from './normalise/normalise.ts';
import { projectBatch } from './project.ts';

export interface ReplayReport {
  readonly events: number;
  /** Events that this version of Assay cannot project; they stay in the raw log. */
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
}

const PAGE = 1000;

/**
 * Rebuilds every projection from the raw log, in a schema beside the live one, while ingest goes on; then
 * holds ingest back for a moment, catches up and swaps.
 * @param onProgress told the sequence number reached and the last one known.
 */
export async function replay(
  database: Database,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<ReplayReport> {
  return database.transaction(async (guard) => {
    const [claim] = await guard.rows<{ claimed: boolean }>(claimReplay());
    if (!claim?.claimed) throw new Problem('conflict', 'Another replay is under way; wait for it to end.');
    const known = new KnownFacts();
    const failed: ReplayReport['failed'][number][] = [];
    let events = 0;
    const project = async (connection: Queryable, after: number, upTo: number): Promise<void> => {
      const stored = await connection.rows<StoredEvent>(readRawEvents(after, upTo));
      const deltas: EventDelta[] = [];
      for (const row of stored) {
        try {
          deltas.push(deltaOf(row));
        } catch (error) {
          failed.push({ id: row.id, reason: error instanceof Error ? error.message : String(error) });
        }
      }
      known.addAll(await projectBatch(connection, deltas, known, null));
      events += deltas.length;
    };

    // A clean cut: every event up to here is committed, whatever transaction brought it.
    const cut = await database.transaction(async (connection) => {
      await connection.rows(stopIngest());
      await createShadow(connection);
      return sequence(connection);
    });
    for (let after = 0; after < cut; after += PAGE) {
      const upTo = Math.min(after + PAGE, cut);
      await database.transaction(async (connection) => {
        await connection.execute(useShadow());
        await project(connection, after, upTo);
      });
      onProgress(upTo, cut);
    }
    await database.transaction(async (connection) => {
      await connection.rows(stopIngest());
      await connection.execute(useShadow());
      await project(connection, cut, await sequence(connection));
      await swapShadow(connection);
    });
    return { events, failed };
  });
}

async function sequence(connection: Queryable): Promise<number> {
  const [last] = await connection.rows<{ sequence: number }>(lastSequence());
  return last?.sequence ?? 0;
}

function deltaOf(row: StoredEvent): EventDelta {
  const result = readEnvelope(unpack(row.codec, row.body));
  if (!result.event)
    throw new Error(result.problems.map(({ pointer, detail }) => `${pointer || '/'}: ${detail}`).join(' '));
  return normalise(result.event);
}
