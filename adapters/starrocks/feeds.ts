import type { Feed, FeedReport, LivePartition } from '#model/feed.ts';
import { partitionKey } from '#model/partition.ts';
import type { Outcome } from '#model/ports.ts';
import { partitionsOf, tableVersion } from './catalog.ts';
import { showRef } from './candidate-ref.ts';
import { partitionValuesOf } from './loads/partition-facts.ts';
import type { TableName } from './names.ts';
import { targetOf } from './order-of.ts';
import { outcomeOf } from './outcome.ts';
import { kindOf } from './place.ts';
import { versionOf } from './publish-by-replace.ts';
import type { Row, Session } from './session.ts';
import { pauseRoutineLoad, resumeRoutineLoad, routineLoads } from './statements.ts';

/** Partitions of a table that are looked at: late events fill more than the newest. */
const LATEST = 3;
const NEVER_LOADED = '1';
/** Longest reason that is handed on. */
const LONGEST = 300;

/** The routine loads of a target, and what they fill; null for a target that the gate publishes to. */
export function readFeeds(session: Session, text: string): Promise<Outcome<FeedReport | null>> {
  return outcomeOf('Reading the routine loads', async () => {
    const { table, feed } = targetOf(text);
    if (feed === null) return { status: 'success', value: null };
    const [me] = await session.query('SELECT CURRENT_USER()');
    const self = userOf(Object.values(me ?? {})[0] ?? '');
    const rows = (await session.query(routineLoads(table.database))).filter(
      (row) => row['TableName'] === table.table,
    );
    return {
      status: 'success',
      value: {
        feeds: rows.map((row) => feedOf(row, self, feed.jobs)),
        pausesOn: feed.pausesOn,
        checkEverySeconds: feed.everySeconds,
      },
    };
  });
}

/** The newest partitions that hold data, newest first; the whole of a table without partitions. */
export function livePartitions(session: Session, text: string): Promise<Outcome<readonly LivePartition[]>> {
  return outcomeOf('Reading the partitions', async () => ({
    status: 'success',
    value: await latestOf(session, targetOf(text).table),
  }));
}

/**
 * Sends one PAUSE or RESUME. What became of it, `readFeeds` tells. StarRocks cannot resume on a condition, so that it is
 * ours to resume is read once more right before: what somebody else pauses in between the two is resumed all the same.
 */
export function setFeed(
  session: Session,
  text: string,
  { id, name }: Pick<Feed, 'id' | 'name'>,
  to: 'paused' | 'running',
): Promise<Outcome<null>> {
  return outcomeOf(`${to === 'paused' ? 'Pausing' : 'Resuming'} ${name}`, async () => {
    const { database } = targetOf(text).table;
    if (to === 'running') {
      const now = await readFeeds(session, text);
      if (now.status !== 'success') return now;
      const feed = now.value?.feeds.find((one) => one.id === id);
      if (feed?.state !== 'paused' || feed.pausedBy !== 'self')
        return {
          status: 'failure',
          reason: `${name} is not ours to resume: ${feed?.detail ?? 'it is gone'}`,
        };
    }
    await session.query((to === 'paused' ? pauseRoutineLoad : resumeRoutineLoad)(database, name));
    return { status: 'success', value: null };
  });
}

function feedOf(row: Row, self: string, jobs: readonly string[]): Feed {
  const state = stateOf(row['State'] ?? '');
  const reason = (row['ReasonOfStateChanged'] ?? '').slice(0, LONGEST);
  return {
    id: row['Id'] ?? '',
    name: row['Name'] ?? '',
    meant: jobs.length === 0 || jobs.includes(row['Name'] ?? ''),
    state,
    pausedBy: state === 'paused' ? (pauserOf(reason) === self ? 'self' : 'other') : null,
    pausedAt: state === 'paused' ? (row['PauseTime'] ?? null) : null,
    detail: [row['State'] ?? '', reason].filter((part) => part !== '').join(': '),
  };
}

/** NEED_SCHEDULE and UNSTABLE (far behind) load as RUNNING does, or are about to. */
function stateOf(text: string): Feed['state'] {
  if (text === 'PAUSED') return 'paused';
  return text === 'STOPPED' || text === 'CANCELLED' ? 'ended' : 'running';
}

/**
 * Who paused a load by hand: the frontend writes `User assay_gate pauses routine load job`. Null where it paused
 * itself, for errors in the data or a lost broker.
 */
function pauserOf(reason: string): string | null {
  const user = /\bUser (\S+?) ?pauses routine load job/.exec(reason)?.[1];
  return user === undefined ? null : userOf(user);
}

/** `assay_gate` of `'assay_gate'@'%'`, and of `default_cluster:assay_gate`. */
function userOf(identity: string): string {
  const name = identity.split('@')[0] ?? '';
  return (name.split(':').at(-1) ?? '').replaceAll(/['`"\s]/g, '');
}

async function latestOf(session: Session, table: TableName): Promise<LivePartition[]> {
  const kind = await kindOf(session, table);
  if (kind.type !== 'table') return [];
  const ref = { table, temporary: false, live: true };
  if (kind.columns.length === 0) {
    const version = await tableVersion(session, table);
    return version === null ? [] : [{ partition: '', ref: showRef({ ...ref, partition: null }), version }];
  }
  const columns = kind.columns.join(',');
  return (await partitionsOf(session, table))
    .flatMap((one) => {
      const values = partitionValuesOf(columns, one.value);
      if (one.temporary || one.version === NEVER_LOADED || values === null) return [];
      const partition = partitionKey(values);
      return [{ partition, ref: showRef({ ...ref, partition: one.name }), version: versionOf(one) }];
    })
    .toSorted((a, b) => (a.partition < b.partition ? 1 : -1))
    .slice(0, LATEST);
}
