import type { Uuid } from '#model/ids.ts';
import type { Database } from '#store/database.ts';
import {
  readQuarantined,
  readQuarantinedPage,
  settleQuarantined,
  type QuarantineCursor,
  type QuarantinedBytes,
  type QuarantineFilter,
} from '#store/quarantine.ts';
import { Problem } from '#collector/problems.ts';
import { QueueFull } from './batcher.ts';
import { unpack } from './codec.ts';
import { readEnvelope, type EnvelopeProblem } from './envelope.ts';
import type { Ingest, IngestOutcome } from './ingest.ts';

export interface ReplayServices {
  readonly database: Database;
  readonly ingest: Pick<Ingest, 'receive'>;
}

export type Accepted = Extract<IngestOutcome, { status: 'accepted' }>;

export interface ReplayOrder {
  /** The event as it should have been; null takes the bytes that were received. */
  readonly mended: Uint8Array | null;
  readonly by: string | null;
  readonly now: Date;
}

/** The entry of an id. Throws not_found. */
export async function quarantinedEntry(database: Database, id: Uuid): Promise<QuarantinedBytes> {
  const [entry] = await database.rows<QuarantinedBytes>(readQuarantined(id));
  if (!entry) throw new Problem('not_found', `No quarantined event has the id ${id}.`);
  return entry;
}

/**
 * Takes a quarantined event in again and marks the entry with what it became. Throws not_found, conflict
 * when it was replayed before, and invalid_envelope when it still cannot be accepted; then the entry is as it was.
 */
export async function replayQuarantined(
  { database, ingest }: ReplayServices,
  id: Uuid,
  { mended, by, now }: ReplayOrder,
): Promise<Accepted> {
  const entry = await quarantinedEntry(database, id);
  if (entry.state === 'replayed')
    throw new Problem('conflict', `This was replayed already, as event ${entry.replayed_as}.`);
  const outcome = await attempt(ingest, mended ?? unpack(entry.codec, entry.body));
  if (outcome.status === 'failed')
    throw new Problem('invalid_envelope', 'The event still cannot be accepted; it stays in quarantine.', {
      errors: outcome.problems,
    });
  const entries = [{ id, replayedAs: outcome.id }];
  const note = mended ? 'mended' : null;
  await database.execute(settleQuarantined({ state: 'replayed', entries, note, by, at: now }));
  return outcome;
}

interface Failed {
  readonly status: 'failed';
  readonly problems: readonly EnvelopeProblem[];
}

/** An envelope that is still broken is not handed in: it would only be kept a second time. */
async function attempt(ingest: ReplayServices['ingest'], bytes: Uint8Array): Promise<Accepted | Failed> {
  const envelope = readEnvelope(bytes);
  if (!envelope.event) return { status: 'failed', problems: envelope.problems };
  const outcome = await ingest.receive(bytes, 'replay');
  if (outcome.status === 'accepted') return outcome;
  const problems =
    outcome.status === 'invalid' ? outcome.problems : [{ pointer: '', detail: outcome.reason }];
  return { status: 'failed', problems };
}

export interface BulkReplay {
  readonly replayed: number;
  readonly failed: readonly { readonly id: Uuid; readonly problems: readonly EnvelopeProblem[] }[];
  /** Where to go on; null when no entry that matches is left. */
  readonly next: QuarantineCursor | null;
}

const PAGE_ENTRIES = 200;
const PAGE_BYTES = 8 * 1024 * 1024;

/**
 * Takes one page of the open entries that match in again, as they were received: after a mend of Assay or of
 * the store. Goes on behind the cursor, so that what still fails is met once. Throws QueueFull when no
 * room was left; what was stored until then is marked.
 */
export async function replayMatching(
  { database, ingest }: ReplayServices,
  filter: Omit<QuarantineFilter, 'state'>,
  after: QuarantineCursor | null,
  { by, now }: Pick<ReplayOrder, 'by' | 'now'>,
): Promise<BulkReplay> {
  const page = await database.rows<QuarantinedBytes>(
    readQuarantinedPage({ ...filter, state: 'open' }, after, PAGE_ENTRIES, PAGE_BYTES),
  );
  const attempts = await Promise.allSettled(
    page.map(({ codec, body }) => attempt(ingest, unpack(codec, body))),
  );
  const entries: { id: Uuid; replayedAs: Uuid }[] = [];
  const failed: BulkReplay['failed'][number][] = [];
  attempts.forEach((result, index) => {
    const id = page[index]?.id as Uuid;
    if (result.status === 'rejected') return;
    if (result.value.status === 'accepted') entries.push({ id, replayedAs: result.value.id });
    else failed.push({ id, problems: result.value.problems });
  });
  await database.execute(settleQuarantined({ state: 'replayed', entries, note: null, by, at: now }));
  const refused = attempts.find((result) => result.status === 'rejected');
  if (refused)
    throw refused.reason instanceof QueueFull
      ? new Problem('overloaded', 'Not all could be stored for want of room; ask again in a second.')
      : refused.reason;
  const last = page.at(-1);
  return {
    replayed: entries.length,
    failed,
    next: last ? { at: last.last_received_at, id: last.id } : null,
  };
}
