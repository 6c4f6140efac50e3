import { BREACH_KINDS, type BreachKind } from '#model/feed.ts';
import { parseTableName, type TableName } from './names.ts';

export const PROTOCOLS = ['replace', 'overwrite', 'swap', 'pointer'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export const GRAINS = ['hour', 'day', 'week', 'month', 'year'] as const;
export type PartitionGrain = (typeof GRAINS)[number];

/** `gold.orders?by=replace&grain=week` taken apart. */
export interface Target {
  readonly table: TableName;
  /** Null: by what the table is. */
  readonly by: Protocol | null;
  /** How long a partition lasts; null: as long as its value says (`2026-01` is a month). */
  readonly grain: PartitionGrain | null;
  /** Of a table that routine loads feed; null for one that the gate publishes to. */
  readonly feed: FeedTarget | null;
}

/** `gold.clicks?by=routine_load&job=clicks&on=checks&on=objectives&every=300`. */
export interface FeedTarget {
  /** Names of routine loads; none: all that load the table. */
  readonly jobs: readonly string[];
  readonly pausesOn: readonly BreachKind[];
  readonly everySeconds: number;
}

const EVERY_SECONDS = 300;
const LEAST_SECONDS = 30;

/** Reads what stands behind the warehouse's name in `publish_to`; gives what is wrong with it in a sentence. */
export function parseTarget(text: string): Target | string {
  const [name = '', options = '', ...more] = text.split('?');
  const table = parseTableName(name);
  if (table === null || more.length > 0)
    return `${JSON.stringify(text)} is not a target like gold.orders?by=replace.`;
  let by: Protocol | null = null;
  let grain: PartitionGrain | null = null;
  let fed = false;
  let everySeconds: number | null = null;
  const jobs: string[] = [];
  const pausesOn: BreachKind[] = [];
  for (const [key, value] of new URLSearchParams(options)) {
    const protocol = PROTOCOLS.find((one) => one === value);
    const length = GRAINS.find((one) => one === value);
    const breach = BREACH_KINDS.find((one) => one === value);
    if (key === 'by' && value === 'routine_load') fed = true;
    else if (key === 'by' && protocol !== undefined) by = protocol;
    else if (key === 'grain' && length !== undefined) grain = length;
    else if (key === 'job' && value !== '' && !/[\0`]/.test(value)) jobs.push(value);
    else if (key === 'on' && breach !== undefined) pausesOn.push(breach);
    else if (key === 'every' && /^\d{1,6}$/.test(value) && Number(value) >= LEAST_SECONDS)
      everySeconds = Number(value);
    else
      return `${key}=${value} is no option of a target: by is one of ${[...PROTOCOLS, 'routine_load'].join(', ')}, grain one of ${GRAINS.join(', ')}; with by=routine_load job is the name of a load, on one of ${BREACH_KINDS.join(', ')}, every a number of seconds from ${LEAST_SECONDS}.`;
  }
  if (!fed && (jobs.length > 0 || pausesOn.length > 0 || everySeconds !== null))
    return `${JSON.stringify(text)} says how loads are paused; that goes with by=routine_load alone.`;
  if (fed && (by !== null || grain !== null))
    return `${JSON.stringify(text)} is fed by routine loads, so nothing else can publish it.`;
  const feed = fed
    ? {
        jobs,
        // The stop button stops everything.
        pausesOn: [
          ...new Set([...(pausesOn.length === 0 ? (['checks'] as const) : pausesOn), 'freeze' as const]),
        ],
        everySeconds: everySeconds ?? EVERY_SECONDS,
      }
    : null;
  return { table, by, grain, feed };
}
