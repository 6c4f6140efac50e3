import type { Breach, Feed } from '#model/feed.ts';
import { feedStep, type FeedStep, type PauseState } from '#model/feed-pause.ts';
import type { Uuid } from '#model/ids.ts';
import type { Warehouse } from '#model/ports.ts';
import type { FeedPauseRow } from '#store/feed-pauses.ts';

/** Where pauses are written down before they happen. */
export interface PauseLedger {
  /** What stands broken now. */
  breaches(): Promise<readonly Breach[]>;
  /** The open line of each load, or else its last. */
  lasts(): Promise<readonly FeedPauseRow[]>;
  /** False: the load has an open line already. */
  open(row: FeedPauseRow): Promise<boolean>;
  /** False: the line does not stand at `from` any more. */
  move(from: PauseState, row: FeedPauseRow): Promise<boolean>;
}

export interface TurnOrder {
  readonly datasetId: Uuid;
  readonly warehouse: Pick<Warehouse, 'name' | 'feeds' | 'setFeed'>;
  /** The target without its options. */
  readonly place: string;
  readonly target: string;
  readonly ledger: PauseLedger;
  readonly newId: () => Uuid;
  readonly now: Date;
}

export interface TurnReport {
  /** Loads that stand still because Assay paused them. */
  readonly paused: number;
  readonly faults: readonly string[];
}

/** Steps of one load in one look: written down, sent, seen, and once more. */
const MOST_STEPS = 6;
/** No statement is on its way for so long. */
const LONG_GONE = 3_600_000;
/** Longest detail that is kept. */
const LONGEST = 500;

/**
 * Pauses the loads of a target while something is broken and lets them run after, each by the next steps that
 * model/feed-pause.ts names: what is done is written down before, and its effect is read after.
 */
export async function turnFeeds(order: TurnOrder): Promise<TurnReport> {
  const { ledger, target, warehouse } = order;
  const faults: string[] = [];
  // The ledger and what is broken first: a load that is seen to stand still stood still while that was known, so
  // that whoever resumes it later does so in spite of it.
  const lasts = new Map((await ledger.lasts()).map((row) => [row.feed_id, row]));
  const standing = await ledger.breaches();
  const outcome = await warehouse.feeds?.(target);
  if (outcome?.status !== 'success') return { paused: 0, faults: outcome ? [outcome.reason] : [] };
  const report = outcome.value;
  const { feeds = [], pausesOn = [] } = report ?? {};
  const breaches = standing.filter(({ kind }) => pausesOn.includes(kind));
  const listed = new Set(feeds.map(({ id }) => id));
  const gone = [...lasts.values()].filter(({ feed_id: id }) => !listed.has(id)).map(goneFeed);
  let paused = 0;
  for (const feed of [...feeds, ...gone]) {
    const broken = feed.meant ? breaches : [];
    const state = await settle(order, feed, lasts.get(feed.id) ?? null, broken, faults);
    if (state === 'paused') paused += 1;
  }
  return { paused, faults };
}

async function settle(
  order: TurnOrder,
  found: Feed,
  known: FeedPauseRow | null,
  breaches: readonly Breach[],
  faults: string[],
): Promise<PauseState | null> {
  const { ledger, now } = order;
  let feed = found;
  let last = known && { ...known, doubtful: known.doubtful && +now - +known.changed_at < LONG_GONE };
  let sent = false;
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const step = feedStep(feed, last, breaches);
    const send = step.type === 'open' || step.type === 'move' ? step.send : null;
    // One statement in a look: what did not work now is tried at the next.
    if (step.type === 'none' || (send !== null && sent)) break;
    const doubtful = last?.doubtful ?? false;
    const next = lineAfter(order, step, feed, last, breaches);
    const written = await (step.type === 'open' || last === null
      ? ledger.open(next)
      : ledger.move(last.state, next));
    // Another collector was there first: it goes on.
    if (!written) return null;
    last = next;
    if (send === null) continue;
    sent = true;
    last = await turn(order, feed, last, { to: send, doubtful }, faults);
    const again = await readAgain(order, feed);
    if (again === null) return last.state;
    feed = again;
  }
  return last?.state ?? null;
}

/** The line as it is to be written. */
function lineAfter(
  { datasetId, warehouse, place, target, newId, now }: TurnOrder,
  step: Exclude<FeedStep, { readonly type: 'none' }>,
  feed: Feed,
  last: FeedPauseRow | null,
  breaches: readonly Breach[],
): FeedPauseRow {
  const shared = { feed: feed.name, detail: feed.detail.slice(0, LONGEST), changed_at: now };
  if (step.type === 'open' || last === null)
    return {
      ...shared,
      id: newId(),
      dataset_id: datasetId,
      warehouse: warehouse.name,
      place,
      target,
      feed_id: feed.id,
      state: step.type === 'note' ? 'paused' : step.state,
      breaches,
      doubtful: (last?.doubtful ?? false) || (step.type === 'open' && step.send === 'running'),
      paused_at: feed.pausedAt,
      begun_at: now,
    };
  const state = step.type === 'note' ? last.state : step.state;
  return {
    ...last,
    ...shared,
    target,
    state,
    paused_at: feed.pausedAt ?? last.paused_at,
    // What is let go keeps the reasons for which it stood still.
    breaches: joined(last.breaches, breaches),
    // Until its answer is heard a RESUME may arrive at any time, whatever becomes of this process.
    doubtful: last.doubtful || (step.type === 'move' && step.send === 'running'),
  };
}

async function turn(
  { warehouse, target, ledger }: TurnOrder,
  feed: Feed,
  line: FeedPauseRow,
  { to, doubtful }: { readonly to: 'paused' | 'running'; readonly doubtful: boolean },
  faults: string[],
): Promise<FeedPauseRow> {
  const outcome = await warehouse.setFeed?.(target, feed, to);
  if (outcome === undefined) return line;
  const failed = outcome.status === 'success' ? null : outcome.reason;
  if (failed !== null) faults.push(`${feed.name}: ${failed}`);
  // Heard: it has run, or never will.
  const heard = outcome.status !== 'retryable';
  const next = {
    ...line,
    ...(failed !== null && { detail: failed.slice(0, LONGEST) }),
    doubtful: heard ? doubtful : line.doubtful,
  };
  if (failed === null && next.doubtful === line.doubtful) return line;
  // Another collector may go on with the line meanwhile; its word stands.
  return (await ledger.move(line.state, next)) ? next : line;
}

/** How the load stands now; null where that cannot be read. */
async function readAgain({ warehouse, target }: TurnOrder, { id }: Feed): Promise<Feed | null> {
  const outcome = await warehouse.feeds?.(target);
  return outcome?.status === 'success' ? (outcome.value?.feeds.find((one) => one.id === id) ?? null) : null;
}

/** A load that the warehouse does not know any more. */
function goneFeed({ feed_id: id, feed: name }: FeedPauseRow): Feed {
  return {
    id,
    name,
    meant: false,
    state: 'ended',
    pausedBy: null,
    pausedAt: null,
    detail: 'It is not there any more.',
  };
}

function joined(before: readonly Breach[], now: readonly Breach[]): Breach[] {
  const known = new Set(before.map(({ id }) => id));
  return [...before, ...now.filter(({ id }) => !known.has(id))];
}
