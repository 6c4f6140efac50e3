import { NO_RULES, type NamingRules } from '#model/naming.ts';
import { judgeAnew, regroupedInShadow } from '#store/aliases.ts';
import type { Database, Queryable } from '#store/database.ts';
import { stopIngest } from '#store/ingest-lock.ts';
import {
  beforeFirstSequence,
  claimReplay,
  countModelEvents,
  createShadow,
  drawnSequence,
  dropShadow,
  swapShadow,
  useShadow,
} from '#store/shadow-model.ts';
import type { Statement } from '#store/sql.ts';
import { Problem } from '#collector/problems.ts';
import { readEnvelope } from './envelope.ts';
import { KnownFacts } from './known-facts.ts';
import type { EventDelta } from './normalise/event-delta.ts';
import { identifyBy, type Identify } from './normalise/identify.ts';
import { normalise } from './normalise/normalise.ts';
import { projectBatch, readStoredRuns } from './project.ts';
import { RawLogReader } from './raw-log.ts';
import { regroupAll } from './regroup.ts';

export interface ReplayReport {
  readonly events: number;
  /** Events whose bytes retention has dropped: what only they stated is not in the new model. */
  readonly expired: number;
  /** Events that this version of Assay cannot project; they stay in the raw log. */
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
}

export interface ReplayOptions {
  /** Told the sequence number reached and the last one known. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Swaps also when the live model knows events that the raw log no longer has. */
  readonly forgetExpired?: boolean;
  /** Ends the replay between two pages; the live model is left as it is. */
  readonly signal?: AbortSignal;
  /** How names are spelled, beside what the naming spec says. */
  readonly naming?: NamingRules;
  readonly now?: () => Date;
}

const PAGE = 1000;

/**
 * Rebuilds every projection from the raw log, in a schema beside the live one, while ingest goes on. It follows
 * until a page or less is missing (or ingest is as fast as it is), then holds ingest back for a moment, does
 * the rest and swaps. Throws conflict when another replay is under way, or when the swap would forget events;
 * the live model then is left as it is.
 */
export async function replay(
  database: Database,
  {
    onProgress = () => {},
    forgetExpired = false,
    signal,
    naming = NO_RULES,
    now = () => new Date(),
  }: ReplayOptions = {},
): Promise<ReplayReport> {
  return claimed(database, async () => {
    const known = new KnownFacts();
    const identify = identifyBy(naming);
    const failed: ReplayReport['failed'][number][] = [];
    const log = new RawLogReader();
    let events = 0;
    let expired = 0;
    /** Gives the sequence number that was reached. */
    const project = async (connection: Queryable, after: number, most: number): Promise<number> => {
      signal?.throwIfAborted();
      const page = await log.read(connection, after, Math.min(after + PAGE, most));
      expired += page.expired;
      const deltas: EventDelta[] = [];
      for (const { id, body } of page.events) {
        try {
          deltas.push(deltaOf(body(), identify));
        } catch (error) {
          failed.push({ id, reason: error instanceof Error ? error.message : String(error) });
        }
      }
      const before = await readStoredRuns(connection, deltas, known);
      known.addAll(await projectBatch(connection, deltas, before, known, null));
      events += deltas.length;
      return page.upTo;
    };

    /** Every event up to here is committed, whatever transaction brought it. */
    const cleanCut = (): Promise<number> =>
      database.transaction(async (connection) => {
        await connection.rows(stopIngest());
        return sequence(connection, drawnSequence());
      });

    await database.transaction(createShadow);
    let done = await sequence(database, beforeFirstSequence());
    for (let behind = Number.POSITIVE_INFINITY; ;) {
      const cut = await cleanCut();
      if (cut - done <= PAGE || cut - done >= behind) break;
      behind = cut - done;
      while (done < cut) {
        done = await database.transaction(async (connection) => {
          await connection.execute(useShadow());
          return project(connection, done, cut);
        });
        onProgress(done, cut);
      }
    }
    const refused = await database.transaction(async (connection) => {
      await connection.rows(stopIngest());
      const cut = await sequence(connection, drawnSequence());
      const live = await modelEvents(connection);
      await connection.execute(useShadow());
      while (done < cut) done = await project(connection, done, cut);
      const forgotten = live - (await modelEvents(connection));
      if (forgotten > 0 && !forgetExpired) return forgotten;
      await regroupAll(connection, null); // operators' decisions too, which no event brings
      const regrouped = (await connection.rows<{ id: string }>(regroupedInShadow())).map(({ id }) => id);
      if (regrouped.length > 0) await connection.execute(judgeAnew(regrouped, now()));
      await swapShadow(connection);
      return 0;
    });
    if (refused > 0) throw new Problem('conflict', forgets(refused, failed.length), { forgotten: refused });
    onProgress(done, done);
    return { events, expired, failed };
  });
}

/** Lets one replay at a time work; whatever comes of it, what it leaves beside the live model is taken away. */
async function claimed<T>(database: Database, work: () => Promise<T>): Promise<T> {
  return database.transaction(async (guard) => {
    const [claim] = await guard.rows<{ claimed: boolean }>(claimReplay());
    if (!claim?.claimed) throw new Problem('conflict', 'Another replay is under way; wait for it to end.');
    try {
      return await work();
    } finally {
      // When the store is away, the next replay or the hourly look does it.
      await dropShadow(database).catch(() => {});
    }
  });
}

async function modelEvents(connection: Queryable): Promise<number> {
  const [count] = await connection.rows<{ events: number }>(countModelEvents());
  return count?.events ?? 0;
}

function forgets(events: number, failed: number): string {
  const reason =
    failed === 0
      ? 'retention has dropped them from the raw log'
      : `${failed} in the raw log cannot be projected, and retention has dropped the others`;
  return `The model knows ${events} events that a replay would forget: ${reason}. Nothing was changed; give --forget-expired to replay without them.`;
}

async function sequence(connection: Queryable, statement: Statement): Promise<number> {
  const [row] = await connection.rows<{ sequence: number }>(statement);
  return row?.sequence ?? 0;
}

function deltaOf(bytes: Uint8Array, identify: Identify): EventDelta {
  const result = readEnvelope(bytes);
  if (!result.event)
    throw new Error(result.problems.map(({ pointer, detail }) => `${pointer || '/'}: ${detail}`).join(' '));
  return normalise(result.event, identify);
}
