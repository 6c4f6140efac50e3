import type { RunEvent } from 'openlineage-client';
import { StarRocksError, type Session } from '../session.ts';
import { offsetOf } from './cluster-time.ts';
import {
  endWithoutRow,
  eventsOfLoad,
  findingEvent,
  jobNameOf,
  type ClusterNames,
  type LoadSource,
  type TableFinding,
} from './load-events.ts';
import type { LoadRow, LoadsSchema } from './load-row.ts';
import { factsEvent, placeKey, readPartitionFacts, type PartitionFacts } from './partition-facts.ts';
import { eventOfPipeBatch, readPipeBatches } from './pipes.ts';
import { listLoads, readHistory, readLoads, transactionState, type ListedLoad } from './read-loads.ts';
import { missedTasks, readRoutineLoads } from './routine-loads.ts';
import {
  eventsOfTaskRun,
  lostTaskRun,
  readTaskRuns,
  taskJobOf,
  taskRunIdOf,
  type TaskRun,
} from './task-runs.ts';
import { ANY_TABLE, unattributed } from './unattributed.ts';
import { isDone, raiseFloor, type OpenLoad, type WatchState } from './watch-state.ts';

/** Something that whoever runs the cluster should know. */
export interface WatchFinding {
  readonly kind: 'unattributed_change' | 'evicted_load' | 'missed_tasks';
  readonly database: string;
  readonly table: string | null;
  readonly message: string;
}

export interface PollReport {
  readonly events: number;
  readonly findings: readonly WatchFinding[];
}

export interface PollOptions {
  readonly session: Session;
  readonly schema: LoadsSchema;
  readonly names: ClusterNames;
  readonly database: string;
  readonly state: WatchState;
  /** Delivers events in order; throws when they did not arrive. */
  readonly emit: (events: readonly RunEvent[]) => Promise<void>;
  /** Keeps the state: what was emitted before is not emitted again. */
  readonly save: () => Promise<void>;
  readonly now: number;
}

/** Whole rows that are in memory at a time. */
const CHUNK = 2000;

/** One look at a database: loads that began or ended since, what was purged, and what changed without a load. */
export async function pollDatabase(options: PollOptions): Promise<PollReport> {
  const { session, schema, database, state, now } = options;
  const report = { events: 0, findings: [] as WatchFinding[] };
  // Before the loads: what is in it was committed by loads that are listed now.
  const partitions = await readPartitionFacts(session, database);
  const routine = await readRoutineLoads(session, database);
  const tasks = await readTaskRuns(session, database);
  const around = {
    sources: new Map(routine.map((job) => [job.name, job.source])),
    tasks: new Map(tasks.map((run) => [run.id.toLowerCase(), run])),
  };
  const listed = await listLoads(session, schema, database);
  const seen = await tellListed(options, listed, around, report);
  await tellMissing(options, new Set(listed.map(({ id }) => id)), report);
  await tellTasks(options, tasks, report);
  await tellPipes(options, report);
  const found = [
    ...reconcileRoutine(options, routine, seen),
    ...unattributed({ database, state, now }, partitions),
  ];
  report.findings.push(...found.map(({ kind, table, message }) => ({ kind, database, table, message })));
  const changed = found.map((one) => findingEvent(options.names, one, now));
  const facts = factsOf(options, partitions);
  await tell(options, [...changed, ...facts.map(({ event }) => event)], report);
  for (const { key, version } of facts) state.facts.set(key, version);
  remember(state, partitions);
  const highest = listed.reduce((max, { id }) => (BigInt(id) > BigInt(max) ? id : max), '0');
  raiseFloor(state, highest, now);
  state.started = true;
  await options.save();
  return report;
}

type Report = { events: number; findings: WatchFinding[] };
/** What is known beside the loads: topics by the routine load, runs of tasks by their query. */
interface Around {
  readonly sources: ReadonlyMap<string, LoadSource | null>;
  readonly tasks: ReadonlyMap<string, TaskRun>;
}
type Seen = Map<string, { tasks: number; rows: number }>;

async function tell(options: PollOptions, events: readonly RunEvent[], report: Report): Promise<void> {
  if (events.length === 0) return;
  await options.emit(events);
  report.events += events.length;
}

/** Reads the whole rows of what is new, some at a time, and tells it. */
async function tellListed(
  options: PollOptions,
  listed: readonly ListedLoad[],
  around: Around,
  report: Report,
): Promise<Seen> {
  const { session, schema, database, state } = options;
  const wanted = listed
    .filter(({ id, state: now }) => (now === 'open' ? !state.open.has(id) : true) && !isDone(state, id))
    .map(({ id }) => id)
    .toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  const seen: Seen = new Map();
  for (let from = 0; from < wanted.length; from += CHUNK) {
    const ids = new Set(wanted.slice(from, from + CHUNK));
    const range = {
      first: wanted[from] ?? '0',
      last: wanted[Math.min(from + CHUNK, wanted.length) - 1] ?? '0',
    };
    const rows = await readLoads(session, schema, database, range);
    const loads = rows
      .filter(({ id }) => ids.has(id))
      .toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
    await tellLoads(options, loads, around, seen, report);
    await options.save();
  }
  return seen;
}

async function tellLoads(
  options: PollOptions,
  loads: readonly LoadRow[],
  { sources, tasks }: Around,
  seen: Seen,
  report: Report,
): Promise<void> {
  const { names, state, now } = options;
  state.offsetMinutes = offsetOf(
    loads.map(({ created }) => created),
    state.offsetMinutes,
    now,
  );
  const { offsetMinutes } = state;
  const events = loads.flatMap((load) => {
    const task = tasks.get(queryOf(load.label));
    return eventsOfLoad(names, load, {
      begun: state.open.has(load.id),
      offsetMinutes,
      now,
      source: load.job === null ? null : (sources.get(load.job) ?? null),
      parent: task
        ? { runId: taskRunIdOf(names.cluster, task.id), job: taskJobOf(task, options.database) }
        : null,
    });
  });
  await tell(options, events, report);
  for (const load of loads) {
    if (load.state === 'open') {
      state.open.set(load.id, {
        table: load.table,
        transaction: load.transaction,
        job: jobNameOf(load),
        created: now,
      });
      continue;
    }
    close(state, load.id, load.table, now);
    if (load.job !== null && load.state === 'finished') {
      const before = seen.get(load.job) ?? { tasks: 0, rows: 0 };
      seen.set(load.job, { tasks: before.tasks + 1, rows: before.rows + (load.rows.written ?? 0) });
    }
  }
}

/** An INSERT without a label of its own is called after its query. */
function queryOf(label: string): string {
  const id = /^insert_([0-9a-f_-]{36})$/i.exec(label)?.[1] ?? '';
  return id.replaceAll('_', '-').toLowerCase();
}

/**
 * Runs of tasks that began or ended since. One that ended is forgotten when it is not listed any more (the frontend keeps a
 * week); an open one that is not listed was lost with a frontend.
 */
async function tellTasks(options: PollOptions, tasks: readonly TaskRun[], report: Report): Promise<void> {
  const { names, database, state, now } = options;
  const { offsetMinutes } = state;
  const events = tasks.flatMap((run) => {
    const told = state.tasks.get(run.id);
    if (told === '' || (told !== undefined && run.state === 'open')) return [];
    return eventsOfTaskRun(names, run, { database, begun: told !== undefined, offsetMinutes, now });
  });
  const listed = new Set(tasks.map(({ id }) => id));
  for (const [id, job] of state.tasks)
    if (job !== '' && !listed.has(id)) events.push(lostTaskRun(names, { id, job }, now));
  await tell(options, events, report);
  for (const { id, state: how, output } of tasks) {
    const ended = how === 'finished' && state.tasks.get(id) !== '';
    if (ended && output?.database === database) state.loaded.set(output.table, now);
  }
  state.tasks.clear();
  for (const run of tasks) state.tasks.set(run.id, run.state === 'open' ? taskJobOf(run, database) : '');
}

async function tellPipes(options: PollOptions, report: Report): Promise<void> {
  const { session, names, database, state, now } = options;
  const { offsetMinutes } = state;
  const batches = await readPipeBatches(session, database);
  const fresh = batches.filter(({ key }) => !state.pipes.has(key));
  await tell(
    options,
    fresh.map((batch) => eventOfPipeBatch(names, batch, { database, offsetMinutes, now })),
    report,
  );
  state.pipes.clear();
  for (const { key } of batches) state.pipes.add(key);
}

function close(state: WatchState, id: string, table: string | null, now: number): void {
  state.open.delete(id);
  state.done.add(id);
  // Releases before 3.4 do not say which table it was: it may have been any.
  state.loaded.set(table ?? ANY_TABLE, now);
}

/** Open loads that are no longer listed: their end is in the history, in the transaction, or lost. */
async function tellMissing(options: PollOptions, listed: ReadonlySet<string>, report: Report): Promise<void> {
  const { state, now } = options;
  for (const [id, load] of state.open) {
    if (listed.has(id)) continue;
    // Rare: a frontend was restarted, or there are more loads than it keeps.
    const end = await endOf(options, id, load);
    if (end === null) continue;
    await tell(options, end.events, report);
    if (end.evicted)
      report.findings.push({
        kind: 'evicted_load',
        database: options.database,
        table: load.table,
        message: `Load ${id} was purged before its end was seen; raise stream_load_task_keep_max_num, or look more often.`,
      });
    close(state, id, load.table, now);
  }
}

async function endOf(
  { session, names, database, state, now }: PollOptions,
  id: string,
  { table, transaction, job, created }: OpenLoad,
): Promise<{ readonly events: readonly RunEvent[]; readonly evicted: boolean } | null> {
  const row = await readHistory(session, id);
  if (row !== null && row.state !== 'open') {
    const { offsetMinutes } = state;
    return { events: eventsOfLoad(names, row, { begun: true, offsetMinutes, now }), evicted: false };
  }
  const known = transaction === null ? null : await transactionState(session, database, transaction);
  if (known === 'running') return null;
  const at = Math.max(created, now);
  const load = { id, job, database, table };
  const end =
    known === 'visible'
      ? endWithoutRow(names, load, { type: 'COMPLETE', reason: 'known from its transaction alone', at })
      : known === 'aborted'
        ? endWithoutRow(names, load, { type: 'FAIL', reason: 'its transaction was aborted', at })
        : endWithoutRow(names, load, { type: 'ABORT', reason: 'evicted', at });
  return { events: [end], evicted: known === null };
}

function reconcileRoutine(
  { database, state }: PollOptions,
  jobs: Awaited<ReturnType<typeof readRoutineLoads>>,
  seen: Seen,
): TableFinding[] {
  return missedTasks(state, jobs, seen).map(({ job, table, tasks, rows }) => ({
    kind: 'missed_tasks' as const,
    database,
    table,
    signature: `${job}/${state.routine.get(jobs.find(({ name }) => name === job)?.id ?? '')?.tasks ?? 0}`,
    message: `The routine load ${job} committed ${tasks} tasks (${rows} rows) that were never listed; look more often.`,
  }));
}

function factsOf(
  { names, database, state, now }: PollOptions,
  partitions: readonly PartitionFacts[],
): { readonly event: RunEvent; readonly key: string; readonly version: string }[] {
  const { offsetMinutes } = state;
  return partitions.flatMap((one) => {
    const key = placeKey(one);
    const version = `${one.id}.${one.version}`;
    if (state.facts.get(key) === version) return [];
    const event = factsEvent(names, database, one, { offsetMinutes, now });
    return event === null ? [] : [{ event, key, version }];
  });
}

function remember(state: WatchState, partitions: readonly PartitionFacts[]): void {
  state.partitions.clear();
  for (const one of partitions) state.partitions.set(placeKey(one), `${one.id}.${one.version}`);
  for (const key of state.facts.keys()) if (!state.partitions.has(key)) state.facts.delete(key);
  const tables = new Set(partitions.map(({ table }) => table));
  for (const table of state.loaded.keys())
    if (table !== ANY_TABLE && !tables.has(table)) state.loaded.delete(table);
}

/** Whether a look failed for reasons that may pass. */
export function isPassing(error: unknown): boolean {
  return error instanceof StarRocksError;
}
