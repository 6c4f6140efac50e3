import type { PartitionContent } from '#detectors/stale-copy.ts';
import type { Uuid } from '#model/ids.ts';
import type { Facts } from '#model/measurement.ts';
import { parsePartitionKey, seriesPattern } from '#model/partition.ts';
import { StatisticsBytesError } from '#model/statistics/bytes.ts';
import { unpackNumbers } from '#model/statistics/packed-numbers.ts';
import type { Sketches } from '#model/statistics/packed-sketches.ts';
import type { Database } from '#store/database.ts';
import { contentOf, contentsUpTo, type ContentRow } from '#store/partition-contents.ts';
import { profilesAmong, profileWindows, type ProfileThere, type ProfileWindowRow } from '#store/profiles.ts';
import { decompressSketches } from '#store/sketch-frame.ts';
import { StatisticsLayouts } from '#store/statistics-layouts.ts';
import { identityOf } from './subjects.ts';

/** Partitions before one that its segments and its content are compared with. */
const LOOK_BACK = 14;
/** Of these before it the sketches are read: of the day before and of a week before, and what lies near them. */
const SKETCHED = [0, 1, 2, 3, 7, 8, 9];
/** Partitions that are read at a time: each may have many segments, and memory must not grow with the batch. */
const AT_A_TIME = 16;

/** Hive's name for rows without a value, and ours. */
const NULL_LABEL = '__HIVE_DEFAULT_PARTITION__';

/** Facts of a partition by the values of a segment column. */
export type SegmentFacts = ReadonlyMap<string, ReadonlyMap<string, Facts>>;

/** What is stored of a partition beside its facts, and of those before it. */
export interface ProfileEvidence {
  /** By partition, then column, then value. */
  readonly segments: ReadonlyMap<string, SegmentFacts>;
  /** By partition. */
  readonly sketches: ReadonlyMap<string, Sketches>;
  /** Oldest first, its own last; empty where its own is not known. */
  readonly contents: readonly PartitionContent[];
}

/**
 * Reads the stored profiles of a batch of partitions with those before them, by `identityOf`. One statement where
 * there are none; else one more for contents, and one for each sixteen partitions that have profiles.
 */
export async function profileEvidence(
  database: Database,
  subjects: readonly { readonly datasetId: Uuid; readonly partition: string }[],
  layouts: StatisticsLayouts = new StatisticsLayouts(),
): Promise<ReadonlyMap<string, ProfileEvidence>> {
  if (subjects.length === 0) return new Map();
  const there = await database.rows<ProfileThere>(profilesAmong(subjects));
  const asked = there.map((row) => ({
    ...row,
    datasetId: row.dataset_id,
    pattern: seriesPattern(row.partition),
  }));
  const contents = await contentsOf(
    database,
    asked.filter(({ content }) => content),
  );
  const profiled = asked.filter((one) => one.profiled);
  const windows = new Map<string, Pick<ProfileEvidence, 'segments' | 'sketches'>>();
  for (let at = 0; at < profiled.length; at += AT_A_TIME) {
    const some = profiled.slice(at, at + AT_A_TIME);
    const rows = await database.rows<ProfileWindowRow>(profileWindows(some, LOOK_BACK, SKETCHED));
    for (const [identity, window] of await windowsOf(database, layouts, rows)) windows.set(identity, window);
  }
  return new Map(
    asked.map(({ datasetId, partition }) => {
      const identity = identityOf(datasetId, partition);
      const window = windows.get(identity) ?? { segments: new Map(), sketches: new Map() };
      return [identity, { ...window, contents: contents.get(identity) ?? [] }];
    }),
  );
}

async function contentsOf(
  database: Database,
  asked: Parameters<typeof contentsUpTo>[0],
): Promise<ReadonlyMap<string, readonly PartitionContent[]>> {
  if (asked.length === 0) return new Map();
  const rows = await database.rows<ContentRow>(contentsUpTo(asked, LOOK_BACK));
  const byTarget = Map.groupBy(rows, (row) => identityOf(row.dataset_id, row.bound));
  return new Map([...byTarget].map(([identity, own]) => [identity, own.map(contentOf)]));
}

async function windowsOf(
  database: Database,
  layouts: StatisticsLayouts,
  rows: readonly ProfileWindowRow[],
): Promise<ReadonlyMap<string, Pick<ProfileEvidence, 'segments' | 'sketches'>>> {
  const known = await layouts.find(
    database,
    rows.map((row) => row.layout_id),
  );
  const found = new Map<
    string,
    { segments: Map<string, Map<string, Map<string, Facts>>>; sketches: Map<string, Sketches> }
  >();
  for (const row of rows) {
    const identity = identityOf(row.dataset_id, row.bound);
    let window = found.get(identity);
    if (!window) found.set(identity, (window = { segments: new Map(), sketches: new Map() }));
    try {
      if (row.sketches !== null) window.sketches.set(row.partition, decompressSketches(row.sketches));
      const [[column, value] = [null, '']] = parsePartitionKey(row.segment) ?? [];
      if (column === null) continue;
      const facts = unpackNumbers(known.get(row.layout_id)?.keys ?? [], row.numbers);
      const ofPartition = window.segments.get(row.partition) ?? new Map<string, Map<string, Facts>>();
      const ofColumn = ofPartition.get(column) ?? new Map<string, Facts>();
      ofColumn.set(value === NULL_LABEL ? 'null' : value, facts);
      window.segments.set(row.partition, ofPartition.set(column, ofColumn));
    } catch (error) {
      // What cannot be read is not known.
      if (!(error instanceof StatisticsBytesError)) throw error;
    }
  }
  return found;
}
