import type { Uuid } from '#model/ids.ts';
import type { Facts } from '#model/measurement.ts';
import type { TableProfile } from '#model/profile.ts';
import type { Queryable } from '#store/database.ts';
import { markDue } from '#store/due.ts';
import { putContents } from '#store/partition-contents.ts';
import { writeStatistics } from '#store/write-statistics.ts';

/** Whose profile it is. */
export interface ProfiledVersion {
  readonly datasetId: Uuid;
  readonly partition: string;
  /** The gate's evaluation, or the profile that somebody asked for. */
  readonly version: Uuid;
  readonly statedAt: Date;
  /** What was measured of the whole besides: it stands before what the profile says. */
  readonly facts: Facts;
}

/**
 * Stores a profile: statistics of the partition and of its segments, and what its content is told by. The monitor is
 * asked to look at it.
 */
export async function keepProfile(
  database: Queryable,
  { facts, ...about }: ProfiledVersion,
  { parts, content }: TableProfile,
): Promise<void> {
  await writeStatistics(
    database,
    parts.map((part) => ({
      ...about,
      segment: part.segment,
      facts: part.segment === '' ? new Map([...part.facts, ...facts]) : part.facts,
      sketches: part.sketches,
    })),
    { profiled: true },
  );
  const rows = facts.get('row_count') ?? parts[0]?.facts.get('row_count');
  if (rows !== undefined && (content.checksum !== null || content.keys !== null))
    await database.execute(putContents([{ ...about, rows, content }]));
  await database.execute(markDue([about], about.statedAt));
}
