import type { RunEvent } from 'openlineage-client';
import { starRocksClient } from '../client.ts';
import type { Session } from '../session.ts';
import { addressOf, showAddress, type StarRocksSettings } from '../settings.ts';
import type { ClusterNames } from './load-events.ts';
import type { LoadsSchema } from './load-row.ts';
import { isPassing, pollDatabase, type WatchFinding } from './poll.ts';
import { readSchema } from './read-loads.ts';
import { newState, type WatchState } from './watch-state.ts';

/** Where the state of a watched database is kept between processes. */
export interface WatchStore {
  /** The state; null when there is none; `busy` while another process watches. */
  take(source: string): Promise<WatchState | null | 'busy'>;
  save(source: string, state: WatchState): Promise<void>;
}

export interface WatchOptions {
  readonly settings: StarRocksSettings;
  readonly store: WatchStore;
  readonly emit: (events: readonly RunEvent[]) => Promise<void>;
  readonly now: () => number;
  readonly onFinding?: (finding: WatchFinding) => void;
  /** Told of each look, and of one that failed. */
  readonly onPoll?: (report: { readonly database: string; readonly events: number }) => void;
  readonly onFault?: (database: string, error: Error) => void;
  /** Instead of a client of the settings; for tests. */
  readonly session?: Session;
}

export interface Watch {
  /** Looks once at every database. */
  poll(): Promise<void>;
  /** Looks again and again until stopped. */
  start(): void;
  stop(): Promise<void>;
}

/** How events name a cluster: by the frontend that is listed first, as other tools that connect to it do. */
export function namesOf({ cluster, hosts }: StarRocksSettings): ClusterNames {
  const [first = ''] = hosts;
  return { cluster, namespace: `starrocks://${showAddress(addressOf(first))}` };
}

/** Watches the loads and partitions of a cluster's databases. */
export function watchStarRocks(options: WatchOptions): Watch {
  const { settings, store, emit, now } = options;
  const own = options.session === undefined ? starRocksClient({ ...settings, connections: 2 }) : null;
  const session = options.session ?? own!;
  const { databases, everySeconds } = settings.watch ?? { databases: [], everySeconds: 30 };
  const names = namesOf(settings);
  let schema: LoadsSchema | null = null;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const pollOne = async (database: string): Promise<void> => {
    const source = `starrocks/${settings.cluster}/${database}`;
    try {
      const taken = await store.take(source);
      if (taken === 'busy') return;
      const state = taken ?? newState();
      schema ??= await readSchema(session);
      const save = (): Promise<void> => store.save(source, state);
      const report = await pollDatabase({ session, schema, names, database, state, emit, save, now: now() });
      for (const finding of report.findings) options.onFinding?.(finding);
      options.onPoll?.({ database, events: report.events });
    } catch (error) {
      // After an upgrade the columns may be others.
      schema = null;
      if (!(error instanceof Error) || (!isPassing(error) && options.onFault === undefined)) throw error;
      options.onFault?.(database, error);
    }
  };
  const poll = async (): Promise<void> => {
    for (const database of databases) if (!stopped) await pollOne(database);
  };
  const again = (): void => {
    if (stopped) return;
    running = poll().finally(() => {
      if (!stopped) timer = setTimeout(again, everySeconds * 1000);
    });
    void running.catch(() => undefined);
  };
  return {
    poll,
    start: again,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running.catch(() => undefined);
      await own?.close();
    },
  };
}
