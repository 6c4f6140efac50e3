/** What the watcher remembers of one database of a cluster between two looks. */
export interface WatchState {
  /** Minutes by which the cluster's times are ahead of UTC. */
  offsetMinutes: number;
  /** Loads that are told as begun and not as ended: by id their table, transaction and what their job is called. */
  readonly open: Map<string, OpenLoad>;
  /** Loads up to this id are told, except the open ones. */
  floor: string;
  /** Loads above it that are told to their end. */
  readonly done: Set<string>;
  /** The highest id that was seen by a time; the floor follows an hour behind. */
  readonly marks: { readonly at: number; readonly id: string }[];
  /** `id.version` of each partition by `table/partition`. */
  readonly partitions: Map<string, string>;
  /** The version whose facts were told, by `table/partition`. */
  readonly facts: Map<string, string>;
  /** When a load of the table was last seen to end, and when it changed without one. */
  readonly loaded: Map<string, number>;
  readonly suspected: Map<string, { readonly since: number; readonly signature: string }>;
  /** Counters of routine loads by job id. */
  readonly routine: Map<string, { readonly tasks: number; readonly rows: number }>;
  /** Runs of tasks that were told by query id: the job of one that is open, '' of one that has ended. */
  readonly tasks: Map<string, string>;
  /** Loads of pipes that are listed and told. */
  readonly pipes: Set<string>;
  /** It was looked at before: what changed since is known. */
  started: boolean;
}

export interface OpenLoad {
  readonly table: string | null;
  readonly transaction: string | null;
  readonly job: string;
  /** Milliseconds since 1970. */
  readonly created: number;
}

export function newState(): WatchState {
  return {
    offsetMinutes: 0,
    open: new Map(),
    floor: '0',
    done: new Set(),
    marks: [],
    partitions: new Map(),
    facts: new Map(),
    loaded: new Map(),
    suspected: new Map(),
    routine: new Map(),
    tasks: new Map(),
    pipes: new Set(),
    started: false,
  };
}

/** As one JSON text, for a file or a row. */
export function encodeState(state: WatchState): string {
  return JSON.stringify(state, (_, value: unknown) =>
    value instanceof Map ? { map: [...value] } : value instanceof Set ? { set: [...value] } : value,
  );
}

/** Reads what `encodeState` wrote; null for anything else. */
export function decodeState(text: string): WatchState | null {
  try {
    const value: unknown = JSON.parse(text, (_, inner: unknown) => {
      if (typeof inner !== 'object' || inner === null) return inner;
      if ('map' in inner && Array.isArray(inner.map)) return new Map(inner.map as [unknown, unknown][]);
      return 'set' in inner && Array.isArray(inner.set) ? new Set(inner.set) : inner;
    });
    const state = { ...newState(), ...(value as Partial<WatchState>) };
    return state.open instanceof Map && state.done instanceof Set ? state : null;
  } catch {
    return null;
  }
}

const LATE_MS = 3_600_000;

/** Whether a load is told to its end. */
export function isDone(state: WatchState, id: string): boolean {
  return state.done.has(id) || (!state.open.has(id) && BigInt(id) <= BigInt(state.floor));
}

/**
 * Raises the floor to what was the highest id an hour ago, but never above an open load: ids are given in the order
 * of creation, loads end in any order. Keeps `done` as small as an hour's loads.
 */
export function raiseFloor(state: WatchState, highest: string, now: number): void {
  if (state.marks.at(-1)?.id !== highest) state.marks.push({ at: now, id: highest });
  while (state.marks.length > 120) state.marks.splice(0, 1);
  const past = state.marks.findLast(({ at }) => at <= now - LATE_MS);
  if (past === undefined) return;
  let floor = BigInt(past.id);
  for (const id of state.open.keys()) if (BigInt(id) <= floor) floor = BigInt(id) - 1n;
  if (floor <= BigInt(state.floor)) return;
  state.floor = floor.toString();
  for (const id of state.done) if (BigInt(id) <= floor) state.done.delete(id);
  const kept = state.marks.filter(({ at }) => at >= past.at);
  state.marks.splice(0, state.marks.length, ...kept);
}
