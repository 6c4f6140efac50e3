import type { Database, Queryable } from './database.ts';
import { dayOf, dropBefore, type DropOutcome } from './raw-partitions.ts';
import { sql, type Statement } from './sql.ts';

const DAY = 86_400_000;

export interface RawLogSize {
  /** Disk space of raw events, segments and passages, with indexes and TOAST. */
  readonly bytes: number;
  /** When the oldest segment arrived; null when there is none. */
  readonly oldest: Date | null;
}

interface PartitionSize {
  readonly name: string;
  readonly bytes: number;
}

/** How large the raw log is, and how far it goes back. */
export async function rawLogSize(connection: Queryable): Promise<RawLogSize> {
  const [sizes, [first]] = await Promise.all([
    connection.rows<PartitionSize>(rawPartitionSizes()),
    connection.rows<{ oldest: Date | null }>(oldestSegment()),
  ]);
  return { bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0), oldest: first?.oldest ?? null };
}

export interface SizeOptions {
  readonly now: Date;
  readonly keepBytes: number;
}

/**
 * Drops the oldest days of the raw log until it takes no more than `keepBytes`; today's (UTC) never. Null when
 * it is small enough. Partitions for odd days give rows back, but their files shrink only as PostgreSQL
 * vacuums them.
 */
export async function dropOversized(
  database: Database,
  { now, keepBytes }: SizeOptions,
): Promise<DropOutcome | null> {
  if (!(keepBytes > 0)) throw new RangeError('keepBytes must be more than 0');
  const cutoff = cutoffFor(await database.rows<PartitionSize>(rawPartitionSizes()), keepBytes, now);
  return cutoff === null ? null : dropBefore(database, cutoff);
}

/** The first day that stays. Each day counts with its segments and its events. */
function cutoffFor(sizes: readonly PartitionSize[], keepBytes: number, now: Date): Date | null {
  let excess = sizes.reduce((sum, { bytes }) => sum + bytes, 0) - keepBytes;
  if (excess <= 0) return null;
  const today = Math.floor(now.getTime() / DAY) * DAY;
  const byDay = new Map<number, number>();
  for (const { name, bytes } of sizes) {
    if (!/_\d{8}$/.test(name)) continue;
    const day = dayOf(name).getTime();
    byDay.set(day, (byDay.get(day) ?? 0) + bytes);
  }
  for (const [day, bytes] of [...byDay].sort(([a], [b]) => a - b)) {
    if (day >= today) break;
    excess -= bytes;
    if (excess <= 0) return new Date(day + DAY);
  }
  return new Date(today);
}

/** Every partition of the raw log with its disk space, those for odd days included, and what segments refer to. */
export function rawPartitionSizes(): Statement {
  return sql`
    select c.relname::text as name, pg_total_relation_size(c.oid)::bigint as bytes
      from pg_inherits i
      join pg_class c on c.oid = i.inhrelid
     where i.inhparent in ('assay.raw_event'::regclass, 'assay.raw_segment'::regclass)
    union all
    select 'raw_passage', pg_total_relation_size('assay.raw_passage'::regclass)::bigint`;
}

export function oldestSegment(): Statement {
  return sql`select min(received_at) as oldest from raw_segment`;
}
