import type { Uuid } from '#model/ids.ts';
import type { Facts } from '#model/measurement.ts';
import { StatisticsBytesError } from '#model/statistics/bytes.ts';
import { unpackNumbers } from '#model/statistics/packed-numbers.ts';
import type { ProfiledPartition } from '#model/statistics/partition-statistics.ts';
import type { Queryable } from '#store/database.ts';
import { profilesOf, type ProfileRow } from '#store/profiles.ts';
import { decompressSketches } from '#store/sketch-frame.ts';
import { StatisticsLayouts } from '#store/statistics-layouts.ts';

/** A stored profile of a whole partition. */
export type StoredProfile = ProfiledPartition;

/** The profiles that count of these partitions, by dataset and partition; one statement, and one for layouts. */
export async function readProfiles(
  database: Queryable,
  partitions: readonly { readonly datasetId: Uuid; readonly partition: string }[],
): Promise<ReadonlyMap<string, StoredProfile>> {
  if (partitions.length === 0) return new Map();
  const rows = await database.rows<ProfileRow>(profilesOf(partitions));
  if (rows.length === 0) return new Map();
  const layouts = await new StatisticsLayouts().find(
    database,
    rows.map((row) => row.layout_id),
  );
  return new Map(
    rows.flatMap((row): [string, StoredProfile][] => {
      try {
        const keys = layouts.get(row.layout_id)?.keys ?? [];
        const { dataset_id: datasetId, partition, version, stated_at: statedAt } = row;
        const facts = unpackNumbers(keys, row.numbers);
        const sketches = decompressSketches(row.sketches);
        const profile = { datasetId, partition, segment: '', version, statedAt, facts, sketches };
        return [[`${row.asked_id}${partition}`, profile]];
      } catch (error) {
        // What cannot be read is no profile: what is folded takes its place.
        if (error instanceof StatisticsBytesError) return [];
        throw error;
      }
    }),
  );
}

/** How a partition's statistics are to be written. */
export interface BesideProfile {
  /** What is folded, by itself. */
  readonly own: ProfiledPartition | null;
  /** The profile with what else is said of the same data. */
  readonly joined: ProfiledPartition | null;
}

/**
 * A profile is of the data that runs and the gate speak of as long as its numbers of rows and nulls are theirs:
 * then it stands, and takes what they know besides. When they say others, what is folded is a version of its own.
 */
export function withProfile(folded: ProfiledPartition, profile: StoredProfile | undefined): BesideProfile {
  if (!profile || contradicts(profile.facts, folded.facts)) return { own: folded, joined: null };
  const news = [...folded.facts].some(([key, value]) => profile.facts.get(key) !== value);
  // Under another name of the dataset the profile counts as it is.
  if (!news || profile.datasetId !== folded.datasetId) return { own: null, joined: null };
  return { own: null, joined: { ...profile, facts: new Map([...profile.facts, ...folded.facts]) } };
}

const COUNTS = /^(?:row_count$|null_count\(|count\()/;

function contradicts(profile: Facts, said: Facts): boolean {
  return [...said].some(([key, value]) => COUNTS.test(key) && (profile.get(key) ?? value) !== value);
}
