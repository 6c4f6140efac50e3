import { contentId, type Uuid } from '#model/ids.ts';
import { NO_RULES, type NamingRules } from '#model/naming.ts';
import type { Database, Queryable } from '#store/database.ts';
import { keepInQuarantine } from '#store/quarantine.ts';
import { appendRawEvents, type RawEventRow, type RawSegment } from '#store/raw-events.ts';
import { modelGeneration } from '#store/shadow-model.ts';
import { withSpan } from '#collector/span.ts';
import { Batcher } from './batcher.ts';
import type { Dictionary } from './codec.ts';
import {
  readEnvelope,
  type EnvelopeFault,
  type EnvelopeProblem,
  type RawEvent,
  type ReceivedEvent,
} from './envelope.ts';
import { KeptPassages, PassagesMissing } from './kept-passages.ts';
import { KnownFacts, type FactSet } from './known-facts.ts';
import type { EventDelta } from './normalise/event-delta.ts';
import { identifyBy, type Identify } from './normalise/identify.ts';
import { normalise } from './normalise/normalise.ts';
import { projectBatch, readStoredRuns, RunsAppeared } from './project.ts';
import type { KeptPassage } from './passage.ts';
import { quarantineEntry } from './quarantine-entry.ts';
import { SegmentPacker } from './segment-packer.ts';
import { isFaultOfData, isRetryable } from './store-faults.ts';
import { Turns, type Progress, type Turn } from './turns.ts';

/** What became of one received event. All but `invalid` are acknowledged. */
export type IngestOutcome =
  | { readonly status: 'accepted'; readonly id: Uuid; readonly duplicate: boolean; readonly warnings: number }
  /** Kept and replayable, but not part of the model: projecting it failed. */
  | { readonly status: 'quarantined'; readonly id: Uuid; readonly reason: string }
  | {
      readonly status: 'invalid';
      readonly id: Uuid;
      readonly kind: EnvelopeFault;
      readonly problems: readonly EnvelopeProblem[];
    };

/** `replay`: an operator's new attempt with a quarantined event. */
export type IngestSource = 'http' | 'file' | 'kafka' | 'replay';

export interface IngestOptions {
  readonly database: Database;
  readonly now: () => Date;
  /** Told of each batch, for metrics. */
  readonly onBatch?: (batch: {
    readonly events: number;
    readonly bytes: number;
    readonly seconds: number;
  }) => void;
  /** Told when an event is put aside. */
  readonly onQuarantine?: (entry: { readonly reason: string; readonly producer: string | null }) => void;
  readonly queueBytes?: number;
  /** Events have arrived that will be handed in next: a batch that is not full waits for them. */
  readonly isMoreAtHand?: () => boolean;
  /** What small batches are compressed by at a time. */
  readonly dictionary?: (now: Date) => Dictionary | null;
  /** How names are spelled, beside what the naming spec says. */
  readonly naming?: NamingRules;
}

/** Where events are handed in to be stored: here, or in a thread of its own (ingest-thread.ts). */
export type EventStore = Pick<
  Ingest,
  'receive' | 'keep' | 'drain' | 'queuedBytes' | 'queuedItems' | 'queueLimit' | 'isBusy'
>;

interface Prepared {
  readonly event: ReceivedEvent;
  readonly delta: EventDelta;
  readonly source: IngestSource;
}

/** A batch without its repetitions, compressed: all that a transaction needs. */
interface Packed {
  readonly prepared: readonly Prepared[];
  readonly segment: RawSegment;
  readonly rows: readonly RawEventRow[];
  /** That the segment refers to. */
  readonly passages: readonly KeptPassage[];
}

const MEGABYTE = 1024 * 1024;
const ATTEMPTS = 10;
/** From 2,000 events a second on there are at most some 60 batches a second; most of a small one's cost is its own. */
const PACE = { perItem: 0.5, most: 16 };

/** The transaction before is made anew, and must not wait for what this one has appended. */
class MakesWay extends Error {}

/**
 * The write path: envelope → delta → batch → segment → one transaction that appends and projects → acknowledgement.
 * Throws QueueFull under back-pressure, and what the store throws when it cannot be reached; then nothing
 * was acknowledged and the sender comes again.
 */
export class Ingest {
  readonly #options: IngestOptions;
  readonly #known = new KnownFacts();
  readonly #packer = new SegmentPacker();
  readonly #passages: KeptPassages;
  readonly #turns = new Turns<Uuid>();
  #generation: number | undefined;
  #storedAt = -Infinity;
  readonly #identify: Identify;
  readonly #batcher: Batcher<Prepared, IngestOutcome>;

  constructor(options: IngestOptions) {
    this.#options = options;
    this.#identify = identifyBy(options.naming ?? NO_RULES);
    this.#passages = new KeptPassages(options.database, options.now);
    this.#batcher = new Batcher((batch, next) => this.#write(batch, next), {
      batchItems: 256,
      batchBytes: 4 * MEGABYTE,
      queueBytes: options.queueBytes ?? 64 * MEGABYTE,
      pace: PACE,
      ...(options.isMoreAtHand && { isMoreAtHand: options.isMoreAtHand }),
    });
  }

  get queuedBytes(): number {
    return this.#batcher.queuedBytes;
  }

  get queuedItems(): number {
    return this.#batcher.queuedItems;
  }

  /** Events are coming in: something waits, or has been stored within the last second. */
  get isBusy(): boolean {
    return this.#batcher.queuedItems > 0 || performance.now() - this.#storedAt < 1000;
  }

  /** Bytes of events that may wait. */
  get queueLimit(): number {
    return this.#options.queueBytes ?? 64 * MEGABYTE;
  }

  /**
   * Stores one event as sent. Resolves after commit.
   * @param permit throws for an event that this sender may not send: then nothing of it is kept.
   * @param asSent contentId(bytes), where it is known already.
   */
  async receive(
    bytes: Uint8Array,
    source: IngestSource,
    permit?: (event: RawEvent) => void,
    asSent?: Uuid,
  ): Promise<IngestOutcome> {
    const result = readEnvelope(bytes, asSent);
    if (!result.event) {
      await this.#quarantine(bytes, result.id, source, result.producer, result.kind, result.problems);
      return { status: 'invalid', id: result.id, kind: result.kind, problems: result.problems };
    }
    const { event } = result;
    permit?.(event.raw);
    let delta: EventDelta;
    try {
      delta = normalise(event, this.#identify);
    } catch (error) {
      return this.#setAside(event, source, error);
    }
    return this.#batcher.add({ event, delta, source }, bytes.byteLength);
  }

  /** Keeps bytes that cannot be read as an event in quarantine; answers their id. */
  async keep(bytes: Uint8Array, source: IngestSource, reason: string, detail: string): Promise<Uuid> {
    const id = contentId(bytes);
    await this.#quarantine(bytes, id, source, null, reason, [{ pointer: '', detail }]);
    return id;
  }

  /** Resolves when all that was received has been stored or refused. */
  async drain(): Promise<void> {
    await this.#batcher.drain();
    await this.#passages.settled();
  }

  /** @param next called when this batch has said all to the store: the following one is compressed meanwhile. */
  async #write(batch: readonly Prepared[], next: () => void): Promise<readonly IngestOutcome[]> {
    const begin = performance.now();
    const outcomes = await withSpan('ingest store', { 'assay.events': batch.length }, () =>
      this.#writeOrSplit(batch, next),
    );
    this.#storedAt = performance.now();
    const bytes = batch.reduce((sum, prepared) => sum + prepared.event.bytes.byteLength, 0);
    this.#options.onBatch?.({ events: batch.length, bytes, seconds: (performance.now() - begin) / 1000 });
    return outcomes;
  }

  /** A batch that the store refuses for its data is halved until the culprit stands alone; the rest goes through. */
  async #writeOrSplit(
    batch: readonly Prepared[],
    next: (() => void) | undefined,
  ): Promise<readonly IngestOutcome[]> {
    try {
      return await this.#commit(batch, next);
    } catch (error) {
      if (!isFaultOfData(error)) throw error;
      const [first] = batch;
      if (batch.length === 1 && first) return [await this.#setAside(first.event, first.source, error)];
      const half = Math.ceil(batch.length / 2);
      const left = await this.#writeOrSplit(batch.slice(0, half), undefined);
      return [...left, ...(await this.#writeOrSplit(batch.slice(half), next))];
    }
  }

  async #commit(
    batch: readonly Prepared[],
    next: (() => void) | undefined,
  ): Promise<readonly IngestOutcome[]> {
    const { before, turn } = this.#turns.take();
    try {
      const packed = await this.#pack(batch);
      const appended = await before.appended;
      // The same event again would wait for the one before to commit, and that one, when made anew, for us.
      if (packed.rows.some(({ id }) => appended.has(id))) await before.over;
      return outcomesOf(batch, await this.#transact(batch, packed, before, turn, next));
    } finally {
      turn.end();
    }
  }

  /** Returns which events were there already. */
  async #transact(
    batch: readonly Prepared[],
    first: Packed,
    before: Progress<Uuid>,
    turn: Turn<Uuid>,
    next: (() => void) | undefined,
  ): Promise<Set<Uuid>> {
    let packed = first;
    let mayGoOn = before.settled;
    for (let attempt = 1; ;) {
      try {
        const { fresh, repeated, generation } = await this.#options.database.transaction((connection) =>
          this.#store(connection, packed, mayGoOn, turn, next),
        );
        // Unless a replay has put another model in its place, as the batch that came next may have seen already.
        if (generation === this.#generation) this.#known.addAll(fresh);
        return repeated;
      } catch (error) {
        if (error instanceof MakesWay) {
          await before.over;
          mayGoOn = Promise.resolve(true);
          continue;
        }
        // Two transactions waited for each other in a circle, or one was quicker with a new run: come again.
        const wantsPassages = error instanceof PassagesMissing;
        const mayComeAgain = isRetryable(error) || error instanceof RunsAppeared || wantsPassages;
        if (attempt === ATTEMPTS || !mayComeAgain) throw error;
        attempt += 1;
        turn.beginsAnew();
        if (!wantsPassages) continue;
        this.#passages.forget();
        packed = await this.#pack(batch);
      }
    }
  }

  /** Compresses before the transaction opens: no lock is held meanwhile, and a second attempt has it done. */
  async #pack(batch: readonly Prepared[]): Promise<Packed> {
    const prepared = [...new Map(batch.map((entry) => [entry.event.id, entry])).values()];
    const receivedAt = this.#options.now();
    const omissions = prepared.map(({ event }) => this.#passages.omissions(event, receivedAt));
    const { codec, body, spans } = await this.#packer.pack(
      prepared.map(({ event }) => event.bytes),
      this.#options.dictionary?.(receivedAt) ?? null,
      omissions,
    );
    const rows = spans.map((span, index): RawEventRow => {
      const { id, time } = (prepared[index] as Prepared).event;
      const eventTime = {
        milliseconds: time.milliseconds,
        microseconds: Math.floor(time.nanoseconds / 1000),
      };
      return { id, eventTime, ...span };
    });
    // In one order everywhere, so that two collectors with the same events do not wait in a circle: that of the
    // table's key, whose pages then are filled one after another.
    rows.sort(byKey);
    const passages = new Map<number, KeptPassage>();
    for (const omitted of omissions) for (const { passage } of omitted) passages.set(passage.number, passage);
    return { prepared, segment: { receivedAt, codec, body }, rows, passages: [...passages.values()] };
  }

  async #store(
    connection: Queryable,
    { prepared, segment, rows, passages }: Packed,
    mayGoOn: Promise<boolean>,
    turn: Turn<Uuid>,
    next: (() => void) | undefined,
  ): Promise<{ fresh: FactSet; repeated: Set<Uuid>; generation: number | undefined }> {
    const appending = connection.rows<{ id: Uuid }>(appendRawEvents(segment, rows));
    appending.catch(() => {}); // looked at below
    // What the batch before stores is to be seen, not run into.
    if (!(await mayGoOn)) throw new MakesWay();
    turn.appends(new Set(rows.map(({ id }) => id)));
    const [repeated, stored, [model]] = await Promise.all([
      appending,
      readStoredRuns(
        connection,
        prepared.map(({ delta }) => delta),
        this.#known,
      ),
      connection.rows<{ generation: number }>(modelGeneration()),
      this.#passages.verify(connection, passages, segment.receivedAt),
    ]);
    // A replay has put another model in its place: what was known of the old one may not be in it.
    if (model?.generation !== this.#generation) this.#known.clear();
    this.#generation = model?.generation;
    const known = new Set(repeated.map((row) => row.id));
    const deltas = prepared.filter(({ event }) => !known.has(event.id)).map(({ delta }) => delta);
    const projecting = projectBatch(connection, deltas, stored, this.#known, this.#options.now());
    // Its statements are on their way: time to compress what comes next.
    next?.();
    return { fresh: await projecting, repeated: known, generation: model?.generation };
  }

  async #setAside(event: ReceivedEvent, source: IngestSource, error: unknown): Promise<IngestOutcome> {
    const reason = 'projection_failed';
    const problems = [{ pointer: '', detail: error instanceof Error ? error.message : String(error) }];
    await this.#quarantine(event.bytes, event.id, source, event.raw.producer ?? null, reason, problems);
    return { status: 'quarantined', id: event.id, reason };
  }

  async #quarantine(
    bytes: Uint8Array,
    id: Uuid,
    source: IngestSource,
    producer: string | null,
    reason: string,
    problems: readonly EnvelopeProblem[],
  ): Promise<void> {
    const receivedAt = this.#options.now();
    const entry = quarantineEntry({ id, bytes, receivedAt, source, producer, reason, problems });
    await this.#options.database.execute(keepInQuarantine(entry));
    this.#options.onQuarantine?.({ reason, producer });
  }
}

function byKey(a: RawEventRow, b: RawEventRow): number {
  return (
    a.eventTime.milliseconds - b.eventTime.milliseconds ||
    a.eventTime.microseconds - b.eventTime.microseconds ||
    (a.id < b.id ? -1 : 1)
  );
}

/** Within one batch the first of equal events is the stored one, the others are its duplicates. */
function outcomesOf(batch: readonly Prepared[], repeated: ReadonlySet<Uuid>): IngestOutcome[] {
  const seen = new Set<Uuid>();
  return batch.map(({ event, delta }) => {
    const duplicate = repeated.has(event.id) || seen.has(event.id);
    seen.add(event.id);
    return { status: 'accepted', id: event.id, duplicate, warnings: delta.warnings.length };
  });
}
